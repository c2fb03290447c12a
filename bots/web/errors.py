"""What went wrong, as an answer."""

import logging
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bots.web import problems
from bots.web.frame import Frames
from bots.web.problems import ApiProblem

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Errors:
    """Programs get problem documents, people get pages; nobody gets a trace."""

    frames: Frames

    async def answer_problem(self, request: Request, error: Exception) -> Response:
        if isinstance(error, ApiProblem) and _is_api(request):
            return problems.respond(error)
        status = error.status if isinstance(error, ApiProblem) else 500
        return self.frames.reading(request, "failed" if status >= 500 else "lost", status=status)

    async def answer_unknown(self, request: Request, _error: Exception) -> Response:
        return problems.respond(problems.not_found()) if _is_api(request) else self.frames.lost(request)

    async def answer_http(self, request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        if _is_api(request):
            return problems.respond(problems.unknown_path(status))
        return self.frames.reading(request, "lost", status=status)

    async def answer_failure(self, request: Request, error: Exception) -> Response:
        # the path holds ids only; what a person said is in the body
        log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        if _is_api(request):
            return problems.respond(problems.failed())
        return self.frames.reading(request, "failed", status=500)


def _is_api(request: Request) -> bool:
    return request.url.path.startswith("/api/")
