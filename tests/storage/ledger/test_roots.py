"""The log of heads, its daily roots, the heads on receipts."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from storage.documents import DamagedError
from storage.ledger.roots import make_root
from storage.ledger.witnesses import copy_path
from storage.tables.ledger import LedgerLeaf, LedgerRoot
from tests.storage.builders import AT
from tests.storage.ledger.world import DAY, World, a_past

NEXT = DAY + timedelta(days=1)


@pytest.fixture
def world(database, tmp_path):
    return World(database, tmp_path)


async def count(world, table):
    async with world.database.transaction() as session:
        return await session.scalar(select(func.count()).select_from(table))


async def test_before_the_first_act_there_is_nothing_to_sign(world):
    assert await world.root(DAY) is None


async def test_a_day_has_one_root_also_where_two_make_it_at_once(world):
    await world.customer(acts=2)
    made = await asyncio.gather(world.root(DAY), World(world.database, world.home).root(DAY))
    assert sorted(root is None for root in made) == [False, True]
    assert await world.root(DAY) is None
    assert await world.root(DAY - timedelta(days=1)) is None
    assert await world.wrong() == []


async def test_only_changed_heads_are_entered_anew_and_a_quiet_day_has_its_root_too(world):
    first, _ = await world.customer(acts=2), await world.customer(acts=1)
    await world.root(DAY)
    await world.act(first)
    root = await world.root(NEXT)
    assert (root.size, await count(world, LedgerLeaf)) == (3, 3)
    assert (await world.root(NEXT + timedelta(days=1))).root == root.root
    report = await world.check()
    assert (report.holds, report.signed.roots, report.signed.leaves, report.signed.copies) == (True, 3, 3, 3)


async def test_what_is_killed_before_its_commit_has_done_nothing_and_is_done_by_the_next(world):
    await world.customer(acts=2)
    async with world.database.transaction() as session:
        assert await make_root(session, world.signer, DAY, AT) is not None
        await session.rollback()
    assert (await count(world, LedgerRoot), await count(world, LedgerLeaf)) == (0, 0)
    assert (await world.root(DAY)).size == 1


async def test_a_receipt_is_signed_once_with_the_latest_root_and_stays_as_it_was_printed(world):
    owner = await world.customer(acts=2)
    early, without = await world.receipt(owner)
    root = await world.root(DAY)
    late, signed = await world.receipt(owner)
    assert (without.root, signed.root, signed.root_day) == (None, root.root, DAY)
    await world.act(owner)
    await world.root(NEXT)
    await world.rotate()
    assert (await world.sign(early), await world.sign(late)) == (without, signed)
    assert await world.wrong() == []


async def test_a_copy_is_never_overwritten(world):
    await world.documents.keep_copy(copy_path(DAY), b"another root")
    await world.customer(acts=1)
    with pytest.raises(DamagedError, match="not what it was"):
        await world.root(DAY)


async def test_a_house_with_a_past_holds_and_what_is_on_paper_is_found(database, tmp_path):
    world, owners, receipts = await a_past(database, tmp_path)
    report = await world.check(seen=tuple(receipt.head.hex()[:16] for receipt in receipts))
    assert (report.holds, report.chains.owners, report.chains.acts, report.chains.opened) == (True, len(owners), 24, 24)
    assert (report.signed.keys, report.signed.roots, report.signed.receipts, report.signed.unsigned) == (2, 2, 6, 0)
    assert await world.wrong(seen=("0" * 16,)) == ["seen on paper, and no longer in the store"]
    without_keys = await world.check(master=None)
    assert (without_keys.holds, without_keys.chains.opened, without_keys.chains.unopened) == (True, 0, 24)


async def test_an_erased_customer_does_not_break_anything(database, tmp_path):
    world, (owner, *_), _ = await a_past(database, tmp_path)
    async with database.transaction() as session:
        await session.execute(text("delete from act_salt where owner_id = :owner"), {"owner": owner.id})
        await session.execute(text("update party set wrapped_key = null where id = :owner"), {"owner": owner.id})
    report = await world.check()
    assert (report.holds, report.chains.opened, report.chains.erased) == (True, 16, 8)


@pytest.mark.slow
async def test_two_processes_share_the_chains_in_one_snapshot(database, tmp_path):
    world, _, _ = await a_past(database, tmp_path)
    report = await world.check(shared_from=1)
    assert (report.holds, report.chains.owners, report.chains.acts, report.chains.opened) == (True, 3, 24, 24)
