"""Who wants to be called (S0-34)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.sealing import Owner
from storage.tables.base import new_id
from storage.tables.messages import CallRequest

_DETAIL = "call_request.sealed_detail"


@dataclass(frozen=True, slots=True)
class NewCall:
    conversation: UUID
    phone: str | None
    topic: str
    at: datetime


async def request_call(session: AsyncSession, owner: Owner, new: NewCall) -> UUID:
    id_ = new_id()
    session.add(
        CallRequest(
            id=id_,
            party_id=owner.party,
            conversation_id=new.conversation,
            sealed_detail=owner.seal_json(_DETAIL, id_, {"phone": new.phone, "topic": new.topic}),
            at=new.at,
        ),
    )
    await session.flush()
    return id_


async def open_calls(session: AsyncSession, *, most: int = 100) -> tuple[CallRequest, ...]:
    """Those who wait longest first."""
    query = select(CallRequest).where(CallRequest.state == "open").order_by(CallRequest.at, CallRequest.id).limit(most)
    return tuple(await session.scalars(query))


async def open_calls_of(session: AsyncSession, party: UUID) -> tuple[CallRequest, ...]:
    """The latest first."""
    query = select(CallRequest).where(CallRequest.state == "open", CallRequest.party_id == party).order_by(CallRequest.at.desc())
    return tuple(await session.scalars(query))


async def answer_call(session: AsyncSession, call: UUID, colleague: UUID, at: datetime) -> None:
    await session.execute(
        update(CallRequest)
        .where(CallRequest.id == call, CallRequest.state == "open")
        .values(state="answered", answered_by=colleague, answered_at=at),
    )


def read_call(owner: Owner, row: CallRequest) -> Mapping[str, Any]:
    """`phone` and `topic`."""
    detail: Mapping[str, Any] = owner.unseal_json(_DETAIL, row.id, row.sealed_detail)
    return detail
