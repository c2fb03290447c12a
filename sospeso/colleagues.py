"""`sospeso staff`: the colleagues who sign in to the console. What changes somebody's access ends their sessions and stands in the audit trail."""

import json
import re
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rules.writing import is_writing
from sospeso.terminal import Json, fail, in_transaction

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

staff = typer.Typer(help="Colleagues, who sign in to the console.")

Password = Annotated[
    str | None, typer.Option(envvar="SOSPESO_STAFF_PASSWORD", help="At least 12 characters; asked for where it is not given.")
]


class StaffRole(StrEnum):
    AGENT = "agent"
    MANAGER = "manager"
    AUDITOR = "auditor"
    ADMIN = "admin"


@staff.command("add")
def add(
    email: str,
    name: Annotated[str, typer.Option(help="As colleagues and customers see it.")],
    role: StaffRole = StaffRole.AGENT,
    password: Password = None,
) -> None:
    """A new colleague."""
    from sqlalchemy.exc import IntegrityError

    from rules.access import Role
    from storage.staff import add_colleague

    address, chosen = _address(email), password or _asked()

    async def run(session: "AsyncSession") -> None:
        await add_colleague(session, email=address, name=_name(name), role=Role(role.value), password=chosen, at=datetime.now(UTC))

    try:
        in_transaction(run)
    except ValueError as error:
        fail(f"{error}.")
    except IntegrityError:
        fail(f"There is a colleague with the address {email} already: see `sospeso staff list`.")
    typer.echo(f"{email} may sign in")


@staff.command("disable")
def disable(email: str) -> None:
    """They cannot sign in any more, and are signed out at once."""
    from storage.staff import disable_colleague

    _change(email, lambda session: disable_colleague(session, email, datetime.now(UTC)))
    typer.echo(f"{email} cannot sign in any more")


@staff.command("enable")
def enable(email: str) -> None:
    """They may sign in again, with the password they had."""
    from storage.staff import enable_colleague

    _change(email, lambda session: enable_colleague(session, email, datetime.now(UTC)))
    typer.echo(f"{email} may sign in")


@staff.command("password")
def set_password(email: str, password: Password = None) -> None:
    """A new password; they are signed out, and a lock after wrong ones ends."""
    from storage.staff import change_password

    chosen = password or _asked()
    try:
        _change(email, lambda session: change_password(session, email, chosen, datetime.now(UTC)))
    except ValueError as error:
        fail(f"{error}.")
    typer.echo(f"{email} has a new password")


@staff.command("second-off")
def end_second(email: str) -> None:
    """Their second factor is taken away, for a lost telephone; they are signed out and enter by password alone."""
    from storage.staff import end_second_of

    _change(email, lambda session: end_second_of(session, email, datetime.now(UTC)))
    typer.echo(f"{email} signs in without a second factor")


@staff.command("role")
def change_role(email: str, role: StaffRole) -> None:
    """Another role; they are signed out, so that no page of the old one stays open."""
    from rules.access import Role
    from storage.staff import change_role as change

    _change(email, lambda session: change(session, email, Role(role.value), datetime.now(UTC)))
    typer.echo(f"{email} is {role.value} now")


@staff.command("assign")
def assign(
    email: str, customer: Annotated[str, typer.Argument(help="A customer's id, or the number of one of their receipts: R-2026-000001.")]
) -> None:
    """The customer, with what they have sent, joins this colleague's portfolio: other agents see them no longer."""
    from storage.receipts import party_named
    from storage.staff import assign_customer

    async def run(session: "AsyncSession") -> bool:
        party = await party_named(session, customer)
        if party is None:
            raise LookupError(customer)
        return await assign_customer(session, email, party, datetime.now(UTC))

    try:
        _change(email, run)
    except LookupError:
        fail(f"There is no customer {customer}: give an id, or the number of one of their receipts.")
    typer.echo(f"{customer} is in the portfolio of {email}")


@staff.command("list")
def list_all(as_json: Json = False) -> None:
    """Everybody, with address, role and name."""
    from storage.staff import list_colleagues

    rows = [
        {"id": str(each.id), "email": each.email, "name": each.name, "role": each.role, "is_active": each.is_active}
        for each in in_transaction(list_colleagues)
    ]
    if as_json:
        typer.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    for row in rows:
        typer.echo(f"{row['email']:<32} {row['role']:<10} {'' if row['is_active'] else 'disabled ':<9}{row['name']}")


def _change(email: str, change: Callable[["AsyncSession"], Coroutine[Any, Any, bool]]) -> None:  # Any: as in terminal.in_transaction
    if not in_transaction(change):
        fail(f"There is no colleague with the address {email}: see `sospeso staff list`.")


def _asked() -> str:
    # From a pipe nothing is echoed; getpass would say twice that it may be.
    chosen: str = typer.prompt("Password", hide_input=sys.stdin.isatty(), confirmation_prompt=True)
    return chosen


def _address(email: str) -> str:
    """It is signed in with, and an agency's own machines may be called `desk.local`: its form alone is looked at."""
    told = email.strip()
    if re.fullmatch(r"[^@\s]+@[^@\s]+", told) is None or not told.isprintable():
        fail(f"{email} is no e-mail address: write it as in demo@example.org.")
    return told


def _name(name: str) -> str:
    told = " ".join(name.split())
    if not told or not is_writing(told):
        raise ValueError("a colleague has a name, which customers read: give it with --name")
    return told
