"""Security headers on every answer, and the cookie that holds a browser's secret. Pure ASGI: streams pass through."""

from collections.abc import Sequence
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'"
)

type Pairs = tuple[tuple[bytes, bytes], ...]


class SecureHeaders:
    def __init__(self, app: ASGIApp, embed_origins: Sequence[str]) -> None:
        self._app = app
        self._for_mails = _headers("'self'")
        self._for_pages = _headers(" ".join(embed_origins) or "'none'")
        self._for_desks = _headers("'none'")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        pairs = self._pairs(scope["path"])

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_missing(message["headers"], pairs)
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _pairs(self, path: str) -> Pairs:
        """Who may frame the page: the demo's mailbox frames a mail, a broker's site frames the chat, nobody the console or the client area."""
        if path.startswith("/mail/"):
            return self._for_mails
        if path.startswith("/api/"):
            return FOR_PROGRAMS
        return self._for_desks if path.startswith(("/console", "/area")) else self._for_pages


def _headers(ancestors: str) -> Pairs:
    """Those an answer does not bring itself: a mail's page has a policy of its own."""
    headers = {
        "content-security-policy": f"{POLICY}; frame-ancestors {ancestors}",
        "x-content-type-options": "nosniff",
        # no-referrer would make a form without JavaScript send `Origin: null`
        "referrer-policy": "same-origin",
        "cache-control": "no-store",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
        "cross-origin-opener-policy": "same-origin",
    }
    return tuple((name.encode(), value.encode()) for name, value in headers.items())


def add_missing(headers: list[tuple[bytes, bytes]], pairs: Pairs) -> None:
    there = {name for name, _ in headers}
    headers += [pair for pair in pairs if pair[0] not in there]


# What is no page needs no more: nothing in it is loaded, framed, guessed at or kept.
FOR_PROGRAMS: Final[Pairs] = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
)
