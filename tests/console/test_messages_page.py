"""The page of messages: a customer's words stay words there, what failed is told in words, what is offered is allowed."""

import pytest

from console.pages.messages import show_messages
from dialogs.events import Commanded, TextSaid
from rules.access import Role
from storage.mails import mails_of, mark_failed
from tests.builders import a_visitor
from tests.console.house import a_colleague
from tests.console.test_takeovers import a_waiting_visitor
from tests.console.views import Desk

pytestmark = pytest.mark.slow  # only because of Panel, which takes seconds to import
PLANTED = "<img src=x onerror=alert(1)>"
PHONE = "+393331234567"


async def at_the_page(house, actor) -> Desk:
    desk = Desk(house, actor)
    await show_messages(desk.frame)
    return desk


async def a_call(house) -> None:
    visitor = await a_visitor(house)
    await visitor.play({"journey.language": "it"}, until="journey.goal")
    await visitor.send(Commanded("human"))
    await visitor.answer(PHONE)


async def test_what_a_customer_wrote_is_never_markup(house, agent):
    visitor = await a_waiting_visitor(house)
    await visitor.send(TextSaid(PLANTED))
    desk = await at_the_page(house, agent)
    assert PLANTED not in desk.html
    assert "&lt;img src=x onerror=alert(1)&gt;" in desk.html


async def test_an_auditor_reads_and_is_offered_nothing(house, agent):
    auditor = await a_colleague(house, Role.AUDITOR, "Demo Revisione")
    await a_call(house)
    assert (await at_the_page(house, agent)).offers("messages.called")
    desk = await at_the_page(house, auditor)
    assert "333" in desk.html
    assert not desk.offers("messages.called")


@pytest.mark.parametrize(
    ("code", "told"),
    [("smtp_550", "ha rifiutata (codice 550)"), ("smtp_connection", "non si è potuto parlare"), ("address", "non è valido")],
)
async def test_why_a_mail_failed_is_told_in_words(house, request_, agent, code, told):
    async with house.database.transaction() as session:
        mail = (await mails_of(session, request_.party))[0].id
        await mark_failed(session, mail, code, is_final=True)
    desk = await at_the_page(house, agent)
    assert told in desk.html
    assert code not in desk.html
