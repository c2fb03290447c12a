"""People in the test Bot API server: they write, tap, send things, forward, block."""

import time
from dataclasses import dataclass
from itertools import count
from typing import Any

from aiogram.types import User

from tests.telegram_api import BOT, Room, Sent
from tests.telegram_server import TelegramServer

_ids = count(70_001)
_queries = count(1)


@dataclass
class Person:
    """Somebody with a private chat, or one of a group."""

    server: TelegramServer
    user: User
    room: Room
    read: int = 0
    """Message up to which they have read."""

    @property
    def chat(self) -> int:
        return int(self.room.chat["id"])

    @property
    def heard(self) -> list[Sent]:
        """All that the bot said here, in order."""
        return [sent for sent in self.room.sent.values() if sent.is_bots]

    @property
    def last(self) -> Sent:
        return self.heard[-1]

    # acts

    async def say(self, text: str, **more: Any) -> int:
        return await self.send(text=text, **_entities(text), **more)

    async def send(self, **what: Any) -> int:
        """A message of any kind; the update's id."""
        return await self.server.add_update("message", self.server.api.put(self.room, self.user, what))

    async def edit(self, message: int, text: str) -> int:
        sent = self.room.sent[message]
        sent.message = {**sent.message, "text": text, "edit_date": int(time.time())}
        return await self.server.add_update("edited_message", sent.message)

    async def tap(self, label: str, *, on: Sent | None = None) -> int:
        """The button of that label, on the last message that has one."""
        places = [on] if on else reversed(self.heard)
        sent, button = next((sent, button) for sent in places for button in sent.buttons if button.text == label)
        return await self.tap_data(button.callback_data, on=sent)

    async def tap_data(self, data: str, *, on: Sent) -> int:
        query = f"q{next(_queries)}"
        self.server.api.queries.add(query)
        what = {
            "id": query, "from": self.user.model_dump(exclude_none=True), "chat_instance": "1", "data": data, "message": on.message,
        }  # fmt: skip
        return await self.server.add_update("callback_query", what)

    async def block(self, *, why: str = "bot was blocked by the user") -> int:
        self.room.refuses = why
        return await self._membership("member", "kicked")

    async def unblock(self) -> int:
        self.room.refuses = None
        return await self._membership("kicked", "member")

    async def join(self) -> None:
        """Brings the bot into the group; it is told so twice, the second time by a message there."""
        await self._membership("left", "member")
        await self.send(new_chat_members=[BOT.model_dump(exclude_none=True)])

    async def _membership(self, before: str, after: str) -> int:
        bot = BOT.model_dump(exclude_none=True)
        states = [{"status": state, "user": bot} | ({"until_date": 0} if state == "kicked" else {}) for state in (before, after)]
        what = {
            "chat": self.room.chat, "from": self.user.model_dump(exclude_none=True), "date": int(time.time()),
            "old_chat_member": states[0], "new_chat_member": states[1],
        }  # fmt: skip
        return await self.server.add_update("my_chat_member", what)

    # what they hear

    async def hears(self, *, more: int = 1) -> list[Sent]:
        """At least so many messages that were not read before."""
        await self.server.until(lambda: len(self._unread()) >= more)
        news = self._unread()
        self.read = news[-1].id
        return news

    def _unread(self) -> list[Sent]:
        return [sent for sent in self.heard if sent.id > self.read]

    async def until_hears(self, words: str) -> Sent:
        """The first unread message with these words."""
        await self.server.until(lambda: any(words in sent.text for sent in self._unread()))
        found = next(sent for sent in self._unread() if words in sent.text)
        self.read = found.id
        return found


def a_person(server: TelegramServer, *, language: str | None = "it", name: str = "Demetra") -> Person:
    number = next(_ids)
    user = User(id=number, is_bot=False, first_name=name, language_code=language)
    room = server.api.rooms.setdefault(number, Room({"id": number, "type": "private", "first_name": name}))
    return Person(server, user, room)


def a_group(server: TelegramServer, *, kind: str = "group") -> Person:
    """Somebody in a group with the bot."""
    person = a_person(server)
    number = -next(_ids)
    person.room = server.api.rooms.setdefault(number, Room({"id": number, "type": kind, "title": "Demo"}))
    return person


def a_file(server: TelegramServer, content: bytes, *, name: str = "demo.pdf", media_type: str = "application/pdf") -> dict[str, Any]:
    """`document` of a message."""
    known = f"f{len(server.api.files)}"
    server.api.files[known] = content
    return {"file_id": known, "file_unique_id": f"u{known}", "file_name": name, "mime_type": media_type, "file_size": len(content)}


def a_photo(server: TelegramServer) -> list[dict[str, Any]]:
    """`photo` of a message, in its one size."""
    file = a_file(server, b"\xff\xd8\xff\xe0" + bytes(200))
    return [{key: file[key] for key in ("file_id", "file_unique_id", "file_size")} | {"width": 10, "height": 10}]


def _entities(text: str) -> dict[str, Any]:
    if not text.startswith("/"):
        return {}
    return {"entities": [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]}
