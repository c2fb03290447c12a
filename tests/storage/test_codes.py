"""What is counted of codes and of mails about prepared cards."""

import asyncio
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import func, select

from storage.codes import count_tries, keep_try
from storage.database import Database, as_system
from storage.tables.base import new_id
from storage.tables.intake import CodeTry
from tests.storage.builders import AT, KEYS

EMAIL = "demo@example.org"


async def test_what_is_counted_no_more_is_forgotten_and_nobody_waits_for_who_forgets_it(database: Database) -> None:
    later = AT + timedelta(hours=1)
    async with database.transaction() as session:
        await keep_try(session, KEYS, "sent", EMAIL, AT)
    async with database.transaction() as slow:
        await keep_try(slow, KEYS, "sent", "altra@example.org", later)
        async with asyncio.timeout(20), database.transaction() as session:
            await keep_try(session, KEYS, "sent", EMAIL, later)
    async with database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(CodeTry)) == 2
        assert await count_tries(session, KEYS, "sent", EMAIL, later) == 1


async def test_a_colleagues_own_transaction_counts_and_sees_nothing_of_it(database: Database) -> None:
    async with database.transaction("manager", staff=new_id()) as session:
        with suppress(InterruptedError):
            async with as_system(session):
                await keep_try(session, KEYS, "prepared", EMAIL, AT)
                assert await count_tries(session, KEYS, "prepared", EMAIL, AT) == 1
                raise InterruptedError
        assert await count_tries(session, KEYS, "prepared", EMAIL, AT) == 0
        await session.rollback()
    async with database.transaction() as session:
        assert await count_tries(session, KEYS, "prepared", EMAIL, AT) == 0, "it went with the rest"
