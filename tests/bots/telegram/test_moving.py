"""From Telegram to the web and back: sensitive questions leave, a conversation goes on wherever its customer is."""

import re
from uuid import UUID

import httpx
import pytest

from storage.acts import read_acts
from storage.parties import open_party
from tests.bots.telegram.house import House, a_bot
from tests.bots.telegram.robot import TelegramRobot
from tests.bots.telegram.test_talking import at
from tests.bots.web.conftest import Made, Robot, a_client
from tests.telegram_person import a_person
from tests.telegram_server import TelegramServer

pytestmark = pytest.mark.slow

IBAN = "registration_person.bank.iban"
LINKS = re.compile(r"http://127\.0\.0\.1:\d+/enter/([\w-]+)")


def token_in(text: str) -> str:
    found = LINKS.search(text)
    assert found, text
    return found[1]


async def enter(house: House, client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post(f"/enter/{token}", headers={"origin": house.url})


def a_browser(house: House) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=house.url, trust_env=False)


async def a_robot_on_the_web(house: House, client: httpx.AsyncClient, token: str) -> Robot:
    """With the secret of the cookie, for the API."""
    entered = await enter(house, client, token)
    assert entered.status_code == 303
    conversation, secret = entered.cookies["chat"].split(".")
    robot = Robot(client, conversation, secret)
    robot.turn = (await client.get(robot.path, headers=robot.headers)).json()["turns"][-1]
    return robot


async def test_a_sensitive_question_is_answered_on_the_web_and_telegram_goes_on_by_itself(house: House) -> None:
    robot = await at(house, IBAN)
    assert "in una chat di altri non te lo chiedo" in robot.shown.text
    async with a_browser(house) as client:
        on_the_web = await a_robot_on_the_web(house, client, token_in(robot.shown.text))
        assert on_the_web.question["path"] == IBAN
        robot.person.read = robot.person.room.last
        await on_the_web.answer("IT60X0542811101000000123456")
        assert not [told for told in on_the_web.turn["messages"] if told["kind"] == "problem"]
        heard = await robot.person.until_hears("Riprendiamo da qui")
        assert on_the_web.question["text"] in heard.text
    await robot.read()
    await robot.answer("Demetra Esempio")
    assert robot.path == "registration_person.bank.confirm"
    assert "···· 3456" in robot.person.heard[-1].text  # what is confirmed is recognised by its end
    await robot.say("/review")
    assert "IBAN: \u2066···· 3456" in robot.shown.text
    await robot.answer("true")  # bound to the whole value, and taken
    assert robot.path != "registration_person.bank.confirm"
    assert "IT60" not in "".join(sent.text for sent in robot.person.heard)


async def test_where_telegram_takes_the_address_the_link_is_a_button(made: Made, telegram: TelegramServer) -> None:
    async with a_bot(made, telegram, public_url="https://chat.example.org") as house:
        robot = await at(house, IBAN)
        assert robot.shown.buttons[0].url.startswith("https://chat.example.org/enter/")
        assert "/enter/" not in robot.shown.text


async def test_what_is_typed_instead_of_following_the_link_is_not_taken(house: House) -> None:
    robot = await at(house, IBAN)
    first = token_in(robot.shown.text)
    await robot.say("IT60X0542811101000000123456")
    assert (robot.path, robot.turn["messages"][0]["kind"]) == (IBAN, "problem")
    assert token_in(robot.shown.text) != first


async def test_a_link_is_looked_at_in_vain_and_works_once(house: House) -> None:
    robot = await at(house, IBAN)
    token = token_in(robot.shown.text)
    async with a_browser(house) as client, a_browser(house) as another:
        for _ in range(2):
            seen = await client.get(f"/enter/{token}")
            assert (seen.status_code, "set-cookie" in seen.headers) == (200, False)
        assert (await client.post(f"/enter/{token}", headers={"origin": "https://evil.example.org"})).status_code == 404
        assert (await enter(house, client, token)).status_code == 303
        gone = await enter(house, another, token)
        assert (gone.status_code, "set-cookie" in gone.headers) == (404, False)
        assert "/chat" in (await client.get("/chat")).text


async def test_go_on_in_the_browser_and_back_in_telegram(house: House) -> None:
    robot = await at(house, "journey.goal")
    await robot.person.say("/web")
    sent = await robot.person.until_hears("/enter/")
    async with a_browser(house) as client:
        on_the_web = await a_robot_on_the_web(house, client, token_in(sent.text))
        heard = len(robot.person.heard)
        await on_the_web.answer("register")
        await on_the_web.answer("person")
        await robot.read()
        assert len(robot.person.heard) == heard
        assert robot.path == on_the_web.question["path"] == "journey.email"
    await robot.say("demetra@example.org")
    assert "domanda di prima" in robot.turn["messages"][0]["text"]
    await robot.say("demetra@example.org")
    assert robot.path == "journey.email_code"


async def test_a_conversation_of_the_web_goes_on_in_telegram(house: House) -> None:
    async with a_browser(house) as client:
        on_the_web = await Robot(client).open()
        await on_the_web.answer("it")
        client.cookies.set("chat", f"{on_the_web.conversation}.{on_the_web.secret}")
        await house.telegram.until(lambda: house.telegram.api.commands)
        assert 'href="/chat/telegram"' in (await client.get("/chat/elsewhere")).text
        assert (await client.get("/chat/telegram")).status_code == 200
        shown = await client.post("/chat/telegram", headers={"origin": house.url})
        found = re.search(r"https://t\.me/sospeso_demo_bot\?start=([\w-]+)", shown.text)
        assert found
        assert "<svg" in shown.text
        robot = TelegramRobot(house, a_person(house.telegram))
        await robot.person.say(f"/start {found[1]}")
        assert on_the_web.question["text"] in (await robot.person.until_hears("Eccoci")).text
        await house.telegram.until_taken()
        await robot.read()
        assert (await house.chat(robot.person)).conversation == on_the_web.conversation
        await robot.answer("register")
        assert robot.path == "journey.party_kind"
        other = a_person(house.telegram)
        await other.say(f"/start {found[1]}")
        await other.until_hears("Agenzia Demo")
        assert (await house.chat(other)).conversation != on_the_web.conversation
        await on_the_web.send(command="menu")
        assert on_the_web.question["path"] == "journey.goal"


async def test_a_link_that_is_over_is_told_so_in_a_new_chat_and_in_an_old_one(house: House) -> None:
    newcomer = a_person(house.telegram)
    await newcomer.say(f"/start {'x' * 32}")
    await newcomer.hears(more=2)
    heard = "\n".join(sent.text for sent in newcomer.heard)
    assert "già stato usato o è scaduto" in heard
    assert "In che lingua" in heard
    robot = await at(house, "journey.goal")
    await robot.person.say(f"/start {'x' * 32}")
    assert robot.question["text"] in (await robot.person.until_hears("già stato usato o è scaduto")).text


async def test_a_note_of_where_somebody_comes_from_is_no_link(house: House) -> None:
    person = a_person(house.telegram)
    await person.say("/start spring-campaign")
    await house.until_taken()
    await house.settled(person)
    assert [("scaduto" in sent.text, "In che lingua" in sent.text) for sent in person.heard] == [(False, True)]


async def test_without_a_bot_there_is_no_way_to_telegram(made: Made) -> None:
    async with a_client(made.services()) as client:
        robot = await Robot(client).open()
        client.cookies.set("chat", f"{robot.conversation}.{robot.secret}")
        assert (await client.get("/chat/telegram")).status_code == 404
        assert "/chat/telegram" not in (await client.get("/chat/elsewhere")).text


async def test_an_act_names_the_channel_it_came_by(house: House) -> None:
    """Of S4-16."""
    robot = await at(house, "modules.electronic_collection.act")
    await robot.answer("accept")
    await robot.person.say("/web")
    sent = await robot.person.until_hears("/enter/")
    async with a_browser(house) as client:
        on_the_web = await a_robot_on_the_web(house, client, token_in(sent.text))
        await on_the_web.answer("seen")
    loaded = await house.services.turn_store.load(on_the_web.conversation, fresh=True)
    assert loaded is not None
    assert loaded.party is not None
    async with house.services.database.transaction() as session:
        acts = await read_acts(session, await open_party(session, house.services.keys, UUID(loaded.party)))
    assert [act.facts["channel"] for act in acts] == ["telegram", "web"]
