"""All that is held about one customer, as JSON values: opened, with who looked at it."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from dialogs.history import read_history as read_talk
from dialogs.paths import read_path
from dialogs.services import Services
from forms.types.base import Wire
from rules.access import Action
from storage.accounts import every_session, find_account, read_name
from storage.calls import read_call
from storage.chats import read_numbers
from storage.checks import every_approach, find_check
from storage.documents import documents_of, read_title
from storage.imports import read_source, rows_about
from storage.mails import mails_of, mails_of_prepared, open_mail
from storage.offers import read_reason
from storage.parties import conversations_of, open_party, proved_emails, read_cards, read_contact, read_every_identifier
from storage.policies import policies_of
from storage.prepared import prepared_for, prepared_owner, read_sheet
from storage.receipts import read_binding, receipts_of
from storage.sealing import Owner
from storage.staff import find_colleague
from storage.submissions import open_submission, read_history, submissions_of
from storage.sync import Kept, told_of_party
from storage.tables.erasures import Erasure
from storage.tables.evidence import AuditEvent, Document
from storage.tables.imports import ClientImport
from storage.tables.intake import Conversation
from storage.tables.messages import CallRequest
from storage.tables.parties import Party
from storage.tables.portfolio import Offer
from storage.tables.prepared import PreparedCard
from storage.tables.submissions import Submission

MOST_CARDS = 10_000  # all of them

type Json = dict[str, Any]  # whatever JSON holds


async def gather(session: AsyncSession, services: Services, party: UUID) -> tuple[Json, Owner, tuple[Document, ...]]:
    """Everything but the documents' content. Raises LookupError for a party there is not, ErasedError for one erased."""
    row = await session.get(Party, party)
    if row is None:
        raise LookupError(f"no party {party}")
    owner = await open_party(session, services.keys, party)
    emails = await proved_emails(session, owner)
    documents = tuple(reversed(await documents_of(session, party)))
    staff = _Staff(session)
    waiting = await prepared_for(session, services.keys, emails)
    told: Json = {
        "customer": await _customer(session, owner, row),
        "cards": [asdict(card) for card in reversed(await read_cards(session, owner, most=MOST_CARDS))],
        "requests": [await _request(session, staff, owner, each) for each in reversed(await submissions_of(session, party))],
        "imported": [_imported(services, read, values) for read, values in await rows_about(session, services.keys, party, emails)],
        "prepared": [_prepared(services, each) for each in waiting],
        "offers": await _offers(session, owner),
        "policies": [_policy(each) for each in reversed(await policies_of(session, party))],
        "acts": [asdict(each) for each in await read_path(session, owner, services.catalogue, row.language, zone=services.settings.zone)],
        "receipts": [_receipt(owner, each) for each in reversed(await receipts_of(session, party))],
        "documents": [_document(owner, each) for each in documents],
        "mails": [
            *(_mail(owner, each) for each in reversed(await mails_of(session, party))),
            *[_mail(prepared_owner(services.keys, of), each) for of in waiting for each in await mails_of_prepared(session, of.id)],
        ],
        "calls": [_call(owner, each) for each in await session.scalars(select(CallRequest).where(CallRequest.party_id == party))],
        "erasures": [_named(each, "asked_by asked_at") for each in await session.scalars(select(Erasure).where(Erasure.party_id == party))],
        "programs": [_program(each) for each in await told_of_party(session, owner)],
        "account": await _account(session, owner),
        "messenger_numbers": await read_numbers(session, services.keys, await conversations_of(session, party)),
        "looked_at": await _looked_at(session, staff, row),
    }
    return told, owner, documents


async def gather_talks(session: AsyncSession, services: Services, party: UUID) -> list[Json]:
    """What was said in every conversation, the first one first; one-time codes left out."""
    talks = []
    for conversation in reversed(await conversations_of(session, party)):
        row = await session.get(Conversation, conversation)
        if row is not None:
            said = read_talk(await services.turn_store.read_turns(str(conversation)), row.language)
            talks.append(_named(row, "id channel language created_at") | {"said": [asdict(each) for each in said]})
    return talks


async def _customer(session: AsyncSession, owner: Owner, row: Party) -> Json:
    known = _named(row, "id kind display_name municipality province region language created_at")
    agent = await find_colleague(session, row.agent_id) if row.agent_id else None
    contact, check = read_contact(owner, row), await find_check(session, row.id)
    written = [_named(each, "kind way at") for each in await every_approach(session, row.id)]
    return known | {
        "agent": agent.name if agent else None,
        "identifiers": await read_every_identifier(session, owner),
        "reached_by": asdict(contact) if contact else None,
        "card_check": _named(check, "confirmed_at put_off_at asked_at asked_by doubted_at doubted_by") if check else None,
        "written_by_itself": written,
    }


async def _account(session: AsyncSession, owner: Owner) -> Json | None:
    """Of the client area; password and second factor are left out, as one-time codes are."""
    row = await find_account(session, owner.id)
    if row is None:
        return None
    sessions = [asdict(each) for each in await every_session(session, owner)]
    return {"name": read_name(owner, row), "sessions": sessions} | _named(row, "set_at is_second_on")


async def _request(session: AsyncSession, staff: "_Staff", owner: Owner, row: Submission) -> Json:
    read = open_submission(owner, row)
    told = _named(row, "id form form_version language state waiting_since indicative_cents premium_cents tariff_version")
    moves = []
    for event in await read_history(session, owner, row.id):
        told_by = asdict(event) | {"colleague": await staff.role_of(event.colleague)}
        moves.append(told_by)
    origins = {path: asdict(origin) for path, origin in read.origins.items()}
    return told | {"answers": read.answers, "origins": origins, "unanswered": read.unanswered, "pricing": read.pricing, "moves": moves}


def _imported(services: Services, read: ClientImport, values: Mapping[str, Wire]) -> Json:
    """From a list of another program, for a colleague to look at."""
    told = {"source": read_source(services.keys, read), "form": next(iter(values), "").partition(".")[0], "values": values}
    return _named(read, "format read_at") | told


def _prepared(services: Services, row: PreparedCard) -> Json:
    """What waits to be confirmed or to end by itself; the colleague's name is told to the customer anyway."""
    return _named(row, "form source prepared_at ends_at") | asdict(read_sheet(services.keys, row))


def _program(kept: Kept) -> Json:
    """What another program was told, is to be told, and says it has; under way, it may have arrived."""
    told = {"program": kept.row.target, "record": kept.row.record_id, "is_under_way": kept.row.batch_id is not None}
    return told | _named(kept.row, "state change problem sent_at") | {"told": kept.sent, "due": kept.due, "theirs": kept.theirs}


async def _offers(session: AsyncSession, owner: Owner) -> list[Json]:
    rows = await session.scalars(select(Offer).where(Offer.party_id == owner.id).order_by(Offer.id))
    names = "id submission_id premium_cents valid_until state made_at decided_at"
    return [_named(row, names) | {"reason": read_reason(owner, row)} for row in rows]


def _policy(row: Any) -> Json:  # a mapped row
    return _named(row, "number submission_id offer_id premium_cents starts_on issued_at")


def _receipt(owner: Owner, row: Any) -> Json:  # a mapped row
    return _named(row, "number kind at language sequence") | {"stamp": read_binding(owner, row).stamp}


def _document(owner: Owner, row: Document) -> Json:
    told = _named(row, "id kind media_type bytes stored_at") | {"sha256": row.sha256.hex(), "title": read_title(owner, row)}
    return told | {"file": None}


def _mail(owner: Owner, row: Any) -> Json:  # a mapped row
    mail = open_mail(owner, row)
    facts = {name: value for name, value in mail.facts.items() if name != "code"}
    return _named(row, "kind recipient state message_id sent_at created_at") | {"to": mail.to, "facts": facts}


def _call(owner: Owner, row: CallRequest) -> Json:
    return _named(row, "at state answered_at") | dict(read_call(owner, row))


async def _looked_at(session: AsyncSession, staff: "_Staff", row: Party) -> list[Json]:
    """Who read or did what, the first first; lists too that left the house since and may hold the customer. Colleagues by their role
    and a number: their names are no data of the customer's."""
    lists = and_(AuditEvent.action == Action.FETCH_EXPORT.value, AuditEvent.at >= row.created_at)
    rows = await session.scalars(select(AuditEvent).where(or_(AuditEvent.party_id == row.id, lists)).order_by(AuditEvent.number))
    names = "at who action colleague_id subject_id"
    return [_named(each, names) | {"role": await staff.role_of(each.colleague_id)} for each in rows]


def _named(row: Any, names: str) -> Json:  # a mapped row
    return {name: getattr(row, name) for name in names.split()}


class _Staff:
    """Roles of colleagues, each looked up once."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._roles: dict[UUID, str | None] = {}

    async def role_of(self, colleague: UUID | None) -> str | None:
        if colleague is None:
            return None
        if colleague not in self._roles:
            found = await find_colleague(self._session, colleague)
            self._roles[colleague] = found.role if found else None
        return self._roles[colleague]
