"""The methods of the test Bot API server: read as aiogram's own, refused as Telegram refuses, answered in aiogram's own types."""

import json
import re
import time
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import urlsplit

from aiogram import methods
from aiogram.methods.base import Response as ApiResponse
from aiogram.types import InlineKeyboardMarkup, Message, TelegramObject, User, WebhookInfo
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.requests import Request

from tests.telegram_html import BadHtml, read_html, units

if TYPE_CHECKING:
    from tests.telegram_server import TelegramServer

BOT = User(id=4242, is_bot=True, first_name="Agenzia Demo", username="sospeso_demo_bot")
KNOWN = {
    name[0].lower() + name[1:]: getattr(methods, name)
    for name in (
        "GetMe", "GetUpdates", "SetWebhook", "DeleteWebhook", "GetWebhookInfo", "SendMessage", "SendDocument", "EditMessageText",
        "EditMessageReplyMarkup", "AnswerCallbackQuery", "GetFile", "SetMyCommands", "SendChatAction", "LeaveChat",
    )
}  # fmt: skip
MOST_TEXT, MOST_CAPTION, MOST_DATA, MOST_DOWNLOAD = 4096, 1024, 64, 20_000_000


class Refusal(Exception):  # noqa: N818 - what the server answers
    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.body = {"ok": False, "error_code": status, "description": description} | ({"parameters": parameters} if parameters else {})

    @classmethod
    def bad(cls, why: str) -> "Refusal":
        return cls(400, f"Bad Request: {why}")

    @classmethod
    def too_many(cls, retry_after: int) -> "Refusal":
        return cls(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


@dataclass
class Sent:
    """One message in a chat as its reader sees it."""

    message: dict[str, Any]
    markup: Any = None
    document: bytes | None = None
    was: list[str] = field(default_factory=list)

    @property
    def id(self) -> int:
        return int(self.message["message_id"])

    @property
    def text(self) -> str:
        return str(self.message.get("text") or self.message.get("caption") or "")

    @property
    def is_bots(self) -> bool:
        return bool(self.message["from"]["is_bot"])

    @property
    def buttons(self) -> list[Any]:
        return [button for row in self.markup.inline_keyboard for button in row] if isinstance(self.markup, InlineKeyboardMarkup) else []


@dataclass
class Room:
    """A chat: who is in it, what stands in it."""

    chat: dict[str, Any]
    sent: dict[int, Sent] = field(default_factory=dict)
    last: int = 0
    refuses: str | None = None
    """A 403's description: blocked, deactivated, kicked."""
    has_left: bool = False


class Api:
    def __init__(self, server: "TelegramServer") -> None:
        self._server = server
        self.rooms: dict[int, Room] = {}
        self.made: dict[int, dict[str, Any]] = {}
        self.queries: set[str] = set()
        self.answers: list[Any] = []
        self.commands: dict[str | None, list[Any]] = {}
        self.files: dict[str, bytes] = {}
        self.files_by_path: dict[str, bytes] = {}

    async def read(self, method: str, request: Request) -> tuple[str, Any, dict[str, tuple[str, bytes]]]:
        """The method as aiogram's own, and the files that came with it."""
        name = next((known for known in KNOWN if known.lower() == method.lower()), None)
        if name is None:
            raise Refusal(404, "Not Found")
        values: dict[str, Any] = dict(request.query_params)
        uploads: dict[str, tuple[str, bytes]] = {}
        if request.headers.get("content-type", "").startswith("application/json"):
            values |= await request.json()
        elif request.method == "POST":
            async with request.form() as form:
                for key, value in form.multi_items():
                    if isinstance(value, UploadFile):
                        uploads[key] = (value.filename or "", await value.read())
                    else:
                        values[key] = value
        return name, self._validated(KNOWN[name], values), uploads

    def _validated(self, kind: Any, values: dict[str, Any]) -> Any:
        hints = {key: field.annotation for key, field in kind.model_fields.items()}
        try:
            return kind.model_validate({key: _decoded(hints.get(key), value) for key, value in values.items()})
        except ValidationError as error:
            raise Refusal.bad(f"{error.error_count()} wrong parameters: {error.errors()[0]['loc']} {error.errors()[0]['msg']}") from error

    async def do(self, name: str, asked: Any, uploads: dict[str, tuple[str, bytes]]) -> Any:
        unknown = set(asked.model_extra or {})
        if unknown:
            raise Refusal.bad(f"unknown parameters {unknown}")
        result = await self._do(name, asked, uploads)
        body = _dumped(result)
        answer = _answer_to(name).model_validate({"ok": True, "result": body})
        self._server.calls.append((name, asked, answer.result))
        return body

    async def _do(self, name: str, asked: Any, uploads: dict[str, tuple[str, bytes]]) -> Any:
        match name:
            case "getMe":
                return BOT
            case "getUpdates":
                return await self._server.get_updates(asked)
            case "sendDocument":
                return self._send_document(asked, uploads)
        return getattr(self, "_" + re.sub("([A-Z])", r"_\1", name).lower())(asked)

    # webhook, commands, files

    def _set_webhook(self, asked: Any) -> bool:
        if asked.secret_token and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", asked.secret_token):
            raise Refusal.bad("secret token contains unallowed characters")
        self._server.webhook = WebhookInfo(url=asked.url, has_custom_certificate=False, pending_update_count=len(self._server.queue))
        self._server.webhook_secret = asked.secret_token
        return True

    def _delete_webhook(self, asked: Any) -> bool:
        self._server.webhook = WebhookInfo(url="", has_custom_certificate=False, pending_update_count=0)
        if asked.drop_pending_updates:
            self._server.queue.clear()
        return True

    def _get_webhook_info(self, _asked: Any) -> WebhookInfo:
        return self._server.webhook

    def _set_my_commands(self, asked: Any) -> bool:
        for command in asked.commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command.command) or not 1 <= len(command.description) <= 256:
                raise Refusal.bad("BOT_COMMAND_INVALID")
        self.commands[asked.language_code] = list(asked.commands)
        return True

    def _get_file(self, asked: Any) -> dict[str, Any]:
        content = self.files.get(asked.file_id)
        if content is None:
            raise Refusal.bad("invalid file_id")
        if len(content) > MOST_DOWNLOAD:
            raise Refusal.bad("file is too big")
        path = f"documents/{asked.file_id}"
        self.files_by_path[path] = content
        return {"file_id": asked.file_id, "file_unique_id": f"u{asked.file_id}", "file_size": len(content), "file_path": path}

    # messages

    def _send_message(self, asked: Any) -> dict[str, Any]:
        room = self._room(asked.chat_id)
        text = _formatted(asked.text, asked.parse_mode, MOST_TEXT)
        _check_markup(asked.reply_markup)
        return self.put(room, BOT, text, markup=asked.reply_markup)

    def _send_document(self, asked: Any, uploads: dict[str, tuple[str, bytes]]) -> dict[str, Any]:
        room = self._room(asked.chat_id)
        given = str(asked.document).removeprefix("attach://")
        if given not in uploads:
            raise Refusal.bad("wrong file identifier/HTTP URL specified")
        file_name, content = uploads[given]
        if not content:
            raise Refusal.bad("file must be non-empty")
        caption = _formatted(asked.caption, asked.parse_mode, MOST_CAPTION, of="caption") if asked.caption else {}
        _check_markup(asked.reply_markup)
        said = {{"text": "caption", "entities": "caption_entities"}[key]: value for key, value in caption.items()}
        about = {
            "file_id": f"d{len(self.files)}",
            "file_unique_id": f"ud{len(self.files)}",
            "file_name": file_name,
            "file_size": len(content),
        }
        return self.put(room, BOT, {"document": about, **said}, markup=asked.reply_markup, document=content)

    def _edit_message_text(self, asked: Any) -> dict[str, Any]:
        sent = self._editable(asked)
        text = _formatted(asked.text, asked.parse_mode, MOST_TEXT)
        _check_markup(asked.reply_markup)
        self._edit(sent, {**sent.message, "entities": [], **text}, asked.reply_markup)
        return sent.message

    def _edit_message_reply_markup(self, asked: Any) -> dict[str, Any]:
        sent = self._editable(asked)
        _check_markup(asked.reply_markup)
        self._edit(sent, sent.message, asked.reply_markup)
        return sent.message

    def _editable(self, asked: Any) -> Sent:
        sent = self._room(asked.chat_id).sent.get(asked.message_id)
        if sent is None:
            raise Refusal.bad("message to edit not found")
        if not sent.is_bots:
            raise Refusal.bad("message can't be edited")
        return sent

    def _edit(self, sent: Sent, message: dict[str, Any], markup: Any) -> None:
        if message.get("text") == sent.message.get("text") and _dumped(markup) == _dumped(sent.markup):
            raise Refusal.bad(
                "message is not modified: specified new message content and reply markup are exactly the same as a current content and"
                " reply markup of the message"
            )
        sent.was.append(sent.text)
        shown = {"reply_markup": _dumped(markup)} if isinstance(markup, InlineKeyboardMarkup) else {}
        sent.message = {key: value for key, value in message.items() if key != "reply_markup"} | shown
        sent.markup = markup

    def _answer_callback_query(self, asked: Any) -> bool:
        if asked.callback_query_id not in self.queries:
            raise Refusal.bad("query is too old and response timeout expired or query ID is invalid")
        if asked.text and len(asked.text) > 200:
            raise Refusal.bad("MESSAGE_TOO_LONG")
        self.answers.append(asked)
        return True

    def _send_chat_action(self, asked: Any) -> bool:
        self._room(asked.chat_id)
        return True

    def _leave_chat(self, asked: Any) -> bool:
        self._room(asked.chat_id).has_left = True
        return True

    def _room(self, chat: int | str) -> Room:
        room = self.rooms.get(int(chat))
        if room is None:
            raise Refusal.bad("chat not found")
        if room.refuses:
            raise Refusal(403, f"Forbidden: {room.refuses}")
        if room.has_left:
            raise Refusal(403, "Forbidden: bot is not a member of the group chat")
        return room

    def put(self, room: Room, who: User, what: dict[str, Any], *, markup: Any = None, document: bytes | None = None) -> dict[str, Any]:
        """A message into the chat; the same as its reader and the API see it."""
        room.last += 1
        shown = {"reply_markup": _dumped(markup)} if isinstance(markup, InlineKeyboardMarkup) else {}
        message = {"message_id": room.last, "date": int(time.time()), "chat": room.chat, "from": _dumped(who), **what, **shown}
        Message.model_validate(message)
        room.sent[room.last] = Sent(message, markup, document)
        return message


@cache
def _answer_to(name: str) -> Any:
    """Held, for aiogram's side as well: pydantic forgets a type that nobody holds, and would make it anew, 30 ms each time."""
    return ApiResponse[KNOWN[name].__returning__]


def _decoded(hint: Any, value: Any) -> Any:
    """A form's field: JSON, but where the method wants plain text."""
    if not isinstance(value, str) or hint is str or str in get_args(hint):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _dumped(value: Any) -> Any:
    if isinstance(value, TelegramObject):
        return value.model_dump(mode="json", exclude_none=True, by_alias=True)
    return value


def _formatted(text: str, parse_mode: Any, most: int, *, of: str = "message") -> dict[str, Any]:
    if parse_mode not in {None, "HTML"} and not hasattr(parse_mode, "name"):
        raise Refusal.bad(f"unsupported parse_mode {parse_mode}")
    try:
        plain, entities = read_html(text) if parse_mode == "HTML" else (text, [])
    except BadHtml as error:
        raise Refusal.bad(f"can't parse entities: {error}") from error
    if not plain.strip():
        raise Refusal.bad("message text is empty")
    if units(plain) > most:
        raise Refusal.bad(f"{of} is too long")
    return {"text": plain} | ({"entities": entities} if entities else {})


def _check_markup(markup: Any) -> None:
    if not isinstance(markup, InlineKeyboardMarkup):
        return
    buttons = [button for row in markup.inline_keyboard for button in row]
    if len(buttons) > 100 or any(len(row) > 8 for row in markup.inline_keyboard):
        raise Refusal.bad("reply markup is too long")
    for button in buttons:
        _check_button(button)


def _check_button(button: Any) -> None:
    if not button.text.strip():
        raise Refusal.bad("inline keyboard button text must be non-empty")
    acts = [button.callback_data, button.url]
    if sum(act is not None for act in acts) != 1:
        raise Refusal.bad("exactly one type of inline keyboard button must be used")
    if button.callback_data is not None and not 1 <= len(button.callback_data.encode()) <= MOST_DATA:
        raise Refusal.bad("BUTTON_DATA_INVALID")
    if button.url is not None:
        parts = urlsplit(button.url)
        if parts.scheme not in {"http", "https", "tg"} or "." not in (parts.hostname or ""):
            raise Refusal.bad(f"inline keyboard button URL '{button.url}' is invalid: Wrong HTTP URL")
