"""What all pages of the client area share: whose session a browser holds, its cookies, forms from our own pages only."""

import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bots.web.client_area.wording import area_words
from bots.web.conversations import Conversations
from bots.web.frame import Frame, Frames
from bots.web.rendering import page
from bots.web.uploads import Form, read_form
from bots.web.wording import word
from dialogs.services import Services
from rules.languages import LANGUAGES, primary
from storage.accounts import Device, Guest, end_sessions, find_guest
from storage.audit import Audited, audit

AREA: Final = "/area"
YEAR_S: Final = 365 * 24 * 3600
MOST_FORM: Final = 8_192
PLACES: Final = ("home", "card", "consents", "documents", "policies", "contact", "data", "security")
"""What the area has, in the order it is shown."""
_MARKED: Final = {"wrong_password": "password", "wrong_second": "second", "email": "email", "code": "code"}
_MARKED_BY: Final = {"name_": "new_name", "password_": "new_password"}
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,128}")
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))

type Endpoint = Callable[[Request], Awaitable[Response]]
type Guarded = Callable[[Request, Guest], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class FormField:
    """One input; `name` finds its label and hint in the words (`fields.<name>`)."""

    name: str
    type: str = "text"
    autocomplete: str = "off"
    value: str = ""
    is_needed: bool = True
    inputmode: str = ""
    is_ltr: bool = False


@dataclass(frozen=True, slots=True)
class Visits:
    services: Services
    conversations: Conversations
    frames: Frames

    @property
    def now(self) -> datetime:
        return self.services.clock()

    # who is there

    async def guest(self, request: Request) -> Guest | None:
        token = self._cookie(request, "area")
        if token is None:
            return None
        async with self.services.database.transaction() as session:
            return await find_guest(session, token, self.now)

    def behind(self, handler: Guarded, *, wants_fresh: str = "") -> Endpoint:
        """The handler for whoever is signed in; `wants_fresh`: the page that goes on once the password was typed again."""

        async def guarded(request: Request) -> Response:
            guest = await self.guest(request)
            if guest is None:
                return self.to(f"/sign-in{asked_language(request)}")
            if guest.awaits_second:
                return self.to("/second")
            if not self.is_ours(request):
                return self.frames.lost(request)
            if wants_fresh and not guest.is_fresh(self.now):
                return self.to(f"/again?to={wants_fresh}")
            return await handler(request, guest)

        return guarded

    def from_us(self, handler: Endpoint) -> Endpoint:
        """The handler for whoever comes, forms from our own pages only."""

        async def guarded(request: Request) -> Response:
            return await handler(request) if self.is_ours(request) else self.frames.lost(request)

        return guarded

    def is_ours(self, request: Request) -> bool:
        return request.method in {"GET", "HEAD"} or self.conversations.doors.is_own_origin(request)

    async def form(self, request: Request) -> Form:
        return await read_form(request, MOST_FORM, 0)

    # cookies

    def device(self, request: Request) -> Device:
        return Device(self._cookie(request, "device") or secrets.token_urlsafe(32), browser_of(request.headers.get("user-agent", "")))

    def let_in(self, request: Request, response: Response, token: str, device: Device) -> Response:
        self._set_cookie(request, response, "area", token)
        self._set_cookie(request, response, "device", device.secret, age_s=YEAR_S)
        return response

    async def let_out(self, request: Request, guest: Guest | None) -> Response:
        """The chat that was entered from here goes too: the next person at this device finds nothing."""
        response = self.to("/sign-in")
        if guest is not None:
            async with self.services.database.transaction() as session:
                await end_sessions(session, guest.party, self.now, only=guest.session)
                await audit(session, Audited("account.signed_out", self.now, "customer", party=guest.party))
        self._set_cookie(request, response, "area", "", age_s=0)
        for name in ("chat", "__Host-chat"):
            secure = "; Secure" * name.startswith("__Host-")
            response.headers.append("set-cookie", f"{name}=; Max-Age=0; Path=/; HttpOnly{secure}; SameSite=Lax")
        return response

    def _cookie(self, request: Request, name: str) -> str | None:
        value = request.cookies.get(self._name(request, name), "")
        return value if _TOKEN.fullmatch(value) else None

    def _set_cookie(self, request: Request, response: Response, name: str, value: str, *, age_s: int | None = None) -> None:
        parts = [f"{self._name(request, name)}={value}", "Path=/", "HttpOnly", "SameSite=Lax"]
        parts += ["Secure"] * self.conversations.doors.is_secure(request)
        parts += [f"Max-Age={age_s}"] if age_s is not None else []
        response.headers.append("set-cookie", "; ".join(parts))

    def _name(self, request: Request, name: str) -> str:
        return f"__Host-{name}" if self.conversations.doors.is_secure(request) else name

    # pages

    def to(self, path: str = "") -> Response:
        return RedirectResponse(f"{AREA}{path}", 303)

    def frame(self, request: Request, guest: Guest | None = None) -> Frame:
        return self.frames.of(guest.language) if guest is not None else self.frames.plain(request)

    def page(self, template: str, frame: Frame, context: Mapping[str, object], *, status: int = 200, is_in: bool = True) -> Response:
        own = {"page": frame, "is_in": is_in, "places": PLACES, "here": f"{AREA}/sign-in", **context}
        return page(template, frame.language, own, status, words=area_words(frame.language))

    def ask(
        self,
        request: Request,
        section: str,
        fields: tuple[FormField, ...],
        *,
        guest: Guest | None = None,
        action: str = "",
        problem: str = "",
        status: int = 200,
        hidden: Mapping[str, str] | None = None,
        links: tuple[tuple[str, str], ...] = (),
        facts: Mapping[str, str] | None = None,
        then: BackgroundTask | None = None,
    ) -> Response:
        """A form and its problem, worded by a section of the words: title, lead, go. `links`: address and key of the words `links`."""
        frame = self.frame(request, guest)
        context = {
            "section": section,
            "fields": fields,
            "action": action or f"{request.url.path}{asked_language(request)}",
            "problem": problem,
            "marked": _marked(problem),
            "here": request.url.path if request.method == "GET" else f"{AREA}/sign-in",
            "hidden": hidden or {},
            "links": links,
            "facts": {"agency": frame.agency, **(facts or {})},
        }
        response = self.page("area_form", frame, context, status=status, is_in=guest is not None and not guest.awaits_second)
        response.background = then
        return response

    def say(self, language: str, key: str, **facts: str) -> str:
        return word(area_words(language), f"area.{key}").format(**facts)


def _marked(problem: str) -> str:
    """The field that a problem is about; empty where it is about none alone."""
    return _MARKED.get(problem) or next((field for start, field in _MARKED_BY.items() if problem.startswith(start)), "")


def asked_language(request: Request) -> str:
    """Carried from page to page until somebody is signed in, whose own language counts."""
    asked = primary(request.query_params.get("lang", ""))
    return f"?lang={asked}" if asked in LANGUAGES else ""


def browser_of(user_agent: str) -> str:
    """ "Firefox, Android", as far as the browser says."""
    names = (next((name for sign, name in signs if sign in user_agent), "") for signs in (_BROWSERS, _SYSTEMS))
    return ", ".join(name for name in names if name) or "?"
