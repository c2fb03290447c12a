"""The list of bad inputs, in Telegram: each row gets its class through the webhook, with a chat of its own at the row's question."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import count
from uuid import UUID

import httpx
import orjson
import pytest
import pytest_asyncio
from aiogram import Bot
from aiogram.types import Message

from bots.messengers.wording import say
from bots.telegram.courier import prefix
from bots.telegram.door import PATH
from bots.telegram.files import Files, Unread
from dialogs.rendering import question, render
from storage.chats import Chats, Standing, bind_chat, index_of
from storage.tables.base import new_id
from storage.uploads import MOST_FILES, NewUpload, begin_upload
from tests.bots.telegram.conftest import bot, telegram
from tests.bots.telegram.house import SECRET, House, a_bot
from tests.bots.telegram.robot import TelegramRobot
from tests.bots.telegram.test_talking import at
from tests.bots.web.conftest import Made, Robot
from tests.dialogs.driver import Talk
from tests.journeys.rows import QUESTIONS, ROWS, Row
from tests.journeys.test_nasty_inputs import classes, stands, state_of
from tests.telegram_api import BOT
from tests.telegram_person import a_file
from tests.telegram_server import TelegramServer

pytestmark = pytest.mark.slow

__all__ = ["bot", "stands", "telegram"]

TYPED = [row for row in ROWS if "telegram" in row.channels and row.field != "*"]
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "content-type": "application/json"}
_numbers = count(500_001)


@pytest_asyncio.fixture
async def house(made: Made, telegram: TelegramServer) -> AsyncIterator[House]:
    async with a_bot(made, telegram, by_webhook=True) as opened:
        yield opened


async def stood(house: House, talk: Talk) -> tuple[Robot, int]:
    """A conversation of this kind in a chat of its own, and the chat's number."""
    services, number = house.services, next(_numbers)
    turn = {"number": 1, "id": None, "messages": render(talk.outcome.messages, talk.state.language, {}), "question": question(talk.ask)}
    replies = orjson.dumps(turn)
    created = await services.turn_store.create(language="it", channel="telegram", snapshot=talk.state.to_json(), replies=replies)
    index = index_of(services.keys, f"telegram:{BOT.id}", number)
    async with services.database.transaction() as session:
        await bind_chat(session, services.keys, index, number, UUID(created.conversation), opened_by=f"{prefix(index)}m1", told=1)
    async with Chats(services.database, services.keys) as chats:
        await chats.keep_shown(index, Standing(talk.ask.shown, 1, has_keyboard=False))
    return Robot(None, created.conversation, created.secret, turn), number  # type: ignore[arg-type]  # says nothing over HTTP itself


def update(number: int, text: str) -> bytes:
    user = {"id": number, "is_bot": False, "first_name": "Demetra", "language_code": "it"}
    message = {
        "message_id": 2,
        "date": int(datetime.now(UTC).timestamp()),
        "chat": {"id": number, "type": "private"},
        "from": user,
        "text": text,
    }
    return json.dumps({"update_id": number, "message": message}).encode()


async def found(house: House, client: httpx.AsyncClient, talk: Talk, row: Row) -> set[str]:
    robot, number = await stood(house, talk)
    before = await state_of(house.services, robot)
    answer = await client.post(PATH, content=update(number, row.text), headers=HEADERS)
    turns = await house.services.turn_store.read_turns(robot.conversation)
    if answer.status_code == 400:  # what no message of Telegram's can hold
        assert len(turns) == 1
        return {"reject_reask"}
    assert answer.status_code == 200
    robot.turn = orjson.loads(turns[-1].replies)
    return await classes(house.services, robot, row, before)


async def test_what_is_typed_gets_its_class(house: House, stands: dict[str, Talk]) -> None:
    wrong = {}
    async with httpx.AsyncClient(base_url=house.url, trust_env=False) as client:
        for row in TYPED:
            became = await found(house, client, stands[QUESTIONS[row.field]], row)
            expected = "reject_reask" if row.field == "iban" else row.expected  # never taken in a messenger: it is asked on the web
            if expected not in became:
                wrong[str(row)] = (expected, became)
    assert wrong == {}


async def test_a_cancelled_registration_keeps_its_draft(house: House) -> None:
    robot = await at(house, "registration_person.identity.given_name")
    await robot.say("/annulla")
    assert robot.path == "journey.goal"
    await robot.answer("register")
    assert robot.path == "registration_person.identity.given_name"


@pytest.mark.parametrize(("words", "answer"), [("no", "refuse"), ("si", "accept")])
async def test_a_plain_yes_or_no_to_a_consent_is_kept_as_such(house: House, words: str, answer: str) -> None:
    robot = await at(house, "registration_person.bank.iban")
    await robot.say("/skip")
    await robot.walk({}, "modules.privacy_marketing.act_email")
    await robot.say(words)
    assert robot.path == "modules.privacy_marketing.act_phone"
    chat = await house.chat(robot.person)
    loaded = await house.services.turn_store.load(chat.conversation, fresh=True)
    assert loaded is not None
    assert json.loads(loaded.snapshot)["acts"]["modules.privacy_marketing.act_email"]["answer"] == answer


ASKED = {"form": "broker", "path": "broker.papers.invoice", "type": "file", "accept": ["application/pdf"]}
"""Of a broker's own questionnaire; ours ask for files on the web only."""


async def test_a_file_is_kept_under_a_harmless_name(house: House, bot: Bot) -> None:
    robot = await at(house, "journey.goal")
    given = a_file(house.telegram, b"%PDF-1.7\n%%EOF", name="../../etc/passwd")
    message = await received(house, bot, robot, document=given)
    conversation = (await house.chat(robot.person)).conversation
    taken = await Files(house.services, bot).hand_in(message, conversation, ASKED, "t:1")
    assert (taken.value["name"], taken.value["media_type"]) == ("passwd", "application/pdf")
    assert await Files(house.services, bot).hand_in(message, conversation, ASKED, "t:1") == taken


@pytest.mark.parametrize(("size", "content", "key"), [(25_000_000, b"%PDF-1.7", "too_large"), (100, b"MZ" + b"x" * 98, "wrong_kind")])
async def test_a_file_too_large_or_of_another_kind_is_refused(house: House, bot: Bot, size: int, content: bytes, key: str) -> None:
    robot = await at(house, "journey.goal")
    message = await received(house, bot, robot, document={**a_file(house.telegram, content), "file_size": size})
    with pytest.raises(Unread) as unread:
        await Files(house.services, bot).hand_in(message, (await house.chat(robot.person)).conversation, ASKED, "t:1")
    assert unread.value.key == key


async def test_more_than_a_bot_can_fetch_is_refused_with_what_it_can(made: Made, house: House, bot: Bot) -> None:
    robot = await at(house, "journey.goal")
    message = await received(house, bot, robot, document={**a_file(house.telegram, b"%PDF-1.7"), "file_size": 25_000_000})
    files = Files(made.services(max_upload="100 MB"), bot)
    with pytest.raises(Unread) as unread:
        await files.hand_in(message, (await house.chat(robot.person)).conversation, ASKED, "t:1")
    assert (unread.value.key, unread.value.most) == ("too_large", 20_000_000)


async def test_who_has_sent_too_many_files_is_told_so(house: House, bot: Bot) -> None:
    robot = await at(house, "journey.goal")
    message = await received(house, bot, robot, document=a_file(house.telegram, b"%PDF-1.7\n%%EOF"))
    conversation = (await house.chat(robot.person)).conversation
    async with house.services.database.transaction() as session:
        for _ in range(MOST_FILES):
            await begin_upload(session, NewUpload(new_id(), UUID(conversation), UUID(conversation), 1), house.services.clock(), 1_000)
    with pytest.raises(Unread) as unread:
        await Files(house.services, bot).hand_in(message, conversation, ASKED, "t:1")
    assert "domani" in say("it", unread.value.key, size="")


async def received(house: House, bot: Bot, robot: TelegramRobot, **what: object) -> Message:
    """The message as aiogram reads it."""
    return Message.model_validate(house.telegram.api.put(robot.person.room, robot.person.user, what), context={"bot": bot})
