"""Updates as events of the conversation that their chat goes on with. Taken is what is stored; only then is an update done."""

import re
import time
from collections.abc import Mapping
from secrets import token_urlsafe
from typing import Any
from uuid import UUID

import orjson
from aiogram import Bot
from aiogram.enums import ContentType
from aiogram.types import CallbackQuery, Chat, ChatMemberUpdated, Contact, MaybeInaccessibleMessageUnion, Message, Update, User

from bots.messengers.messages import BEFORE, overtaken
from bots.messengers.wording import say
from bots.telegram.courier import Courier, prefix
from bots.telegram.files import Files, Unread
from bots.telegram.presses import Presses
from bots.web.limits import Limiter, Rate
from dialogs.events import Edited, Event, TextSaid
from dialogs.lanes import Lanes
from dialogs.services import Services
from dialogs.turn import Incoming, QuestionChanged
from forms.types.showing import file_size
from storage.chats import Chats, Known, bind_chat, index_of
from storage.entries import TOKEN_BYTES, use_link

CHANNEL = "telegram"
ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member"]
"""Of all that Telegram sends; channel posts and the like never come."""
SENT_BY_PEOPLE = frozenset({
    ContentType.TEXT, ContentType.PHOTO, ContentType.LIVE_PHOTO, ContentType.DOCUMENT, ContentType.CONTACT, ContentType.LOCATION,
    ContentType.VENUE, ContentType.VOICE, ContentType.AUDIO, ContentType.VIDEO, ContentType.VIDEO_NOTE, ContentType.ANIMATION,
    ContentType.STICKER, ContentType.DICE, ContentType.GAME, ContentType.POLL, ContentType.CHECKLIST, ContentType.STORY,
    ContentType.PAID_MEDIA, ContentType.RICH_MESSAGE,
})  # fmt: skip
"""What a message may hold that somebody sends; the others tell of the chat itself: something pinned, a member more, a timer set."""


_LINK = re.compile(rf"[\w-]{{{len(token_urlsafe(TOKEN_BYTES))}}}", re.ASCII)
"""What `/start` carries in from one of our own pages; anything else is somebody's note of where a customer comes from."""


class Intake:
    """`is_whole`: all that the bot receives comes here. Where somebody's own bot hands it on, only private chats are ours."""

    def __init__(self, services: Services, bot: Bot, chats: Chats, courier: Courier, *, is_whole: bool = True) -> None:
        self._services = services
        self._bot = bot
        self._is_whole = is_whole
        self._chats = chats
        self._courier = courier
        self._files = Files(services, bot)
        self._presses = Presses(services, bot, courier)
        self._lanes = Lanes()
        self._limiter = Limiter(Rate.parse(services.settings.limit_turns_conversation), time.monotonic)
        self._warnings = Limiter(Rate(1 / 60, 1), time.monotonic)
        self._languages = tuple(services.settings.languages)
        self.me: User | None = None

    async def take(self, update: Update) -> None:
        """When it returns, whatever the update says is stored. It may come again."""
        if not self._is_whole and not _is_private(update):
            return
        match update:
            case Update(message=Message() as message):
                await self._message(message, update.update_id, is_edited=False)
            case Update(edited_message=Message() as message):
                await self._message(message, update.update_id, is_edited=True)
            case Update(callback_query=CallbackQuery() as query) if query.message is None or query.message.chat.type != "private":
                self._presses.answer(query)
            case Update(callback_query=CallbackQuery(message=message) as query) if message is not None:
                async with self._lanes.one_at_a_time(message.chat.id, update.update_id):
                    await self._press(query, message)
            case Update(my_chat_member=ChatMemberUpdated() as change):
                await self._membership(change)

    # messages

    async def _message(self, message: Message, update: int, *, is_edited: bool) -> None:
        if message.from_user is None or message.from_user.is_bot or message.chat.type == "channel":
            return
        if message.text is None and message.content_type not in SENT_BY_PEOPLE:
            return
        if message.chat.type != "private":
            self._leave(message.chat, message.from_user)
            return
        incoming = f"{prefix(self._index(message.chat.id))}{_message_id(message)}"
        async with self._lanes.one_at_a_time(message.chat.id, update):
            chat = await self._settled(message.chat.id, incoming)
            if is_edited:
                await self._edited(message, chat, update)
            else:
                await self._private(message, message.from_user, chat, incoming)

    async def _settled(self, number: int, incoming: str) -> Known | None:
        """The chat once what is being told in it is noted down; None where nothing has begun, or all is over."""
        chat = await self._find(number)
        if chat is not None and await self._courier.settle(chat.conversation):
            chat = await self._find(number)
        loaded = await self._services.turn_store.load(chat.conversation) if chat is not None else None
        if loaded is None or (loaded.is_closed and await self._services.turn_store.find(loaded.conversation, incoming) is None):
            return None
        return chat

    async def _private(self, message: Message, user: User, chat: Known | None, incoming: str) -> None:
        text = self._addressed(message.text)
        if text is None and message.text is not None:
            return  # a command for another bot
        payload = text.removeprefix("/start").strip() if text is not None and text.split(maxsplit=1)[:1] == ["/start"] else None
        if payload and await self._join(message.chat.id, payload, incoming):
            return
        was_link = payload is not None and _LINK.fullmatch(payload) is not None
        if chat is None:
            await self._open(message.chat.id, user, incoming, is_told_link_over=was_link)
        elif chat.opened_by == incoming:
            self._courier.poke(chat.conversation)
        elif payload is not None:
            sentence = say(await self._language(chat), "link_over") if was_link else None
            self._courier.aside(self._courier.show(chat, sentence))
        elif text == "/web":
            self._courier.aside(self._courier.give_link(chat))
        else:
            await self._said(message, user, chat, incoming, text)

    async def _said(self, message: Message, user: User, chat: Known, incoming: str, text: str | None) -> None:
        if await self._is_too_fast(chat, incoming):
            return
        try:
            event = await self._event(message, user, chat, incoming, text)
        except Unread as unread:
            await self._explain(message, chat, unread)
        else:
            await self._take(chat, incoming, event)

    async def _explain(self, message: Message, chat: Known, unread: Unread) -> None:
        """Of an album once."""
        if message.media_group_id and self._warnings.wait_s(f"{chat.conversation}:{message.media_group_id}"):
            return
        language = await self._language(chat)
        sentence = say(language, unread.key, size=file_size(unread.most, language))
        self._courier.aside(self._courier.show(chat, sentence))

    async def _event(self, message: Message, user: User, chat: Known, incoming: str, text: str | None) -> Event:
        """Raises Unread for what is no answer to anything."""
        if message.forward_origin is not None:
            raise Unread("forwarded")
        if text is not None:
            return TextSaid(text, _shown(message, chat))
        if message.contact is not None:
            return TextSaid(await self._number(message.contact, user, chat, incoming), _shown(message, chat))
        if message.photo or message.document:
            return await self._files.hand_in(message, chat.conversation, await self._open_question(chat), incoming)
        raise Unread("not_a_place" if message.location is not None else "only_text")

    async def _number(self, contact: Contact, user: User, chat: Known, incoming: str) -> str:
        """One's own, where a number is asked for. Raises Unread."""
        question = await self._open_question(chat)
        is_asked = question is not None and question["type"] == "phone"
        if not is_asked and await self._services.turn_store.find(chat.conversation, incoming) is None:
            raise Unread("no_number")
        if contact.user_id != user.id:
            raise Unread("not_yours")
        return f"+{contact.phone_number.removeprefix('+')}"

    async def _edited(self, message: Message, chat: Known | None, update: int) -> None:
        """A correction of what the message was the answer to."""
        incoming = f"{prefix(self._index(message.chat.id))}e{update}"
        if chat is None or message.text is None or await self._is_too_fast(chat, incoming):
            return
        stored = await self._services.turn_store.find(chat.conversation, f"{prefix(chat.index)}{_message_id(message)}")
        if stored is None:
            return
        before = await self._services.turn_store.read_turns(chat.conversation, orjson.loads(stored)["number"] - 2, most=1)
        question = orjson.loads(before[0].replies)["question"] if before else None
        if question is not None or await self._open_question(chat) is None:  # of what is written to a colleague, the later words count too
            path = question["path"] if question is not None else ""
            await self._take(chat, incoming, Edited(path, message.text))

    async def _take(self, chat: Known, incoming: str, event: Event) -> None:
        try:
            await self._services.turns.take(chat.conversation, Incoming(incoming, event, CHANNEL))
        except QuestionChanged as changed:
            loaded = await self._services.turn_store.load(chat.conversation)
            key = overtaken(changed.question, is_closed=loaded is None or loaded.is_closed)
            self._courier.aside(self._courier.show(chat, say(await self._language(chat), key)))
        self._courier.poke(chat.conversation)

    async def _press(self, query: CallbackQuery, message: MaybeInaccessibleMessageUnion) -> None:
        chat = await self._find(message.chat.id)
        if chat is None:
            self._presses.answer(query)
            await self._open(message.chat.id, query.from_user, f"{prefix(self._index(message.chat.id))}q{query.id}")
            return
        if await self._is_too_fast(chat, query.id):
            return
        await self._presses.take(query, message, chat)

    # chats

    async def _open(self, number: int, user: User, incoming: str, *, is_told_link_over: bool = False) -> None:
        """The message that opens a conversation says nothing in it yet: no question stood open."""
        opened = await self._services.turns.open(self._spoken(user), CHANNEL)
        await self._bind(number, opened.conversation, incoming, told=0)
        if is_told_link_over and (chat := await self._find(number)) is not None:
            language = self._spoken(user)
            self._courier.aside(self._courier.tell_now(chat, language, say(language, "link_over")))
        self._courier.poke(opened.conversation)

    async def _join(self, number: int, token: str, incoming: str) -> bool:
        """By a deep link out of another channel: this chat goes on with that conversation. False = the link was none, any more."""
        async with self._services.database.transaction() as session:
            conversation = await use_link(session, token, self._services.clock())
        if conversation is None:
            return False
        loaded = await self._services.turn_store.load(str(conversation), fresh=True)
        if loaded is None or loaded.is_closed:
            return False
        await self._bind(number, loaded.conversation, incoming, told=loaded.version)
        chat = await self._find(number)
        if chat is not None:
            self._courier.aside(self._courier.show(chat, say(loaded.language, "moved")))
        return True

    async def _bind(self, number: int, conversation: str, incoming: str, *, told: int) -> None:
        index = self._index(number)
        async with self._services.database.transaction() as session:
            await bind_chat(session, self._services.keys, index, number, UUID(conversation), opened_by=incoming, told=told)
            await self._services.turn_store.move(session, conversation, CHANNEL)

    async def _membership(self, change: ChatMemberUpdated) -> None:
        is_there = change.new_chat_member.status not in {"kicked", "left"}
        if change.chat.type in {"group", "supergroup"}:
            if is_there:
                self._leave(change.chat, change.from_user)
            return
        if change.chat.type == "private" and not is_there:
            await self._chats.keep_reachable(self._index(change.chat.id), is_reachable=False)
        elif change.chat.type == "private":
            await self._find(change.chat.id)

    def _leave(self, chat: Chat, user: User) -> None:
        """In a group others would read along: one sentence, and out."""
        username = self.me.username if self.me else ""
        self._courier.aside(self._say_and_leave(chat.id, say(self._spoken(user), "private", username=username)))

    async def _say_and_leave(self, chat: int, sentence: str) -> None:
        await self._bot.send_message(chat, sentence)
        await self._bot.leave_chat(chat)

    async def _find(self, number: int) -> Known | None:
        """Who writes can be reached again, and hears what was said meanwhile."""
        chat = await self._chats.find(self._index(number))
        if chat is not None and not chat.is_reachable:
            await self._chats.keep_reachable(chat.index, is_reachable=True)
            self._courier.poke(chat.conversation)
        return chat

    # what is needed around

    async def _is_too_fast(self, chat: Known, incoming: str) -> bool:
        """Who floods is told so once a minute."""
        wait_s = self._limiter.wait_s(chat.conversation, incoming)
        if not wait_s:
            return False
        if not self._warnings.wait_s(chat.conversation):
            sentence = say(await self._language(chat), "too_fast", seconds=wait_s)
            self._courier.aside(self._courier.tell_now(chat, self._languages[0], sentence))
        return True

    async def _open_question(self, chat: Known) -> Mapping[str, Any] | None:  # Any: the chat API's shape
        loaded = await self._services.turn_store.load(chat.conversation, fresh=True)
        turn = await self._courier.last_turn(loaded) if loaded else None
        question: Mapping[str, Any] | None = orjson.loads(turn.replies)["question"] if turn else None
        return question

    async def _language(self, chat: Known) -> str:
        loaded = await self._services.turn_store.load(chat.conversation, fresh=True)
        return loaded.language if loaded else self._languages[0]

    def _index(self, number: int) -> bytes:
        return index_of(self._services.keys, f"{CHANNEL}:{self._bot.id}", number)

    def _spoken(self, user: User) -> str:
        language = (user.language_code or "").partition("-")[0]
        return language if language in self._languages else self._languages[0]

    def _addressed(self, text: str | None) -> str | None:
        """The text, a command without our name behind it; None for a command to somebody else."""
        if text is None or not text.startswith("/"):
            return text
        command, blank, rest = text.partition(" ")
        name, at, bot = command.partition("@")
        if at and self.me is not None and bot.lower() != (self.me.username or "").lower():
            return None
        return f"{name}{blank}{rest}"


def _is_private(update: Update) -> bool:
    match update:
        case (
            Update(message=Message(chat=chat))
            | Update(edited_message=Message(chat=chat))
            | Update(my_chat_member=ChatMemberUpdated(chat=chat))
        ):
            return chat.type == "private"
        case Update(callback_query=CallbackQuery(message=message)) if message is not None:
            return message.chat.type == "private"
    return False


def _message_id(message: Message) -> str:
    """The same for all of an album: its first file is the answer, the others are not asked for."""
    return f"g{message.media_group_id}" if message.media_group_id else f"m{message.message_id}"


def _shown(message: Message, chat: Known) -> str:
    return chat.shown if message.message_id > chat.asked_in else BEFORE
