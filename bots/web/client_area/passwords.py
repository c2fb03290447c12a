"""Setting a password: for the first time or again by a code mailed to a proved address, or changed by whoever knows the old one (S0-10)."""

import asyncio
import secrets
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bots.web.client_area.choosing import problem_of_name, problem_of_password, read_code, read_email, read_name, read_password
from bots.web.client_area.entrance import Entrance, note_entering
from bots.web.client_area.letters import tell_code, tell_customer
from bots.web.client_area.talking import after_ending, held_chat
from bots.web.client_area.visits import AREA, FormField, Visits, asked_language
from bots.web.uploads import Form
from dialogs.applying import MOST_SENT
from dialogs.turn import draw_code
from rules.addresses import is_among
from storage.accounts import Device, Entered, Guest, find_account, find_code, is_name_free, keep_code, open_session, set_password, use_code
from storage.accounts import read_name as kept_name
from storage.audit import Audited, audit
from storage.codes import count_tries, keep_try
from storage.keys import Keys
from storage.parties import find_party_by_email, open_party, proved_emails, read_cards
from storage.passwords import hash_password
from storage.sealing import ErasedError, Owner
from storage.tables.parties import Party

NEW: Final = FormField("new_password", "password", "new-password")


@dataclass(frozen=True, slots=True)
class Choice:
    """`known`: what a stranger would try first."""

    name: str
    known: tuple[str, ...]


class Passwords:
    def __init__(self, visits: Visits, entrance: Entrance) -> None:
        self._visits, self._entrance = visits, entrance

    def routes(self) -> list[Route]:
        visits = self._visits
        return [
            Route("/password", self.show, methods=["GET"]),
            Route("/password", visits.from_us(self.take_email), methods=["POST"]),
            Route("/password/new", visits.from_us(self.take_new), methods=["POST"]),
            Route("/security/password", visits.behind(self.show_change), methods=["GET"]),
            Route("/security/password", visits.behind(self.take_change), methods=["POST"]),
        ]

    # by a mailed code

    async def show(self, request: Request) -> Response:
        return self._ask_email(request)

    async def take_email(self, request: Request) -> Response:
        """The same page for every address, as fast: the mail is written after the answer is out."""
        visits, form = self._visits, await self._visits.form(request)
        given, language = form.first("email") or "", visits.frame(request).language
        email = read_email(given, language, visits.now.astimezone(visits.services.settings.zone).date())
        if email is None:
            return self._ask_email(request, given, "email", status=422)
        if visits.conversations.wait_to_open(request):
            return self._ask_email(request, given, "busy", status=429)
        asked = secrets.token_urlsafe(24)
        return self._ask_new(request, email, asked, then=BackgroundTask(self._mail_code, email, asked, language))

    async def take_new(self, request: Request) -> Response:
        visits, form = self._visits, await self._visits.form(request)
        email, asked = form.first("email") or "", form.first("form") or ""
        if visits.conversations.wait_to_open(request):
            return self._ask_new(request, email, asked, form, "busy", status=429)
        device, held = visits.device(request), await held_chat(visits, request)
        entered = await self._set(email, form, device)
        if isinstance(entered, str):
            return self._ask_new(request, email, asked, form, entered, status=403 if entered == "code" else 422)
        response = visits.let_in(request, visits.to(), entered.token, device) if entered.token else visits.to("/sign-in")
        return await after_ending(visits, request, response, ended=entered.chats_ended, held=held, area=entered.session)

    async def _mail_code(self, email: str, asked: str, language: str) -> None:
        """To the address as it was proved: where a server tells capitals apart, whoever reads the other mailbox gets none. Where nothing is
        mailed a code is kept all the same: how long a wrong guess takes must not tell whose address it is."""
        services, now = self._visits.services, self._visits.now
        async with services.database.transaction() as session:
            owner, code = await self._who_may_be_mailed(session, email), draw_code()
            await keep_code(session, services.keys, email, form=asked, party=owner.party if owner else None, code=code, now=now)
            if owner is None:
                return
            await keep_try(session, services.keys, "sent", email, now)
            proved = next(each for each in await proved_emails(session, owner) if is_among(email, [each]))
            await tell_code(services, session, owner, email=proved, code=code, language=language)

    async def _who_may_be_mailed(self, session: AsyncSession, email: str) -> Owner | None:
        """Nobody at an address that no customer has proved, nor where so many were sent within the hour."""
        services = self._visits.services
        party = await find_party_by_email(session, services.keys, email)
        if party is None or await count_tries(session, services.keys, "sent", email, self._visits.now) >= MOST_SENT:
            return None
        owner = await _open(session, services.keys, party)
        return owner if owner is not None and await read_cards(session, owner) else None  # without a card there is no area yet

    async def _set(self, email: str, form: Form, device: Device) -> Entered | str:
        """Who has entered, or the problem. A second factor is not passed over: then one signs in with the new password."""
        services, now = self._visits.services, self._visits.now
        async with services.database.transaction() as session:
            choice = await self._choose(session, email, form)
        if isinstance(choice, str):
            return choice
        hashed, problem = await self._hash(read_password(form.first("new_password") or ""), choice.known)
        if problem:
            return problem
        async with services.database.transaction() as session:
            owner = await self._proved(session, email, form)  # again: the code is good once, and may have been used meanwhile
            if owner is None:
                return "code"
            if not await is_name_free(session, services.keys, choice.name, owner.id):
                return "name_taken"
            account = await find_account(session, owner.id, lock=True)
            ended = await set_password(session, services.turn_store, owner, hashed, now, name=choice.name)
            await use_code(session, services.keys, email)
            await audit(session, Audited("account.password_set", now, "customer", party=owner.party))
            await tell_customer(services, session, owner, "account_password")
            if account is not None and account.is_second_on:
                return Entered(owner.id, "", is_new_device=False, awaits_second=True, chats_ended=ended)
            entered = await open_session(session, owner, device, now, awaits_second=False)
            if account is not None:
                await note_entering(services, session, entered, device.browser)
        return replace(entered, chats_ended=ended)

    async def _choose(self, session: AsyncSession, email: str, form: Form) -> Choice | str:
        """By whoever told the right code; else the problem with the code or the name."""
        owner = await self._proved(session, email, form)
        if owner is None:
            return "code"
        account = await find_account(session, owner.id)
        name = read_name(form.first("new_name") or "") or (kept_name(owner, account) if account else read_name(email))
        if problem := problem_of_name(name, [read_name(each) for each in await proved_emails(session, owner)]):
            return problem
        if not await is_name_free(session, self._visits.services.keys, name, owner.id):
            return "name_taken"
        return Choice(name, (*await self._known_of(session, owner), name))

    async def _proved(self, session: AsyncSession, email: str, form: Form) -> Owner | None:
        """Whose code it is. A guess costs the form that asked for a code one of its own tries, and no other form or chat anything."""
        keys, code, asked = self._visits.services.keys, read_code(form.first("code") or ""), form.first("form") or ""
        party = await find_code(session, keys, email, code, self._visits.now, form=asked)
        return None if party is None else await _open(session, keys, party)

    # by the old one

    async def show_change(self, request: Request, guest: Guest) -> Response:
        return self._ask_change(request, guest)

    async def take_change(self, request: Request, guest: Guest) -> Response:
        """Every other session ends; this one was opened with the old password and goes on."""
        visits, form = self._visits, await self._visits.form(request)
        if visits.conversations.wait_to_open(request):
            return self._ask_change(request, guest, "busy", status=429)
        if (failed := await self._entrance.check_again(guest, form.first("password") or "")) is not None:
            return self._ask_change(request, guest, failed, status=403)
        password, services, device = read_password(form.first("new_password") or ""), visits.services, visits.device(request)
        held = await held_chat(visits, request)
        async with services.database.transaction() as session:
            known = await self._known_of(session, await open_party(session, services.keys, guest.party))
        hashed, problem = await self._hash(password, known)
        if problem:
            return self._ask_change(request, guest, problem, status=422)
        async with services.database.transaction() as session:
            owner = await open_party(session, services.keys, guest.party)
            ended = await set_password(session, services.turn_store, owner, hashed, visits.now)
            entered = await open_session(session, owner, device, visits.now, awaits_second=False)
            await audit(session, Audited("account.password_set", visits.now, "customer", party=guest.party))
            await tell_customer(services, session, owner, "account_password")
        response = visits.let_in(request, visits.to("/security"), entered.token, device)
        return await after_ending(visits, request, response, ended=ended, held=held, area=entered.session)

    async def _known_of(self, session: AsyncSession, owner: Owner) -> tuple[str, ...]:
        """What anybody may know: addresses, name, agency."""
        party = await session.get_one(Party, owner.id)
        return (*await proved_emails(session, owner), party.display_name or "", self._visits.services.settings.agency_name)

    async def _hash(self, password: str, known: tuple[str, ...]) -> tuple[str, str | None]:
        """And the problem with the password, where there is one. Outside of any transaction: both take a processor for a while."""
        async with self._entrance.guessing:
            problem = await asyncio.to_thread(problem_of_password, password, known)
            return ("", problem) if problem else (await hash_password(password), None)

    # asking

    def _ask_email(self, request: Request, given: str = "", problem: str = "", *, status: int = 200) -> Response:
        email = given or request.query_params.get("email", "")
        fields = (FormField("email", "email", "email", value=email, is_ltr=True),)
        return self._visits.ask(request, "password", fields, problem=problem, status=status)

    def _ask_new(
        self,
        request: Request,
        email: str,
        asked: str,
        form: Form | None = None,
        problem: str = "",
        *,
        status: int = 200,
        then: BackgroundTask | None = None,
    ) -> Response:
        fields = (
            FormField("code", autocomplete="one-time-code", inputmode="numeric", is_ltr=True, value=_given(form, "code")),
            FormField("new_name", autocomplete="username", is_needed=False, is_ltr=True, value=_given(form, "new_name")),
            NEW,
        )
        return self._visits.ask(
            request,
            "new_password",
            fields,
            action=f"{AREA}/password/new{asked_language(request)}",
            hidden={"email": email, "form": asked},
            facts={"email": email},
            problem=problem,
            status=status,
            links=((f"{AREA}/password{asked_language(request)}", "another_code"),),
            then=then,
        )

    def _ask_change(self, request: Request, guest: Guest, problem: str = "", *, status: int = 200) -> Response:
        fields = (FormField("password", "password", "current-password"), NEW)
        return self._visits.ask(request, "change_password", fields, guest=guest, problem=problem, status=status)


async def _open(session: AsyncSession, keys: Keys, party: UUID) -> Owner | None:
    """None where the customer was erased since."""
    try:
        return await open_party(session, keys, party)
    except ErasedError:
        return None


def _given(form: Form | None, name: str) -> str:
    return (form.first(name) or "") if form is not None else ""
