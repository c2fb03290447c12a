"""One turn: load, decide, store with everything it changes, and only then speak."""

import dataclasses
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import orjson
from msgspec.structs import replace
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from dialogs.applying import apply_effects
from dialogs.chat_view import ChatView
from dialogs.desk import local_day
from dialogs.engine import is_undecided, open_conversation, step, wants_party
from dialogs.events import (
    Answered,
    Circumstances,
    Commanded,
    Edited,
    Event,
    KnownParty,
    KnownPrepared,
    StaffSaid,
    TextSaid,
    TimePassed,
    Uploaded,
)
from dialogs.known import load_known_party, load_known_prepared
from dialogs.lanes import Lanes
from dialogs.messages import Problem
from dialogs.outcome import Left, Outcome
from dialogs.rendering import question, render
from dialogs.state import State
from dialogs.view import view
from dialogs.work import Work
from forms.catalogue import Catalogue
from rules.refusals import Fact, Refused
from storage.database import Database, is_cut
from storage.keys import Keys
from storage.parties import conversations_of, find_party_by_email, open_party
from storage.recent import Loaded
from storage.sealing import Owner
from storage.settings import Settings
from storage.tables.base import now
from storage.turns import UNASKED, Stale, Taken, Turn, TurnStore, Written, is_unasked

ATTEMPTS = 30  # each lost race is a turn that another process won: within this one nobody races
MESSENGERS = frozenset({"telegram", "rasa"})
"""Channels in other people's hands: sensitive questions leave them."""
type Interpret = Callable[[str], Awaitable[Commanded | None]]
"""What words mean that our rules do not understand; None = it does not know either."""
_LOST_RACES = frozenset({"23505", "40001", "40P01"})  # unique violation, serialization failure, deadlock


@dataclass(frozen=True, slots=True)
class Incoming:
    """`id` is the sender's own, unique per message in its conversation; None: the agency speaks.

    `channel`: by which it came, where that is not the one the conversation began on."""

    id: str | None
    event: Event
    channel: str | None = None
    opened_by: bytes | None = None
    """SHA-256 of the conversation's secret as it stood when the sender was let in: nothing is taken once it is another. None: they came
    by no secret."""


@dataclass(frozen=True, slots=True)
class Opened:
    conversation: str
    secret: str = field(repr=False)
    turn: bytes


class QuestionChanged(Exception):  # noqa: N818 - the chat API's word for it
    """The answer was for a question no longer open. Nothing was stored; `question` is what is open, in the chat API's shape."""

    def __init__(self, question: dict[str, object] | None) -> None:
        super().__init__("question-changed")
        self.question = question


class ConversationUnknown(LookupError):  # noqa: N818 - answered like a wrong secret
    """There is no such conversation."""


class Crowded(Exception):  # noqa: N818 - what it is
    """Others were faster each time. Nothing was stored; the same message may be sent again."""


class Turns:
    """Takes turns for every channel. Nothing here knows which one."""

    def __init__(
        self,
        database: Database,
        turn_store: TurnStore,
        catalogue: Catalogue,
        settings: Settings,
        *,
        keys: Keys | None = None,
        clock: Callable[[], datetime] = now,
        interpret: Interpret | None = None,
    ) -> None:
        self._interpret = interpret
        self._database = database
        self._store = turn_store
        self._catalogue = catalogue
        self._settings = settings
        self._keys = keys or Keys(settings.master)
        self._clock = clock
        self._lanes = Lanes()
        self._of_a_turn = circumstances_at(clock(), settings)

    async def open(self, language: str, channel: str) -> Opened:
        """A new conversation with its first turn."""
        outcome = open_conversation(language, self._catalogue, self._circumstances(channel))
        turn = _turn_json(1, None, outcome, {})
        snapshot = outcome.state.to_json()
        created = await self._store.create(
            language=outcome.state.language, channel=channel, snapshot=snapshot, replies=turn, memo=outcome.left
        )
        return Opened(created.conversation, created.secret, turn)

    async def take(self, conversation: str, incoming: Incoming) -> bytes:
        """The turn as JSON, stored before it is returned; the same id again returns the same bytes.

        Raises QuestionChanged, ConversationUnknown, and Crowded."""
        return await self._until_stored(conversation, incoming)

    async def say(self, conversation: str, said: StaffSaid, *, key: str | None = None) -> bytes:
        """What the agency's side says unasked: a turn without id, and whoever listens is woken.

        The same `key` again says nothing again: a job that runs twice speaks once. Raises Refused where another's act has overtaken it."""
        return await self._until_stored(conversation, Incoming(None if key is None else f"{UNASKED}{key}", said))

    async def load_view(self, conversation: str) -> ChatView:
        """What a page shows around the open question. Raises ConversationUnknown."""
        loaded = await self._load(conversation, fresh=True)
        return view(_state(loaded), self._catalogue, self._circumstances(loaded.channel))

    async def owner(self, conversation: str) -> Owner:
        """Whom a file handed in here belongs to: the bound party, before there is one the conversation."""
        loaded = await self._load(conversation, fresh=True)
        async with self._database.transaction() as session:
            return await self._owner(session, loaded)

    async def _until_stored(self, conversation: str, incoming: Incoming) -> bytes:
        """Who comes first is served first; only against other processes is it raced for, by version."""
        await self._lanes.enter(conversation)
        try:
            for _ in range(ATTEMPTS):
                loaded = await self._load(conversation, opened_by=incoming.opened_by)
                if loaded.is_closed:
                    return await self._answer_closed(loaded, incoming)
                stored = await self._attempt(loaded, incoming)
                if stored is not None:
                    return stored
        finally:
            self._lanes.leave(conversation)
        raise Crowded(conversation)

    async def _load(self, conversation: str, *, fresh: bool = False, opened_by: bytes | None = None) -> Loaded:
        loaded = await self._store.load(conversation, fresh=fresh)
        if loaded is not None and opened_by not in {None, loaded.secret_sha256}:
            loaded = await self._store.load(conversation, fresh=True)  # which of the two is past, the database knows
        if loaded is None or opened_by not in {None, loaded.secret_sha256}:
            raise ConversationUnknown(conversation)
        return loaded

    async def _attempt(self, loaded: Loaded, incoming: Incoming) -> bytes | None:
        """The stored turn; None = somebody was faster.

        Once more where the connection was cut: a turn that was stored all the same is found by its id."""
        try:
            return await self._attempt_once(loaded, incoming)
        except Exception as error:
            if incoming.id is None or not is_cut(error):
                raise
        return await self._attempt_once(loaded, incoming)

    async def _attempt_once(self, loaded: Loaded, incoming: Incoming) -> bytes | None:
        outcome, circumstances = await self._decide(loaded, incoming)
        if outcome.conflict:
            return await self._answer_conflict(loaded, incoming.id, outcome)
        if not outcome.effects and not is_unasked(incoming.id):
            turn = _turn(loaded, incoming, outcome, {})
            return _stored(turn, await self._store.write(turn))
        return await self._write_with_effects(loaded, incoming, outcome, circumstances)

    async def _decide(self, loaded: Loaded, incoming: Incoming) -> tuple[Outcome, Circumstances]:
        state = _state(loaded)
        wanted = wants_party(state, incoming.event)
        known, prepared = await self._known(loaded, wanted) if wanted else (None, None)
        circumstances = self._circumstances(incoming.channel or loaded.channel, known, prepared)
        left = loaded.memo if isinstance(loaded.memo, Left) else None
        outcome = step(state, incoming.event, self._catalogue, circumstances, left)
        if self._interpret is not None and isinstance(incoming.event, TextSaid) and is_undecided(outcome):
            meant = await self._interpret(incoming.event.text)
            if meant is not None:
                return await self._decide(loaded, dataclasses.replace(incoming, event=meant))
        return outcome, circumstances

    async def _known(self, loaded: Loaded, wanted: str | bool) -> tuple[KnownParty | None, KnownPrepared | None]:
        at = self._clock()
        async with self._database.transaction() as session:
            if isinstance(wanted, str):
                party = await find_party_by_email(session, self._keys, wanted)
            else:
                party = UUID(loaded.party) if loaded.party else None
            if party is None:
                emails = (wanted,) if isinstance(wanted, str) else ()
                return None, await load_known_prepared(session, self._keys, emails, at)
            known = await load_known_party(session, self._keys, party, self._catalogue, at.astimezone(self._settings.zone))
            prepared = await load_known_prepared(session, self._keys, known.emails, at)
            if not isinstance(wanted, str):
                return known, prepared
            others = [str(one) for one in await conversations_of(session, party) if str(one) != loaded.conversation]
        if others:
            known = dataclasses.replace(known, elsewhere=(await self._load(others[0], fresh=True)).snapshot)
        return known, prepared

    async def _answer_conflict(self, loaded: Loaded, incoming_id: str | None, outcome: Outcome) -> bytes | None:
        """The stored turn, where this very message was what moved the question on."""
        opened_by = loaded.secret_sha256
        stored = await self._store.find(loaded.conversation, incoming_id, opened_by) if incoming_id is not None else None
        if stored is not None:
            return stored
        fresh = await self._load(loaded.conversation, fresh=True)
        if (fresh.version, fresh.secret_sha256) != (loaded.version, opened_by):
            return None  # what memory held was past; perhaps the question it is for is open after all
        raise QuestionChanged(question(outcome.ask))

    async def _answer_closed(self, loaded: Loaded, incoming: Incoming) -> bytes:
        """After its key was destroyed a conversation takes nothing more; what it answers is always the same and not kept."""
        stored = await self._store.find(loaded.conversation, incoming.id, loaded.secret_sha256) if incoming.id is not None else None
        if stored is not None:
            return stored
        outcome = step(_state(loaded), incoming.event, self._catalogue, self._circumstances(loaded.channel))
        if outcome.conflict:
            raise QuestionChanged(question(outcome.ask))
        return _turn_json(loaded.version, incoming.id, outcome, {})

    async def _write_with_effects(self, loaded: Loaded, incoming: Incoming, outcome: Outcome, circumstances: Circumstances) -> bytes | None:
        try:
            return await self._transact(loaded, incoming, outcome, circumstances)
        except _NotWritten as lost:
            return lost.replies
        except Refused as refused:
            if is_unasked(incoming.id):
                raise  # told to the colleague whose act it was
            overtaken = await self._overtaken(loaded, refused)
            turn = _turn(loaded, incoming, overtaken, {})
            return _stored(turn, await self._store.write(turn))
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) in _LOST_RACES:
                return None
            raise

    async def _transact(self, loaded: Loaded, incoming: Incoming, outcome: Outcome, circumstances: Circumstances) -> bytes:
        async with self._database.transaction() as session:
            if (moved_on := await self._store.hold(session, loaded, incoming.id)) is not None:
                raise _NotWritten(moved_on)
            work = await self._work(session, loaded, incoming.channel or loaded.channel, outcome, circumstances)
            await apply_effects(work, outcome.effects)
            turn = _turn(loaded, incoming, outcome, work.later, closes=work.closes)
            written = await self._store.write_within(session, turn)
            if not isinstance(written, Written):
                raise _NotWritten(written)  # rolls back whatever the effects did
        return turn.replies

    async def _work(self, session: AsyncSession, loaded: Loaded, channel: str, outcome: Outcome, circumstances: Circumstances) -> Work:
        return Work(
            session=session,
            keys=self._keys,
            settings=self._settings,
            catalogue=self._catalogue,
            store=self._store,
            talk=self._talk(loaded),
            owner=await self._owner(session, loaded),
            channel=channel,
            language=outcome.state.language,
            now=circumstances.now,
            today=local_day(circumstances.now, circumstances.timezone),
        )

    async def _owner(self, session: AsyncSession, loaded: Loaded) -> Owner:
        return await open_party(session, self._keys, UUID(loaded.party)) if loaded.party else self._talk(loaded)

    def _talk(self, loaded: Loaded) -> Owner:
        if loaded.key is None:
            raise ConversationUnknown(loaded.conversation)
        return Owner(None, UUID(loaded.conversation), self._keys, loaded.key)

    async def _overtaken(self, loaded: Loaded, refused: Refused) -> Outcome:
        """A colleague or the clock was faster than the customer's act: it is said, and what is true now stands open."""
        known, prepared = await self._known(loaded, wanted=True)
        outcome = step(_state(loaded), TimePassed(), self._catalogue, self._circumstances(loaded.channel, known, prepared))
        return replace(outcome, messages=(Problem(refused.reason.value, refused.facts), *outcome.messages), effects=())

    def _circumstances(self, channel: str, known: KnownParty | None = None, prepared: KnownPrepared | None = None) -> Circumstances:
        return replace(self._of_a_turn, now=self._clock(), known=known, prepared=prepared, messenger=channel in MESSENGERS)


def circumstances_at(at: datetime, settings: Settings) -> Circumstances:
    return Circumstances(
        now=at,
        timezone=settings.timezone,
        agency_name=settings.agency_name,
        agency_email=settings.agency_email,
        agency_phone=settings.agency_phone,
        currency=settings.currency,
        languages=tuple(settings.languages),
        draw_code=draw_code,
        code_resend=settings.code_resend_limits,
        offer_days=settings.offer_days,
        area=f"{settings.public_url}/area" if settings.public_url else "",
        hours=settings.hours,
    )


def draw_code() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


class _NotWritten(Exception):  # noqa: N818 - ends a transaction, never leaves this module
    """The conversation had moved on; `replies` where this very message had done it."""

    def __init__(self, why: Taken | Stale) -> None:
        super().__init__()
        self.replies = why.replies if isinstance(why, Taken) else None


def _state(loaded: Loaded) -> State:
    return loaded.memo.state if isinstance(loaded.memo, Left) else State.from_json(loaded.snapshot)


def _turn(loaded: Loaded, incoming: Incoming, outcome: Outcome, later: dict[str, Fact], *, closes: bool = False) -> Turn:
    state = outcome.state.settled(later)
    return Turn(
        loaded=loaded,
        incoming_id=incoming.id,
        incoming=orjson.dumps(_told(incoming.event)),
        snapshot=state.to_json(),
        replies=_turn_json(loaded.version + 1, incoming.id, outcome, later),
        language=state.language,
        memo=outcome.left if state is outcome.state else None,
        closes=closes,
    )


def _turn_json(number: int, incoming_id: str | None, outcome: Outcome, later: dict[str, Fact]) -> bytes:
    """The chat API's `Turn`."""
    messages = render(outcome.messages, outcome.state.language, later)
    return orjson.dumps(
        {"number": number, "id": None if is_unasked(incoming_id) else incoming_id, "messages": messages, "question": question(outcome.ask)}
    )


def _stored(turn: Turn, outcome: Written | Taken | Stale) -> bytes | None:
    match outcome:
        case Written():
            return turn.replies
        case Taken(replies=replies):
            return replies
        case Stale():
            return None


def _told(event: Event) -> dict[str, object]:
    """The event as it is kept, exactly as it came."""
    match event:
        case TextSaid():
            return {"text": event.text, "shown": event.shown}
        case Edited():
            return {"question": event.question, "edited": event.text}
        case Answered():
            return {"question": event.question, "value": event.value, "shown": event.shown}
        case Commanded():
            return {"command": event.command, "argument": event.argument}
        case Uploaded():
            return {"question": event.question, "file": dict(event.value)}
        case StaffSaid():
            return {"staff": event.what, "facts": dict(event.facts)}
        case TimePassed():
            return {"clock": True}
