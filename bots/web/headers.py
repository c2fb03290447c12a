"""Security headers on every answer, and the cookie that holds a browser's secret. Pure ASGI: streams pass through."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'"
)


@dataclass(frozen=True, slots=True)
class SecureHeaders:
    app: ASGIApp
    embed_origins: Sequence[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        ancestors = self._ancestors(scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_headers(MutableHeaders(scope=message), ancestors)
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _ancestors(self, scope: Scope) -> str:
        """Who may frame the page: the demo's mailbox frames a mail, a broker's site frames the chat, nobody anything else."""
        if scope["path"].startswith("/mail/"):
            return "'self'"
        if scope["path"].startswith(("/api/", "/console")) or not self.embed_origins:
            return "'none'"
        return " ".join(self.embed_origins)


def add_headers(headers: MutableHeaders, ancestors: str) -> None:
    # a page that brings its own policy (a mail's HTML) keeps it
    headers.setdefault("content-security-policy", f"{POLICY}; frame-ancestors {ancestors}")
    headers.setdefault("x-content-type-options", "nosniff")
    # no-referrer would make a form without JavaScript send `Origin: null`
    headers.setdefault("referrer-policy", "same-origin")
    headers.setdefault("cache-control", "no-store")
    headers.setdefault("permissions-policy", "camera=(), geolocation=(), microphone=()")
    headers.setdefault("cross-origin-opener-policy", "same-origin")
