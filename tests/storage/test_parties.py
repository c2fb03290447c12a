"""Customers and what identifies them."""

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError

from storage.acts import NewAct, append_act, verify_owner
from storage.parties import (
    ShownInClear,
    accepted_card,
    conversations_of,
    create_party,
    find_parties,
    find_party_by_email,
    forget_prospect,
    keep_card,
    keep_identifiers,
    open_party,
    prove_email,
    proved_emails,
    read_cards,
    read_identifiers,
    shared_identifiers,
    show_in_clear,
)
from storage.sealing import ErasedError
from storage.tables.parties import Party, PartyIdentifier
from tests.storage.builders import AT, KEYS, a_conversation, a_party, a_suspended

CARD = {"registration_person.identity.family_name": "Demo"}


async def test_only_a_proved_address_finds_its_party(database):
    async with database.transaction() as session:
        owner = await create_party(session, KEYS, language="it")
        await keep_identifiers(session, owner, [("email", "demo@example.org")])
        assert await find_party_by_email(session, KEYS, "demo@example.org") is None
        await prove_email(session, owner, "demo@example.org", AT)
        assert await find_party_by_email(session, KEYS, "demo@example.org") == owner.party
        assert await proved_emails(session, owner) == ("demo@example.org",)


async def test_a_proved_address_belongs_to_one_party_alone(database):
    async with database.transaction() as session:
        await a_party(session)
    with pytest.raises(IntegrityError):
        async with database.transaction() as session:
            await a_party(session)


async def test_one_mailbox_is_one_customer_however_it_is_spelt(database):
    async with database.transaction() as session:
        owner = await a_party(session, "Demo.Uno@example.org")
        for spelt in ("Demo.Uno@example.org", "demo.uno@example.org", "DEMO.UNO@EXAMPLE.ORG"):
            assert await find_party_by_email(session, KEYS, spelt) == owner.party
            assert await find_parties(session, KEYS, "email", spelt) == (owner.party,)
            await prove_email(session, owner, spelt, AT)
            await keep_identifiers(session, owner, [("email", spelt)])
        assert await proved_emails(session, owner) == ("Demo.Uno@example.org",), "written to as it was typed first"
    with pytest.raises(IntegrityError):
        async with database.transaction() as session:
            await a_party(session, "demo.uno@example.org")


async def test_an_address_that_was_kept_as_it_was_typed_is_found_by_it(database):
    """As all were once: nobody becomes another customer for it."""
    async with database.transaction() as session:
        owner = await a_party(session, "Demo.Uno@example.org")
        as_typed = KEYS.blind_index("email", "Demo.Uno@example.org")
        await session.execute(update(PartyIdentifier).values(blind_index=as_typed))
        assert await find_party_by_email(session, KEYS, "Demo.Uno@example.org") == owner.party
        await prove_email(session, owner, "Demo.Uno@example.org", AT)
        await keep_identifiers(session, owner, [("email", "Demo.Uno@example.org")])
        assert await proved_emails(session, owner) == ("Demo.Uno@example.org",)
        assert await session.scalar(select(func.count()).select_from(PartyIdentifier)) == 1

        second = await a_party(session, "demo.uno@example.org")  # somebody who came as another then, and stays it
        assert await find_party_by_email(session, KEYS, "demo.uno@example.org") == second.party
        assert await find_party_by_email(session, KEYS, "Demo.Uno@example.org") == owner.party


async def test_a_tax_code_of_another_card_is_taken_and_shown_to_the_colleague(database):
    async with database.transaction() as session:
        first, second = await a_party(session), await a_party(session, "other@example.org")
        for owner in (first, second):
            await keep_identifiers(session, owner, [("tax_code", "RSSDMO80C12H501X")])
        assert await find_parties(session, KEYS, "tax_code", "RSSDMO80C12H501X") == (first.party, second.party)
        assert await shared_identifiers(session, first.party) == {second.party: ("tax_code",)}


async def test_a_changed_identifier_replaces_the_former_and_proved_addresses_stay(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        await keep_identifiers(session, owner, [("phone", "+393330000000"), ("email", "demo@example.org")])
        await keep_identifiers(session, owner, [("phone", "+393330000001"), ("email", "new@example.org")])
        assert set(await read_identifiers(session, owner)) == {
            ("email", "demo@example.org"),
            ("email", "new@example.org"),
            ("phone", "+393330000001"),
        }
        assert await find_parties(session, KEYS, "phone", "+393330000000") == ()


async def test_the_same_identifiers_again_change_nothing(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        for _ in range(2):
            await keep_identifiers(session, owner, [("phone", "+393330000000")])
            await prove_email(session, owner, "demo@example.org", AT)
        assert await session.scalar(select(func.count()).select_from(PartyIdentifier)) == 2


async def test_card_revisions_are_numbered_and_the_accepted_one_counts(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        row = await a_suspended(session, owner, "registration_person")
        about = {"form": "registration_person", "form_version": "v1", "typed_by": "customer", "channel": "web", "at": AT}
        assert await keep_card(session, owner, CARD, submission=row.id, **about) == 1
        assert await keep_card(session, owner, CARD | {"x": "ß"}, submission=None, **about) == 2
        assert [card.number for card in await read_cards(session, owner, most=5)] == [2, 1]
        assert await accepted_card(session, owner) is None
        row.state = "accepted"
        await session.flush()
        card = await accepted_card(session, owner)
        assert card is not None
        assert (card.number, card.answers) == (1, CARD)


async def test_card_revisions_cannot_be_changed(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        about = {"form": "f", "form_version": "v1", "typed_by": "customer", "channel": "web", "at": AT}
        await keep_card(session, owner, CARD, submission=None, **about)
    with pytest.raises(Exception, match=r"stay as they are|permission denied"):
        async with database.transaction() as session:
            await session.execute(text("update card_revision set typed_by = 'somebody'"))


async def test_what_the_desk_searches_by_stands_in_clear(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        await show_in_clear(session, owner.party, ShownInClear("Demo Anna", "Roma", "RM", "Lazio"))
    async with database.transaction() as session:
        row = await session.get(Party, owner.party)
        assert (row.display_name, row.municipality, row.province, row.region) == ("Demo Anna", "Roma", "RM", "Lazio")


async def test_an_erased_party_cannot_be_opened(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        await session.execute(text("update party set wrapped_key = null"))
        with pytest.raises(ErasedError):
            await open_party(session, KEYS, owner.party)


async def test_a_value_moved_to_another_row_does_not_open(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        await keep_identifiers(session, owner, [("phone", "+393330000000")])
        await session.execute(text("update party_identifier set sealed = (select sealed from party_identifier where kind = 'phone')"))
        session.expire_all()
        with pytest.raises(Exception, match="do not belong together"):
            await proved_emails(session, owner)


async def test_a_prospect_without_acts_goes_whole(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        conversation = await a_conversation(session, owner.party)
        assert await conversations_of(session, owner.party) == (conversation.conversation,)
        assert await forget_prospect(session, owner.party)
        assert await session.scalar(select(func.count()).select_from(Party)) == 0
        assert await session.scalar(select(func.count()).select_from(PartyIdentifier)) == 0


async def test_of_a_prospect_with_acts_only_commitments_stay_that_nobody_can_open(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        await append_act(session, owner, NewAct("modules.mandate.act", "mandate", "1", "authorisation", "accept", AT))
        assert await forget_prospect(session, owner.party)
        assert await find_party_by_email(session, KEYS, "demo@example.org") is None
        assert await verify_owner(session, owner.party) is None
        with pytest.raises(ErasedError):
            await open_party(session, KEYS, owner.party)


async def test_a_customer_is_no_prospect(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        await a_suspended(session, owner)
        assert not await forget_prospect(session, owner.party)


async def test_a_prospect_who_also_talks_elsewhere_stays(database):
    async with database.transaction() as session:
        owner = await a_party(session)
        for _ in range(2):
            await a_conversation(session, owner.party)
        assert not await forget_prospect(session, owner.party)


async def test_an_agent_sees_their_own_customers_and_the_unassigned(database):
    async with database.transaction() as session:
        anna, bruno = await a_party(session, "a@example.org"), await a_party(session, "b@example.org")
        await a_party(session, "c@example.org")
        for owner, agent in ((anna, 1), (bruno, 2)):
            await session.execute(
                text("update party set agent_id = :agent where id = :id"),
                {"agent": f"00000000-0000-7000-8000-00000000000{agent}", "id": owner.party},
            )
    async with database.transaction("agent", staff="00000000-0000-7000-8000-000000000001") as session:
        seen = set(await session.scalars(select(Party.id)))
    assert anna.party in seen
    assert bruno.party not in seen
    assert len(seen) == 2
