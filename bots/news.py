"""What the agency's side did, said in the customer's open chat."""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bots.papers import Press
from bots.records import read_offer, read_policy
from dialogs.events import StaffSaid
from dialogs.services import Services
from forms.types.base import Wire
from rules.submissions import Act
from storage.documents import find_document, read_title
from storage.parties import open_party
from storage.sealing import ErasedError, Owner
from storage.submissions import Event, find_submission, read_history, read_submission
from storage.tables.submissions import Submission

type What = Literal["returned", "accepted", "rejected", "expired"]
SAID: Mapping[str, What] = {
    Act.RETURN_ANSWERS: "returned", Act.APPROVE: "accepted", Act.REJECT: "rejected", Act.EXPIRE: "expired",
}  # fmt: skip


async def tell_move(services: Services, submission: UUID, version: int) -> None:
    """Says the submission's move of that version, in one turn."""
    async with services.database.transaction() as session:
        row = await find_submission(session, submission)
        event = await _event(services, session, row, version) if row else None
        sent = await _answers(services, session, row) if row and event and event.act == Act.RETURN_ANSWERS else {}
    if row is None or event is None or event.act not in SAID:
        return
    facts: dict[str, Wire] = {"submission": str(submission), "form": row.form, "form_version": row.form_version}
    facts |= {name: str(event.detail[name]) for name in ("reason", "colleague") if event.detail.get(name)}
    if questions := event.detail.get("questions"):
        facts["questions"] = [str(question) for question in questions]
    await services.turns.say(str(row.conversation_id), StaffSaid(SAID[event.act], facts, sent), key=f"{submission}:{version}:")


async def tell_offer(services: Services, press: Press, offer: UUID) -> None:
    async with services.database.transaction() as session:
        known = await read_offer(session, services.keys, press, offer)
        submission = await find_submission(session, known.row.submission_id) if known else None
        file = await _file(session, known.owner, known.row.document_id) if known else {}
    if known is None or submission is None or known.record.offer is None:
        return
    facts: dict[str, Wire] = {
        "offer": str(offer),
        "submission": str(submission.id),
        "premium_cents": known.row.premium_cents,
        "valid_until": known.row.valid_until.isoformat(),
        "reason": known.record.offer.reason,
    }
    await services.turns.say(str(submission.conversation_id), StaffSaid("quoted", {**facts, **file}), key=f"offer:{offer}")


async def tell_policy(services: Services, press: Press, policy: UUID) -> None:
    async with services.database.transaction() as session:
        known = await read_policy(session, services.keys, press, policy)
        submission = await find_submission(session, known.row.submission_id) if known else None
        file = await _file(session, known.owner, known.row.document_id) if known else {}
    if known is None or submission is None:
        return
    facts: dict[str, Wire] = {"policy_number": known.row.number, "submission": str(submission.id)}
    await services.turns.say(str(submission.conversation_id), StaffSaid("issued", {**facts, **file}), key=f"policy:{policy}")


async def _answers(services: Services, session: AsyncSession, row: Submission) -> Mapping[str, Wire]:
    """What was sent: the customer may be telling another quote by now."""
    return (await read_submission(session, await open_party(session, services.keys, row.party_id), row.id)).answers


async def _event(services: Services, session: AsyncSession, row: Submission, version: int) -> Event | None:
    try:
        owner = await open_party(session, services.keys, row.party_id)
    except ErasedError:
        return None
    return next((event for event in await read_history(session, owner, row.id) if event.version == version), None)


async def _file(session: AsyncSession, owner: Owner, document: UUID | None) -> dict[str, Wire]:
    row = await find_document(session, document) if document else None
    if row is None:
        return {}
    return {"document": str(row.id), "title": read_title(owner, row), "media_type": row.media_type, "bytes": row.bytes}
