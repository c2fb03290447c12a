"""A request from suspended to issued: customers speak through the real turns, colleagues act through the console's actions."""

import json

import pytest

from bots.news import tell_move, tell_offer, tell_policy
from bots.papers import Press
from console import actions
from console.reading import list_submissions, open_submission
from dialogs.services import agency_of
from rules.refusals import Refused
from storage.offers import offer_of
from storage.policies import policies_of
from storage.queue import Filter
from storage.submissions import find_submission
from tests.bots.house import a_house
from tests.builders import CARD, a_suspended_quote, a_suspended_registration, ask_for_a_quote
from tests.console.house import a_colleague, approved, audited, state_of
from tests.forms.content import shipped

pytestmark = pytest.mark.slow
MOBILE, VALUE, LOSS = f"{CARD}.identity.mobile", "quote_home.sums.rebuild_value", "quote_home.history.loss.1"


@pytest.fixture
async def house(database_url, tmp_path):
    """On the real clock: the customers' turns have no other."""
    async with a_house(database_url, tmp_path / "home", shipped.catalogue()) as services:
        yield services


@pytest.fixture
async def agent(house):
    return await a_colleague(house)


def press_of(services):
    settings = services.settings
    return Press(services.catalogue, agency_of(settings), settings.zone, settings.currency, settings.public_url)


async def hear_news(services, case, submission):
    """The colleague's latest move as the job says it; the customer sees the last turn of it."""
    async with services.database.transaction() as session:
        version = (await find_submission(session, submission)).version
    await tell_move(services, submission, version)
    await refresh(services, case)


async def refresh(services, case):
    case.customer.turn = json.loads((await services.turn_store.read_turns(case.customer.conversation))[-1].replies)


async def give_again(case, answers):
    """Answers what is asked until the form is confirmed anew; the questions that were asked."""
    asked = []
    for _ in range(10):
        question = case.customer.turn["question"]
        if question["path"] == "journey.goal":
            return asked
        if question["type"] != "confirm":
            asked.append(question["path"])
        await case.customer.answer(answers.get(question["path"], True))
    raise AssertionError(f"still asked for {case.customer.path}: {case.customer.said}")


async def offer(services, submission):
    async with services.database.transaction() as session:
        return (await offer_of(session, submission)).id


async def test_from_suspended_to_issued(house, agent):
    case = await a_suspended_registration(house)
    card = case.submission

    await actions.claim(house, agent, card)
    await actions.return_answers(house, agent, card, [MOBILE], "Non risponde nessuno")
    await hear_news(house, case, card)
    assert case.customer.path == MOBILE
    assert "Non risponde nessuno" in case.customer.said
    assert "Demo Agente" in case.customer.said
    assert await give_again(case, {MOBILE: "+393337654321"}) == [MOBILE]
    assert await state_of(house, card) == "suspended"
    again = await open_submission(house, agent, card, "it")
    assert "+39 333 765 4321" in [row.value for section in again.sections for row in section.rows if row.path == MOBILE]
    await approved(house, agent, card)

    quote = (await ask_for_a_quote(house, case)).submission
    await approved(house, agent, quote)
    page = await open_submission(house, agent, quote, "it")
    assert page.indicative_cents
    await actions.quote(house, agent, quote, page.indicative_cents)
    await tell_offer(house, press_of(house), await offer(house, quote))
    with pytest.raises(Refused):
        await actions.issue(house, agent, quote)
    await refresh(house, case)
    await case.customer.play({"journey.goal": "policy"}, until="offer.act")
    await case.customer.answer("accept")
    assert await state_of(house, quote) == "issue_requested"

    page = await open_submission(house, agent, quote, "it")
    assert (page.missing, page.offer.state) == ((), "accepted")
    number = await actions.issue(house, agent, quote)
    async with house.database.transaction() as session:
        (policy,) = await policies_of(session, case.party)
    await tell_policy(house, press_of(house), policy.id)
    await refresh(house, case)
    assert number in case.customer.said
    done = await open_submission(house, agent, quote, "it")
    assert [event.act for event, _ in done.history] == ["confirm", "claim", "approve", "quote", "accept_offer", "issue"]
    assert (await list_submissions(house, agent, Filter())).page.rows == ()
    acted = [action for action in await audited(house, agent) if not action.startswith(("read_", "list_"))]
    assert acted == ["claim", "return_answers", "claim", "approve", "claim", "approve", "quote", "issue.refused", "issue"]


async def test_two_answers_sent_back_are_asked_one_after_the_other_and_nothing_else(house, agent):
    case = await a_suspended_registration(house)
    number = f"{CARD}.document.document_number"
    await actions.claim(house, agent, case.submission)
    await actions.return_answers(house, agent, case.submission, [number, MOBILE], "Si leggono male")
    await hear_news(house, case, case.submission)
    assert sorted(await give_again(case, {MOBILE: "+393337654321", number: "CA00000ZZ"})) == sorted([number, MOBILE])


async def test_an_answer_of_a_repeated_group_can_be_sent_back(house, agent):
    loss = {f"{LOSS}.loss_date": "2024-05-05", f"{LOSS}.loss_cause": "water", f"{LOSS}.loss_amount": "800.00", f"{LOSS}.loss_closed": True}
    case = await a_suspended_quote(house, losses=1, **loss)
    path = f"{LOSS}.loss_amount"
    await actions.claim(house, agent, case.submission)
    await actions.return_answers(house, agent, case.submission, [path], "Diverso dalla perizia")
    await hear_news(house, case, case.submission)
    assert case.customer.path == path
    assert await give_again(case, {path: "950.00"}) == [path]
    page = await open_submission(house, agent, case.submission, "it")
    assert "950" in next(row.value for section in page.sections for row in section.rows if row.path == path)


async def test_a_quote_sent_back_comes_back_with_its_new_premium(house, agent):
    case = await a_suspended_quote(house)
    before = (await open_submission(house, agent, case.submission, "it")).indicative_cents
    await actions.claim(house, agent, case.submission)
    await actions.return_answers(house, agent, case.submission, [VALUE], "Per la perizia vale di più")
    await hear_news(house, case, case.submission)
    assert case.customer.path == VALUE
    await give_again(case, {VALUE: "250000.00"})
    page = await open_submission(house, agent, case.submission, "it")
    assert page.state == "suspended"
    assert page.indicative_cents > before


async def test_a_changed_card_is_shown_beside_the_accepted_one(house, agent):
    case = await a_suspended_registration(house)
    await approved(house, agent, case.submission)
    first = await open_submission(house, agent, case.submission, "it")
    assert not any(row.is_changed or row.before for section in first.sections for row in section.rows)
