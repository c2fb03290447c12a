"""The console as one ASGI application: the gate, behind it the documents' own route and Panel."""

import logging
from collections.abc import AsyncIterator
from datetime import date
from urllib.parse import parse_qs
from uuid import UUID

import panel as pn
from panel.io.asgi import PanelASGI, build_asgi_app

from console.acting import Actor
from console.entry import Identity, SignInPages, StoredDoor
from console.erasing import write_certificate
from console.exporting import fetch_export
from console.gate import TICKET_HEADER, Brake, Gate, Receive, Scope, Send, Tickets
from console.one_thread import keep_to_one_thread
from console.pages.shell import desk
from console.paths import MEDIA, write_path
from console.reading import read_document
from console.second import PATHS, SecondFactor
from console.statics import Statics
from console.stylesheets import find_stylesheets_once
from console.wording import load_words
from dialogs.services import Services
from rules.languages import LANGUAGES, preferred
from rules.refusals import Refused
from storage.documents import UNREAD

log = logging.getLogger(__name__)
PREFIX = "/console"
RECHECKED = 50  # pieces of an export between two looks at who fetches it: a second or so


class Inner:
    """What lies behind the gate."""

    def __init__(self, services: Services, identity: Identity, panel: PanelASGI) -> None:
        self._services, self._identity, self._panel, self._statics = services, identity, panel, Statics(panel)
        self._second = SecondFactor(services, identity, PREFIX)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "").removeprefix(PREFIX)
        if scope["type"] == "http" and path.startswith("/static/"):
            await self._statics(scope, receive, send)
        elif scope["type"] == "http" and path in PATHS:
            await self._second(path, scope, receive, send)
        elif scope["type"] == "http" and path.startswith("/documents/"):
            await self._document(scope, path.removeprefix("/documents/"), send)
        elif scope["type"] == "http" and path.startswith("/paths/"):
            await self._path(scope, path.removeprefix("/paths/"), send)
        elif scope["type"] == "http" and path.startswith("/certificates/"):
            await self._certificate(scope, path.removeprefix("/certificates/"), send)
        elif scope["type"] == "http" and scope["method"] == "GET" and path.startswith("/exports/"):
            await self._export(scope, path.removeprefix("/exports/"), send)
        else:
            await self._panel(scope, receive, send)

    async def _document(self, scope: Scope, document: str, send: Send) -> None:
        """`<document>?reason=review`."""
        try:
            asked, actor = UUID(document), await self._actor(scope)
            content, media_type, _ = await read_document(self._services, actor, asked, _asked(scope).get("reason", ""))
        except (Refused, ValueError):
            await _send_nothing(send)
            return
        except UNREAD as error:
            log.warning("document %s cannot be read: %s", asked, error)
            language = preferred(dict(scope["headers"]).get(b"accept-language", b"").decode("ascii", "replace"), LANGUAGES)
            await _send_sentence(send, load_words(language if language in LANGUAGES else LANGUAGES[0])["unread"])
            return
        await _send_file(send, content, media_type, str(asked))

    async def _path(self, scope: Scope, name: str, send: Send) -> None:
        """`<party>.<form>?language=it&since=2026-11-22`."""
        given, _, form = name.partition(".")
        asked = _asked(scope)
        try:
            party = UUID(given)
            language = asked["language"] if asked.get("language") in LANGUAGES else LANGUAGES[0]
            since = date.fromisoformat(asked["since"]) if "since" in asked else None
            media_type = MEDIA[form]
            content = await write_path(self._services, await self._actor(scope), party, language, since, form=form)
        except (Refused, ValueError, KeyError):
            await _send_nothing(send)
            return
        await _send_file(send, content, media_type, f"{party}.{form}")

    async def _certificate(self, scope: Scope, erasure: str, send: Send) -> None:
        try:
            content, number = await write_certificate(self._services, await self._actor(scope), UUID(erasure))
        except (Refused, ValueError):
            await _send_nothing(send)
            return
        await _send_file(send, content, MEDIA["pdf"], f"{number}.pdf")

    async def _export(self, scope: Scope, export: str, send: Send) -> None:
        """Made while it goes out. Whoever is signed out meanwhile gets no further: the line is cut, and what arrived is seen to be torn."""
        try:
            actor = await self._actor(scope)
            file = await fetch_export(self._services, actor, UUID(export))
        except (Refused, ValueError):
            await _send_nothing(send)
            return
        headers = [(b"content-type", file.media_type.encode()), (b"content-disposition", f'attachment; filename="{file.name}"'.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        async for number, chunk in _numbered(file.chunks):
            if number % RECHECKED == 0:
                await self._actor(scope)
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _actor(self, scope: Scope) -> Actor:
        return await self._identity.actor(dict(scope["headers"]).get(TICKET_HEADER, b"").decode())


def _asked(scope: Scope) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(scope.get("query_string", b"").decode("ascii", "replace")).items()}


async def _send_file(send: Send, content: bytes, media_type: str, name: str) -> None:
    """Called by an id as we write it: a title may hold a customer's name, and what was asked for a line break."""
    headers = [(b"content-type", media_type.encode()), (b"content-disposition", f'attachment; filename="{name}"'.encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})


async def _send_sentence(send: Send, sentence: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"retry-after", b"300")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": sentence.encode()})


async def _send_nothing(send: Send) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def _numbered(chunks: AsyncIterator[bytes]) -> AsyncIterator[tuple[int, bytes]]:
    number = 0
    async for chunk in chunks:
        number += 1
        yield number, chunk


def create_console(services: Services, *, unused_s: float = 15, brake: Brake = lambda _: 0) -> Gate:
    """`brake`: on sign-ins by address. `unused_s`: how long a page that was closed is kept, in case its line was only cut."""
    settings = services.settings
    if settings.secret_key is None or settings.public_url is None:
        raise ValueError("the console needs a secret key and the public address")
    pn.extension()
    keep_to_one_thread()
    find_stylesheets_once()
    door, tickets = StoredDoor(services), Tickets()
    identity = Identity(tickets, door)
    host = settings.public_url.partition("://")[2].rstrip("/")
    panel = build_asgi_app(
        {"/": lambda: desk(services, identity, PREFIX)},
        prefix=PREFIX,
        title=settings.agency_name,
        secret_key=settings.secret_key.get_secret_value().encode(),
        sign_sessions=True,  # unsigned, a signed-in agent forged a token and became root
        include_headers=["x-console-ticket", "accept-language", "user-agent"],
        include_cookies=[],
        index_enabled=False,
        unused_session_lifetime_milliseconds=int(unused_s * 1000),
        check_unused_sessions_milliseconds=int(unused_s * 1000),
        websocket_origin=[host, host.replace("127.0.0.1", "localhost")],
    )
    pages = SignInPages(settings.agency_name, PREFIX)
    return Gate(Inner(services, identity, panel), door, pages, tickets, public_url=settings.public_url, prefix=PREFIX, brake=brake)
