"""Security (S0-10): the sessions open now and the messengers' chats that know the customer, each ended at a touch, and the second factor."""

from typing import Final
from uuid import UUID

import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bots.web.client_area.entrance import SECOND
from bots.web.client_area.letters import tell_customer
from bots.web.client_area.talking import after_ending, held_chat
from bots.web.client_area.visits import Visits
from forms.papers.showing import instant
from storage.accounts import Guest, count_second, end_sessions, find_account, open_sessions, read_name
from storage.audit import Audited, audit
from storage.chats import bound_to, unbind
from storage.entries import end_entries
from storage.parties import open_party
from storage.passwords import locked_until
from storage.second_factors import address_of, begin_second, confirm_second, end_second, is_second, pending_secret, recovery_left

ALL_OTHERS: Final = "others"


class Security:
    def __init__(self, visits: Visits) -> None:
        self._visits = visits

    def routes(self) -> list[Route]:
        behind = self._visits.behind
        return [
            Route("/security", behind(self.show), methods=["GET"]),
            Route("/security/sessions", behind(self.end), methods=["POST"]),
            Route("/security/chats", behind(self.end_chat), methods=["POST"]),
            Route("/security/second", behind(self.show_second, wants_fresh="second"), methods=["GET"]),
            Route("/security/second", behind(self.confirm, wants_fresh="second"), methods=["POST"]),
            Route("/security/second/off", behind(self.switch_off, wants_fresh="security"), methods=["POST"]),
        ]

    async def show(self, request: Request, guest: Guest) -> Response:
        visits, frame = self._visits, self._visits.frame(request, guest)
        services = visits.services
        async with services.database.transaction() as session:
            owner = await open_party(session, services.keys, guest.party)
            account = await find_account(session, guest.party)
            if account is None:
                return visits.to("/sign-in")
            name, left = read_name(owner, account), recovery_left(owner, account)
            opened = await open_sessions(session, owner, visits.now)
            bound = await bound_to(session, guest.party)
        zone = services.settings.zone
        sessions = [
            {
                "id": str(one.id),
                "browser": one.browser,
                "is_this": one.id == guest.session,
                "since": instant(one.created_at.astimezone(zone), frame.language),
                "seen": instant(one.last_seen_at.astimezone(zone), frame.language),
            }
            for one in opened
        ]
        chats = [
            {"id": str(one.conversation), "channel": one.channel, "since": instant(one.since.astimezone(zone), frame.language)}
            for one in bound
        ]
        context = {"name": name, "sessions": sessions, "others": ALL_OTHERS, "is_second_on": account.is_second_on, "recovery_left": left}
        return visits.page("area_security", frame, context | {"chats": chats})

    async def end(self, request: Request, guest: Guest) -> Response:
        """One, with the chat that was entered from it; or all others, and with them every chat but this browser's."""
        visits, form = self._visits, await self._visits.form(request)
        which, held = form.first("session") or "", await held_chat(visits, request)
        ended: tuple[UUID, ...] = ()
        async with visits.services.database.transaction() as session:
            if which == ALL_OTHERS:
                await end_sessions(session, guest.party, visits.now, but=guest.session)
                ended = await end_entries(session, visits.services.turn_store, guest.party)
            elif (named := _id(which)) is not None:
                await end_sessions(session, guest.party, visits.now, only=named)
            await audit(session, Audited("account.sessions_ended", visits.now, "customer", party=guest.party))
        return await after_ending(visits, request, visits.to("/security"), ended=ended, held=held, area=guest.session)

    async def end_chat(self, request: Request, guest: Guest) -> Response:
        visits, form = self._visits, await self._visits.form(request)
        if (named := _id(form.first("chat") or "")) is not None:
            async with visits.services.database.transaction() as session:
                await unbind(session, guest.party, named)
                await audit(session, Audited("account.chat_ended", visits.now, "customer", party=guest.party))
        return visits.to("/security")

    # the second factor

    async def show_second(self, request: Request, guest: Guest) -> Response:
        return await self._ask_second(request, guest)

    async def confirm(self, request: Request, guest: Guest) -> Response:
        """The first code told switches it on; the recovery codes are shown this once."""
        visits, form = self._visits, await self._visits.form(request)
        services = visits.services
        async with services.database.transaction() as session:
            owner = await open_party(session, services.keys, guest.party)
            account = await find_account(session, guest.party, lock=True)
            codes = account and await confirm_second(session, owner, account, form.first("second") or "", visits.now)
            if codes:
                await audit(session, Audited("account.second_on", visits.now, "customer", party=guest.party))
                await tell_customer(services, session, owner, "account_second_on")
        if not codes:
            return await self._ask_second(request, guest, "wrong_second", status=403)
        return visits.page("area_recovery", visits.frame(request, guest), {"codes": codes})

    async def switch_off(self, request: Request, guest: Guest) -> Response:
        """Only with a code: an open page alone does not weaken the account."""
        visits, form = self._visits, await self._visits.form(request)
        services, now = visits.services, visits.now
        async with services.database.transaction() as session:
            owner = await open_party(session, services.keys, guest.party)
            account = await find_account(session, guest.party, lock=True)
            if account is None or not account.is_second_on:
                return visits.to("/security")
            is_right = not locked_until(account, now) and await is_second(session, owner, account, form.first("second") or "", now)
            failed = await count_second(session, account, now, is_right=is_right)
            if failed is None:
                end_second(account)
                await audit(session, Audited("account.second_off", now, "customer", party=guest.party))
                await tell_customer(services, session, owner, "account_second_off")
        return visits.to("/security") if failed is None else self._ask_off(request, guest, failed.why)

    async def _ask_second(self, request: Request, guest: Guest, problem: str = "", *, status: int = 200) -> Response:
        visits, services = self._visits, self._visits.services
        async with services.database.transaction() as session:
            owner = await open_party(session, services.keys, guest.party)
            account = await find_account(session, guest.party, lock=True)
            if account is None:
                return visits.to("/sign-in")
            if account.is_second_on:
                return self._ask_off(request, guest)
            secret = pending_secret(owner, account) or await begin_second(session, owner, account)
            address = address_of(secret, read_name(owner, account), services.settings.agency_name)
        code = Markup(segno.make(address, micro=False).svg_inline(scale=4, border=4, dark="#000", light="#fff"))  # noqa: S704 - drawn by segno
        groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        context = {"code": code, "secret": groups, "problem": problem, "field": SECOND}
        return visits.page("area_second", visits.frame(request, guest), context, status=status)

    def _ask_off(self, request: Request, guest: Guest, problem: str = "") -> Response:
        named = "wrong_second" if problem == "wrong" else problem
        return self._visits.ask(
            request, "second_off", (SECOND,), guest=guest, action="/area/security/second/off", problem=named, status=403 if problem else 200
        )


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
