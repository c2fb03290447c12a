"""The queue, a page at a time."""

from datetime import timedelta

import pytest
import pytest_asyncio
from sqlalchemy import update

from storage import queue
from storage.parties import ShownInClear, show_in_clear
from storage.queue import Filter, count_states, list_clients, list_queue
from storage.receipts import NewReceipt, number_receipt
from storage.tables.base import new_id
from storage.tables.parties import Party
from tests.storage.builders import AT, a_party, a_suspended

NAMES = ["Bianchi Demo", "Rossi Demo", "Verdi Demo", "Neri Demo", "D'Angelo Demo", "100% Demo", "Rossi Prova"]


async def fill(database):
    async with database.transaction() as session:
        for number, name in enumerate(NAMES):
            owner = await a_party(session, f"demo{number}@example.org")
            await show_in_clear(session, owner.party, ShownInClear(name, "Roma", "RM"))
            form = "registration_person" if number % 2 else "quote_home"
            await a_suspended(session, owner, form, at=AT + timedelta(minutes=number // 2))  # two wait since the same minute
    return database


@pytest_asyncio.fixture(scope="module")
async def full(shared_database):
    """For those that only look."""
    return await fill(shared_database)


@pytest.fixture
async def filled(database):
    return await fill(database)


async def names(session, wanted=None, **more):
    page = await list_queue(session, wanted or Filter(), **more)
    return [row.display_name for row in page.rows], page


async def test_next_and_previous_walk_the_whole_queue_once(full):
    async with full.transaction() as session:
        walked, cursor = [], None
        while True:
            found, page = await names(session, after=cursor, size=3)
            walked += found
            if page.next is None:
                break
            cursor = page.next
        assert walked == NAMES
        back, page = await names(session, before=page.previous, size=3)
        assert back == NAMES[3:6]
        back, page = await names(session, before=page.previous, size=3)
        assert (back, page.previous) == (NAMES[:3], None)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(text="rossi"), ["Rossi Demo", "Rossi Prova"]),
        (Filter(text="d'ang"), ["D'Angelo Demo"]),
        (Filter(text="%"), ["100% Demo"]),
        (Filter(forms=["registration_person"]), NAMES[1::2]),
        (Filter(states=["issued"]), []),
        (Filter(claimed_by=new_id()), []),
        (Filter(agent=new_id()), []),
    ],
)
async def test_it_is_filtered_by_what_stands_in_clear(full, wanted, found):
    async with full.transaction() as session:
        assert (await names(session, wanted))[0] == found


async def test_an_empty_queue_has_no_cursors(database):
    async with database.transaction() as session:
        page = await list_queue(session, Filter())
        assert (page.rows, page.next, page.previous) == ((), None, None)


async def test_a_cursor_that_is_none_of_ours_is_an_error(database):
    async with database.transaction() as session:
        with pytest.raises(ValueError, match=r".+"):
            await list_queue(session, Filter(), after="x'; drop table")


async def test_states_are_counted(full):
    async with full.transaction() as session:
        assert await count_states(session) == {"suspended": len(NAMES)}


async def test_clients_are_listed_newest_first_both_ways(full):
    async with full.transaction() as session:
        first = await list_clients(session, size=4)
        second = await list_clients(session, after=first.next, size=4)
        assert [row.display_name for row in (*first.rows, *second.rows)] == NAMES[::-1]
        assert second.next is None
        assert (await list_clients(session, before=second.previous, size=4)).rows == first.rows
        assert [row.display_name for row in (await list_clients(session, "prova")).rows] == ["Rossi Prova"]


async def test_an_agents_pages_hold_their_own_and_nobodys_in_one_order(filled):
    me, other = new_id(), new_id()
    async with filled.transaction() as session:
        parties = {row.display_name: row.party for row in (await list_clients(session)).rows}
        for number, name in enumerate(NAMES):
            agent = (me, None, other)[number % 3]
            await session.execute(update(Party).where(Party.id == parties[name]).values(agent_id=agent))
    mine = [name for number, name in enumerate(NAMES) if number % 3 != 2]
    async with filled.transaction("agent", staff=me) as session:
        first, page = await names(session, size=3)
        second, _ = await names(session, after=page.next, size=3)
        assert first + second == mine
        assert (await names(session, Filter(agent=me)))[0] == NAMES[::3]
        assert (await names(session, Filter(text="demo")))[0] == [name for name in mine if "Demo" in name]
        assert await count_states(session) == {"suspended": len(mine)}


async def test_accents_and_case_do_not_matter_in_names(filled, monkeypatch):
    async with filled.transaction() as session:
        await session.execute(update(Party).where(Party.display_name == "Neri Demo").values(display_name="Nèri Démo_"))
    for few in (2_000, 0):  # found by their names, and met along the queue
        monkeypatch.setattr(queue, "_FEW_NAMES", few)
        async with filled.transaction() as session:
            assert (await names(session, Filter(text="NERI demo_")))[0] == ["Nèri Démo_"]
            assert (await names(session, Filter(text="_")))[0] == ["Nèri Démo_"]
            assert [row.display_name for row in (await list_clients(session, "nerì")).rows] == ["Nèri Démo_"]


async def test_a_name_that_was_erased_is_found_no_more(filled):
    async with filled.transaction() as session:
        await session.execute(update(Party).where(Party.display_name == "Neri Demo").values(display_name=None))
        assert (await names(session, Filter(text="neri")))[0] == []


async def test_a_customer_is_found_by_the_number_of_a_receipt_or_a_policy(filled):
    async with filled.transaction() as session:
        owner = await a_party(session, "numbered@example.org")
        await show_in_clear(session, owner.party, ShownInClear("Esempio Demetra", "Roma", "RM"))
        await a_suspended(session, owner, "quote_home", at=AT)
        receipt = await number_receipt(session, owner, NewReceipt("quote", new_id(), "it", AT, "stamp", "Europe/Rome", bytes(32)))
        for typed in (receipt.number, f" {receipt.number.lower()} ", str(owner.party)):
            assert (await names(session, Filter(text=typed)))[0] == ["Esempio Demetra"]
        assert (await names(session, Filter(text="R-1999-000001")))[0] == []
