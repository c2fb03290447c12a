"""A colleague in a Telegram chat: named, written by, given back; the bot says nothing meanwhile (S0-34)."""

from uuid import UUID, uuid4

import pytest

from console.takeovers import give_back, list_waiting, open_conversation, take_over, write
from tests.bots.telegram.house import House
from tests.bots.telegram.test_talking import at
from tests.console.house import a_colleague

pytestmark = pytest.mark.slow


async def test_a_colleague_takes_over_writes_and_gives_back(house: House) -> None:
    robot = await at(house, "registration_person.residence.province")
    person, services = robot.person, house.services
    agent = await a_colleague(services, name="Demo Due")
    await robot.say("/human")
    await robot.say("/skip")
    [waiting] = await list_waiting(services, agent)
    await take_over(services, agent, waiting.conversation)
    assert "Demo Due" in (await person.until_hears("torna alle domande")).text
    await robot.say("Quanto costa?")
    assert robot.turn["question"] is None
    await person.until_hears("Demo Due riceve quello che scrivi")
    heard = len(person.heard)
    await robot.say("Mi senti?")
    assert len(person.heard) == heard
    await person.edit(max(person.room.sent), "Mi senti bene?")
    await house.telegram.until_taken()
    page = await open_conversation(services, agent, waiting.conversation)
    assert [line.text for line in page.lines if line.who == "customer"][-3:] == ["Quanto costa?", "Mi senti?", "Mi senti bene?"]
    await write(services, agent, waiting.conversation, "Te lo dico <subito> & bene.", uuid4().hex)
    assert (await person.until_hears("Te lo dico")).text == "Demo Due, Agenzia Demo:\n\nTe lo dico <subito> & bene."
    await give_back(services, agent, waiting.conversation)
    assert "Riprendiamo" in (await person.until_hears("Demo Due ha finito")).text
    await robot.read()
    assert robot.path == "registration_person.residence.province"
    await robot.say("NA")
    assert robot.path == "registration_person.residence.country"
    assert house.telegram.disobeyed == 0


async def test_a_button_pressed_late_answers_nothing_and_says_why(house: House) -> None:
    robot = await at(house, "journey.goal")
    agent = await a_colleague(house.services, name="Demo Due")
    question = robot.shown
    await robot.say("/human")
    conversation = UUID((await house.chat(robot.person)).conversation)
    await take_over(house.services, agent, conversation)
    turns = len(await house.turns(robot.person))
    await robot.person.tap_data(question.buttons[0].callback_data, on=question)
    await house.telegram.until_taken()
    assert len(await house.turns(robot.person)) == turns
    await robot.say("torna alle domande")
    assert robot.path == "journey.goal"
