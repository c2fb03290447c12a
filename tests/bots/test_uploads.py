"""Files that customers hand in: what is replaced, skipped, refused or never taken goes from both stores; what was confirmed stays; and nobody
can send without end."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from bots.uploads import forget_unless_held, look_at_uploads
from bots.web.attachments import UPLOADS_A_DAY, store
from bots.web.problems import ApiProblem
from bots.web.uploads import Upload
from dialogs import wording
from dialogs.events import Commanded, Uploaded
from dialogs.services import Services
from storage.alone import COPYING, LOCK_SPACE
from storage.tables.base import new_id
from storage.tables.evidence import AuditEvent, Document
from storage.uploads import MOST_FILES, NewUpload, begin_upload
from tests.bots.house import a_house
from tests.bots.test_receipts import settled
from tests.builders import a_visitor
from tests.console.house import Clock
from tests.dialogs.customer import Customer
from tests.dialogs.driver import HOME, PERSON
from tests.forms.content import shipped

pytestmark = pytest.mark.slow
FRONT = "registration_person.document.document_front"
PNG = b"\x89PNG\r\n\x1a\nDEMO"


@pytest_asyncio.fixture
async def visitor(house: Services) -> Customer:
    made = await a_visitor(house)
    await made.play(PERSON, until=FRONT)
    return made


async def hand_in(services: Services, customer: Customer, content: bytes, question: str = FRONT) -> str:
    """The document's id."""
    message = new_id().hex
    value = await store(services, customer.conversation, message, Upload("carta.png", content))
    await customer.send(Uploaded(question, value), message)
    return str(value["document"])


async def documents(services: Services, *kinds: str) -> list[str]:
    async with services.database.transaction() as session:
        rows = await session.scalars(select(Document).where(Document.kind.in_(kinds or ("upload",))).order_by(Document.created_at))
        return [str(row.id) for row in rows]


def stored(services: Services, which: Sequence[str]) -> list[str]:
    """Ids, once for each store they lie in."""
    home = services.settings.home
    files = [path.name for folder in ("documents", "documents-copy") for path in (home / folder).rglob("*") if path.is_file()]
    return sorted(name for name in files if name in which)


async def test_a_file_that_was_replaced_is_forgotten_in_both_stores(house: Services, visitor: Customer, at_work: object) -> None:
    handed = [await hand_in(house, visitor, PNG)]
    for number in range(3):
        await visitor.send(Commanded("change", FRONT))
        handed.append(await hand_in(house, visitor, PNG + bytes([number])))
    await settled(house)
    assert await documents(house) == handed[-1:]
    assert stored(house, handed) == handed[-1:] * 2
    async with house.database.transaction() as session:
        told = list(await session.scalars(select(AuditEvent).where(AuditEvent.action == "upload.forgotten")))
    assert {str(event.subject_id): event.who for event in told} == dict.fromkeys(handed[:-1], "clock")
    assert all(event.party_id is not None for event in told)


async def test_a_file_is_forgotten_though_the_jobs_run_only_later(house: Services, visitor: Customer, work) -> None:
    first = await hand_in(house, visitor, PNG)
    await visitor.send(Commanded("change", FRONT))
    await visitor.send(Commanded("skip"))
    assert stored(house, [first]) == [first] * 2
    async with work(house):
        await settled(house)
    assert await documents(house) == stored(house, [first]) == []


async def test_what_was_confirmed_once_stays_whatever_the_customer_hands_in_later(house: Services, visitor: Customer, at_work) -> None:
    first = await hand_in(house, visitor, PNG)
    await visitor.play(PERSON)
    await visitor.play(HOME, until="quote_home.card_confirm")
    await visitor.send(Commanded("change", FRONT))
    second = await hand_in(house, visitor, PNG + b"2")
    await settled(house)
    assert await documents(house) == [first, second]
    assert stored(house, [first, second]) == sorted([first, second] * 2)
    assert await forget_unless_held(house, UUID(first)) == "held"
    assert await forget_unless_held(house, UUID(second)) == "held", "a draft names it"


async def test_what_another_conversation_of_the_customer_names_stays(house: Services, visitor: Customer, at_work) -> None:
    first = await hand_in(house, visitor, PNG)
    other = await a_visitor(house)
    await other.play(PERSON, until=FRONT.replace("front", "back"))
    await visitor.send(Commanded("change", FRONT))
    second = await hand_in(house, visitor, PNG + b"2")
    await settled(house)
    assert await documents(house) == [first, second]


async def test_what_no_turn_has_taken_is_looked_at_and_goes(database_url: str, tmp_path: Path, work) -> None:
    clock = Clock()
    async with a_house(database_url, tmp_path / "home", shipped.catalogue()) as made:
        house = replace(made, clock=clock)
        visitor = await a_visitor(house)
        await visitor.play(PERSON, until=FRONT)
        taken = await hand_in(house, visitor, PNG)
        left = await store(house, visitor.conversation, "killed", Upload("carta.png", PNG + b"2"))
        half = await house.documents.put(await house.turns.owner(visitor.conversation), PNG + b"3", media_type="image/png")
        async with house.database.transaction() as session:  # killed between its file and its row
            owner = (await house.turns.owner(visitor.conversation)).id
            await begin_upload(session, NewUpload(half.id, UUID(visitor.conversation), owner, 9), clock(), 100)
        every = [taken, str(left["document"]), str(half.id)]
        async with work(house):
            for minutes, there in ((9, every), (2, [taken])):
                clock.pass_(minutes=minutes)
                await look_at_uploads(house)
                await settled(house)
                assert stored(house, every) == sorted(there * 2)
        assert await documents(house) == [taken]


async def test_while_a_copy_is_made_nothing_goes_that_its_rows_may_name(house: Services, visitor: Customer) -> None:
    value = await store(house, visitor.conversation, "left", Upload("carta.png", PNG))
    async with house.database.transaction() as copying:  # as storage.alone holds it, but let go where this ends and not some time after
        await copying.execute(select(func.pg_advisory_xact_lock(LOCK_SPACE, func.hashtext(COPYING))))
        assert await forget_unless_held(house, UUID(str(value["document"]))) == "later"
    assert await documents(house) == [value["document"]]
    assert await forget_unless_held(house, UUID(str(value["document"]))) == "gone"


async def test_a_turn_that_comes_after_its_file_was_forgotten_asks_for_it_again(house: Services, visitor: Customer) -> None:
    value = await store(house, visitor.conversation, "late", Upload("carta.png", PNG))
    assert await forget_unless_held(house, UUID(str(value["document"]))) == "gone"
    await visitor.send(Uploaded(FRONT, value), "late")
    assert visitor.turn["question"]["path"] == FRONT
    assert [message["text"] for message in visitor.turn["messages"]] == [wording.say("it", "refusals.file_expected")]


async def test_a_conversation_takes_so_many_files_a_day(database_url: str, tmp_path: Path) -> None:
    clock = Clock()
    async with a_house(database_url, tmp_path / "home", shipped.catalogue()) as made:
        house = replace(made, clock=clock)
        conversation = UUID((await a_visitor(house)).conversation)

        async def begin(size: int, document: UUID | None = None, owner: UUID = conversation) -> float | None:
            async with house.database.transaction() as session:
                wait = await begin_upload(session, NewUpload(document or new_id(), conversation, owner, size), clock(), 1_000)
            return None if wait is None else wait.total_seconds()

        repeated = new_id()
        assert [await begin(600, repeated) for _ in range(3)] == [None] * 3, "one message, repeated"
        clock.pass_(hours=1)
        assert [await begin(400), await begin(1)] == [None, 23 * 3600]
        clock.pass_(hours=23)
        assert [await begin(600), await begin(1)] == [None, 3600]
        clock.pass_(hours=25)
        assert [await begin(1) for _ in range(MOST_FILES)] == [None] * MOST_FILES
        assert await begin(1) == 24 * 3600


async def test_who_sends_without_end_is_told_when_to_go_on(house: Services, visitor: Customer) -> None:
    async with house.database.transaction() as session:
        owner = (await house.turns.owner(visitor.conversation)).id
        most = UPLOADS_A_DAY * house.settings.max_upload
        await begin_upload(session, NewUpload(new_id(), UUID(visitor.conversation), owner, most), house.clock(), most)
    with pytest.raises(ApiProblem) as refused:
        await store(house, visitor.conversation, "one more", Upload("carta.png", PNG))
    assert (refused.value.status, refused.value.body["type"]) == (429, "too-many-files")
    assert 0 < int(refused.value.headers["retry-after"]) <= 86_400
    assert await documents(house) == []
