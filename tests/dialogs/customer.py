"""A customer who answers from the scripts of driver.py through the real turns: real database, real engine, codes read from the mail rows."""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from dialogs.events import Answered, Commanded, Event
from dialogs.turn import Incoming, Turns
from storage.database import Database
from storage.keys import Keys
from storage.mails import read_mail
from storage.tables.messages import OutgoingMail
from tests.dialogs.driver import Script, more_of


@dataclass
class Customer:
    database: Database
    turns: Turns
    keys: Keys
    conversation: str = ""
    secret: str = ""
    turn: dict[str, Any] = field(default_factory=dict)
    items: Counter[str] = field(default_factory=Counter)

    async def open(self, language: str = "it") -> "Customer":
        opened = await self.turns.open(language, "web")
        self.conversation, self.secret, self.turn = opened.conversation, opened.secret, json.loads(opened.turn)
        return self

    async def send(self, event: Event, id_: str | None = None) -> bytes:
        stored = await self.turns.take(self.conversation, Incoming(id_ or uuid4().hex, event))
        self.turn = json.loads(stored)
        return stored

    async def answer(self, value: object, id_: str | None = None) -> bytes:
        return await self.send(Answered(self.path, value, self.turn["question"]["shown"]), id_)

    @property
    def path(self) -> str:
        return self.turn["question"]["path"]

    @property
    def said(self) -> str:
        return "\n".join(message["text"] for message in self.turn["messages"])

    async def play(self, script: Script, *, until: str | None = None, most: int = 200) -> None:
        """As driver.Talk.play: answers until `until` is open or a goal is reached again."""
        has_chosen = False
        for _ in range(most):
            question = self.turn["question"]
            if question is None or question["path"] == until or (has_chosen and question["path"] == "journey.goal"):
                return
            has_chosen = has_chosen or question["path"] == "journey.goal"
            await self._play_one(question, script)
        raise AssertionError(f"still at {self.path} after {most} answers: {self.said}")

    async def _play_one(self, question: dict[str, Any], script: Script) -> None:
        if question["path"] == "journey.email_code":
            await self.answer(await self.read_code())
        elif question["path"] in script:
            await self.answer(script[question["path"]])
        elif question["type"] == "confirm":
            await self.answer(value=True)
        elif question["path"].endswith(".more"):
            await self.answer(more_of(script, question["path"], self.items))
        elif not question["required"]:
            await self.send(Commanded("skip"))
        else:
            raise AssertionError(f"no answer to {question['path']}: {self.said}")

    async def read_code(self) -> str:
        """The latest code mailed to this conversation."""
        async with self.database.transaction() as session:
            latest = await session.scalar(
                select(OutgoingMail.id)
                .where(OutgoingMail.kind == "code", OutgoingMail.conversation_id == UUID(self.conversation))
                .order_by(OutgoingMail.id.desc())
                .limit(1)
            )
            mail = await read_mail(session, self.keys, latest)
        return mail.facts["code"]
