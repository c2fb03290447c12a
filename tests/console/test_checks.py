"""Cards to be checked (S4-12): which nobody has confirmed for long, whom we no longer reach; each colleague sees their own."""

from datetime import timedelta

from console.checks import list_cards
from rules.access import Role
from storage.checks import keep_asked, keep_confirmed, keep_doubt, lock_check
from storage.parties import Contact, keep_contact, open_party
from tests.bots.house import AT, a_customer, a_registration
from tests.console.house import a_colleague, audited, give_to

A_YEAR, TWO_YEARS = timedelta(days=365), timedelta(days=730)


async def confirmed(house, party, at):
    async with house.database.transaction() as session:
        await keep_confirmed(session, party, at)


async def test_s4_12_cards_are_listed_by_how_long_nobody_has_confirmed_them(house, agent):
    old, older, fresh = [await a_customer(house, *a_registration(), emails=(f"demo.{n}@example.org",)) for n in range(3)]
    for party, at in ((old, AT - A_YEAR), (older, AT - TWO_YEARS), (fresh, AT)):
        await confirmed(house, party, at - timedelta(days=1))
    assert [row.party for row in (await list_cards(house, agent, "year")).rows] == [older, old]
    assert [row.party for row in (await list_cards(house, agent, "two_years")).rows] == [older]
    first = await list_cards(house, agent, "year", size=1)
    assert [row.party for row in (await list_cards(house, agent, "year", after=first.next, size=1)).rows] == [old]
    assert await audited(house, agent) == ["list_cards"] * 4


async def test_s4_12_who_is_to_be_asked_by_a_colleague_is_told_with_how_they_prefer_it(house, agent):
    party = await a_customer(house, *a_registration())
    await confirmed(house, party, AT - TWO_YEARS)
    async with house.database.transaction() as session:
        await keep_contact(session, await open_party(session, house.keys, party), Contact("phone", "evening"))
        check = await lock_check(session, party, AT)
        assert check is not None
        await keep_asked(session, check, "colleague", AT)
    ((row),) = (await list_cards(house, agent, "year")).rows
    assert (row.customer, row.asked_by, row.prefers, row.closed) == ("Esempio Demetra", "colleague", Contact("phone", "evening"), None)
    assert row.submission is not None


async def test_s4_26_whom_a_mail_no_longer_reaches_is_listed_until_they_have_confirmed(house, agent):
    party = await a_customer(house, *a_registration())
    assert (await list_cards(house, agent, "closed")).rows == ()
    async with house.database.transaction() as session:
        await keep_doubt(session, party, "email", AT)
    ((row),) = (await list_cards(house, agent, "closed")).rows
    assert (row.party, row.closed) == (party, "email")
    await confirmed(house, party, AT)
    assert (await list_cards(house, agent, "closed")).rows == ()


async def test_another_agents_customers_are_not_listed(house, agent, other):
    party = await a_customer(house, *a_registration())
    await confirmed(house, party, AT - TWO_YEARS)
    await give_to(house, party, other)
    assert (await list_cards(house, agent, "year")).rows == ()
    assert len((await list_cards(house, other, "year")).rows) == 1
    assert len((await list_cards(house, await a_colleague(house, Role.AUDITOR, "Demo Revisione"), "year")).rows) == 1
