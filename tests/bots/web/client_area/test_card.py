"""My card (S0-03, S0-11): each value with who typed it and when; corrected through the conversation, suspended until it is read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bots.web.client_area.card import Origin, origins
from dialogs.effects import Suspend
from dialogs.events import StaffSaid
from rules.access import Role
from rules.origins import Origin as Prepared
from rules.submissions import Act
from storage.checks import find_check, keep_doubt
from storage.parties import Card, keep_card, open_party, read_cards
from storage.staff import add_colleague
from storage.submissions import Move, claim_submission, move_submission
from storage.tables.base import new_id
from storage.tables.evidence import Receipt
from storage.tables.submissions import Submission
from tests.bots.house import AT, a_registration
from tests.bots.web.client_area.conftest import PASSWORD, Browser, another, entered_as
from tests.bots.web.client_area.test_entrance import at
from tests.bots.web.conftest import Made, a_client
from tests.bots.web.test_pages import Visitor
from tests.builders import a_suspended_registration

pytestmark = pytest.mark.slow
ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))
IBAN, NUMBER = "registration_person.bank.iban", "registration_person.residence.house_number"


def test_an_answer_is_whose_it_became_what_it_is_by() -> None:
    first, second, third = (datetime(2026, 11, day, tzinfo=UTC) for day in (1, 2, 3))

    def revision(number: int, typed_by: str, day: datetime, **answers: str) -> Card:
        return Card(number, "f", "v1", answers, None, typed_by, "web", day)

    found = origins(
        [
            revision(1, "customer", first, a="1", b="1", c="1"),
            revision(2, "anna", second, a="1", b="2"),
            revision(3, "customer", third, a="1", b="2", c="1"),
        ]
    )
    assert found == {"a": Origin("customer", first), "b": Origin("anna", second), "c": Origin("customer", third)}
    assert origins([]) == {}


async def test_each_value_says_who_typed_it_and_when(entered: Browser) -> None:
    services = entered.services
    async with services.database.transaction() as session:
        anna = await add_colleague(
            session, email=f"{entered.party}@example.org", name="Anna Demo", role=Role.AGENT, password=PASSWORD, at=AT
        )
        owner = await open_party(session, services.keys, entered.party)
        (card,) = await read_cards(session, owner)
        answers, now = {**card.answers, NUMBER: "47"}, services.clock()
        await keep_card(session, owner, answers, form=card.form, form_version=card.form_version, submission=card.submission, typed_by=str(anna.id), channel="console", at=now)  # fmt: skip
    page = await entered.look("/card")
    assert page.count("scritto da Anna Demo, ") == 1
    assert page.count("scritto da te, 22 novembre 2026") > 20
    assert "In sospeso" in page


async def test_what_a_colleague_had_prepared_is_told_as_kept_or_changed(house: Made) -> None:
    """S0-08: who typed it, and what the customer did with it."""
    street, sex = "registration_person.residence.street", "registration_person.identity.sex"
    prepared = AT.isoformat()
    origins = {street: Prepared("Anna Demo", "", prepared, is_kept=True), sex: Prepared("Anna Demo", "", prepared, is_kept=False)}
    record, card = a_registration()
    assert isinstance(card, Suspend)
    browser = await entered_as(house, record, replace(card, origins=origins))
    page = (await browser.look("/card")).translate(ISOLATES)
    assert page.count("scritto da Anna Demo, Agenzia Demo, tenuto da te, 22 novembre 2026") == 1
    assert page.count("scritto da te, 22 novembre 2026, al posto di quanto preparato da Anna Demo, Agenzia Demo") == 1


async def test_what_is_sensitive_is_hidden_until_asked_for_with_the_password_fresh(entered: Browser) -> None:
    page = await entered.look("/card")
    assert "···· 3456" in page
    assert "IT60" not in page
    later = another(entered, at(entered.services, minutes=6))
    later.client.cookies = entered.client.cookies
    await later.look("/card?open")
    assert later.at == "/area/again?to=card"
    await later.send("/again?to=card", password=PASSWORD)
    assert later.at == "/area/card?open"
    assert "IT60 X054 2811 1010 0000 0123 456" in await later.look("/card?open")


async def test_a_correction_goes_through_the_conversation_and_is_suspended(resident: Browser) -> None:
    await resident.send("/card", change=NUMBER)
    assert resident.at == "/chat#now"
    chat = Visitor(resident.client)
    await chat.look()
    assert chat.question == NUMBER
    await chat.send(value="47")
    assert chat.question == "update_card.confirm"
    assert "47" in chat.page
    await chat.send(value="true")
    assert "in sospeso" in chat.page
    assert "R-20" in chat.page
    async with resident.services.database.transaction() as session:
        theirs = select(Submission).where(Submission.party_id == resident.party).order_by(Submission.id.desc())
        latest = (await session.scalars(theirs)).first()
        kinds = list(await session.scalars(select(Receipt.kind).where(Receipt.party_id == resident.party)))
    assert latest is not None
    assert latest.state == "suspended"
    assert "card_update" in kinds
    assert "47" in await resident.look("/card")


async def test_a_card_confirmed_without_a_change_sends_nothing(resident: Browser) -> None:
    async with resident.services.database.transaction() as session:
        before = len(list(await session.scalars(select(Receipt.id).where(Receipt.party_id == resident.party))))
    await resident.send("/card")
    chat = Visitor(resident.client)
    await chat.look()
    assert chat.question == "update_card.confirm"
    await chat.send(value="true")
    assert "resta com’è" in chat.page
    async with resident.services.database.transaction() as session:
        assert len(list(await session.scalars(select(Receipt.id).where(Receipt.party_id == resident.party)))) == before


async def test_whether_it_is_still_right_is_asked_once_a_year(browser: Browser) -> None:
    typed = datetime(2026, 11, 22, 8, 26, 53, tzinfo=UTC)
    services = replace(browser.services, clock=lambda: typed + timedelta(days=364))
    early = another(browser, services)
    await early.set_password()
    assert "ancora giusti" not in await early.look()
    a_year_on = another(browser, replace(services, clock=lambda: typed + timedelta(days=366)))
    await a_year_on.sign_in()
    assert "22 novembre 2026" in await a_year_on.look()
    assert "ancora giusti" in a_year_on.page
    assert "333 123 4567" in a_year_on.page, "nobody says that it is right without seeing it"
    assert "IT60" not in a_year_on.page
    assert (await a_year_on.send("/card/still", still="yes")).headers["location"] == "/area"
    assert "ancora giusti" not in await a_year_on.look()
    another_year_on = another(browser, replace(services, clock=lambda: typed + timedelta(days=732)))
    await another_year_on.sign_in()
    assert "ancora giusti" in await another_year_on.look()


async def test_s4_26_whoever_cannot_be_reached_is_asked_as_soon_as_they_come(entered: Browser) -> None:
    assert "ancora giusti" not in await entered.look()
    async with entered.services.database.transaction() as session:
        await keep_doubt(session, entered.party, "email", entered.services.clock())
    assert "non accetta più la nostra posta" in await entered.look()
    await entered.send("/card/still", still="later")
    assert "non accetta più la nostra posta" not in await entered.look()
    async with entered.services.database.transaction() as session:
        check = await find_check(session, entered.party)
    assert check is not None
    assert check.doubted_by == "email", "colleagues still see it"


async def test_what_a_colleague_has_sent_back_stands_on_the_first_page_and_leads_to_its_question(house: Made) -> None:
    services, email = house.services(), "restituita@example.org"
    case = await a_suspended_registration(services, email=email)
    browser = Browser(services, a_client(services), email, case.party)
    await browser.set_password()
    assert "/area/returned" not in await browser.look()
    async with services.database.transaction() as session:
        owner = await open_party(session, services.keys, case.party)
        colleague = new_id()
        await claim_submission(session, owner, case.submission, colleague, AT)
        await move_submission(session, owner, case.submission, Move(Act.RETURN_ANSWERS, AT, colleague))
    facts = {
        "submission": str(case.submission),
        "form": "registration_person",
        "questions": [NUMBER],
        "reason": "<b> o 5",
        "colleague": "Giulia",
    }
    await services.turns.say(case.customer.conversation, StaffSaid("returned", facts))
    page = (await browser.look()).translate(ISOLATES)
    assert "<p>Giulia chiede: Numero civico. &lt;b&gt; o 5.</p>" in page  # the page's direction, whatever letters a name begins with
    assert 'href="/area">Che cosa manca' in await browser.look("/card")
    await browser.send("/returned")
    assert browser.at == "/chat#now"
    chat = Visitor(browser.client)
    await chat.look()
    assert chat.question == NUMBER
    assert "&lt;b&gt; o 5." in chat.page
    assert "Eccoti al menù" not in chat.page
