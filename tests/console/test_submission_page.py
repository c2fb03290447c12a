"""A submission's page: what is offered, what stays while it is read anew, and what a press does."""

import pytest

from console import actions
from console.pages.submission import show_submission
from tests.console.house import state_of
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
