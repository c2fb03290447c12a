"""A conversation's page: what is offered to whom, and what a press does."""

from uuid import UUID

import pytest

from console.pages.conversation import show_conversation
from console.takeovers import take_over
from rules.access import Role
from tests.console.house import a_colleague, audited
from tests.console.test_takeovers import a_waiting_visitor
from tests.console.views import Desk

pytestmark = pytest.mark.slow  # only because of Panel, which takes seconds to import


async def at_the_page(house, actor, conversation) -> Desk:
    desk = Desk(house, actor)
    await show_conversation(desk.frame, conversation)
    desk.frame.leave()  # nobody is listened to here
    return desk


async def test_an_auditor_is_offered_nothing_that_they_may_not_do(house, agent, manager):
    auditor = await a_colleague(house, Role.AUDITOR, "Demo Revisione")
    conversation = UUID((await a_waiting_visitor(house)).conversation)
    desk = await at_the_page(house, auditor, conversation)
    assert not desk.offers("buttons.take_over")
    assert desk.frame.words.say("conversation.untaken") in desk.html
    assert (await at_the_page(house, agent, conversation)).offers("buttons.take_over")
    await take_over(house, agent, conversation)
    for actor, offered in ((agent, ["write", "give_back"]), (manager, ["give_back"]), (auditor, [])):
        desk = await at_the_page(house, actor, conversation)
        assert [name for name in ("take_over", "write", "give_back") if desk.offers(f"buttons.{name}")] == offered


async def test_a_conversation_is_not_given_back_over_what_was_written_and_not_sent(house, agent):
    conversation = UUID((await a_waiting_visitor(house)).conversation)
    await take_over(house, agent, conversation)
    desk = await at_the_page(house, agent, conversation)
    text = desk.field("inputs.message")
    text.value_input = "Un anno, e si rinnova solo"
    await desk.press("buttons.give_back")
    assert desk.frame.words.say("refused.unsent") in desk.told
    assert (text.value_input, await audited(house, agent)) == ("Un anno, e si rinnova solo", ["take_over", "read_conversation"])
    text.value_input = " \n"
    await desk.press("buttons.give_back")
    assert desk.frame.words.say("told.give_back") in desk.told
