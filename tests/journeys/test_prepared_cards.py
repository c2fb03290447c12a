"""S0-08 in a whole house: a colleague prepares a card, the customer alone makes it count, and everywhere it is told who typed what."""

from collections.abc import Mapping
from uuid import UUID

import pytest
from sqlalchemy import select

from bots.access.gathering import gather
from bots.clock import end_waiting
from bots.erasing import erase_for_operator
from bots.mails.outgoing import post
from bots.papers import receipt_paper
from bots.records import press_of, read_receipt
from bots.workshop import Workshop
from console import actions
from console.acting import Actor
from console.reading import open_submission
from dialogs.journey import EMAIL as ADDRESS
from dialogs.preparing import NotPrepared, Prepared, Preparer, prepare_card
from dialogs.services import Services
from forms.papers.model import PaperRow
from storage.acts import read_acts
from storage.ledger.keys import Signer
from storage.mails import read_mail
from storage.parties import find_party_by_email, open_party
from storage.submissions import Confirmed, read_submission, suspend
from storage.tables.evidence import AuditEvent, CardRevision, Receipt
from storage.tables.intake import Conversation
from storage.tables.messages import OutgoingMail
from storage.tables.parties import Party
from storage.tables.prepared import PreparedCard
from storage.tables.submissions import Submission
from tests.bots.house import AT
from tests.bots.test_receipts import letters
from tests.bots.web.conftest import a_client
from tests.bots.web.test_pages import Visitor
from tests.console.house import Clock, a_colleague
from tests.dialogs.customer import Customer
from tests.dialogs.driver import EMAIL, PERSON

pytestmark = pytest.mark.slow

CARD = "registration_person"
NAME, STREET, SEX = f"{CARD}.identity.family_name", f"{CARD}.residence.street", f"{CARD}.identity.sex"
TYPED = {NAME: "Esempio", SEX: "femmina", f"{CARD}.identity.birth_date": "12 marzo 1980", STREET: "Via Sbagliata"}

ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))


async def prepare(
    house: Services, agent: Actor, values: Mapping[str, object] = TYPED, email: str = EMAIL, **more: str
) -> Prepared | NotPrepared:
    by = Preparer(agent.id, agent.name, "telephone")
    return await prepare_card(house, by, CARD, email, values, **more)


async def prepared(house: Services, agent: Actor, values: Mapping[str, object] = TYPED) -> UUID:
    made = await prepare(house, agent, values)
    assert isinstance(made, Prepared), made
    return made.id


async def customer(house: Services, until: str | None = None) -> Customer:
    talk = await Customer(house.database, house.turns, house.keys).open()
    await talk.play(PERSON, until=until)
    return talk


async def rows[T](house: Services, table: type[T]) -> list[T]:
    async with house.database.transaction() as session:
        return list(await session.scalars(select(table)))


async def state_of(house: Services, card: UUID) -> str:
    async with house.database.transaction() as session:
        return (await session.get_one(PreparedCard, card)).state


async def test_a_prepared_card_alone_makes_no_party_no_card_no_submission(house: Services, agent: Actor) -> None:
    await prepared(house, agent)
    for table in (Party, CardRevision, Submission, Conversation):
        assert await rows(house, table) == []
    (event,) = await rows(house, AuditEvent)
    assert (event.action, event.colleague_id, event.detail) == (
        "prepare_card", agent.id, {"form": CARD, "source": "telephone", "values": 4},
    )  # fmt: skip


async def test_the_address_gets_one_mail_without_a_value(house: Services, agent: Actor) -> None:
    await prepared(house, agent)
    async with house.database.transaction() as session:
        mail = await read_mail(session, house.keys, (await session.scalars(select(OutgoingMail.id))).one())
    assert mail is not None
    assert (mail.row.kind, mail.to, mail.language) == ("prepared", EMAIL, "it")
    assert mail.facts == {"colleague": agent.name, "file": "", "days": 30}


async def test_whose_answers_came_from_a_file_is_told_from_which_and_how_to_object(house: Services, agent: Actor) -> None:
    """They have asked for nothing."""
    by = Preparer(agent.id, agent.name, "file", "clienti.csv")
    assert isinstance(await prepare_card(house, by, CARD, EMAIL, TYPED), Prepared)
    async with house.database.transaction() as session:
        mail = (await session.scalars(select(OutgoingMail.id))).one()
    shop = Workshop(house, press_of(house), Signer(house.settings.ledger_folder))
    try:
        assert await post(shop, [mail]) == ["sent"]
    finally:
        shop.close()
    (letter,) = letters(house)
    text = " ".join(letter.get_body(("plain",)).get_content().split())
    assert "«clienti.csv»" in text.translate(ISOLATES)
    assert "hai chiesto" not in text
    assert "rispondi a questa e-mail" in text


async def test_bad_input_gets_the_types_own_sentence_and_nothing_is_kept(house: Services, agent: Actor) -> None:
    refused = await prepare(
        house, agent,
        {f"{CARD}.identity.birth_date": "domani l’altro", f"{CARD}.document.document_front": "x", f"{CARD}.confirm": "true", NAME: "Esempio"},
        email="demetra at example", typed_in="en",
    )  # fmt: skip
    assert isinstance(refused, NotPrepared)
    assert refused.problems.keys() == {ADDRESS, f"{CARD}.identity.birth_date", f"{CARD}.document.document_front", f"{CARD}.confirm"}
    assert "only the customer may give it" in refused.problems[f"{CARD}.confirm"]
    assert await rows(house, PreparedCard) == []
    assert await rows(house, OutgoingMail) == []


async def test_an_empty_sheet_is_not_prepared(house: Services, agent: Actor) -> None:
    assert isinstance(await prepare(house, agent, {NAME: ""}), NotPrepared)


async def test_who_typed_what_is_told_everywhere_once_the_customer_has_confirmed(house: Services, agent: Actor) -> None:
    """S0-08: summary, console, receipt; the prepared card itself is gone."""
    card = await prepared(house, agent)
    talk = await customer(house, until=NAME)
    assert talk.turn["question"]["value"] == "Esempio"
    assert agent.name in talk.turn["question"]["hint"]
    await talk.play(PERSON, until=f"{CARD}.confirm")
    (told,) = [row["value"] for message in talk.turn["messages"] for row in message.get("rows", ()) if row["question"] == NAME]
    assert told.translate(ISOLATES) == f"Esempio (preparato da {agent.name}, Agenzia Demo, tenuto da te)"
    assert await rows(house, Submission) == []
    assert await state_of(house, card) == "open"
    await talk.play(PERSON)
    (submission,) = await rows(house, Submission)
    seen = await open_submission(house, agent, submission.id, "it")
    origins = {row.path: row.origin for section in seen.sections for row in section.rows if row.origin}
    assert {path: origin.is_kept for path, origin in origins.items()} == {path: path != STREET for path in TYPED}
    assert {origin.colleague for origin in origins.values()} == {agent.name}
    assert "preparato da" in (await printed(house, NAME)).detail
    assert "cambiato da te" in (await printed(house, STREET)).detail
    assert (await printed(house, f"{CARD}.identity.given_name")).detail == ""
    (row,) = await rows(house, PreparedCard)
    assert (row.state, row.wrapped_key, row.blind_index, row.sealed_card) == ("used", None, None, b"")


async def printed(house: Services, path: str) -> PaperRow:
    """As the latest receipt prints that answer."""
    label = house.catalogue.words(CARD, "it").questions[path.rpartition(".")[2]].label
    async with house.database.transaction() as session:
        receipt = (await session.scalars(select(Receipt.id).order_by(Receipt.sequence.desc()))).first()
        press = press_of(house)
        found = await read_receipt(session, house.keys, press, receipt)
    paper = receipt_paper(press, found.row.kind, found.row.number, found.record)
    return next(row for section in paper.sections for row in section.rows if row.label == label)


async def test_an_answer_given_anew_is_the_customers_and_the_others_keep_their_origin(house: Services, agent: Actor) -> None:
    """Sent back by a colleague and answered where nothing is known of the prepared card."""
    await prepared(house, agent)
    await customer(house)
    (row,) = await rows(house, Submission)
    await actions.claim(house, agent, row.id)
    await actions.return_answers(house, agent, row.id, [SEX], "Controlla, per favore")
    async with house.database.transaction() as session:
        owner = await open_party(session, house.keys, row.party_id)
        before = await read_submission(session, owner, row.id)
        anew = Confirmed(CARD, "v1", {**before.answers, SEX: "male"}, "it", row.conversation_id, house.clock(), row.id)
        await suspend(session, owner, anew)
        after = await read_submission(session, owner, row.id)
    assert SEX not in after.origins
    assert after.origins[NAME] == before.origins[NAME]


async def test_the_page_shows_it_in_its_field_and_the_review_tells_its_origin(house: Services, agent: Actor) -> None:
    await prepared(house, agent)
    talk = await customer(house, until=NAME)
    async with a_client(house) as client:
        client.cookies.set("__Host-chat", f"{talk.conversation}.{talk.secret}")
        visitor = Visitor(client)
        await visitor.look()
        assert 'name="value" type="text" value="Esempio"' in visitor.page
        assert f"Preparato da {agent.name}, Agenzia Demo: Esempio." in visitor.page.translate(ISOLATES)
        await talk.play(PERSON, until=f"{CARD}.identity.confirm")
        await visitor.look()
        assert f'<dd class="origin">preparato da {agent.name}, Agenzia Demo, tenuto da te</dd>' in visitor.page.translate(ISOLATES)


async def test_a_newer_card_for_the_address_takes_the_place_of_the_former(house: Services, agent: Actor) -> None:
    first, other = await prepared(house, agent), await a_colleague(house, name="Demo Altro")
    second = await prepared(house, other, {NAME: "Altro"})
    assert await state_of(house, first) == "replaced"
    (ended,) = [event for event in await rows(house, AuditEvent) if event.subject_id == first and "replaced_by" in event.detail]
    assert (ended.colleague_id, ended.detail) == (other.id, {"replaced_by": str(second)})
    talk = await customer(house, until=NAME)
    assert talk.turn["question"]["value"] == "Altro"


async def test_one_address_is_written_to_three_times_a_day_whoever_prepares(house: Services, agent: Actor, clock: Clock) -> None:
    """Nobody has proved it: it may be a stranger's."""
    other = await a_colleague(house, name="Demo Altro")
    for each in (agent, other, agent):
        await prepared(house, each)
    refused = await prepare(house, other, {NAME: "Altro"}, EMAIL.upper())
    assert isinstance(refused, NotPrepared)
    assert refused.problems.keys() == {ADDRESS}
    assert await prepared_and_told(house) == (3, 1), "the latest stays open; those replaced took their mail with them"
    clock.pass_(days=1)
    await prepared(house, other)


async def prepared_and_told(house: Services) -> tuple[int, int]:
    return len(await rows(house, PreparedCard)), len(await rows(house, OutgoingMail))


async def test_nobody_comes_and_after_thirty_days_it_is_destroyed(house: Services, agent: Actor, clock: Clock) -> None:
    card = await prepared(house, agent)
    clock.pass_(days=29, hours=23)
    await end_waiting(house)
    assert await state_of(house, card) == "open"
    clock.pass_(hours=1)
    await end_waiting(house)
    assert await state_of(house, card) == "expired"
    assert await rows(house, OutgoingMail) == [], "and no mail that has not left will"
    (row,) = await rows(house, PreparedCard)
    assert (row.wrapped_key, row.blind_index) == (None, None)


async def test_it_is_proposed_no_more_once_its_days_are_over_though_no_clock_has_looked(house: Services, agent: Actor) -> None:
    card = await prepared(house, agent)
    async with house.database.transaction() as session:
        (await session.get_one(PreparedCard, card)).ends_at = AT
    talk = await customer(house, until=NAME)
    assert talk.turn["question"]["value"] is None


async def test_it_is_found_however_the_letters_of_the_address_were_written(house: Services, agent: Actor) -> None:
    await prepare(house, agent, email=EMAIL.upper())
    talk = await customer(house, until=NAME)
    assert talk.turn["question"]["value"] == "Esempio"


async def test_whoever_refuses_electronic_collection_destroys_it_too(house: Services, agent: Actor) -> None:
    card = await prepared(house, agent)
    talk = await Customer(house.database, house.turns, house.keys).open()
    await talk.play({**PERSON, "modules.electronic_collection.act": "refuse"}, until="never")
    assert await state_of(house, card) == "refused"
    assert await rows(house, Party) == []


async def test_another_address_is_shown_nothing(house: Services, agent: Actor) -> None:
    await prepare(house, agent, email="somebody.else@example.org")
    talk = await customer(house, until=NAME)
    assert talk.turn["question"]["value"] is None
    assert agent.name not in str(talk.turn)


async def test_a_customer_with_a_card_is_shown_what_differs_and_confirms_it_themselves(house: Services, agent: Actor) -> None:
    await customer(house)
    card = await prepared(house, agent, {NAME: "Esempio", STREET: "Via Nuova"})
    assert len(await rows(house, Submission)) == 1
    talk = await customer(house)
    assert "correzione" in talk.said
    await talk.play({**PERSON, "journey.goal": "update_card"}, until=STREET)
    assert talk.turn["question"]["value"] == "Via Nuova"
    await talk.answer("Via Nuova")
    assert len(await rows(house, Submission)) == 1
    await talk.answer(value=True)
    latest = max(await rows(house, Submission), key=lambda row: row.id)
    seen = await open_submission(house, agent, latest.id, "it")
    assert [row.path for section in seen.sections for row in section.rows if row.origin] == [STREET]
    assert "preparato da" in (await printed(house, STREET)).detail
    assert await state_of(house, card) == "used"


async def test_subject_access_tells_what_waits_and_erasure_destroys_it(house: Services, agent: Actor) -> None:
    await customer(house)
    card = await prepared(house, agent, {STREET: "Via Nuova"})
    async with house.database.transaction() as session:
        party = await find_party_by_email(session, house.keys, EMAIL)
        assert party is not None
        told, _, _ = await gather(session, house, party)
    (waiting,) = told["prepared"]
    assert (waiting["values"], waiting["colleague"], waiting["source"]) == ({STREET: "Via Nuova"}, agent.name, "telephone")
    (mail,) = [each for each in told["mails"] if each["kind"] == "prepared"]
    assert (mail["to"], mail["facts"]["colleague"]) == (EMAIL, agent.name)
    await erase_for_operator(house, party, "Richiesta del cliente per lettera")
    assert await state_of(house, card) == "erased"
    assert [row for row in await rows(house, OutgoingMail) if row.kind == "prepared"] == []


async def test_what_lies_on_a_card_as_an_address_not_proved_gives_no_access(house: Services, agent: Actor) -> None:
    """A certified address that a customer has merely written may be somebody else's."""
    await customer(house)
    await prepare(house, agent, email=str(PERSON[f"{CARD}.identity.pec"]))
    async with house.database.transaction() as session:
        party = await find_party_by_email(session, house.keys, EMAIL)
        assert party is not None
        told, _, _ = await gather(session, house, party)
    assert told["prepared"] == []


async def test_s4_16_by_which_channel_each_was_captured_is_kept(house: Services, agent: Actor) -> None:
    """What was told by telephone, what was typed, what was said to a text."""
    await prepared(house, agent)
    await customer(house)
    (event,) = [event for event in await rows(house, AuditEvent) if event.action == "prepare_card"]
    assert event.detail["source"] == "telephone"
    (revision,) = await rows(house, CardRevision)
    assert (revision.typed_by, revision.channel) == ("customer", "web")
    async with house.database.transaction() as session:
        owner = await open_party(session, house.keys, revision.party_id)
        assert {act.facts["channel"] for act in await read_acts(session, owner)} == {"web"}
