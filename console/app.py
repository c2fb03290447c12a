"""The console as one ASGI application: the gate, behind it the documents' own route and Panel."""

from uuid import UUID

import panel as pn
from panel.io.asgi import PanelASGI, build_asgi_app

from console.entry import Identity, SignInPages, StoredDoor
from console.gate import TICKET_HEADER, Gate, Receive, Scope, Send, Tickets
from console.pages.shell import desk
from console.reading import read_document
from dialogs.services import Services
from rules.refusals import Refused

PREFIX = "/console"


class Inner:
    """What lies behind the gate."""

    def __init__(self, services: Services, identity: Identity, panel: PanelASGI) -> None:
        self._services, self._identity, self._panel = services, identity, panel

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "").removeprefix(PREFIX)
        if scope["type"] == "http" and path.startswith("/documents/"):
            await self._document(scope, path.removeprefix("/documents/"), send)
        else:
            await self._panel(scope, receive, send)

    async def _document(self, scope: Scope, document: str, send: Send) -> None:
        ticket = dict(scope["headers"]).get(TICKET_HEADER, b"").decode()
        try:
            actor = await self._identity.actor(ticket)
            content, media_type, _ = await read_document(self._services, actor, UUID(document))
        except (Refused, ValueError):
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        # The title may hold a customer's name: the file is called by its id.
        disposition = f'attachment; filename="{document}"'
        headers = [(b"content-type", media_type.encode()), (b"content-disposition", disposition.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})


def create_console(services: Services, *, unused_s: float = 15) -> Gate:
    """`unused_s`: how long a page that was closed is kept, in case its line was only cut."""
    settings = services.settings
    if settings.secret_key is None or settings.public_url is None:
        raise ValueError("the console needs a secret key and the public address")
    pn.extension()
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
    return Gate(Inner(services, identity, panel), door, pages, tickets, public_url=settings.public_url, prefix=PREFIX)
