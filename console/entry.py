"""The door and its page: sign-in against the store, tickets to colleagues."""

import asyncio
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from console.acting import Actor
from console.gate import Entry, Tickets
from console.wording import load_words
from dialogs.services import Services
from rules.access import Role
from rules.languages import direction
from rules.refusals import Reason, Refused
from storage.audit import Audited, audit
from storage.passwords import GUESSES_AT_ONCE
from storage.staff import Limits, SignInFailed, end_session, find_session, is_known_device, sign_in, tell_second
from storage.tables.staff import Colleague

LIMITS = Limits()
ASSETS = {"desk.css": b"text/css; charset=utf-8"}


@cache
def templates() -> Environment:
    return Environment(loader=PackageLoader("console"), autoescape=True, undefined=StrictUndefined, trim_blocks=True)


class StoredDoor:
    """Sessions live in the database: every replica of the console sees the same ones."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._guessing = asyncio.Semaphore(GUESSES_AT_ONCE)
        self._returning = asyncio.Semaphore(GUESSES_AT_ONCE)
        """Colleagues at a device that knows them do not stand in line behind strangers."""

    async def knows(self, email: str, device: str) -> bool:
        if "\x00" in email:  # PostgreSQL knows no NUL
            return False
        async with self._services.database.transaction() as session:
            return await is_known_device(session, email, device, self._services.clock())

    async def enter(self, email: str, password: str, device: str) -> Entry:
        """Wrong address, wrong password and a lock are the same answer: told apart, a lock would say that there is such a colleague."""
        now = self._services.clock()
        if "\x00" in email:
            raise Refused(Reason.CODE_WRONG)
        async with self._returning if device else self._guessing, self._services.database.transaction() as session:
            found = await sign_in(session, email, password, now, device)
            if not isinstance(found, SignInFailed):
                if not found.awaits_second:
                    await audit(session, Audited("sign_in", now, colleague=found.colleague.id))
                return Entry(found.token, found.device, found.awaits_second)
            await audit(session, Audited("sign_in.refused", now, detail={"why": found.why}))
        raise Refused(Reason.CODE_WRONG)

    async def tell_second(self, secret: str, code: str, device: str) -> Entry:
        now = self._services.clock()
        async with self._services.database.transaction() as session:
            found = await tell_second(session, self._services.keys, secret, code, now=now, device=device)
            if not isinstance(found, SignInFailed):
                await audit(session, Audited("sign_in", now, colleague=found.colleague.id))
                return Entry(found.token, found.device)
            if found.why != "ended":
                await audit(session, Audited("sign_in.refused", now, detail={"why": f"second {found.why}"}))
        raise Refused(Reason.CODE_EXPIRED if found.why == "ended" else Reason.CODE_WRONG)

    async def is_open(self, secret: str, *, touch: bool) -> bool:
        found = await self._found(secret, is_use=touch)
        return found is not None and not self._lacks_second(found)

    async def lacks_second(self, secret: str) -> bool:
        if not self._services.settings.staff_second_factor:
            return False
        found = await self._found(secret, is_use=True)
        return found is not None and self._lacks_second(found)

    def _lacks_second(self, colleague: Colleague) -> bool:
        return self._services.settings.staff_second_factor and not colleague.is_second_on

    async def leave(self, secret: str) -> None:
        async with self._services.database.transaction() as session:
            await end_session(session, secret, self._services.clock())

    async def colleague(self, secret: str) -> Actor | None:
        found = await self._found(secret, is_use=True)
        return Actor(found.id, found.name, Role(found.role)) if found else None

    async def _found(self, secret: str, *, is_use: bool) -> Colleague | None:
        async with self._services.database.transaction() as session:
            return await find_session(session, secret, self._services.clock(), LIMITS, is_use=is_use)


class SignInPages:
    def __init__(self, agency: str, prefix: str) -> None:
        self._agency, self._prefix = agency, prefix

    def sign_in(self, problem: Reason | None, language: str, asked: Mapping[str, str], *, email: str = "", is_ended: bool = False) -> bytes:
        words = load_words(language)["sign_in"]
        told = words["problems"].get(problem.value) if problem else None
        ended = words["ended"] if is_ended else None
        return self.page("sign_in.html", "sign_in", language, problem=told, ended=ended, asked=asked, email=email)

    def second(self, problem: Reason | None, language: str, asked: Mapping[str, str]) -> bytes:
        told = load_words(language)["second"]["problems"].get(problem.value) if problem else None
        return self.page("second.html", "second", language, problem=told, asked=asked)

    def page(self, template: str, section: str, language: str, **shown: object) -> bytes:
        """One of the gate's own pages, worded by a section of the words."""
        words, page = load_words(language)[section], templates().get_template(template)
        return page.render(
            language=language, dir=direction(language), words=words, agency=self._agency, prefix=self._prefix, **shown
        ).encode()

    def failed(self, language: str) -> bytes:
        return self.page("failed.html", "failed", language)

    def asset(self, name: str) -> tuple[bytes, bytes] | None:
        media_type = ASSETS.get(name)
        return (files("console").joinpath("static", name).read_bytes(), media_type) if media_type else None


class Identity:
    """Who stands behind a ticket, asked anew at every action."""

    def __init__(self, tickets: Tickets, door: StoredDoor) -> None:
        self._tickets, self._door = tickets, door

    async def actor(self, ticket: str) -> Actor:
        """Raises Refused(NOT_ALLOWED) where the session has ended."""
        secret = self._tickets.secret(ticket)
        actor = await self._door.colleague(secret) if secret else None
        if actor is None:
            raise Refused(Reason.NOT_ALLOWED, state="ended")
        return actor
