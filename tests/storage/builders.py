"""Customers and submissions for the tests: visibly invented, made by the real functions."""

from datetime import UTC, datetime
from functools import cache
from uuid import UUID

import psycopg
from sqlalchemy import make_url

from rules.access import Role
from rules.refusals import Refused
from storage.keys import Keys
from storage.parties import create_party, prove_email
from storage.sealing import Owner
from storage.submissions import Confirmed, suspend
from storage.tables.base import new_id
from storage.tables.intake import Conversation
from storage.tables.staff import Colleague
from storage.tables.submissions import Submission
from tests.cheaper import cheap_hashes

AT = datetime(2026, 11, 22, 8, 26, 53, tzinfo=UTC)
KEYS = Keys(b"a master key for tests, 32 bytes or more")
PASSWORD = "a long password"  # of tests only


async def a_party(session, email="demo@example.org", language="it") -> Owner:
    owner = await create_party(session, KEYS, language=language)
    await prove_email(session, owner, email, AT)
    return owner


async def a_conversation(session, party: UUID | None = None) -> Owner:
    key, wrapped = KEYS.new_data_key()
    row = Conversation(
        id=new_id(), secret_sha256=new_id().bytes * 2, party_id=party, wrapped_key=wrapped, snapshot=b"", language="it", channel="web"
    )
    session.add(row)
    await session.flush()
    return Owner(None, row.id, KEYS, key)


def a_confirmation(form="quote_home", *, at=AT, answers=None, submission=None) -> Confirmed:
    return Confirmed(
        form=form,
        form_version="v1",
        answers=answers or {f"{form}.place.street": "Via Demo"},
        language="it",
        conversation=new_id(),
        at=at,
        submission=submission,
        indicative_cents=21_437,
        pricing={"net": "175.00"},
    )


async def a_suspended(session, owner: Owner, form="quote_home", **more) -> Submission:
    return await suspend(session, owner, a_confirmation(form, **more))


def a_colleague(email, name="Demo Agente", role=Role.AGENT) -> Colleague:
    return Colleague(id=new_id(), email=email, name=name, role=role.value, password_hash=hashed_password())


@cache
def hashed_password() -> str:
    """Of every colleague of the tests."""
    return cheap_hashes().hash(PASSWORD)


def refused_with(reason):
    return lambda error: isinstance(error, Refused) and error.reason is reason


def cut_all(url: str, *, waiting: bool = False) -> None:
    """Every connection to this database is cut at once, as where its server restarts; or each that waits for a lock."""
    address = make_url(url)
    given = address.translate_connect_args(username="user", database="dbname") | dict(address.query)
    cut = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    if waiting:
        cut += " and wait_event_type = 'Lock'"
    with psycopg.connect(**given, autocommit=True) as admin:
        admin.execute(cut)
