"""The test Bot API server itself: it takes what aiogram sends, and refuses what Telegram refuses in Telegram's words."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.types import BotCommand, BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.browser.serving import serving
from tests.telegram_person import a_file, a_person
from tests.telegram_server import TelegramServer

pytestmark = pytest.mark.slow


def a_button(**of: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Sì", **of)]])


async def test_the_bot_tells_who_it_is(bot: Bot) -> None:
    assert (await bot.get_me()).username == "sospeso_demo_bot"


async def test_another_token_is_refused(bot: Bot, telegram: TelegramServer) -> None:
    telegram.token = "4242:another"
    with pytest.raises(TelegramUnauthorizedError):
        await bot.get_me()


async def test_a_message_is_said_with_its_formatting(bot: Bot, telegram: TelegramServer) -> None:
    person = a_person(telegram)
    sent = await bot.send_message(
        person.chat, "<b>Ciao</b> &lt;3 &amp; x", parse_mode="HTML", reply_markup=a_button(callback_data="x" * 64)
    )
    assert (sent.text, sent.html_text) == ("Ciao <3 & x", "<b>Ciao</b> &lt;3 &amp; x")
    assert person.last.text == "Ciao <3 & x"


@pytest.mark.parametrize(
    ("text", "markup", "why"),
    [
        ("x" * 4097, None, "message is too long"),
        ("😀" * 2049, None, "message is too long"),
        (" ", None, "message text is empty"),
        ("<b>x", None, "can't parse entities"),
        ("<i><b>x</i></b>", None, "can't parse entities"),
        ("<script>x</script>", None, "can't parse entities"),
        ("x", a_button(callback_data="x" * 65), "BUTTON_DATA_INVALID"),
        ("x", a_button(callback_data="è" * 33), "BUTTON_DATA_INVALID"),
        ("x", a_button(url="http://localhost:8080/"), "Wrong HTTP URL"),
    ],
)
async def test_what_telegram_refuses_is_refused(
    bot: Bot, telegram: TelegramServer, text: str, markup: InlineKeyboardMarkup, why: str
) -> None:
    person = a_person(telegram)
    with pytest.raises(TelegramBadRequest, match=why):
        await bot.send_message(person.chat, text, parse_mode="HTML", reply_markup=markup)
    assert person.heard == []


async def test_an_edit_needs_a_message_of_the_bots_and_a_change(bot: Bot, telegram: TelegramServer) -> None:
    person = a_person(telegram)
    await person.say("mio")
    sent = await bot.send_message(person.chat, "x", reply_markup=a_button(callback_data="a"))
    await bot.edit_message_text("y", chat_id=person.chat, message_id=sent.message_id)
    assert (person.last.text, person.last.was, person.last.buttons) == ("y", ["x"], [])
    for message, why in ((sent.message_id, "message is not modified"), (99, "message to edit not found"), (1, "message can't be edited")):
        with pytest.raises(TelegramBadRequest, match=why):
            await bot.edit_message_text("y", chat_id=person.chat, message_id=message)
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_reply_markup(chat_id=person.chat, message_id=sent.message_id)


@pytest.mark.parametrize("why", ["bot was blocked by the user", "user is deactivated"])
async def test_who_blocked_or_is_gone_hears_nothing(bot: Bot, telegram: TelegramServer, why: str) -> None:
    person = a_person(telegram)
    await person.block(why=why)
    with pytest.raises(TelegramForbiddenError, match=why):
        await bot.send_message(person.chat, "x")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(1, "x")


async def test_a_document_arrives_whole_and_a_handed_in_file_is_fetched(bot: Bot, telegram: TelegramServer) -> None:
    person = a_person(telegram)
    await bot.send_document(person.chat, BufferedInputFile(b"%PDF-", "ricevuta.pdf"), caption="<i>La</i> ricevuta", parse_mode="HTML")
    assert (person.last.document, person.last.text) == (b"%PDF-", "La ricevuta")
    given = a_file(telegram, b"photo")
    found = await bot.download(given["file_id"])
    assert found is not None
    assert found.read() == b"photo"
    with pytest.raises(TelegramBadRequest, match="file is too big"):
        await bot.get_file(a_file(telegram, b"x" * 20_000_001)["file_id"])


async def test_commands_are_kept_by_language(bot: Bot, telegram: TelegramServer) -> None:
    await bot.set_my_commands([BotCommand(command="back", description="Indietro")], language_code="it")
    assert telegram.api.commands["it"][0].description == "Indietro"
    with pytest.raises(TelegramBadRequest, match="BOT_COMMAND_INVALID"):
        await bot.set_my_commands([BotCommand(command="Indietro", description="x")])


async def test_an_unknown_callback_query_is_too_old(bot: Bot, telegram: TelegramServer) -> None:
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await bot.answer_callback_query("q0")


async def test_too_many_requests_are_told_when(bot: Bot, telegram: TelegramServer) -> None:
    person, other = a_person(telegram), a_person(telegram)
    telegram.answer_429(7, chat=person.chat)
    with pytest.raises(TelegramRetryAfter) as told:
        await bot.send_message(person.chat, "x")
    assert told.value.retry_after == 7
    await bot.send_message(other.chat, "x")
    with pytest.raises(TelegramRetryAfter):
        await bot.send_message(person.chat, "x")
    assert telegram.disobeyed == 1


async def test_updates_are_polled_until_confirmed_and_redelivered_when_told(bot: Bot, telegram: TelegramServer) -> None:
    person = a_person(telegram)
    first, second = await person.say("uno"), await person.say("due")
    assert [update.update_id for update in await bot.get_updates()] == [first, second]
    assert [update.update_id for update in await bot.get_updates(offset=second)] == [second]
    assert await bot.get_updates(offset=second + 1) == []
    await telegram.redeliver(first)
    assert [update.message.text for update in await bot.get_updates(offset=second + 1) if update.message] == ["uno"]


async def test_a_long_poll_ends_with_the_update_that_comes(bot: Bot, telegram: TelegramServer) -> None:
    person = a_person(telegram)
    waiting = asyncio.create_task(bot.get_updates(timeout=30))
    await telegram.until(lambda: telegram._polls)
    await person.say("ciao")
    assert [update.message.text for update in await waiting if update.message] == ["ciao"]


async def test_updates_come_in_another_order_when_told(bot: Bot, telegram: TelegramServer) -> None:
    person = a_person(telegram)
    with telegram.reordered():
        await person.say("uno")
        await person.say("due")
    assert [update.message.text for update in await bot.get_updates() if update.message] == ["due", "uno"]


async def test_a_second_poller_ends_the_first(bot: Bot, telegram: TelegramServer) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=30))
    await telegram.until(lambda: telegram._polls)
    await bot.get_updates()
    with pytest.raises(TelegramConflictError):
        await first


@asynccontextmanager
async def a_receiver(statuses: list[int], heard: list[tuple[str | None, str]]) -> AsyncIterator[str]:
    async def receive(request: Request) -> Response:
        heard.append((request.headers.get("x-telegram-bot-api-secret-token"), (await request.json())["message"]["text"]))
        return Response(status_code=statuses.pop(0) if statuses else 200)

    async with serving(Starlette(routes=[Route("/hook", receive, methods=["POST"])])) as address:
        yield f"{address}/hook"


async def test_a_webhook_gets_each_update_with_the_secret_until_it_answers_200(bot: Bot, telegram: TelegramServer) -> None:
    heard: list[tuple[str | None, str]] = []
    async with a_receiver([500], heard) as address:
        await bot.set_webhook(address, secret_token="demo-secret")
        assert (await bot.get_webhook_info()).url == address
        person = a_person(telegram)
        await person.say("uno")
        await person.say("due")
        await telegram.until_taken()
        with pytest.raises(TelegramConflictError):
            await bot.get_updates()
        await bot.delete_webhook()
    assert heard == [("demo-secret", "uno"), ("demo-secret", "uno"), ("demo-secret", "due")]
