"""A colleague in the web chat, as programs and browsers without JavaScript see it (S0-34)."""

from uuid import UUID

import httpx
import pytest

from console.takeovers import take_over, write
from dialogs.services import Services
from tests.bots.web.conftest import Robot
from tests.bots.web.test_pages import Visitor, visitor
from tests.console.house import a_colleague

__all__ = ["visitor"]

pytestmark = pytest.mark.slow


async def taken_over(services: Services, conversation: str) -> None:
    agent = await a_colleague(services, name="Demo Due")
    await take_over(services, agent, UUID(conversation))
    await write(services, agent, UUID(conversation), "Buongiorno, sono qui.", "1")


async def test_a_program_is_told_that_nothing_is_open(robot: Robot, services: Services) -> None:
    await robot.answer("it")
    asked = robot.question
    await robot.send(command="human")
    await taken_over(services, robot.conversation)
    stale = await robot.send(question=asked["path"], value="register", shown=asked["shown"])
    assert (stale.status_code, stale.json()["question"]) == (409, None)
    await robot.send(text="Ho una domanda")
    assert [message["text"] for message in robot.turn["messages"]] == ["Demo Due riceve quello che scrivi. La risposta arriva qui."]
    await robot.send(text="Anzi due")
    assert (robot.turn["messages"], robot.turn["question"]) == ([], None)
    read = (await robot.client.get(robot.path, headers=robot.headers)).json()
    assert read["question"] is None
    assert "Demo Due, Agenzia Demo:\n\nBuongiorno, sono qui." in [message["text"] for turn in read["turns"] for message in turn["messages"]]
    await robot.send(command="cancel")
    assert robot.question["path"] == asked["path"]


async def test_a_form_filled_in_meanwhile_is_not_taken_and_says_so(visitor: Visitor, services: Services, client: httpx.AsyncClient) -> None:
    await visitor.enter()
    conversation = client.cookies["chat"].partition(".")[0]
    await visitor.send(command="human")
    await visitor.send(command="skip")
    await taken_over(services, conversation)
    await visitor.send(value="person")
    assert "La tua risposta non l’ho registrata" in visitor.page
    assert "Stai parlando con Demo Due" in visitor.page
    assert "Buongiorno, sono qui." in visitor.page
    assert "Demo Due, Agenzia" in (await client.get("/chat/transcript")).text


async def test_the_transcript_holds_what_was_written_freely_and_what_was_pressed(visitor: Visitor, client: httpx.AsyncClient) -> None:
    await visitor.enter()
    await visitor.send(text="perché me lo chiedi?")
    await visitor.send(value="person")
    page = (await client.get("/chat/transcript")).text
    for said in ("perché me lo chiedi?", "Per me"):
        assert f'<li class="customer"><b>Tu</b><p>{said}</p></li>' in page
