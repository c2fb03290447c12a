"""A company at the desk: kept under its own name and numbers, reviewed, an answer sent back, accepted like a person's."""

import json

import pytest
import pytest_asyncio

from bots.news import tell_move, tell_offer
from bots.papers import Press, policy_paper
from bots.records import read_policy
from console import actions
from console.reading import list_submissions, open_submission
from dialogs.events import Commanded
from dialogs.services import agency_of
from forms.papers.printing import print_paper
from storage.offers import offer_of
from storage.parties import find_parties, open_party, read_cards
from storage.policies import policies_of
from storage.queue import Filter
from storage.receipts import receipts_of
from storage.submissions import find_submission
from storage.tables.parties import Party
from tests.bots.house import a_house
from tests.builders import COMPANY_CARD, a_suspended_company, ask_for_a_quote
from tests.console.house import a_colleague, approved, state_of
from tests.dialogs.driver import CODE, COMPANY, COMPANY_HOME, EMAIL
from tests.forms.content import shipped
from tests.forms.papers.reading import all_text, squeezed

pytestmark = pytest.mark.slow
POWERS = "Amministratrice unica, firma libera"
HOLDER = ["Officine Demo S.r.l.", "12345670017", "Esempio Demetra"]
SHARE = f"{COMPANY_CARD}.owners.owners.1.owner_share"


@pytest_asyncio.fixture
async def house(database_url, tmp_path):
    """On the real clock: the customers' turns have no other."""
    async with a_house(database_url, tmp_path / "home", shipped.catalogue()) as services:
        yield services


@pytest_asyncio.fixture
async def agent(house):
    return await a_colleague(house)


async def hear_news(services, case):
    async with services.database.transaction() as session:
        version = (await find_submission(session, case.submission)).version
    await tell_move(services, case.submission, version)
    case.customer.turn = json.loads((await services.turn_store.read_turns(case.customer.conversation))[-1].replies)


async def test_a_company_is_kept_as_one(house):
    case = await a_suspended_company(house)
    async with house.database.transaction() as session:
        party = await session.get(Party, case.party)
        assert (party.kind, party.display_name) == ("company", "Officine Demo S.r.l.")
        assert (party.municipality, party.province, party.region) == ("Napoli", "NA", "Campania")
        found = [
            await find_parties(session, house.keys, kind, value)
            for kind, value in (
                ("tax_code", "12345670017"), ("email", "officine@pec.example.org"), ("phone", "+390811234567"), ("iban", "IT60X0542811101000000123456"),
            )
        ]  # fmt: skip
        assert found == [(case.party,)] * 4
        (card,) = await read_cards(session, await open_party(session, house.keys, case.party))
        assert card.form == COMPANY_CARD


async def test_the_representative_is_nobody_s_identifier(house):
    """Who signs may be a customer as well: a colleague is not led astray."""
    await a_suspended_company(house)
    async with house.database.transaction() as session:
        assert await find_parties(session, house.keys, "tax_code", "SMPDTR80C52F839N") == ()
        assert await find_parties(session, house.keys, "phone", "+393331234567") == ()


async def test_an_answer_comes_back_and_the_card_is_accepted(house, agent):
    case = await a_suspended_company(house)
    (row,) = (await list_submissions(house, agent, Filter(forms=(COMPANY_CARD,)))).page.rows
    assert (row.display_name, row.missing_count) == ("Officine Demo S.r.l.", 0)
    page = await open_submission(house, agent, case.submission, "it")
    assert (page.title, page.customer) == ("La scheda dell’impresa", "Officine Demo S.r.l.")
    told = {answer.path: answer for section in page.sections for answer in section.rows}
    assert told[SHARE].value == "60\u00a0%"
    assert not told[f"{COMPANY_CARD}.company.email"].can_return

    await actions.claim(house, agent, case.submission)
    await actions.return_answers(house, agent, case.submission, [SHARE], "La visura dice altro")
    await hear_news(house, case)
    assert case.customer.path == SHARE
    await case.customer.answer("55")
    while case.customer.path != "journey.goal":
        await case.customer.answer(value=True)
    assert await state_of(house, case.submission) == "suspended"
    await approved(house, agent, case.submission)
    await hear_news(house, case)
    assert "ha verificato la tua scheda" in case.customer.said
    again = await open_submission(house, agent, case.submission, "en")
    assert [answer.value for section in again.sections for answer in section.rows if answer.path == SHARE] == ["55\u00a0%"]


async def the_turn(house, case):
    case.customer.turn = json.loads((await house.turn_store.read_turns(case.customer.conversation))[-1].replies)


async def test_from_a_company_s_quote_to_its_policy(house, agent):
    """The representative confirms and accepts for it; papers, mails and the desk name both (S0-32 to S0-40, S4-25)."""
    case = await a_suspended_company(house)
    await approved(house, agent, case.submission)
    quote = (await ask_for_a_quote(house, case, script=COMPANY_HOME)).submission
    page = await open_submission(house, agent, quote, "it")
    assert page.signer == (("Rappresentante", "Esempio Demetra"), ("Carica e poteri", POWERS))
    told = {answer.path: f"{answer.label}: {answer.value}" for section in page.sections for answer in section.rows}
    assert told["quote_home.building.use"] == "Uso: La usa l’impresa"
    assert told["quote_home.insured.insured_is_policyholder"] == "L’assicurata è l’impresa: Sì"

    await approved(house, agent, quote)
    await actions.quote(house, agent, quote, page.indicative_cents)
    press = Press(house.catalogue, agency_of(house.settings), house.settings.zone, house.settings.currency, house.settings.public_url)
    async with house.database.transaction() as session:
        offered = (await offer_of(session, quote)).id
    await tell_offer(house, press, offered)
    await the_turn(house, case)
    await case.customer.play({"journey.goal": "policy"}, until="offer.act")
    assert f"per conto di Officine Demo S.r.l., come Esempio Demetra ({POWERS})" in case.customer.turn["question"]["hint"]
    await case.customer.answer("accept")
    assert (await open_submission(house, agent, quote, "it")).missing == ()
    number = await actions.issue(house, agent, quote)

    async with house.database.transaction() as session:
        (policy,) = await policies_of(session, case.party)
        issued = await read_policy(session, house.keys, press, policy.id)
        receipts = await receipts_of(session, case.party)
    paper = policy_paper(press, issued.issued, issued.record)
    assert (paper.number, [row.value for row in paper.parties[0].rows][:4]) == (number, [*HOLDER, POWERS])
    assert squeezed(f"{HOLDER[0]}Codice fiscale") in all_text(print_paper(paper))
    assert {one.kind for one in receipts} == {"registration", "card_confirmation", "quote", "offer_acceptance"}


async def test_another_day_the_company_is_known(house):
    from tests.builders import a_visitor

    await a_suspended_company(house)
    customer = await a_visitor(house)
    await customer.play({**COMPANY, "journey.goal": "register"})
    assert "Ti ho ritrovato, Officine Demo S.r.l." in customer.said
    await customer.answer("quote_home")
    assert "prezzo indicativo" in customer.said
    await customer.send(Commanded("review"))
    assert "Officine Demo S.r.l." in json.dumps(customer.turn, ensure_ascii=False)
    assert CODE not in customer.said
    assert EMAIL not in customer.said
