"""In and out: sign-in by user name and password, the second factor where there is one, the password again for what wants it fresh."""

import asyncio
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bots.web.client_area.choosing import read_name, read_password
from bots.web.client_area.letters import tell_customer
from bots.web.client_area.visits import AREA, FormField, Visits, asked_language
from dialogs.services import Services
from storage.accounts import (
    Entered,
    Guest,
    NotEntered,
    count_password,
    count_second,
    find_account,
    find_hash,
    mark_entered,
    mark_fresh,
    sign_in,
)
from storage.audit import Audited, audit
from storage.parties import open_party
from storage.passwords import GUESSES_AT_ONCE, is_password, locked_until
from storage.second_factors import is_second

PASSWORD: Final = FormField("password", "password", "current-password")
SECOND: Final = FormField("second", autocomplete="one-time-code", is_ltr=True)
GOES_ON: Final = {
    "card": "/card?open",
    "documents": "/documents",
    "data": "/data",
    "security": "/security",
    "second": "/security/second",
    "policies": "/policies",
    "consents": "/consents",
}
"""Pages that ask for a fresh password."""


class Entrance:
    def __init__(self, visits: Visits) -> None:
        self._visits = visits
        self.guessing = asyncio.Semaphore(GUESSES_AT_ONCE)
        """Held by whoever compares or hashes a password."""

    def routes(self) -> list[Route]:
        visits = self._visits
        return [
            Route("/sign-in", self.show, methods=["GET"]),
            Route("/sign-in", visits.from_us(self.sign_in), methods=["POST"]),
            Route("/second", self.show_second, methods=["GET"]),
            Route("/second", visits.from_us(self.take_second), methods=["POST"]),
            Route("/again", visits.behind(self.show_again), methods=["GET"]),
            Route("/again", visits.behind(self.take_again), methods=["POST"]),
            Route("/sign-out", visits.from_us(self.sign_out), methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        guest = await self._visits.guest(request)
        if guest is not None and not guest.awaits_second:
            return self._visits.to()
        return self._ask(request)

    async def sign_in(self, request: Request) -> Response:
        visits, form = self._visits, await self._visits.form(request)
        name, password = read_name(form.first("name") or ""), read_password(form.first("password") or "")
        if visits.conversations.wait_to_open(request):
            return self._ask(request, name, "busy", status=429)
        device, now = visits.device(request), visits.now
        async with self.guessing, visits.services.database.transaction() as session:
            entered = await sign_in(session, visits.services.keys, name=name, password=password, device=device, now=now)
            if isinstance(entered, NotEntered):
                await audit(session, Audited("account.refused", now, "customer", party=entered.party, detail={"why": entered.why}))
            else:
                await note_entering(visits.services, session, entered, device.browser)
        if isinstance(entered, NotEntered):  # a lock is not told apart: it would say that there is such a user name
            return self._ask(request, name, "wrong", status=403)
        return visits.let_in(request, visits.to("/second" if entered.awaits_second else ""), entered.token, device)

    async def show_second(self, request: Request) -> Response:
        guest = await self._visits.guest(request)
        return self._visits.to("/sign-in") if guest is None or not guest.awaits_second else self._ask_second(request, guest)

    async def take_second(self, request: Request) -> Response:
        visits, form = self._visits, await self._visits.form(request)
        guest = await visits.guest(request)
        if guest is None or not guest.awaits_second:
            return visits.to("/sign-in")
        if visits.conversations.wait_to_open(request):
            return self._ask_second(request, guest, "busy", status=429)
        failed = await self._check_second(guest, form.first("second") or "", visits.device(request).browser)
        return visits.to() if failed is None else self._ask_second(request, guest, failed, status=403)

    async def show_again(self, request: Request, guest: Guest) -> Response:
        return self._ask_again(request, guest)

    async def take_again(self, request: Request, guest: Guest) -> Response:
        visits, form = self._visits, await self._visits.form(request)
        if visits.conversations.wait_to_open(request):
            return self._ask_again(request, guest, "busy", status=429)
        if (failed := await self.check_again(guest, form.first("password") or "")) is not None:
            return self._ask_again(request, guest, failed, status=403)
        return visits.to(GOES_ON.get(request.query_params.get("to", ""), ""))

    async def sign_out(self, request: Request) -> Response:
        return await self._visits.let_out(request, await self._visits.guest(request))

    async def check_again(self, guest: Guest, password: str) -> str | None:
        """The problem with the password of whoever is signed in; None: it is right, and fresh. No connection is held while it is compared."""
        database, keys, now = self._visits.services.database, self._visits.services.keys, self._visits.now
        async with self.guessing:
            async with database.transaction() as session:
                hashed = await find_hash(session, keys, guest.party)
            is_right = await is_password(read_password(password), hashed)
            async with database.transaction() as session:
                failed = await count_password(session, keys, guest.party, now, hashed=hashed, is_right=is_right)
                if failed is None:
                    await mark_fresh(session, guest, now)
        return None if failed is None else "wrong_password" if failed.why == "wrong" else failed.why

    async def _check_second(self, guest: Guest, told: str, browser: str) -> str | None:
        visits, now = self._visits, self._visits.now
        async with visits.services.database.transaction() as session:
            row = await find_account(session, guest.party, lock=True)
            if row is None or not row.is_second_on:  # switched off elsewhere meanwhile: one signs in anew
                return "wrong_second"
            owner = await open_party(session, visits.services.keys, guest.party)
            is_right = not locked_until(row, now) and await is_second(session, owner, row, told, now)
            failed = await count_second(session, row, now, is_right=is_right)
            if failed is not None:
                await audit(session, Audited("account.refused", now, "customer", party=guest.party, detail={"why": f"second {failed.why}"}))
                return "wrong_second" if failed.why == "wrong" else failed.why
            entered = Entered(guest.party, "", await mark_entered(session, guest, now), awaits_second=False)
            await note_entering(visits.services, session, entered, browser)
        return None

    # asking

    def _ask(self, request: Request, name: str = "", problem: str = "", *, status: int = 200) -> Response:
        fields = (FormField("name", autocomplete="username", value=name, is_ltr=True), PASSWORD)
        links = ((f"{AREA}/password{asked_language(request)}", "forgot"), (f"/{asked_language(request)}", "chat"))
        return self._visits.ask(request, "sign_in", fields, problem=problem, status=status, links=links)

    def _ask_second(self, request: Request, guest: Guest, problem: str = "", *, status: int = 200) -> Response:
        return self._visits.ask(request, "second", (SECOND,), guest=guest, problem=problem, status=status)

    def _ask_again(self, request: Request, guest: Guest, problem: str = "", *, status: int = 200) -> Response:
        action = f"{AREA}/again?to={request.query_params.get('to', '')}"
        return self._visits.ask(request, "again", (PASSWORD,), guest=guest, action=action, problem=problem, status=status)


async def note_entering(services: Services, session: AsyncSession, entered: Entered, browser: str) -> None:
    """In the audit trail; and to the customer's mailbox where the device is a new one."""
    if entered.awaits_second:
        return
    await audit(session, Audited("account.entered", services.clock(), "customer", party=entered.party))
    if entered.is_new_device:
        owner = await open_party(session, services.keys, entered.party)
        await tell_customer(services, session, owner, "account_device", browser=browser)
