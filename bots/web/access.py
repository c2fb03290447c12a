"""Who may speak in a conversation: a Bearer secret, or a browser's cookie from our own pages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from bots.web.raw import header

MONTH_S: Final = 30 * 24 * 3600  # a cookie lives as long as an offer
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{20,128}")


@dataclass(frozen=True, slots=True)
class Credential:
    conversation: str
    secret: str


@dataclass(frozen=True, slots=True)
class Doors:
    """How this server is reached, which decides the cookie and whose forms are believed."""

    public_url: str
    embed_origins: Sequence[str]

    def cookie_name(self, request: Request) -> str:
        return "__Host-chat" if self.is_secure(request) else "chat"

    def cookie(self, request: Request) -> Credential | None:
        """What the browser holds: the conversation's id and its secret, joined by a dot.

        Over HTTPS only under the name that a neighbouring site cannot set: nobody lures a customer into a conversation of theirs."""
        for name in ("__Host-chat",) if self.is_secure(request) else ("__Host-chat", "chat"):
            conversation, _, secret = request.cookies.get(name, "").partition(".")
            if is_conversation(conversation) and _SECRET.fullmatch(secret):
                return Credential(conversation, secret)
        return None

    def set_cookie(self, request: Request, response: Response, credential: Credential, *, is_embedded: bool = False) -> None:
        parts = [f"{credential.conversation}.{credential.secret}", f"Max-Age={MONTH_S}", "Path=/", "HttpOnly"]
        if is_embedded and self.embed_origins:
            # inside another site's frame a browser sends only such a cookie, kept apart for each embedding site
            name, parts = "__Host-chat", [*parts, "Secure", "SameSite=None", "Partitioned"]
        else:
            name = self.cookie_name(request)
            parts += ["Secure"] * self.is_secure(request) + ["SameSite=Lax"]
        response.headers.append("set-cookie", f"{name}={'; '.join(parts)}")

    def is_own_origin(self, request: Request) -> bool:
        """The page that sent the form is ours; a browser always says so on a POST, a forged page cannot. Where we are reached over HTTPS a
        page without it is not ours, though a proxy hands requests on without it."""
        origin = header(request, b"origin")
        if origin == _origin(self.public_url):
            return True
        own = self._own(request)
        return origin == own and (own.startswith("https://") or not self.is_secure(request))

    def _own(self, request: Request) -> str:
        return f"{request.url.scheme}://{header(request, b'host')}"

    def is_secure(self, request: Request) -> bool:
        return request.url.scheme == "https" or self.public_url.startswith("https://")


def credential_of(request: Request, doors: Doors, conversation: str) -> Credential | None:
    """The secret that came with a request to this conversation, if any came that may be believed."""
    if not is_conversation(conversation):
        return None
    scheme, _, secret = header(request, b"authorization").partition(" ")
    if scheme:
        is_bearer = scheme.lower() == "bearer" and _SECRET.fullmatch(secret.strip())
        return Credential(conversation, secret.strip()) if is_bearer else None
    if request.method not in {"GET", "HEAD"} and not doors.is_own_origin(request):
        return None
    held = doors.cookie(request)
    return held if held and held.conversation == conversation else None


def is_conversation(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
