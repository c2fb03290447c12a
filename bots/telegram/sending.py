"""Parts of a turn as Bot API calls."""

import logging
from typing import assert_never

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramEntityTooLarge
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bots.messengers.buttons import Rows
from bots.messengers.wording import say
from bots.telegram.rendering import File, Part, Text
from bots.web.attachments import fetch
from dialogs.services import Services
from storage.documents import UNREAD
from storage.recent import Loaded

log = logging.getLogger(__name__)
HTML = "HTML"
MOST_CAPTION = 1024
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)  # a preview would open the one-time link


class Sender:
    def __init__(self, bot: Bot, services: Services) -> None:
        self._bot = bot
        self._services = services

    async def send(self, chat: int, part: Part, loaded: Loaded) -> int:
        """Number of the message; 0 where there was nothing to send. Of what Telegram refuses, or no store has to be read, it is said where it
        stands instead: what comes behind it must not wait."""
        try:
            return await self._send(chat, part, loaded)
        except UNREAD as error:
            why = str(error)
        except (TelegramBadRequest, TelegramEntityTooLarge) as error:
            if is_gone(error):
                raise
            why = _reason(error)  # the whole error may repeat what was to be said
        what = f"document {part.document}" if isinstance(part, File) else "a message"
        log.error("%s of conversation %s cannot be sent: %s", what, loaded.conversation, why)
        return (await self._bot.send_message(chat, self._instead(part, loaded.language), link_preview_options=NO_PREVIEW)).message_id

    def _instead(self, part: Part, language: str) -> str:
        area = f"{(self._services.settings.public_url or '').rstrip('/')}/area"
        return say(language, "paper_refused", area=area) if isinstance(part, File) else say(language, "text_refused")

    async def _send(self, chat: int, part: Part, loaded: Loaded) -> int:
        match part:
            case Text():
                return await self._send_text(chat, part, loaded.language)
            case File():
                return await self._send_file(chat, part, loaded)
            case _:
                assert_never(part)

    async def _send_text(self, chat: int, text: Text, language: str) -> int:
        markup = _markup(text, language)
        try:
            sent = await self._bot.send_message(chat, text.html, parse_mode=HTML, reply_markup=markup, link_preview_options=NO_PREVIEW)
        except TelegramBadRequest as error:
            if is_gone(error):
                raise
            # Ours to mend; meanwhile the customer reads it without its form.
            log.error("a message was refused: %s", _reason(error))  # noqa: TRY400 - the whole sentence may repeat what was to be said
            sent = await self._bot.send_message(chat, text.html, link_preview_options=NO_PREVIEW)
        return sent.message_id

    async def _send_file(self, chat: int, file: File, loaded: Loaded) -> int:
        fetched = await fetch(self._services, loaded, file.document)
        if fetched is None:
            log.error("document %s of conversation %s is not there to be sent", file.document, loaded.conversation)
            return 0
        content = BufferedInputFile(fetched.content, fetched.name)
        return (await self._bot.send_document(chat, content, caption=file.caption[:MOST_CAPTION] or None)).message_id


def inline(rows: Rows) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=button.text, url=button.url or None, callback_data=button.data or None) for button in row]
            for row in rows
        ]
    )


def is_gone(error: TelegramAPIError) -> bool:
    return "chat not found" in error.message or "PEER_ID_INVALID" in error.message


def _markup(text: Text, language: str) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None:
    match text.keyboard:
        case "none":
            return ReplyKeyboardRemove(remove_keyboard=True)
        case "contact":
            share = [KeyboardButton(text=say(language, "share"), request_contact=True)]
            words = [KeyboardButton(text=word) for word in text.words]
            return ReplyKeyboardMarkup(keyboard=[share, *([words] if words else [])], resize_keyboard=True, one_time_keyboard=True)
    return inline(text.rows)


def _reason(error: TelegramAPIError) -> str:
    """The first words of Telegram's sentence: later ones may repeat what was to be said."""
    return (error.message.partition(":")[2] or error.message).strip()[:40]
