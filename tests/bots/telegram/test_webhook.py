"""The webhook: with its secret only, 200 only once an update is stored."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from bots.telegram.door import PATH
from bots.telegram.intake import ALLOWED
from dialogs.events import StaffSaid
from tests.bots.telegram.house import SECRET, House, a_bot
from tests.bots.telegram.robot import TelegramRobot
from tests.bots.web.conftest import Made
from tests.telegram_person import a_person
from tests.telegram_server import TelegramServer

pytestmark = pytest.mark.slow

HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest_asyncio.fixture
async def hooked(made: Made, telegram: TelegramServer) -> AsyncIterator[House]:
    async with a_bot(made, telegram, by_webhook=True) as house:
        await telegram.until(lambda: telegram.webhook.url)
        yield house


async def test_a_conversation_by_webhook(hooked: House) -> None:
    robot = await TelegramRobot(hooked, a_person(hooked.telegram)).open()
    await robot.answer("it")
    await robot.answer("register")
    assert robot.path == "journey.party_kind"
    assert {status for _, status in hooked.telegram.delivered} == {200}
    hook = next(asked for name, asked, _ in hooked.telegram.calls if name == "setWebhook")
    assert (hook.allowed_updates, hook.secret_token) == (ALLOWED, SECRET)


@pytest.mark.parametrize("headers", [{}, {HEADER: "wrong"}, {HEADER: ""}])
async def test_without_the_secret_nobody_comes_in(hooked: House, headers: dict[str, str]) -> None:
    person = a_person(hooked.telegram)
    async with httpx.AsyncClient(base_url=hooked.url, trust_env=False) as client:
        for body in (b"{", b'{"update_id": 1, "message": {}}'):
            assert (await client.post(PATH, content=body, headers=headers)).status_code == 401
    assert person.heard == []


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b'"x"', b'{"update_id": "x"}', b"\xff"])
async def test_what_is_no_update_is_refused(hooked: House, body: bytes) -> None:
    async with httpx.AsyncClient(base_url=hooked.url, trust_env=False) as client:
        assert (await client.post(PATH, content=body, headers={HEADER: SECRET})).status_code == 400
        assert (await client.post(PATH, content=b"x" * 1_100_000, headers={HEADER: SECRET})).status_code == 413
        assert (await client.get(PATH, headers={HEADER: SECRET})).status_code in {404, 405}


async def test_an_update_of_a_kind_that_does_not_concern_us_is_done(hooked: House) -> None:
    async with httpx.AsyncClient(base_url=hooked.url, trust_env=False) as client:
        post = {"message_id": 1, "date": 1, "chat": {"id": -5, "type": "channel", "title": "Demo"}, "text": "x"}
        assert (await client.post(PATH, json={"update_id": 1, "channel_post": post}, headers={HEADER: SECRET})).status_code == 200


async def test_without_a_secret_there_is_no_webhook(made: Made, telegram: TelegramServer) -> None:
    async with a_bot(made, telegram) as house, httpx.AsyncClient(base_url=house.url, trust_env=False) as client:
        assert (await client.post(PATH, json={})).status_code == 404


async def test_any_web_process_takes_an_update_and_the_one_on_duty_tells(made: Made, telegram: TelegramServer) -> None:
    async with a_bot(made, telegram, by_webhook=True) as first:
        await telegram.until(lambda: telegram.webhook.url == f"{first.url}{PATH}")
        async with a_bot(made, telegram, by_webhook=True) as second:
            telegram.webhook = telegram.webhook.model_copy(update={"url": f"{second.url}{PATH}"})
            robot = await TelegramRobot(first, a_person(telegram)).open()
            await robot.answer("it")
            assert robot.path == "journey.goal"


async def test_what_the_agency_says_unasked_reaches_the_chat(hooked: House) -> None:
    robot = await TelegramRobot(hooked, a_person(hooked.telegram)).open()
    await robot.answer("it")
    robot.person.read = robot.person.room.last
    conversation = (await hooked.chat(robot.person)).conversation
    said = StaffSaid("rejected", {"reason": "Zona non coperta. DEMO"})
    for _ in range(2):
        await hooked.services.turns.say(conversation, said, key="rejected:1")
    await robot.person.until_hears("Zona non coperta")
    await robot.read()
    assert len([sent for sent in robot.person.heard if "Zona non coperta" in sent.text]) == 1
