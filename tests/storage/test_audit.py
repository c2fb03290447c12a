"""The audit trail."""

import pytest
from sqlalchemy import event, text

from storage.audit import Audited, audit, audit_each, read_audit
from storage.tables.base import new_id
from tests.storage.builders import AT

ANNA, PARTY = new_id(), new_id()


async def test_what_was_read_is_found_by_customer_and_by_colleague_a_page_at_a_time(database):
    async with database.transaction() as session:
        for action in ("client.read", "submission.claimed", "document.read"):
            await audit(session, Audited(action, AT, colleague=ANNA, party=PARTY, detail={"count": 1}))
        await audit(session, Audited("offer.expired", AT, "clock"))
        first = await read_audit(session, most=2)
        rest = await read_audit(session, before=first[-1].number, most=2)
        assert [e.action for e in (*first, *rest)] == ["offer.expired", "document.read", "submission.claimed", "client.read"]
        assert len(await read_audit(session, party=PARTY)) == 3
        assert len(await read_audit(session, colleague=new_id())) == 0
        assert first[1].detail == {"count": 1}


async def test_of_many_decided_on_at_once_each_has_its_event_by_one_statement(database):
    parties = [new_id() for _ in range(3)]
    async with database.transaction("manager", staff=ANNA) as session:
        sent: list[object] = []
        event.listen(database.engine.sync_engine, "before_cursor_execute", lambda *told: sent.append(told))
        await audit_each(session, [Audited("decide_import", AT, colleague=ANNA, party=party) for party in parties])
        await audit_each(session, [])
        assert len(sent) == 1
    async with database.transaction() as session:
        assert [len(await read_audit(session, party=party)) for party in parties] == [1, 1, 1]


async def test_a_colleague_writes_audit_events_and_cannot_change_them(database):
    async with database.transaction("agent", staff=ANNA) as session:
        await audit(session, Audited("client.read", AT, colleague=ANNA))
    with pytest.raises(Exception, match=r"stay as they are|permission denied"):
        async with database.transaction() as session:
            await session.execute(text("delete from audit_event"))
