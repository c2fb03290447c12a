"""A conversation's page: what is offered to whom, and what a press does."""

from uuid import UUID

import pytest

from console.pages.conversation import show_conversation
from console.takeovers import take_over
from rules.access import Role
from tests.console.house import a_colleague
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
