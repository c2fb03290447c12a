"""The turns of the chat API before all else: they are most of what comes, and a router with its layers costs as much as storing one."""

import re
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bots.web.api import BASE, ChatApi
from bots.web.errors import Errors
from bots.web.problems import ApiProblem
from dialogs.turn import ConversationUnknown

_TURNS: Final = re.compile(rf"{BASE}/([^/]+)/turns")


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
        request = Request({**scope, "path_params": {"conversation": found[1]}}, receive, send)
        response = await self._answer(request)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            return await self.api.take_turn(request)
        except ApiProblem as problem:
            return await self.errors.answer_problem(request, problem)
        except ConversationUnknown as unknown:
            return await self.errors.answer_unknown(request, unknown)
        except Exception as error:  # noqa: BLE001 - whatever it is: it is logged and answered there
            return await self.errors.answer_failure(request, error)
