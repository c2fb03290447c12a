"""The turns of the chat API before all else: they are most of what comes, and a router with its layers costs as much as storing one."""

import re
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from bots.web.api import BASE, ChatApi
from bots.web.errors import Errors
from bots.web.headers import FOR_PROGRAMS, add_missing

_TURNS: Final = re.compile(rf"{BASE}/([^/]+)/turns")
_ROUTE: Final = SimpleNamespace(path=f"{BASE}/{{conversation}}/turns")  # as a router leaves it for whoever logs


@dataclass(frozen=True, slots=True)
class TurnsFirst:
    """Everything else goes on to `app`, where the same route stands for other methods."""

    app: ASGIApp
    api: ChatApi
    errors: Errors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = _TURNS.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        if found is None:
            await self.app(scope, receive, send)
            return
        scope["path_params"], scope["route"] = {"conversation": found[1]}, _ROUTE
        request = Request(scope, receive, send)
        try:
            response = await self.api.take_turn(request)
        except Exception as error:  # noqa: BLE001 - whatever it is: it is answered, and logged where it is our fault
            response = await self.errors.answer(request, error)
            add_missing(response.raw_headers, FOR_PROGRAMS)
        await response(scope, receive, send)
