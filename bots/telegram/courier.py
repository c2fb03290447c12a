"""What is stored is told: each turn of a conversation in its chat, in order, at least once.

The turns themselves are the list of what is to be told; a chat's row says how far it has come. It moves on after the sending, so that
what a crash cuts off is told again."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import orjson
from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramForbiddenError

from bots.messengers.buttons import Place
from bots.messengers.keyboards import Question
from bots.messengers.messages import may_repeat, needed_before, without_repeated
from bots.messengers.wording import say
from bots.telegram.layout import messages, plain
from bots.telegram.rendering import File, Part, Scene, Text, Way, render, taking_keyboard_away
from bots.telegram.sending import Sender, is_gone
from dialogs.messengers import handover
from dialogs.services import Services
from storage.chats import Chats, Known, Standing, Told, chats_behind
from storage.entries import make_link
from storage.jobs import is_outage
from storage.recent import Loaded
from storage.turns import StoredTurn

log = logging.getLogger(__name__)
AGAIN_S = (1.0, 4.0, 15.0, 60.0)  # after the network or the database was away
SETTLE_S = 2.0
"""How long an update waits for what is just being sent into its chat to be noted down."""
AT_ONCE = 64
"""Chats told at the same time. Telegram takes 30 messages a second: reading what hundreds are to be told would only hold up what they say."""


class Courier:
    """Tells what is stored where `is_on_duty`; what answers one update (`show`, `tell_now`) any process says itself."""

    def __init__(self, services: Services, bot: Bot, chats: Chats) -> None:
        self._services = services
        self._chats = chats
        self._sender = Sender(bot, services)
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._telling: dict[str, asyncio.Task[None]] = {}
        self._news: dict[str, asyncio.Event] = {}
        self._asides: set[asyncio.Task[None]] = set()
        self.is_on_duty = False

    # when

    def poke(self, conversation: str) -> None:
        """Something may be to be told in its chat."""
        if conversation in self._telling:
            self._news[conversation].set()
        elif self.is_on_duty:
            self._news[conversation] = asyncio.Event()
            task = self._telling[conversation] = asyncio.create_task(self._tell_all(conversation))
            task.add_done_callback(lambda _task: self._told(conversation))
        else:
            self.aside(self._services.turn_store.wake(conversation))

    def aside(self, work: Coroutine[Any, Any, None]) -> None:
        """Something that no stored turn waits for; a failure is only logged."""
        task = asyncio.create_task(_quietly(work))
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)

    async def settle(self, conversation: str) -> bool:
        """Until what is being told is noted down, but not for long: who answers at once would else answer what we think they have not
        seen. True = something was."""
        telling = self._telling.get(conversation)
        if telling is not None:
            await asyncio.wait({telling}, timeout=SETTLE_S)
        return telling is not None

    async def catch_up(self) -> None:
        """Everything that a crash or an outage has left untold."""
        async with self._services.database.statements() as session:
            behind = await chats_behind(session)
        for conversation in behind:
            self.poke(str(conversation))

    async def close(self) -> None:
        self.is_on_duty = False
        tasks = [*self._telling.values(), *self._asides]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _told(self, conversation: str) -> None:
        del self._telling[conversation]
        if self._news.pop(conversation).is_set():
            self.poke(conversation)

    async def _tell_all(self, conversation: str) -> None:
        news = self._news[conversation]
        for wait_s in (*AGAIN_S, None):
            news.clear()
            try:
                async with self._at_once:
                    await self._tell(conversation)
            except (AiogramError, OSError) as error:
                log.warning("telling conversation %s failed: %s", conversation, type(error).__name__)
            except Exception as error:
                if not is_outage(error):
                    log.exception("conversation %s cannot be told", conversation)
                    return
            else:
                return
            if wait_s is not None:
                with suppress(TimeoutError):  # whoever writes meanwhile need not wait for it
                    await asyncio.wait_for(news.wait(), wait_s)

    # what

    async def _tell(self, conversation: str) -> None:
        chat = await self._chats.find_of(conversation)
        if chat is None or not chat.is_reachable:
            return
        turns = await self._services.turn_store.read_turns(conversation, chat.told)
        loaded = await self._loaded(conversation, turns)
        if loaded is None:
            return
        with suppress(_Unreachable):
            await self._tell_turns(chat, loaded, turns)
            await self._send_receipts(chat, loaded)
        if loaded.is_closed:
            await self._chats.forget(chat.index)

    async def _loaded(self, conversation: str, turns: Sequence[StoredTurn]) -> Loaded | None:
        """As it stands after these turns: what memory holds is that where it is of the last of them."""
        if turns:
            loaded = await self._services.turn_store.load(conversation)
            if loaded is not None and loaded.version == turns[-1].number:
                return loaded
        return await self._services.turn_store.load(conversation, fresh=True)

    async def _tell_turns(self, chat: Known, loaded: Loaded, turns: Sequence[StoredTurn]) -> None:
        is_elsewhere = chat.is_elsewhere
        for turn in turns:
            told = orjson.loads(turn.replies)
            if turn.incoming_id is None or turn.incoming_id.startswith(prefix(chat.index)):
                is_elsewhere = self._handover(told["question"], loaded.language) is not None
                said = await self._unrepeated(loaded.conversation, turn.number, told)
                chat = await self._say(chat, loaded, said, told["question"], turn.number, is_elsewhere=is_elsewhere)
            elif is_elsewhere and turn is turns[-1] and self._handover(told["question"], loaded.language) is None:
                lead = [{"kind": "text", "text": say(loaded.language, "back_here")}]
                is_elsewhere = False
                said = [*lead, *needed_before(told["messages"])]
                chat = await self._say(chat, loaded, said, told["question"], turn.number, is_elsewhere=False)
            else:
                await self._chats.keep_told(chat.index, turn.number, is_elsewhere=is_elsewhere)

    async def _unrepeated(self, conversation: str, number: int, told: Mapping[str, Any]) -> Sequence[Any]:
        """What the turn tells. The one before is looked at only where it may matter."""
        said: Sequence[Any] = told["messages"]
        if number == 1 or not may_repeat(said, told["question"]):
            return said
        before = await self._services.turn_store.read_turns(conversation, number - 2, most=1)
        return without_repeated(said, told["question"], orjson.loads(before[0].replies)) if before else said

    async def _send_receipts(self, chat: Known, loaded: Loaded) -> None:
        """A receipt is printed a moment after the turn that tells of it."""
        if loaded.party is None:
            return
        for document, stored in await self._chats.untold_receipts(chat.index):
            await self._send(chat, [File(str(document))], loaded)
            await self._chats.keep_paper_told(chat.index, stored)

    async def show(self, chat: Known, sentence: str | None = None) -> None:
        """The question open now once more, perhaps after a sentence that is no part of the conversation."""
        loaded = await self._services.turn_store.load(chat.conversation, fresh=True)
        turn = await self.last_turn(loaded) if loaded else None
        if loaded is None or turn is None:
            return
        told = orjson.loads(turn.replies)
        said = [{"kind": "text", "text": sentence}] if sentence else []
        with suppress(_Unreachable):
            await self._say(chat, loaded, [*said, *needed_before(told["messages"])], told["question"], turn.number)

    async def tell_now(self, chat: Known, language: str, sentence: str) -> None:
        """A sentence that is no part of the conversation."""
        with suppress(_Unreachable):
            await self._send(chat, [Text(html) for html in messages(plain(sentence))], _nowhere(language))

    async def give_link(self, chat: Known) -> None:
        """A one-time link to the same conversation on the web."""
        loaded = await self._services.turn_store.load(chat.conversation, fresh=True)
        if loaded is not None and not loaded.is_closed:
            link = await self._link(chat)
            await self.tell_now(chat, loaded.language, f"{say(loaded.language, 'elsewhere')}\n\n{link}")

    async def last_turn(self, loaded: Loaded) -> StoredTurn | None:
        turns = await self._services.turn_store.read_turns(loaded.conversation, loaded.version - 1)
        return turns[-1] if turns else None

    async def _say(
        self, chat: Known, loaded: Loaded, told: Sequence[Any], question: Question | None, number: int, *, is_elsewhere: bool | None = None
    ) -> Known:  # Any: the chat API's messages
        """`is_elsewhere` is given for a turn told in its order: it is then behind the chat."""
        way = await self._way(chat, question, loaded.language)
        parts = render(told, question, Scene(Place(chat.conversation, number), loaded.language, self._today(), way))
        if chat.has_keyboard:
            parts = taking_keyboard_away(parts, loaded.language)
        last = await self._send(chat, parts, loaded)
        shows_keyboard = any(isinstance(part, Text) and part.keyboard == "contact" for part in parts)
        shown = question["shown"] if question else ""
        turn = None if is_elsewhere is None else Told(number, is_elsewhere)
        await self._chats.keep_shown(chat.index, Standing(shown, last, shows_keyboard), turn)
        return replace(chat, has_keyboard=shows_keyboard)

    async def _send(self, chat: Known, parts: list[Part], loaded: Loaded) -> int:
        """Number of the last message. Raises _Unreachable, which is noted down."""
        last = 0
        try:
            for part in parts:
                last = await self._sender.send(chat.number, part, loaded) or last
        except (TelegramForbiddenError, TelegramBadRequest) as error:
            if isinstance(error, TelegramBadRequest) and not is_gone(error):
                raise
            await self._chats.keep_reachable(chat.index, is_reachable=False)
            raise _Unreachable from error
        return last

    # sensitive questions

    def _handover(self, question: Question | None, language: str) -> str | None:
        return None if question is None else handover(self._services.catalogue, question, language)

    async def _way(self, chat: Known, question: Question | None, language: str) -> Way | None:
        told = self._handover(question, language)
        if told is None:
            return None
        link = await self._link(chat)
        await self._chats.keep_elsewhere(chat.index)
        return Way(told, link, is_button=_may_be_button(link))

    async def _link(self, chat: Known) -> str:
        async with self._services.database.transaction() as session:
            token = await make_link(session, UUID(chat.conversation), self._services.clock())
        return f"{(self._services.settings.public_url or '').rstrip('/')}/enter/{token}"

    def _today(self) -> date:
        return self._services.clock().astimezone(self._services.settings.zone).date()


class _Unreachable(Exception):  # noqa: N818 - not an error: the person has left
    """The chat takes nothing more."""


def prefix(index: bytes) -> str:
    """Begins the ids of what comes by this chat: message numbers are its own."""
    return f"t{index.hex()[:12]}:"


def _may_be_button(link: str) -> bool:
    """Telegram refuses buttons that lead to this very machine."""
    host = urlsplit(link).hostname or ""
    return "." in host and not host.startswith("127.") and not host.endswith(".localhost")


def _nowhere(language: str) -> Loaded:
    return Loaded("", 0, b"", None, language, "telegram", b"", None)


async def _quietly(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except AiogramError as error:
        log.info("an answer to one update was not delivered: %s", type(error).__name__)
    except Exception as error:
        if not is_outage(error):
            log.exception("an answer to one update failed")
