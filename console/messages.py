"""Who waits for a colleague's word, mail that did not arrive, documents in trouble: what the messages show and what is done about it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from console.acting import Actor, Work, acting
from dialogs.jobs import enqueue_again
from dialogs.services import Services
from rules.access import Action
from rules.refusals import Reason, Refused
from storage.calls import answer_call as keep_answered
from storage.calls import open_calls, read_call
from storage.mails import failed_mails, queue_again
from storage.scrubbing import documents_in_trouble
from storage.sealing import Owner
from storage.tables.messages import CallRequest


@dataclass(frozen=True, slots=True)
class Call:
    id: UUID
    customer: str | None
    phone: str | None
    topic: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FailedMail:
    id: UUID
    kind: str
    error: str | None
    attempts: int
    customer: str | None


@dataclass(frozen=True, slots=True)
class DamagedDocument:
    id: UUID
    kind: str
    customer: str | None


@dataclass(frozen=True, slots=True)
class DocumentTrouble:
    waiting: int
    """How many have no second copy yet."""
    since: datetime | None
    damaged: tuple[DamagedDocument, ...]


async def list_calls(services: Services, actor: Actor) -> tuple[Call, ...]:
    """Who wants to be called, those who wait longest first."""
    async with acting(services, actor, Action.READ_MESSAGES) as work:
        found = [call for row in await open_calls(work.session) if (call := await _call(work, row))]
        work.party = None
        work.detail["rows"] = len(found)
        return tuple(found)


async def answer_call(services: Services, actor: Actor, call: UUID) -> None:
    async with acting(services, actor, Action.ANSWER_CALL, call) as work:
        row = next((row for row in await open_calls(work.session) if row.id == call), None)
        if row is None or (row.party_id and not await work.can_see(row.party_id)):
            raise LookupError(f"no open call {call}")
        work.party = row.party_id
        await keep_answered(work.session, call, actor.id, work.at)


async def list_failed_mails(services: Services, actor: Actor) -> tuple[FailedMail, ...]:
    """Mail that will not arrive unless somebody does something."""
    async with acting(services, actor, Action.READ_MESSAGES) as work:
        found = [
            FailedMail(row.id, row.kind, row.last_error, row.attempts, await _display_name(work, row.party_id))
            for row in await failed_mails(work.session, work.at)
        ]
        work.detail["rows"] = len(found)
        return tuple(found)


async def list_document_trouble(services: Services, actor: Actor) -> DocumentTrouble:
    """Documents that wait for their second copy, and those that are not right in both stores and could not be put right."""
    async with acting(services, actor, Action.READ_MESSAGES) as work:
        trouble = await documents_in_trouble(work.session)
        damaged = [DamagedDocument(row.id, row.kind, await _display_name(work, row.party_id)) for row in trouble.damaged]
        work.detail["rows"] = trouble.waiting + len(damaged)
        return DocumentTrouble(trouble.waiting, trouble.since, tuple(damaged))


async def retry_mail(services: Services, actor: Actor, mail: UUID) -> None:
    """Tried again under the same Message-ID."""
    async with acting(services, actor, Action.RETRY_MAIL, mail) as work:
        row = await queue_again(work.session, mail, work.at)
        if row is None:
            raise Refused(Reason.NOT_POSSIBLE_NOW, state="sent")
        work.party = row.party_id
        await enqueue_again(work.session, row, work.at)


async def _call(work: Work, row: CallRequest) -> Call | None:
    """None for one of another's customers: calls of visitors are everybody's."""
    if row.party_id is None:
        loaded = await work.services.turn_store.load(str(row.conversation_id))
        if loaded is None or loaded.key is None:
            return Call(row.id, None, None, "", row.at)  # the visitor's conversation was forgotten since
        told = read_call(Owner(None, row.conversation_id, work.services.keys, loaded.key), row)
        return Call(row.id, None, told["phone"], str(told["topic"]), row.at)
    if not await work.can_see(row.party_id):
        return None
    told = read_call(await work.owner(row.party_id), row)
    return Call(row.id, (await work.row(row.party_id)).display_name, told["phone"], str(told["topic"]), row.at)


async def _display_name(work: Work, party: UUID | None) -> str | None:
    return (await work.row(party)).display_name if party else None
