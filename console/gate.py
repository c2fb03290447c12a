"""The gate before the console: pure ASGI over HTTP and websocket, deny by default.

It owns sign-in and sign-out, checks the session cookie and the Origin, strips whatever identity a request claims, and hands the pages behind it a
ticket: a random word that stands for the session in this process only. A Bokeh session token carries the request's headers in clear to the page,
so the cookie itself must never get there. Whoever is signed out, disabled or idle too long loses the open websockets too.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

from starlette.requests import cookie_parser

from rules.languages import LANGUAGES, preferred
from rules.refusals import Reason, Refused
from storage.database import is_away

log = logging.getLogger(__name__)

type Scope = dict[str, Any]  # ASGI's own loose types
type Event = dict[str, Any]
type Receive = Callable[[], Awaitable[Event]]
type Send = Callable[[Event], Awaitable[None]]
type Brake = Callable[[Scope], int]
"""Seconds that whoever sends this has to wait, 0 = may go on."""
type App = Callable[[Scope, Receive, Send], Awaitable[None]]

TICKET_HEADER = b"x-console-ticket"
SECOND = "/second"
"""Where it is switched on."""
NAMED = ("submission", "conversation", "path")
"""What an address can name by its id; it outlasts signing in, and nothing else does."""
FORM_BYTES = 4096  # a sign-in form is two fields
TOUCH_S = 30.0
DEVICE = "console_device"
DEVICE_S = 365 * 24 * 3600
OUR_FAULT, TRY_LATER = 1011, 1013  # RFC 6455 and its registry
RETRY_S = 5
RECHECK_S = 2.0  # a leaver's open page dies within five seconds (R12)


@dataclass(frozen=True, slots=True)
class Entry:
    """Two cookies: the new session's secret, and what says from now on that this colleague has signed in from this browser; empty while the
    second factor is awaited, and the session opens nothing."""

    secret: str
    device: str
    awaits_second: bool = False


class Door(Protocol):
    """Who may come in; kept by storage."""

    async def knows(self, email: str, device: str) -> bool:
        """Whether this colleague has signed in from this browser before."""

    async def enter(self, email: str, password: str, device: str) -> Entry:
        """`device`: empty, or what is known. Raises Refused."""

    async def tell_second(self, secret: str, code: str, device: str) -> Entry:
        """`secret`: of a session that awaits it. Raises Refused."""

    async def is_open(self, secret: str, *, touch: bool) -> bool:
        """Whether the session still stands and may open everything; `touch` counts as use."""

    async def lacks_second(self, secret: str) -> bool:
        """Whether it stands, and a second factor must be switched on before it opens anything else."""

    async def leave(self, secret: str) -> None: ...


class Pages(Protocol):
    """The gate's own pages, worded."""

    def sign_in(self, problem: Reason | None, language: str, asked: Mapping[str, str], *, email: str = "", is_ended: bool = False) -> bytes:
        """`asked` is what is to be shown after signing in, by its name; `email` what was typed before."""

    def second(self, problem: Reason | None, language: str, asked: Mapping[str, str]) -> bytes:
        """Asks for the second factor."""

    def failed(self, language: str) -> bytes:
        """Something of ours did not work."""

    def asset(self, name: str) -> tuple[bytes, bytes] | None:
        """Body and media type of a file these pages need."""


@dataclass(slots=True)
class Tickets:
    """Tickets of this process: ticket → session secret."""

    by_ticket: dict[str, str] = field(default_factory=dict)
    by_secret: dict[str, str] = field(default_factory=dict)

    def of(self, secret: str) -> str:
        if secret not in self.by_secret:
            ticket = secrets.token_urlsafe(24)
            self.by_secret[secret], self.by_ticket[ticket] = ticket, secret
        return self.by_secret[secret]

    def secret(self, ticket: str) -> str | None:
        return self.by_ticket.get(ticket)

    def drop(self, secret: str) -> None:
        ticket = self.by_secret.pop(secret, None)
        if ticket is not None:
            del self.by_ticket[ticket]


class Gate:
    def __init__(
        self,
        inner: App,
        door: Door,
        pages: Pages,
        tickets: Tickets,
        *,
        public_url: str,
        prefix: str = "/console",
        recheck_s: float = RECHECK_S,
        brake: Brake = lambda _: 0,
    ) -> None:
        self._inner, self._door, self._pages, self._tickets = inner, door, pages, tickets
        self._prefix, self._recheck_s, self._brake = prefix, recheck_s, brake
        url = urlsplit(public_url)
        self._is_https = url.scheme == "https"
        self._origin = f"{url.scheme}://{url.netloc}"
        self._cookie = "__Host-console" if self._is_https else "console"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._inner(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._answered(self._websocket, scope, receive, send)
        else:
            await self._answered(self._http, scope, receive, send)

    async def _answered(self, serve: App, scope: Scope, receive: Receive, send: Send) -> None:
        """Whatever fails, the database away too, is a page in words under our own headers; what has begun to be sent is cut off."""
        is_begun = False

        async def beginning(event: Event) -> None:
            nonlocal is_begun
            is_begun = True
            await send(event)

        try:
            await serve(scope, receive, beginning)
        except Exception as error:
            if is_begun and scope["type"] == "http":
                raise
            place, away = _place(scope, self._prefix), is_away(error)
            if away:
                log.warning("%s of the console was not answered, the database is away: %s", place, type(error).__name__)
            else:
                log.exception("%s of the console failed", place)
            await self._fail(scope, send, is_away=away)

    async def _fail(self, scope: Scope, send: Send, *, is_away: bool) -> None:
        if scope["type"] == "websocket":
            with suppress(OSError, RuntimeError):  # its end may have been told already
                await send({"type": "websocket.close", "code": TRY_LATER if is_away else OUR_FAULT})
            return
        later = [(b"retry-after", str(RETRY_S).encode())] if is_away else []
        await _answer(send, 503 if is_away else 500, self._pages.failed(language_of(scope)), later)

    # -- HTTP

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, method = scope["path"].removeprefix(self._prefix), scope["method"]
        if method not in {"GET", "HEAD"} and not self._is_same_origin(scope):
            await _answer(send, 403, b"")
        elif path == "/sign-in":
            await self._sign_in(scope, receive, send)
        elif path == "/sign-in/second":
            await self._second(scope, receive, send)
        elif path.startswith("/assets/"):
            await self._asset(path.removeprefix("/assets/"), send)
        elif path == "/sign-out" and method == "POST":
            await self._sign_out(scope, send)
        elif (secret := self._secret(scope)) and await self._door.is_open(secret, touch=True):
            await self._inner(self._with_ticket(scope, secret), receive, _guarded(send, is_static=path.startswith("/static/")))
        elif secret and await self._door.lacks_second(secret):
            if path == SECOND:
                await self._inner(self._with_ticket(scope, secret), receive, _guarded(send, is_static=False))
            else:
                await _redirect(send, f"{self._prefix}{SECOND}", [])
        else:
            if secret:
                self._tickets.drop(secret)
            await _redirect(send, _naming(f"{self._prefix}/sign-in", _asked(_query(scope))), [])

    async def _sign_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        language = language_of(scope)
        if scope["method"] != "POST":
            query = _query(scope)
            page = self._pages.sign_in(None, language, _asked(query), is_ended="ended" in query)
            await _answer(send, 200, page)
            return
        form = parse_qs((await read_body(receive)).decode("utf-8", "replace"), keep_blank_values=True)
        asked = _asked(form)
        email, password = form.get("email", [""])[0], form.get("password", [""])[0]
        device = await self._device(scope, email)
        if not device and (wait_s := self._brake(scope)):
            page = self._pages.sign_in(Reason.CODE_TOO_SOON, language, asked, email=email)
            await _answer(send, 429, page, [(b"retry-after", str(wait_s).encode())])
            return
        try:
            entry = await self._door.enter(email, password, device)
        except Refused as refused:
            await _answer(send, 403, self._pages.sign_in(refused.reason, language, asked, email=email))
            return
        if entry.awaits_second:
            await _redirect(send, _naming(f"{self._prefix}/sign-in/second", asked), [self._set_cookie(entry.secret)])
        else:
            await self._let_in(entry, asked, send)

    async def _second(self, scope: Scope, receive: Receive, send: Send) -> None:
        """After the password. Whoever has told none, or long ago, begins anew."""
        language, secret = language_of(scope), self._secret(scope)
        given = parse_qs((await read_body(receive)).decode("utf-8", "replace")) if scope["method"] == "POST" else _query(scope)
        asked = _asked(given)
        if secret is None:
            await _redirect(send, _naming(f"{self._prefix}/sign-in", asked), [])
            return
        if scope["method"] != "POST":
            await _answer(send, 200, self._pages.second(None, language, asked))
            return
        if wait_s := self._brake(scope):
            page = self._pages.second(Reason.CODE_TOO_SOON, language, asked)
            await _answer(send, 429, page, [(b"retry-after", str(wait_s).encode())])
            return
        try:
            entry = await self._door.tell_second(secret, given.get("code", [""])[0], _cookies(scope).get(DEVICE, ""))
        except Refused as refused:
            if refused.reason is Reason.CODE_EXPIRED:
                await _redirect(send, _naming(f"{self._prefix}/sign-in", {"ended": "", **asked}), [self._set_cookie("", age=0)])
            else:
                await _answer(send, 403, self._pages.second(refused.reason, language, asked))
            return
        await self._let_in(entry, asked, send)

    async def _let_in(self, entry: Entry, asked: Mapping[str, str], send: Send) -> None:
        await _redirect(send, _naming(f"{self._prefix}/", asked), [self._device_cookie(entry.device), self._set_cookie(entry.secret)])

    async def _device(self, scope: Scope, email: str) -> str:
        """Empty where this colleague has not signed in from this browser."""
        device = _cookies(scope).get(DEVICE, "")
        return device if device and await self._door.knows(email, device) else ""

    async def _asset(self, name: str, send: Send) -> None:
        found = self._pages.asset(name)
        if found is None:
            await _answer(send, 404, b"")
            return
        body, media_type = found
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", media_type), *GUARDS[2:]]})
        await send({"type": "http.response.body", "body": body})

    async def _sign_out(self, scope: Scope, send: Send) -> None:
        if secret := self._secret(scope):
            await self._door.leave(secret)
            self._tickets.drop(secret)
        await _redirect(send, f"{self._prefix}/sign-in", [self._set_cookie("", age=0)])

    # -- websocket

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        secret = self._secret(scope)
        if not (secret and self._is_same_origin(scope) and await self._door.is_open(secret, touch=True)):
            await receive()
            await send({"type": "websocket.close", "code": 4401})
            return
        await self._watched(self._with_ticket(scope, secret), self._touching(receive, secret), send, secret)

    async def _watched(self, scope: Scope, receive: Receive, send: Send, secret: str) -> None:
        """Serves the socket until it ends or the session does."""
        serving = asyncio.ensure_future(self._inner(scope, receive, send))
        try:
            while True:
                done, _ = await asyncio.wait({serving}, timeout=self._recheck_s)
                if done:
                    await serving
                    return
                if not await self._door.is_open(secret, touch=False):
                    self._tickets.drop(secret)
                    await send({"type": "websocket.close", "code": 4401})
                    return
        finally:
            serving.cancel()

    def _touching(self, receive: Receive, secret: str) -> Receive:
        """Working in an open page is use of the session; one look at the store in half a minute says so."""
        last = time.monotonic()

        async def touching() -> Event:
            nonlocal last
            event = await receive()
            if event["type"] == "websocket.receive" and time.monotonic() - last > TOUCH_S:
                last = time.monotonic()
                await self._door.is_open(secret, touch=True)
            return event

        return touching

    # -- what a request is

    def _secret(self, scope: Scope) -> str | None:
        return _cookies(scope).get(self._cookie) or None

    def _is_same_origin(self, scope: Scope) -> bool:
        """The Origin must be the public address, or the very host this request was sent to (a demo opened as localhost)."""
        origin = _header(scope, b"origin")
        if origin == self._origin:
            return True
        return not self._is_https and bool(origin) and urlsplit(origin).netloc == _header(scope, b"host")

    def _with_ticket(self, scope: Scope, secret: str) -> Scope:
        kept = [(name, value) for name, value in scope["headers"] if name not in (TICKET_HEADER, b"cookie")]
        return {**scope, "headers": [*kept, (TICKET_HEADER, self._tickets.of(secret).encode())]}

    def _device_cookie(self, device: str) -> bytes:
        parts = [f"{DEVICE}={device}", f"Max-Age={DEVICE_S}", f"Path={self._prefix}", "HttpOnly", "SameSite=Strict"]
        return "; ".join([*parts, *["Secure"] * self._is_https]).encode()

    def _set_cookie(self, secret: str, age: int | None = None) -> bytes:
        parts = [f"{self._cookie}={secret}", "Path=/", "HttpOnly", "SameSite=Strict"]
        if self._is_https:
            parts.append("Secure")
        if age is not None:
            parts.append(f"Max-Age={age}")
        return "; ".join(parts).encode()


KNOWN = frozenset({"", "assets", "certificates", "documents", "exports", "paths", "second", "sign-in", "sign-out", "static", "ws"})
GUARDS = [
    (b"cache-control", b"no-store"),
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
]
# Panel's pages need inline script and eval of Bokeh's own; nothing may come from or go elsewhere all the same.
PANEL_POLICY = (
    b"default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    b"font-src 'self' data:; connect-src 'self' blob:; frame-ancestors 'none'; form-action 'self'; base-uri 'none'"
)
OWN_POLICY = b"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


def _guarded(send: Send, *, is_static: bool) -> Send:
    """Nothing is kept by a browser but the libraries' own files, where they say so themselves."""

    async def guarded(event: Event) -> None:
        if event["type"] == "http.response.start":
            headers = event.get("headers", [])
            guards = GUARDS[1:] if is_static and any(name.lower() == b"cache-control" for name, _ in headers) else GUARDS
            names = {name for name, _ in guards}
            kept = [(name, value) for name, value in headers if name.lower() not in names]
            event = {**event, "headers": [*kept, *guards, (b"content-security-policy", PANEL_POLICY)]}
        await send(event)

    return guarded


async def _answer(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    own = [(b"content-type", b"text/html; charset=utf-8"), (b"content-security-policy", OWN_POLICY), *GUARDS, *(headers or [])]
    await send({"type": "http.response.start", "status": status, "headers": own})
    await send({"type": "http.response.body", "body": body})


async def _redirect(send: Send, to: str, set_cookies: list[bytes]) -> None:
    await _answer(send, 303, b"", [(b"location", to.encode()), *((b"set-cookie", value) for value in set_cookies)])


async def read_body(receive: Receive) -> bytes:
    body = b""
    while len(body) <= FORM_BYTES:
        event = await receive()
        body += bytes(event.get("body", b""))
        if not event.get("more_body"):
            return body
    return b""


def _query(scope: Scope) -> dict[str, list[str]]:
    return parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)


def _asked(given: dict[str, list[str]]) -> dict[str, str]:
    """The first thing that is named; empty where that is not an id."""
    for name in NAMED:
        with suppress(ValueError):
            return {name: str(UUID(given.get(name, [""])[0]))}
    return {}


def _naming(path: str, asked: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(asked)}" if asked else path


def _place(scope: Scope, prefix: str) -> str:
    """What kind of address it is: the rest may hold a line break, or whatever somebody typed."""
    first = scope["path"].removeprefix(prefix).removeprefix("/").partition("/")[0]
    return f"{scope.get('method', 'WS')} {prefix}/{first if first in KNOWN else '…'}"


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def _cookies(scope: Scope) -> dict[str, str]:
    """As a browser reads them: what other pages of this host left there, however odd, hides none."""
    return cookie_parser(_header(scope, b"cookie"))


def language_of(scope: Scope) -> str:
    return preferred(_header(scope, b"accept-language"), LANGUAGES)
