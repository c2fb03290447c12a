"""Messages of senders as turns of the conversation each goes on with; the answer is what was stored, and what the agency said meanwhile."""

import asyncio
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from typing import Any, Final
from uuid import UUID

import orjson

from bots.messengers import keyboards
from bots.messengers.buttons import Place, Pressed
from bots.messengers.messages import BEFORE, needed_before, overtaken
from bots.messengers.wording import say
from bots.rasa import payloads
from bots.rasa.payloads import Payload, Question
from bots.rasa.rendering import Scene, Sent, elsewhere, links, sent, texts
from dialogs.events import Commanded, Event, TextSaid
from dialogs.lanes import Lanes
from dialogs.messengers import handover
from dialogs.services import Services
from dialogs.turn import Incoming, QuestionChanged
from storage.chats import index_of
from storage.entries import make_link
from storage.recent import Loaded
from storage.senders import Bound, bind_sender, find_sender, keep_shown_to
from storage.turns import StoredTurn

CHANNEL: Final = "rasa"
LOOK_BACK: Final = 50  # turns by other channels since the sender wrote last; what the agency said before them was seen there


@dataclass(frozen=True, slots=True)
class Said:
    """`id`: the same again is answered the same. `language`: of a conversation that it opens."""

    sender: str
    text: str
    id: str
    language: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a sender is: the conversation, and the question that they were shown last."""

    bound: Bound | None
    question: Question | None = None

    @property
    def shown(self) -> str:
        return str(self.question["shown"]) if self.question is not None else BEFORE


class Talks:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._lanes = Lanes()
        self._order = count()
        self._standing: dict[bytes, asyncio.Task[Standing]] = {}

    async def answer(self, said: Said) -> list[Sent]:
        """Once it returns, what was said is stored. What a sender sends is taken one after the other."""
        index = index_of(self._services.keys, CHANNEL, said.sender)
        earlier = self._standing.get(index)  # what is being answered just now they have not seen
        async with self._lanes.one_at_a_time(index, next(self._order)):
            now = self._standing[index] = asyncio.create_task(self._stands(index))
            try:
                return await self._take(index, said, (await now).bound, await (earlier or now))
            finally:
                del self._standing[index]

    async def _take(self, index: bytes, said: Said, bound: Bound | None, seen: Standing) -> list[Sent]:
        incoming = f"{prefix(index)}{sha256(said.id.encode()).hexdigest()[:32]}"
        loaded = await self._services.turn_store.load(bound.conversation) if bound is not None else None
        if bound is None or loaded is None or await self._is_over(loaded, incoming):
            return await self._open(index, said, incoming)
        if bound.opened_by == incoming:
            return await self._shown(said.sender, bound, await self._turn(bound, 1))
        read = payloads.read(said.text)
        event = await self._event(bound, read, said.text, seen)
        if event is None:
            return await self._show(said.sender, bound, pressed=read if isinstance(read, Pressed) else None)
        try:
            stored = await self._services.turns.take(bound.conversation, Incoming(incoming, event, CHANNEL))
        except QuestionChanged:
            return await self._show(said.sender, bound, is_stale=True)
        return await self._shown(said.sender, bound, orjson.loads(stored))

    async def _open(self, index: bytes, said: Said, incoming: str) -> list[Sent]:
        """The message that opens a conversation says nothing in it yet: no question stood open."""
        opened = await self._services.turns.open(said.language, CHANNEL)
        async with self._services.database.transaction() as session:
            await bind_sender(session, index, UUID(opened.conversation), opened_by=incoming)
        return await self._shown(said.sender, Bound(index, opened.conversation, incoming, 0), orjson.loads(opened.turn))

    async def _is_over(self, loaded: Loaded, incoming: str) -> bool:
        return loaded.is_closed and await self._services.turn_store.find(loaded.conversation, incoming) is None

    # what was said

    async def _event(self, bound: Bound, read: Pressed | Payload | None, text: str, seen: Standing) -> Event | None:
        """None for what is no message to the open question: that is shown once more."""
        if read is None:
            return TextSaid(text, seen.shown)
        if isinstance(read, Pressed):
            return await self._pressed(bound, read, seen)
        return payloads.event_of(read, seen.question)

    async def _pressed(self, bound: Bound, pressed: Pressed, seen: Standing) -> Event | None:
        """Of an answer the engine sees for itself whether its question is still open; a command says nothing of where it stood."""
        if not pressed.is_of(bound.conversation):
            return None
        turn = await self._turn(bound, pressed.turn)
        question: Question | None = turn["question"] if turn is not None else None
        if question is None:
            return None
        event = keyboards.event_of(pressed, question)
        return None if isinstance(event, Commanded) and question["shown"] != seen.shown else event

    async def _stands(self, index: bytes) -> Standing:
        async with self._services.database.statements() as session:
            bound = await find_sender(session, index)
        loaded = await self._services.turn_store.load(bound.conversation) if bound is not None else None
        if bound is None or loaded is None:
            return Standing(bound)
        told, _ = await self._since_told(bound, loaded.version)
        return Standing(bound, orjson.loads(told.replies)["question"] if told is not None else None)

    # what is answered

    async def _shown(self, sender: str, bound: Bound, turn: Any) -> list[Sent]:  # Any: the chat API's turn
        """A turn of this sender's, after what the agency has said since the one before."""
        _, unasked = await self._since_told(bound, turn["number"] - 1)
        before = [message for each in unasked for message in orjson.loads(each.replies)["messages"]]
        return await self._sent(sender, bound, [*before, *turn["messages"]], turn)

    async def _show(self, sender: str, bound: Bound, *, is_stale: bool = False, pressed: Pressed | None = None) -> list[Sent]:
        """The question open now, once more; what was ticked under it stays ticked."""
        loaded = await self._services.turn_store.load(bound.conversation, fresh=True)
        turn = await self._turn(bound, loaded.version) if loaded is not None else None
        if loaded is None or turn is None:
            return []
        told, _ = await self._since_told(bound, loaded.version)
        has_moved_on = told is None or told.number < loaded.version
        stale = overtaken(turn["question"], is_closed=loaded.is_closed)
        lead = stale if stale != "stale" else "back_here" if has_moved_on else stale if is_stale else None
        said = [{"kind": "text", "text": say(loaded.language, lead)}] if lead else []
        async with self._services.database.statements() as session:
            await keep_shown_to(session, bound.index, loaded.version)
        messages = [*said, *needed_before(turn["messages"])]
        ticked = _ticked(pressed, turn) if not has_moved_on else None
        return await self._sent(sender, bound, messages, turn, ticked)

    async def _sent(
        self, sender: str, bound: Bound, told: list[Any], turn: Any, ticked: int | None = None
    ) -> list[Sent]:  # Any: the chat API's messages and turn
        question: Question | None = turn["question"]
        loaded = await self._services.turn_store.load(bound.conversation)
        language = loaded.language if loaded is not None else self._services.settings.languages[0]
        way = handover(self._services.catalogue, question, language) if question is not None else None
        is_led = way is not None or links(told)
        link = await self._link(bound) if is_led and loaded is not None and not loaded.is_closed else ""
        today = self._services.clock().astimezone(self._services.settings.zone).date()
        scene = Scene(Place(bound.conversation, turn["number"]), language, today, link, way, ticked)
        led = [elsewhere(scene)] if link and way is None else []
        return sent(sender, [*texts(told), *led], question, scene)

    async def _link(self, bound: Bound) -> str:
        async with self._services.database.transaction() as session:
            token = await make_link(session, UUID(bound.conversation), self._services.clock())
        return f"{(self._services.settings.public_url or '').rstrip('/')}/enter/{token}"

    # what is stored

    async def _turn(self, bound: Bound, number: int) -> Any:  # Any: the chat API's turn
        turns = await self._services.turn_store.read_turns(bound.conversation, number - 1, most=1)
        return orjson.loads(turns[0].replies) if turns and turns[0].number == number else None

    async def _since_told(self, bound: Bound, number: int) -> tuple[StoredTurn | None, list[StoredTurn]]:
        """Up to that turn: the last one that this sender was told, and what the agency has said unasked since."""
        later: list[StoredTurn] = []
        for most in (1, LOOK_BACK):
            turns = await self._services.turn_store.read_turns(bound.conversation, max(number - most, 0), most=most)
            later = [turn for turn in turns if turn.number <= number]
            told = next((turn for turn in reversed(later) if _was_told(turn, bound)), None)
            if told is not None:
                return told, [turn for turn in later if turn.number > told.number and turn.incoming_id is None]
        return None, [turn for turn in later if turn.incoming_id is None]


def prefix(index: bytes) -> str:
    """Begins the ids of what this sender sends: message ids are the channel's own."""
    return f"r{index.hex()[:12]}:"


def _was_told(turn: StoredTurn, bound: Bound) -> bool:
    return turn.number <= max(bound.told, 1) or (turn.incoming_id or "").startswith(prefix(bound.index))


def _ticked(pressed: Pressed | None, turn: Any) -> int | None:  # Any: the chat API's turn
    """None where no choice of this turn's question was ticked."""
    question: Question | None = turn["question"]
    if pressed is None or question is None or (pressed.act, pressed.turn, question["type"]) != ("t", turn["number"], "choices"):
        return None
    return keyboards.ticked_after(pressed, question)
