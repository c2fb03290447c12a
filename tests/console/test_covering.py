"""Identifiers are covered in transcripts, in lists read in and in what waits for other programs, as on a submission's page (R9, S4-21)."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from console.acting import Actor
from console.importing import read_in
from console.releasing import open_import
from console.revealing import Whole
from console.syncing import list_differences
from console.takeovers import list_waiting, open_conversation, take_over, write
from console.wording import Wording
from dialogs.events import Commanded, TextSaid
from dialogs.importing import Incoming
from dialogs.services import Services
from forms.types.characters import clean_line
from rules.access import Role
from rules.imports import Outcome
from rules.refusals import Reason, Refused
from storage.tables.evidence import AuditEvent
from tests.bots.sync.house import NAME, a_client, changed, synced, with_target
from tests.builders import a_suspended_registration
from tests.console.house import a_colleague, audited
from tests.console.test_importing import NEW, SOURCE, a_file
from tests.dialogs.customer import Customer
from tests.dialogs.driver import PERSON

pytestmark = pytest.mark.slow

TAX_CODE, IBAN, DOCUMENT = "SMPDTR80C52F839N", "IT60 X054 2811 1010 0000 0123 456", "CA00000AA"


def refused(reason: Reason):
    return pytest.raises(Refused, check=lambda error: error.reason is reason)


async def reasons(services: Services, actor: Actor) -> list[tuple[str, object]]:
    """Each look of theirs, and what it was for."""
    async with services.database.transaction() as session:
        rows = await session.scalars(select(AuditEvent).where(AuditEvent.colleague_id == actor.id).order_by(AuditEvent.number))
        return [(row.action, row.detail.get("reason")) for row in rows]


async def a_talking_customer(house: Services) -> Customer:
    """Registered, and now asking a person, with their numbers in their words."""
    case = await a_suspended_registration(house)
    await case.customer.send(Commanded("human"))
    await case.customer.send(TextSaid(f"Il documento è {DOCUMENT[:2]} {DOCUMENT[2:]}, il codice {TAX_CODE.lower()}: nata nel 1980"))
    return case.customer


async def test_r9_a_transcript_tells_them_by_their_end_and_every_other_word(house, agent):
    customer = await a_talking_customer(house)
    page = await open_conversation(house, agent, UUID(customer.conversation))
    written = "\n".join(line.text for line in page.lines)
    assert page.is_covered
    for whole in (TAX_CODE, TAX_CODE.lower(), IBAN, IBAN.replace(" ", ""), DOCUMENT, f"{DOCUMENT[:2]} {DOCUMENT[2:]}"):
        assert whole not in written
    assert {"···· 839N", "···· 3456", "···· 00AA"} <= {written[at : at + 9] for at in range(len(written)) if written[at] == "·"}
    last = next(line.text for line in reversed(page.lines) if line.who == "customer")
    assert clean_line(last) == "Il documento è ···· 00AA, il codice ···· 839N: nata nel 1980"
    (waiting,) = await list_waiting(house, agent)
    assert TAX_CODE.lower() not in waiting.last_word
    assert waiting.last_word == last


async def test_r9_a_transcript_is_seen_whole_for_a_reason_told_once_while_it_goes_on(house, agent):
    customer = await a_talking_customer(house)
    conversation = UUID(customer.conversation)
    page = await open_conversation(house, agent, conversation, whole=Whole("customer"))
    assert not page.is_covered
    assert TAX_CODE.lower() in page.lines[-2].text + page.lines[-1].text
    await take_over(house, agent, conversation)
    await write(house, agent, conversation, f"Allora {TAX_CODE}?", uuid4().hex)
    again = await open_conversation(house, agent, conversation, whole=Whole("customer", is_known=True))
    assert again.lines[-1].text == f"Allora {TAX_CODE}?"
    assert TAX_CODE not in (await open_conversation(house, agent, conversation)).lines[-1].text
    assert await reasons(house, agent) == [
        ("reveal", "customer"),
        ("take_over", None),
        ("write_to_customer", None),
        ("read_conversation", "customer"),
        ("read_conversation", None),
    ]


async def test_r9_a_former_number_stays_covered_once_another_has_taken_its_place(house, agent):
    case = await a_suspended_registration(house)
    await changed(house, case.party, document_number="XY99999ZZ")
    await case.customer.send(Commanded("human"))
    await case.customer.send(TextSaid(f"non più {DOCUMENT} ma XY99999ZZ"))
    (waiting,) = await list_waiting(house, agent)
    page = await open_conversation(house, agent, waiting.conversation)
    assert not [line.text for line in page.lines if DOCUMENT in line.text or "XY99999ZZ" in line.text]


async def test_r9_a_number_that_was_refused_is_covered_too(house, agent):
    case = Customer(house.database, house.turns, house.keys)
    await case.open()
    await case.play(PERSON, until="registration_person.identity.tax_code")
    await case.answer(wrong := "SMPDTR80C52F839X")
    await case.send(TextSaid("perché serve il codice 12?"))
    await case.send(Commanded("human"))
    page = await open_conversation(house, agent, UUID(case.conversation))
    written = "\n".join(line.text for line in page.lines)
    assert wrong not in written
    assert "perché serve il codice 12?" in written


@pytest.mark.parametrize("reason", ["", "curiosity"])
async def test_without_a_reason_of_ours_no_transcript_is_shown_whole(house, agent, reason):
    conversation = UUID((await a_talking_customer(house)).conversation)
    for whole in (Whole(reason), Whole(reason, is_known=True)):
        with refused(Reason.REASON_NEEDED):
            await open_conversation(house, agent, conversation, whole=whole)
    assert await audited(house, agent) == ["reveal.refused", "read_conversation.refused"]


async def test_r9_an_auditor_reads_a_transcript_and_sees_no_identifier_whole(house):
    auditor = await a_colleague(house, Role.AUDITOR, "Demo Revisione")
    conversation = UUID((await a_talking_customer(house)).conversation)
    assert TAX_CODE.lower() not in " ".join(line.text for line in (await open_conversation(house, auditor, conversation)).lines)
    for whole in (Whole("law"), Whole("law", is_known=True)):
        with refused(Reason.NOT_ALLOWED):
            await open_conversation(house, auditor, conversation, whole=whole)


async def test_r9_in_a_list_read_in_they_are_told_by_their_end_until_a_manager_says_why(house, manager, agent):
    row = {**NEW, "tax_code": TAX_CODE, "iban": IBAN.replace(" ", ""), "document_number": DOCUMENT}
    reading = await read_in(house, manager, Incoming(a_file(row), SOURCE, "it"))
    words = Wording("it", house.settings.zone, house.settings.currency)
    outcome = next(each for each in (Outcome.NEW, Outcome.REFUSED) if reading.counts.get(each))

    async def shown(actor: Actor, whole: Whole | None = None) -> str:
        assert reading.id
        (row,) = (await open_import(house, actor, reading.id, outcome, words, whole=whole)).rows
        return "\n".join([*(value.theirs for value in row.values), *row.refused, *row.doubts, *row.omitted])

    told = await shown(manager)
    assert {"···· 839N", "···· 3456", "···· 00AA"} <= set(told.split("\n"))
    assert not [whole for whole in (TAX_CODE, IBAN, DOCUMENT) if whole in told]
    assert {TAX_CODE, IBAN, DOCUMENT} <= set((await shown(manager, Whole("review"))).split("\n"))
    assert TAX_CODE in await shown(manager, Whole("review", is_known=True))
    assert (await reasons(house, manager))[1:] == [("read_import", None), ("reveal", "review"), ("read_import", "review")]
    with refused(Reason.NOT_ALLOWED):  # an agent reveals, but reads no list
        await shown(agent, Whole("review"))
    with refused(Reason.REASON_NEEDED):
        await shown(manager, Whole("curiosity"))


@pytest.mark.parametrize(
    "mapping", [[], [{"name": "id", "from": "id"}, {"name": "op", "from": "change"}, {"name": "CF", "from": "tax_code"}]]
)
async def test_r9_what_waits_for_another_program_is_told_by_its_end_until_a_manager_says_why(house, manager, tmp_path, mapping):
    house = with_target(house, "drop", folder=str(tmp_path), mode="controlled", mapping=mapping)
    await a_client(house)
    await synced(house)

    async def shown(actor: Actor, whole: Whole | None = None) -> dict[str, str | None]:
        (difference,) = (await list_differences(house, actor, NAME, whole=whole)).waiting
        return {field.name: field.now for field in difference.fields}

    column = "CF" if mapping else "tax_code"
    assert (await shown(manager))[column] == "···· 839N"
    assert not {TAX_CODE, IBAN.replace(" ", ""), DOCUMENT} & set((await shown(manager)).values())
    assert (await shown(manager, Whole("law")))[column] == TAX_CODE
    assert ("reveal", "law") in await reasons(house, manager)
    auditor = await a_colleague(house, Role.AUDITOR, "Demo Revisione")
    assert (await shown(auditor))[column] == "···· 839N"
    with refused(Reason.NOT_ALLOWED):
        await shown(auditor, Whole("law"))
