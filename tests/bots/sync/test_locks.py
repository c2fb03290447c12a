"""Looks, decisions, acknowledgements and erasures lock in one order: none holds what another, whom it waits for, still needs."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bots.sync.looking import look
from dialogs.services import Services
from rules.sync import Due
from storage.parties import lock_party
from storage.sync import decide_waiting, forget_told, keep_taken, lock_record, lock_target
from storage.tables.sync import SyncRecord
from tests.bots.house import AT
from tests.bots.sync.house import NAME, a_client, is_somebody_held_up, records, with_target

pytestmark = pytest.mark.slow


async def free_while(
    house: Services, held: Callable[[AsyncSession], Awaitable[object]], act: Callable[[AsyncSession], Awaitable[object]]
) -> None:
    """Every record of the highest id down is free while `act` waits for what is held."""

    async def acting() -> None:
        async with house.database.transaction() as session:
            await act(session)

    last = (await records(house))[-1].id
    async with asyncio.timeout(180), asyncio.TaskGroup() as tasks, house.database.transaction() as session:
        await held(session)
        tasks.create_task(acting())
        while not await is_somebody_held_up(house):  # noqa: ASYNC110 - over another session
            await asyncio.sleep(0.01)
        await session.execute(select(SyncRecord.id).where(SyncRecord.id == last).with_for_update(nowait=True))


@pytest.fixture
def controlled(house: Services, folder: Path) -> Services:
    return with_target(house, "drop", folder=str(folder), list="acts", mode="controlled")


async def test_a_decision_waits_for_its_target_before_it_holds_a_record(controlled: Services) -> None:
    await a_client(controlled)
    await look(controlled, NAME)
    last = (await records(controlled))[-1].id
    await free_while(controlled, lambda session: lock_target(session, NAME), lambda session: lock_record(session, last))


async def test_an_acknowledgement_waits_for_its_customer_before_it_holds_a_record(house: Services, folder: Path) -> None:
    house = with_target(house, "drop", folder=str(folder), list="acts")
    party = await a_client(house)
    batch = await look(house, NAME)
    assert batch is not None
    taken = dict.fromkeys(row.id for row in await records(house))
    await free_while(house, lambda session: lock_party(session, party), lambda session: keep_taken(session, house.keys, batch, taken, AT))


@pytest.mark.parametrize("act", ["decide", "forget"])
async def test_of_several_records_the_first_is_waited_for_before_the_next_is_held(controlled: Services, act: str) -> None:
    party = await a_client(controlled)
    await look(controlled, NAME)
    first, *others = [row.id for row in await records(controlled)]
    assert others
    async with controlled.database.transaction() as session:  # now the first lies behind the others
        await session.execute(update(SyncRecord).where(SyncRecord.id == first).values(sent_at=AT))
    acts: dict[str, Callable[[AsyncSession], Awaitable[object]]] = {
        "decide": lambda session: decide_waiting(session, NAME, Due.WITHHELD, AT),
        "forget": lambda session: forget_told(session, party, AT),
    }
    await free_while(
        controlled,
        lambda session: session.execute(select(SyncRecord.id).where(SyncRecord.id == first).with_for_update()),
        acts[act],
    )
