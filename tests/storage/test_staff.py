"""Colleagues, their passwords and sessions."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from rules.access import Role
from storage import passwords
from storage.passwords import LOCKED_FOR, MOST_FAILURES, hash_password
from storage.staff import (
    Limits,
    SignedIn,
    SignInFailed,
    add_colleague,
    assign_customer,
    change_password,
    change_role,
    disable_colleague,
    enable_colleague,
    end_session,
    find_colleague,
    find_session,
    is_known_device,
    list_colleagues,
    sign_in,
)
from storage.tables.evidence import AuditEvent
from storage.tables.parties import Party
from storage.tables.staff import Colleague, StaffDevice, StaffSession
from storage.tables.submissions import Submission
from tests.cheaper import HASHES
from tests.storage.builders import AT, PASSWORD, a_colleague, a_party, a_suspended

LIMITS = Limits()
OTHER = "another long password"


@pytest.fixture
async def anna(database):
    async with database.transaction() as session:
        session.add(row := a_colleague("anna@example.org", "Anna Demo"))
    return row


async def enter(database, password=PASSWORD, email="anna@example.org", at=AT, device=""):
    async with database.transaction() as session:
        return await sign_in(session, email, password, at, device)


async def is_known(database, device, at=AT):
    async with database.transaction() as session:
        return await is_known_device(session, "anna@example.org", device, at)


async def test_the_right_password_opens_a_session_and_only_hashes_are_kept(database, monkeypatch):
    monkeypatch.setattr(passwords, "_hashes", HASHES)
    async with database.transaction() as session:
        anna = await add_colleague(session, email=" Anna@Example.org ", name="Anna Demo", role=Role.AGENT, password=PASSWORD, at=AT)
    entered = await enter(database, email="ANNA@example.org")
    assert isinstance(entered, SignedIn)
    async with database.transaction() as session:
        found = await find_session(session, entered.token, AT, LIMITS)
        assert found.id == anna.id
        assert (await find_colleague(session, anna.id)).password_hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
        assert entered.token.encode() not in (await session.scalars(select(StaffSession.token_sha256))).one()


async def test_a_wrong_password_and_an_unknown_address_look_the_same(database, anna):
    assert await enter(database, "wrong password") == await enter(database, email="nobody@example.org") == SignInFailed("wrong")


async def test_after_five_failures_even_the_right_password_waits(database, anna):
    for _ in range(MOST_FAILURES - 1):
        assert await enter(database, "wrong password") == SignInFailed("wrong")
    until = AT + LOCKED_FOR
    assert await enter(database, "wrong password") == SignInFailed("locked", until)
    assert await enter(database) == SignInFailed("locked", until)
    assert isinstance(await enter(database, at=until), SignedIn)


async def test_a_success_forgets_earlier_failures(database, anna):
    for _ in range(2):
        for _ in range(MOST_FAILURES - 1):
            await enter(database, "wrong password")
        assert isinstance(await enter(database), SignedIn)


async def test_guesses_at_once_are_all_counted(database, anna):
    await asyncio.gather(*(enter(database, "wrong password") for _ in range(MOST_FAILURES)))
    assert await enter(database) == SignInFailed("locked", AT + LOCKED_FOR)


@pytest.mark.parametrize("email", ["anna@example.org", "nobody@example.org"])
async def test_a_guess_waits_for_another_at_the_same_address_whether_known_or_not(database, anna, email):
    async with database.transaction() as first, database.transaction() as second:
        await sign_in(first, email, "wrong password", AT)
        await second.execute(text("set local lock_timeout = '50ms'"))
        with pytest.raises(DBAPIError, match="lock timeout"):
            await sign_in(second, email, "wrong password", AT)
        await second.rollback()


@pytest.mark.parametrize(
    ("seen", "later", "is_open"),
    [
        ((), timedelta(minutes=29), True),
        ((), timedelta(minutes=30), False),
        ([timedelta(minutes=25 * n) for n in range(1, 28)], timedelta(hours=11, minutes=30), True),
        ([timedelta(minutes=25 * n) for n in range(1, 29)], timedelta(hours=12), False),
    ],
)
async def test_a_session_ends_by_idling_and_by_age(database, anna, seen, later, is_open):
    token = (await enter(database)).token
    async with database.transaction() as session:
        for after in seen:
            await find_session(session, token, AT + after, LIMITS)
        assert (await find_session(session, token, AT + later, LIMITS) is not None) is is_open


async def test_signing_out_ends_the_session(database, anna):
    token = (await enter(database)).token
    async with database.transaction() as session:
        await end_session(session, token, AT)
        assert await find_session(session, token, AT, LIMITS) is None
        assert await find_session(session, "guessed", AT, LIMITS) is None


async def test_a_disabled_colleague_is_out_at_once(database, anna):
    token = (await enter(database)).token
    async with database.transaction() as session:
        assert await disable_colleague(session, "anna@example.org", AT)
        assert not await disable_colleague(session, "nobody@example.org", AT)
        assert await find_session(session, token, AT, LIMITS) is None
    assert await enter(database) == SignInFailed("wrong")
    async with database.transaction() as session:
        assert [c.is_active for c in await list_colleagues(session)] == [False]


async def test_a_new_password_ends_the_sessions_and_a_lock(database, anna):
    token = (await enter(database)).token
    for _ in range(MOST_FAILURES):
        await enter(database, "wrong password")
    async with database.transaction() as session:
        with pytest.raises(ValueError, match="12 characters"):
            await change_password(session, "anna@example.org", "short", AT)
        assert await change_password(session, "Anna@example.org ", OTHER, AT)
        assert not await change_password(session, "nobody@example.org", OTHER, AT)
        assert await find_session(session, token, AT, LIMITS) is None
    assert await enter(database) == SignInFailed("wrong")
    assert (await enter(database, OTHER)).token


async def test_a_colleague_comes_back_in_another_role_and_it_is_on_record(database, anna):
    async with database.transaction() as session:
        await disable_colleague(session, "anna@example.org", AT)
        assert await enable_colleague(session, "anna@example.org", AT)
        assert not await enable_colleague(session, "nobody@example.org", AT)
    token = (await enter(database)).token
    async with database.transaction() as session:
        assert await change_role(session, "anna@example.org", Role.MANAGER, AT)
        assert await find_session(session, token, AT, LIMITS) is None
        assert [each.role for each in await list_colleagues(session)] == ["manager"]
        noted = list(await session.execute(select(AuditEvent.action, AuditEvent.who, AuditEvent.subject_id).order_by(AuditEvent.number)))
    assert noted[-3:] == [(f"staff.{each}", "operator", anna.id) for each in ("disabled", "enabled", "role_changed")]


async def test_a_customer_joins_a_portfolio_with_what_they_have_sent(database, anna):
    async with database.transaction() as session:
        owner = await a_party(session)
        sent = (await a_suspended(session, owner)).id
        assert await assign_customer(session, "anna@example.org", owner.id, AT)
        assert not await assign_customer(session, "nobody@example.org", owner.id, AT)
    async with database.transaction() as session:
        assert (await session.get(Party, owner.id)).agent_id == anna.id
        assert (await session.get(Submission, sent)).agent_id == anna.id


async def test_a_device_is_known_for_a_year_after_the_last_sign_in(database, anna):
    device = (await enter(database)).device
    later = AT + timedelta(days=364)
    assert (await enter(database, at=later, device=device)).device == device
    assert await is_known(database, device, later + timedelta(days=364))
    assert not await is_known(database, device, later + timedelta(days=365))
    assert (await enter(database, at=later + timedelta(days=365), device=device)).device != device
    async with database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(StaffDevice)) == 1


async def test_a_device_is_known_no_more_once_the_password_is_another_or_the_colleague_disabled(database, anna):
    device = (await enter(database)).device
    async with database.transaction() as session:
        await session.execute(update(Colleague).values(password_hash=await hash_password("another long password")))
    assert not await is_known(database, device)
    device = (await enter(database, "another long password")).device
    assert await is_known(database, device)
    async with database.transaction() as session:
        await disable_colleague(session, "anna@example.org", AT)
        assert await session.scalar(select(func.count()).select_from(StaffDevice)) == 0


async def test_guesses_at_once_from_one_device_are_all_counted(database, anna):
    device = (await enter(database)).device
    await asyncio.gather(*(enter(database, "wrong password", device=device) for _ in range(MOST_FAILURES)))
    assert await enter(database, device=device) == SignInFailed("locked", AT + LOCKED_FOR)
    assert isinstance(await enter(database), SignedIn), "from elsewhere nobody has guessed"


async def test_a_short_password_and_a_second_account_are_refused(database, anna):
    async with database.transaction() as session:
        with pytest.raises(ValueError, match="12 characters"):
            await add_colleague(session, email="b@example.org", name="B", role=Role.AGENT, password="short", at=AT)
    with pytest.raises(IntegrityError):
        async with database.transaction() as session:
            await add_colleague(session, email="anna@example.org", name="A", role=Role.AGENT, password=PASSWORD, at=AT)
