"""What erasing a customer is in every room: until when it may not be, how their conversations end, the certificate."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dialogs.desk import local_day
from dialogs.jobs import enqueue_forgetting
from dialogs.services import Services, agency_of
from dialogs.state import State
from forms.papers.erasure import erasure_paper, record_from
from forms.papers.model import Paper
from rules.erasures import check_contracts
from rules.retention import contracts_end
from storage.erasures import close_conversations
from storage.policies import policies_of
from storage.tables.erasures import Erasure
from storage.turns import TurnStore


async def look_for_contracts(session: AsyncSession, services: Services, party: UUID, at: datetime) -> None:
    """Raises Refused while a policy runs."""
    policies = await policies_of(session, party)
    begins = [each.starts_on or local_day(each.issued_at, services.settings.timezone) for each in policies]
    check_contracts(contracts_end(services.catalogue.retention, begins), local_day(at, services.settings.timezone))


async def end_conversations(session: AsyncSession, store: TurnStore, party: UUID) -> tuple[UUID, ...]:
    """Which they were; call `store.forget` for each once the transaction has committed, too."""
    conversations, traces = await close_conversations(session, party, _closed)
    for left in traces:
        await enqueue_forgetting(session, left)
    for conversation in conversations:
        await store.forget_within(session, str(conversation))
    return conversations


def certificate(services: Services, row: Erasure) -> Paper:
    """Of an erasure that is done."""
    if row.erased_at is None or row.number is None:
        raise ValueError("nothing was erased yet")
    at, agency = row.erased_at.astimezone(services.settings.zone), agency_of(services.settings)
    return erasure_paper(record_from(row.record), number=row.number, party=str(row.party_id), erased_at=at, agency=agency)


def _closed(language: str) -> bytes:
    return State(language, ended="erased").to_json()
