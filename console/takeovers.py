"""Conversations in which a customer waits for a person: listed, read, taken over by one colleague, answered, given back.

Each act is a turn of the conversation, and the row that says whose it is changes in that turn's own transaction (dialogs.applying):
of two colleagues at once one is refused. Nobody reads a conversation in which no person was asked for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from console.acting import Actor, Work, acting
from console.revealing import Whole, looking
from console.transcripts import read_transcript
from dialogs.events import StaffSaid
from dialogs.history import Spoken
from dialogs.services import Services
from dialogs.takeover import MOST_WRITTEN
from forms.types.base import Wire
from rules.access import Action, Role
from rules.languages import direction
from rules.refusals import Reason, Refused
from rules.writing import cleaned, is_writing
from storage.recent import Loaded
from storage.staff import find_colleague
from storage.tables.takeovers import Takeover
from storage.takeovers import open_takeover, open_takeovers

MOST_TURNS = 400
"""Of one conversation's latest: a registration and a quote take a hundred or two."""
LAST_WORDS = 5  # turns in which the list looks for what the customer said last

type What = Literal["taken_over", "wrote", "given_back"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One row of the list; `since`: who waits for a colleague, or for the answer of the one who has it, or when it was taken over."""

    conversation: UUID
    customer: str | None
    colleague: str | None
    is_answered: bool
    since: datetime
    last_word: str


@dataclass(frozen=True, slots=True)
class OpenConversation:
    """As its page shows it."""

    conversation: UUID
    customer: str | None
    language: str
    asked_at: datetime
    colleague: str | None
    taken_at: datetime | None
    is_mine: bool
    version: int
    """Of the conversation as it was read."""
    can_end: bool
    """It is theirs, or they answer for whoever is gone."""
    lines: tuple[Spoken, ...]
    is_covered: bool
    """Identifiers in them are told by their end until somebody says why they must be seen."""

    @property
    def direction(self) -> str:
        """Of what the house said: a Latin name at its beginning must not turn it around."""
        return direction(self.language)


async def list_waiting(services: Services, actor: Actor) -> tuple[Waiting, ...]:
    """Who waits first, the longest waiting on top; customers of other portfolios are left out."""
    async with acting(services, actor, Action.READ_MESSAGES) as work:
        found = [await _waiting(work, row) for row in await open_takeovers(work.session)]
        work.party = None
        work.detail["rows"] = len(found)
        return tuple(each for each in found if each is not None)


async def open_conversation(services: Services, actor: Actor, conversation: UUID, *, whole: Whole | None = None) -> OpenConversation:
    """Identifiers are covered, unless with a reason. Raises Refused(NOT_ALLOWED) where no person is asked for any more, or in another's
    portfolio."""
    async with looking(services, actor, Action.READ_CONVERSATION, conversation, whole) as work:
        row, loaded = await _reached(work, conversation)
        turns = await services.turn_store.read_turns(loaded.conversation, max(loaded.version - MOST_TURNS, 0))
        lines, is_covered = await read_transcript(work, loaded, turns, is_whole=whole is not None)
        return OpenConversation(
            conversation=conversation,
            customer=await _customer(work),
            language=loaded.language,
            asked_at=row.asked_at,
            colleague=await _name(work, row.colleague_id),
            taken_at=row.taken_at,
            is_mine=row.colleague_id == actor.id,
            version=loaded.version,
            can_end=_can_end(row, actor),
            lines=lines,
            is_covered=is_covered,
        )


async def take_over(services: Services, actor: Actor, conversation: UUID) -> None:
    """The customer hears who it is, and the house asks nothing more. Raises Refused(CLAIMED_BY_OTHER)."""
    async with acting(services, actor, Action.TAKE_OVER, conversation) as work:
        row, loaded = await _reached(work, conversation)
        facts: dict[str, Wire] = {"colleague": actor.name, "colleague_id": str(actor.id), "party": loaded.party or ""}
        await _say(work, row, "taken_over", facts, key=str(actor.id))


async def write(services: Services, actor: Actor, conversation: UUID, text: str, message: str) -> None:
    """`message` is the page's own id of it: the same again is said once. Raises Refused where another has the conversation."""
    async with acting(services, actor, Action.WRITE_TO_CUSTOMER, conversation) as work:
        row, _ = await _reached(work, conversation)
        facts: dict[str, Wire] = {"colleague": actor.name, "colleague_id": str(actor.id), "text": _written(text)}
        await _say(work, row, "wrote", facts, key=f"{actor.id}:{message}")


async def give_back(services: Services, actor: Actor, conversation: UUID) -> None:
    """The open question comes back. A manager also ends what a colleague who is gone has left open."""
    async with acting(services, actor, Action.GIVE_BACK, conversation) as work:
        row, _ = await _reached(work, conversation)
        if not _can_end(row, actor):
            raise Refused(Reason.CLAIMED_BY_OTHER if row.colleague_id else Reason.NOT_POSSIBLE_NOW)
        name = await _name(work, row.colleague_id) or actor.name
        await _say(work, row, "given_back", {"colleague": name, "colleague_id": str(row.colleague_id)}, key="")


def _can_end(row: Takeover, actor: Actor) -> bool:
    return row.colleague_id is not None and (row.colleague_id == actor.id or actor.role is Role.MANAGER)


async def _say(work: Work, row: Takeover, what: What, facts: dict[str, Wire], *, key: str) -> None:
    """A turn of its own transaction, which decides; it holds nothing that this one has locked."""
    said = StaffSaid(what, facts)
    await work.services.turns.say(str(row.conversation_id), said, key=f"takeover:{row.id}:{what}:{key}")


def _written(text: str) -> str:
    told = cleaned(text)
    if not told:
        raise Refused(Reason.EMPTY)
    if len(told) > MOST_WRITTEN:
        raise Refused(Reason.TOO_LONG, max_length=MOST_WRITTEN)
    if not is_writing(told.replace("\n", "")):
        raise Refused(Reason.UNREADABLE_CHARACTERS)
    return told


async def _reached(work: Work, conversation: UUID) -> tuple[Takeover, Loaded]:
    """Whose conversation it is now decides, not whose it was when a person was asked for. Raises LookupError."""
    row = await open_takeover(work.session, conversation)
    loaded = await work.services.turn_store.load(str(conversation), fresh=True)
    if row is None or loaded is None or loaded.is_closed:
        raise LookupError(f"nobody waits in {conversation}")
    if loaded.party is not None:
        await work.owner(UUID(loaded.party))
    return row, loaded


async def _waiting(work: Work, row: Takeover) -> Waiting | None:
    loaded = await work.services.turn_store.load(str(row.conversation_id), fresh=True)
    if loaded is None or loaded.is_closed or (loaded.party is not None and not await work.can_see(UUID(loaded.party))):
        return None
    work.party = UUID(loaded.party) if loaded.party is not None else None
    turns = await work.services.turn_store.read_turns(loaded.conversation, max(loaded.version - LAST_WORDS, 0))
    lines, _ = await read_transcript(work, loaded, turns, is_whole=False)
    said = [line.text for line in lines if line.who == "customer"]
    return Waiting(
        conversation=row.conversation_id,
        customer=await _customer(work),
        colleague=await _name(work, row.colleague_id),
        is_answered=row.colleague_id is not None and row.written_at is None,
        since=row.written_at or row.taken_at or row.asked_at,
        last_word=said[-1] if said else "",
    )


async def _customer(work: Work) -> str | None:
    return (await work.row(work.party)).display_name if work.party is not None else None


async def _name(work: Work, colleague: UUID | None) -> str | None:
    found = await find_colleague(work.session, colleague) if colleague is not None else None
    return found.name if found is not None else None
