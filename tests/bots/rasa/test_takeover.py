"""A colleague in a conversation of Rasa's channel: it answers each message at once, so their words come with the next answer (S0-34)."""

from uuid import UUID

import pytest

from console.takeovers import give_back, take_over, write
from dialogs.services import Services
from tests.bots.rasa.conftest import Person
from tests.bots.rasa.test_rest import conversation_of
from tests.console.house import a_colleague

pytestmark = pytest.mark.slow


async def test_what_a_colleague_writes_comes_with_the_next_answer(person: Person, services: Services) -> None:
    await person.say("ciao")
    await person.answer("it")
    stale = person.payload("Registrarmi")
    await person.say("/human")
    agent, conversation = await a_colleague(services, name="Demo Due"), UUID(await conversation_of(services, person))
    await take_over(services, agent, conversation)
    await person.say(stale)
    assert "La tua risposta non l’ho registrata" in person.texts[0]
    await write(services, agent, conversation, "Buongiorno, sono qui.", "1")
    await person.say("Ho una domanda")
    assert person.texts == [
        "Demo Due, Agenzia Demo:\n\nBuongiorno, sono qui.",
        "Demo Due riceve quello che scrivi. La risposta arriva qui.",
    ]
    assert await person.say("Anzi due") == []
    await give_back(services, agent, conversation)
    await person.say("/help")
    assert person.asked["question"] == "journey.goal"
