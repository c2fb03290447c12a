"""Erasure of a customer: what is asked for, and what is left of the rows."""

from sqlalchemy import select

from storage.erasures import open_erasure, request_erasure
from storage.tables.evidence import AuditEvent
from tests.storage.builders import AT, a_party


async def test_a_second_request_finds_the_first(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        first = await request_erasure(session, owner.party, by="customer", at=AT)
        assert await request_erasure(session, owner.party, by="colleague", at=AT) is first
        assert (await open_erasure(session, owner.party)).asked_by == "customer"
        assert list(await session.scalars(select(AuditEvent.action))) == ["erasure.requested"]
