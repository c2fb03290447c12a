"""What went wrong, as an answer."""

import logging
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bots.web import problems
from bots.web.access import is_conversation
from bots.web.frame import Frames
from bots.web.problems import ApiProblem
from dialogs.turn import ConversationUnknown, Crowded
from storage.database import is_away
from storage.documents import DamagedError, UnreachableError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Errors:
    """Programs get problem documents, people get pages; nobody gets a trace."""

    frames: Frames

    async def answer(self, request: Request, error: Exception) -> Response:
        match error:
            case ApiProblem():
                return self._problem(request, error)
            case ConversationUnknown():
                return problems.respond(problems.not_found()) if _is_api(request) else self.frames.lost(request)
            case Crowded():
                return problems.respond(problems.crowded()) if _is_api(request) else self._page(request, "busy", 503)
            case DamagedError() | UnreachableError() if request.method == "GET":
                return self._unread(request, error)
            case HTTPException(status_code=status):
                return problems.respond(problems.unknown_path(status)) if _is_api(request) else self._page(request, "lost", status)
            case _:
                return self._failure(request, error)

    def _problem(self, request: Request, problem: ApiProblem) -> Response:
        if _is_api(request):
            return problems.respond(problem)
        return self._page(request, "failed" if problem.status >= 500 else "lost", problem.status)

    def _unread(self, request: Request, error: Exception) -> Response:
        """A document that is asked for: nobody's doing here, and everything else goes on."""
        log.warning("%s cannot be read: %s", _place(request), error)
        return problems.respond(problems.unread()) if _is_api(request) else self._page(request, "unread", 503)

    def _failure(self, request: Request, error: Exception) -> Response:
        """Of what passes, a database that is away, whoever asks and proxies before us are told that it does."""
        log.error("%s %s failed", request.method, _place(request), exc_info=error)
        problem = problems.away() if is_away(error) else problems.failed()
        if _is_api(request):
            return problems.respond(problem)
        page = self._page(request, "failed", problem.status)
        page.headers.update(problem.headers)
        return page

    def _page(self, request: Request, name: str, status: int) -> Response:
        return self.frames.reading(request, name, status=status)


def _place(request: Request) -> str:
    """The route's pattern: the path itself may hold a one-time token, the check of a receipt, or a line break. Of ids, the conversation's."""
    pattern = getattr(request.scope.get("route"), "path", "a path without route")
    conversation = str(request.path_params.get("conversation", ""))
    return f"{pattern} ({conversation})" if is_conversation(conversation) else pattern


def _is_api(request: Request) -> bool:
    return request.url.path.startswith(("/api/", "/webhooks/"))
