"""Photos and documents that customers send: fetched only where the open question asks for one."""

import logging
from collections.abc import Mapping
from io import BytesIO
from typing import Any, Final

import orjson
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import Message
from aiohttp import ClientError

from bots.web.attachments import refusal, store
from bots.web.problems import ApiProblem
from bots.web.uploads import Upload
from dialogs.events import Uploaded
from dialogs.messengers import handover
from dialogs.services import Services

log = logging.getLogger(__name__)
MOST_FETCHED: Final = 20_000_000
"""Bots can fetch no larger files."""
NOTHING: Final[Mapping[str, str | int]] = {}


class Unread(Exception):  # noqa: N818 - a sentence for whoever sent it
    """What came is no answer; `key` says what it is told with, `most` the bytes that would be taken."""

    def __init__(self, key: str, *, most: int = 0) -> None:
        super().__init__(key)
        self.key = key
        self.most = most


class Files:
    def __init__(self, services: Services, bot: Bot) -> None:
        self._services = services
        self._bot = bot
        self._most = min(MOST_FETCHED, services.settings.max_upload)

    async def hand_in(self, message: Message, conversation: str, question: Mapping[str, Any] | None, incoming: str) -> Uploaded:
        """Where no file is asked for here the engine says so, and nothing is fetched. Raises Unread."""
        if question is None:
            raise Unread("only_text")
        stored = await self._services.turn_store.find(conversation, incoming)
        if message.media_group_id and stored is not None and _was_taken(stored):
            raise Unread("one_file")
        is_asked = question["type"] == "file" and handover(self._services.catalogue, question, self._services.settings.languages[0]) is None
        if not is_asked or stored is not None:
            return Uploaded(question["path"], NOTHING)
        upload = await self._fetch(message, conversation)
        refused = refusal(upload, question["accept"] or [], self._most)
        if refused is not None:
            raise Unread("too_large" if refused.status == 413 else "wrong_kind", most=self._most)
        try:
            return Uploaded(question["path"], await store(self._services, conversation, incoming, upload))
        except ApiProblem as problem:
            raise Unread("too_many_files") from problem

    async def _fetch(self, message: Message, conversation: str) -> Upload:
        file = message.document or (message.photo[-1] if message.photo else None)
        if file is None:
            raise Unread("only_text")
        if (file.file_size or 0) > self._most:
            raise Unread("too_large", most=self._most)
        content = BytesIO()
        try:
            await self._bot.download(file, content)
        except (AiogramError, ClientError, TimeoutError) as error:
            log.warning("a file of conversation %s was not fetched: %s", conversation, type(error).__name__)
            raise Unread("no_file") from error
        name = message.document.file_name if message.document else None
        return Upload(name or "photo.jpg", content.getvalue())


def _was_taken(stored: bytes) -> bool:
    return all(message["kind"] != "problem" for message in orjson.loads(stored)["messages"])
