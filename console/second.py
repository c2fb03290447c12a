"""The second factor of whoever is signed in: switched on with an app, off with a code. Plain pages behind the gate."""

from collections.abc import Mapping
from urllib.parse import parse_qs
from uuid import UUID

import segno
from markupsafe import Markup

from console.entry import Identity, SignInPages
from console.gate import TICKET_HEADER, Receive, Scope, Send, language_of, read_body
from dialogs.services import Services
from rules.refusals import Refused
from storage.second_factors import address_of
from storage.staff_second import begin, confirm, switch_off

PATHS = frozenset({"/second", "/second/off"})


class SecondFactor:
    def __init__(self, services: Services, identity: Identity, prefix: str) -> None:
        self._services, self._identity, self._pages = services, identity, SignInPages(services.settings.agency_name, prefix)

    async def __call__(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        """`path` is one of PATHS; the gate has looked at the session and the Origin."""
        language = language_of(scope)
        try:
            actor = await self._identity.actor(dict(scope["headers"]).get(TICKET_HEADER, b"").decode())
        except Refused:
            await _send_page(send, 403, self._pages.failed(language))
            return
        if scope["method"] != "POST":
            await self._show(send, actor.id, language)
            return
        code = parse_qs((await read_body(receive)).decode("utf-8", "replace")).get("code", [""])[0]
        if path == "/second/off":
            await self._switch_off(send, actor.id, code, language)
        else:
            await self._confirm(send, actor.id, code, language)

    async def _show(self, send: Send, colleague: UUID, language: str, *, is_wrong: bool = False) -> None:
        services = self._services
        async with services.database.transaction() as session:
            begun = await begin(session, services.keys, colleague)
        if begun is None:
            await self._send(send, "second_off", language, is_wrong=is_wrong)
            return
        secret, email = begun
        drawn = segno.make(address_of(secret, email, services.settings.agency_name), micro=False)
        code = Markup(drawn.svg_inline(scale=4, border=4, dark="#000", light="#fff"))  # noqa: S704 - drawn by segno
        groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        await self._send(send, "second_on", language, {"drawn": code, "secret": groups}, is_wrong=is_wrong)

    async def _confirm(self, send: Send, colleague: UUID, code: str, language: str) -> None:
        async with self._services.database.transaction() as session:
            codes = await confirm(session, self._services.keys, colleague, code, self._services.clock())
        if codes is None:
            await self._show(send, colleague, language, is_wrong=True)
        else:
            await self._send(send, "second_recovery", language, {"codes": codes})

    async def _switch_off(self, send: Send, colleague: UUID, code: str, language: str) -> None:
        async with self._services.database.transaction() as session:
            is_off = await switch_off(session, self._services.keys, colleague, code, self._services.clock())
        await self._show(send, colleague, language, is_wrong=not is_off)

    async def _send(
        self, send: Send, section: str, language: str, shown: Mapping[str, object] | None = None, *, is_wrong: bool = False
    ) -> None:
        page = self._pages.page(f"{section}.html", section, language, **{"is_wrong": is_wrong, **(shown or {})})
        await _send_page(send, 403 if is_wrong else 200, page)


async def _send_page(send: Send, status: int, page: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/html; charset=utf-8")]})
    await send({"type": "http.response.body", "body": page})
