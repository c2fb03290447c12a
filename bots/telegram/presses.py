"""Buttons that are pressed: an answer, a command, or another page of the same buttons."""

import logging
from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, MaybeInaccessibleMessageUnion, Message

from bots.messengers import calendar, keyboards
from bots.messengers.buttons import Place, Pressed, Rows, read_data
from bots.messengers.messages import overtaken
from bots.messengers.wording import say
from bots.telegram.courier import Courier, prefix
from bots.telegram.layout import MOST, Span, units
from bots.telegram.sending import HTML, inline
from dialogs.events import Answered, Commanded, Event
from dialogs.messages import is_plain_yes_or_no
from dialogs.services import Services
from dialogs.turn import Incoming, QuestionChanged
from storage.chats import Known

log = logging.getLogger(__name__)
CHANNEL = "telegram"

type Question = Mapping[str, Any]  # the chat API's shape


class Presses:
    def __init__(self, services: Services, bot: Bot, courier: Courier) -> None:
        self._services = services
        self._bot = bot
        self._courier = courier

    async def take(self, query: CallbackQuery, message: MaybeInaccessibleMessageUnion, chat: Known) -> None:
        pressed, loaded = read_data(query.data), await self._services.turn_store.load(chat.conversation)
        question = await self._question(pressed, chat) if pressed is not None else None
        if pressed is None or question is None or loaded is None:
            await self._stale(query, chat)
        elif (rows := _other_page(pressed, question, Place(chat.conversation, pressed.turn), loaded.language)) is not None:
            self._courier.aside(self._turn_page(query, message, rows))
        elif (event := keyboards.event_of(pressed, question)) is not None:
            await self._answer(query, message, chat, question, event)
        else:
            self.answer(query)

    def answer(self, query: CallbackQuery, text: str | None = None) -> None:
        """Ends the little clock on the button."""
        self._courier.aside(self._end_clock(query, text))

    async def _question(self, pressed: Pressed, chat: Known) -> Question | None:
        """As it stood above the button; None for a button of another conversation."""
        if not pressed.is_of(chat.conversation):
            return None
        turns = await self._services.turn_store.read_turns(chat.conversation, pressed.turn - 1, most=1)
        question: Question | None = orjson.loads(turns[0].replies)["question"] if turns and turns[0].number == pressed.turn else None
        return question

    async def _answer(
        self, query: CallbackQuery, message: MaybeInaccessibleMessageUnion, chat: Known, question: Question, event: Event
    ) -> None:
        """Pressed twice, a button is one message: the second says nothing new."""
        incoming = f"{prefix(chat.index)}p{message.message_id}:{query.data}"[:64]
        if isinstance(event, Commanded) and await self._is_past(chat, question, incoming):
            await self._stale(query, chat)
            return
        try:
            stored = await self._services.turns.take(chat.conversation, Incoming(incoming, event, CHANNEL))
        except QuestionChanged:
            await self._stale(query, chat)
            return
        loaded = await self._services.turn_store.load(chat.conversation)
        if loaded is not None and orjson.loads(stored)["number"] < loaded.version and not await self._is_untold(chat, stored):
            await self._stale(query, chat)
            return
        self.answer(query)
        if isinstance(event, Answered) and isinstance(message, Message):
            told = _chosen(event.value, question, loaded.language if loaded else "en", self._today())
            self._courier.aside(self._mark(message, told))
        self._courier.poke(chat.conversation)

    async def _is_past(self, chat: Known, question: Question, incoming: str) -> bool:
        """A command says of itself not what it is about: one under an earlier question must not skip today's."""
        loaded = await self._services.turn_store.load(chat.conversation, fresh=True)
        last = await self._courier.last_turn(loaded) if loaded is not None else None
        today = orjson.loads(last.replies)["question"] if last is not None else None
        is_open = today is not None and (today["path"], today["shown"]) == (question["path"], question["shown"])
        return not is_open and await self._services.turn_store.find(chat.conversation, incoming) is None

    async def _is_untold(self, chat: Known, stored: bytes) -> bool:
        return bool(orjson.loads(stored)["number"] > chat.told)

    async def _stale(self, query: CallbackQuery, chat: Known) -> None:
        """Of a question no longer open, or of nothing that we know: today's question stands there again."""
        loaded = await self._services.turn_store.load(chat.conversation, fresh=True)
        last = await self._courier.last_turn(loaded) if loaded is not None else None
        question = orjson.loads(last.replies)["question"] if last is not None else None
        self.answer(query, say(loaded.language, overtaken(question, is_closed=loaded.is_closed)) if loaded else None)
        self._courier.aside(self._courier.show(chat))

    async def _turn_page(self, query: CallbackQuery, message: MaybeInaccessibleMessageUnion, rows: Rows) -> None:
        await self._end_clock(query, None)
        await _edited(
            self._bot.edit_message_reply_markup(chat_id=message.chat.id, message_id=message.message_id, reply_markup=inline(rows))
        )

    async def _mark(self, message: Message, told: str) -> None:
        """What was chosen stands under the question, without buttons; where there is no room for it, only the buttons go."""
        if units(f"{message.text}\n\n✓ {told}") > MOST:
            await _edited(self._bot.edit_message_reply_markup(chat_id=message.chat.id, message_id=message.message_id))
            return
        text = f"{message.html_text}\n\n{Span(f'✓ {told}').html}"
        await _edited(self._bot.edit_message_text(text, chat_id=message.chat.id, message_id=message.message_id, parse_mode=HTML))

    async def _end_clock(self, query: CallbackQuery, text: str | None) -> None:
        await _edited(self._bot.answer_callback_query(query.id, text=text))

    def _today(self) -> date:
        return self._services.clock().astimezone(self._services.settings.zone).date()


def _other_page(pressed: Pressed, question: Question, place: Place, language: str) -> Rows | None:
    """Of the calendar, or the choices ticked otherwise: nothing is answered yet."""
    if pressed.act == "p" and question["type"] == "date":
        page = calendar.page(place, language, pressed.argument, question["min"], question["max"])
        return None if page is None else (*page, *keyboards.beside(question, place, language))
    if pressed.act == "t" and question["type"] == "choices" and (ticked := keyboards.ticked_after(pressed, question)) is not None:
        return (*keyboards.ticks(question, place, language, ticked), *keyboards.beside(question, place, language))
    return None


def _chosen(value: Any, question: Question, language: str, today: date) -> str:  # Any: a wire value
    if is_plain_yes_or_no(question["type"], question["path"]):
        return say(language, "yes" if value else "no")
    if question["type"] == "confirm":
        return say(language, "confirm" if value else "refute")
    return keyboards.shown(question, value, language, today)


async def _edited(request: Any) -> None:  # Any: one of aiogram's awaitable methods
    """What was pressed long ago, or twice, can no longer be changed: nobody misses it."""
    try:
        await request
    except TelegramBadRequest as error:
        log.debug("%s", error.message)
