"""A submission's page: what is offered, what stays while it is read anew, and what a press does."""

import asyncio

import pytest

from console import actions
from console.pages.submission import show_submission
from rules.access import Role
from storage.audit import REFUSED
from storage.offers import offer_of
from tests.bots.house import a_customer, an_acceptance
from tests.console.house import INDICATIVE, a_colleague, approved, audited, state_of
from tests.console.views import Desk

pytestmark = pytest.mark.slow  # only because of Panel, which takes seconds to import

TAX_CODE = "SMPDTR80C52F839N"
NUMBER = "registration_person.document.document_number"
WHY = "Il numero non si legge."


async def at_the_page(house, actor, submission) -> Desk:
    desk = Desk(house, actor)
    await show_submission(desk.frame, submission)
    return desk


async def test_what_was_written_stays_while_identifiers_are_shown_whole(house, request_, agent):
    await actions.claim(house, agent, request_.card)
    desk = await at_the_page(house, agent, request_.card)
    questions, reason = desk.field("inputs.questions"), desk.field("inputs.reason")
    questions.value, reason.value = [NUMBER], WHY
    desk.field("reveal.why").value = "review"
    await desk.press("reveal.show")
    assert TAX_CODE in desk.html
    assert not desk.offers("reveal.show")
    assert (desk.field("inputs.questions").value, desk.field("inputs.reason").value) == ([NUMBER], WHY)
    assert "Da rimandare" in desk.html
    await desk.press("buttons.return")
    assert "Rimandata" in desk.told
    assert await state_of(house, request_.card) == "returned"


async def test_an_auditor_is_offered_nothing_that_they_may_not_do(house, request_, agent):
    auditor = await a_colleague(house, Role.AUDITOR, "Demo Revisione")
    assert not (await at_the_page(house, auditor, request_.card)).offers("buttons.claim")
    assert (await at_the_page(house, agent, request_.card)).offers("buttons.claim")
    await approved(house, agent, request_.card)
    await approved(house, agent, request_.quote)
    desk = await at_the_page(house, auditor, request_.quote)
    assert not desk.offers("buttons.quote")
    assert desk.frame.words.say("submission.waiting_colleague") in desk.html
    await actions.quote(house, agent, request_.quote, INDICATIVE)
    async with house.database.transaction() as session:
        offer = await offer_of(session, request_.quote)
    await a_customer(house, an_acceptance(offer.id))
    assert not (await at_the_page(house, auditor, request_.quote)).offers("buttons.issue")
    assert (await at_the_page(house, agent, request_.quote)).offers("buttons.issue")
    assert not [each for each in await audited(house, auditor) if each.endswith(REFUSED)]


async def test_who_forgot_to_choose_an_answer_is_told_so_and_loses_nothing(house, request_, agent):
    await actions.claim(house, agent, request_.card)
    desk = await at_the_page(house, agent, request_.card)
    desk.field("inputs.reason").value = WHY
    await desk.press("buttons.return")
    assert desk.frame.words.say("refused.nothing_chosen") in desk.told
    assert desk.field("inputs.reason").value == WHY


async def test_who_lost_the_race_for_a_claim_sees_who_has_it(house, request_, agent, other):
    desk = await at_the_page(house, agent, request_.card)
    await actions.claim(house, other, request_.card)
    await desk.press("buttons.claim")
    assert desk.frame.words.say("refused.claimed_by_other") in desk.told
    assert "Demo Altra" in desk.html
    assert 'class="state in_review"' in desk.html


async def test_a_page_that_was_overtaken_offers_what_there_is_now_and_keeps_what_was_written(house, request_, agent, other, clock):
    await actions.claim(house, agent, request_.card)
    desk = await at_the_page(house, agent, request_.card)
    desk.field("inputs.questions").value, desk.field("inputs.reason").value = [NUMBER], WHY
    clock.pass_(minutes=30)
    await desk.press("buttons.return")
    assert desk.frame.words.say("refused.unclaimed") in desk.told
    assert (desk.offers("buttons.claim"), desk.offers("buttons.return")) == (True, False)
    await actions.claim(house, other, request_.card)
    await actions.reject(house, other, request_.card, WHY)
    await desk.press("buttons.claim")
    assert not desk.offers("buttons.claim")
    assert desk.frame.words.say("submission.done") in desk.html


@pytest.fixture
async def to_quote(house, request_, agent):
    await approved(house, agent, request_.card)
    await approved(house, agent, request_.quote)
    return await at_the_page(house, agent, request_.quote)


async def test_an_offer_is_told_beside_the_indicative_premium_before_it_leaves(house, request_, to_quote):
    premium = to_quote.field("inputs.premium", currency="EUR")
    premium.value, to_quote.field("inputs.premium_reason").value = "3.105,00", "Tetto da rifare"
    await asyncio.gather(to_quote.begin("buttons.quote"), to_quote.begin("buttons.quote"))
    assert "3.105,00\xa0€" in to_quote.html
    assert to_quote.frame.words.say("submission.offer_stays") in to_quote.html
    assert await state_of(house, request_.quote) == "accepted"
    premium.value = "310,50"
    assert 'class="note caution" role="status"' in to_quote.html  # nothing is done yet
    await to_quote.press("buttons.send_offer")
    assert "Stai per offrire 310,50\xa0€; il premio indicativo è 462,87\xa0€." in to_quote.html
    assert await state_of(house, request_.quote) == "accepted"
    await to_quote.press("buttons.send_offer")
    assert to_quote.frame.words.say("told.quote") in to_quote.told
    async with house.database.transaction() as session:
        assert (await offer_of(session, request_.quote)).premium_cents == 31_050


async def test_the_indicative_premium_is_told_too_and_a_reason_that_lacks_before_anything(house, request_, to_quote, agent):
    premium = to_quote.field("inputs.premium", currency="EUR")
    premium.value = "480,00"
    await to_quote.press("buttons.quote")
    assert to_quote.frame.words.say("refused.reason_needed") in to_quote.told
    assert not to_quote.offers("buttons.send_offer")
    premium.value = "462,87"
    await to_quote.press("buttons.quote")
    assert to_quote.told == ""
    assert "Stai per offrire 462,87\xa0€, cioè il premio indicativo." in to_quote.html
    await to_quote.press("buttons.send_offer")
    assert await state_of(house, request_.quote) == "quoted"
    assert not [each for each in await audited(house, agent) if each.endswith(REFUSED)]


async def test_only_who_reads_answers_to_decide_on_them_decides_under_them(house, request_, agent):
    decide, answers = "Decisione", "Cognome"
    html = (await at_the_page(house, agent, request_.card)).html
    assert html.index(decide) < html.index(answers)
    await actions.claim(house, agent, request_.card)
    html = (await at_the_page(house, agent, request_.card)).html
    assert html.index(answers) < html.index(decide)
    await actions.approve(house, agent, request_.card)
    html = (await at_the_page(house, agent, request_.card)).html
    assert html.index(decide) < html.index(answers)
