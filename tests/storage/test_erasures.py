"""Erasure of a customer: what is asked for, and what is left of the rows."""

from sqlalchemy import select

from storage.erasures import erase_party, open_erasure, request_erasure
from storage.submissions import submissions_of
from storage.tables.evidence import AuditEvent
from tests.storage.builders import AT, a_party, a_suspended


async def test_a_second_request_finds_the_first(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        first = await request_erasure(session, owner.party, by="customer", at=AT)
        assert await request_erasure(session, owner.party, by="colleague", at=AT) is first
        assert (await open_erasure(session, owner.party)).asked_by == "customer"
        assert list(await session.scalars(select(AuditEvent.action))) == ["erasure.requested"]


async def test_a_colleagues_request_is_told_by_their_order_alone(database):
    """Which the console puts on record under their name."""
    async with database.transaction() as session:
        owner = await a_party(session)
        await request_erasure(session, owner.party, by="colleague", at=AT)
        assert list(await session.scalars(select(AuditEvent.action))) == []


async def test_what_is_not_finished_is_withdrawn_and_what_is_finished_stays_so(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        rows = [
            await a_suspended(session, owner, form) for form in ("quote_home", "registration_person", "registration_person", "quote_home")
        ]
        for row, state in zip(rows, ("accepted", "accepted", "returned", "issued"), strict=True):
            row.state = state
        await erase_party(session, owner.party, AT)
    async with database.transaction() as session:
        kept = {row.id: (row.state, row.sealed_answers) for row in await submissions_of(session, owner.party)}
    assert [kept[row.id] for row in rows] == [(state, b"") for state in ("withdrawn", "accepted", "withdrawn", "issued")]
