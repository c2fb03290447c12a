"""What becomes of the conversations of a customer who is erased: they are over, and nothing is left in them."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dialogs.jobs import enqueue_forgetting
from dialogs.state import State
from storage.erasures import close_conversations
from storage.turns import TurnStore


async def end_conversations(session: AsyncSession, store: TurnStore, party: UUID) -> tuple[UUID, ...]:
    """Which they were; call `store.forget` for each once the transaction has committed, too."""
    conversations, traces = await close_conversations(session, party, _closed)
    for left in traces:
        await enqueue_forgetting(session, left)
    for conversation in conversations:
        await store.forget_within(session, str(conversation))
    return conversations


def _closed(language: str) -> bytes:
    return State(language, ended="erased").to_json()
