"""The web room put together: chat API, chat pages, the demo's mailbox, static files, as one ASGI application."""

import logging
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bots.web import problems
from bots.web.api import ChatApi
from bots.web.chat import ChatPages
from bots.web.conversations import Conversations
from bots.web.frame import Agency, Frames
from bots.web.headers import SecureHeaders
from bots.web.mailbox import Mailbox
from bots.web.problems import ApiProblem
from bots.web.reading import Reading
from bots.web.rendering import serve_static
from bots.web.verify import Verification
from dialogs.services import Services
from dialogs.turn import ConversationUnknown

log = logging.getLogger(__name__)


def create_app(services: Services) -> Starlette:
    """Serves `/`, `/chat…`, `/api/…`, `/static/…`, `/privacy`, `/verify/…`, `/embed.js`, and in the demo `/mail…`."""
    settings = services.settings
    conversations = Conversations(services)
    agency = Agency(settings.agency_name, settings.agency_email, settings.agency_phone, settings.agency_register, tuple(settings.languages))
    frames = Frames(agency)
    routes = [
        *ChatApi(conversations).routes(),
        *ChatPages(conversations, frames).routes(),
        *Reading(services, frames).routes(),
        *Verification(services, frames).routes(),
        *(Mailbox(settings, frames).routes() if services.is_demo else []),
        Route("/static/{name}", serve_static, methods=["GET"]),
        Route("/embed.js", serve_embedding, methods=["GET"]),
    ]
    errors = Errors(frames)
    return Starlette(
        routes=routes,
        middleware=[Middleware(SecureHeaders, embed_origins=conversations.doors.embed_origins)],
        exception_handlers={
            ApiProblem: errors.answer_problem,
            ConversationUnknown: errors.answer_unknown,
            HTTPException: errors.answer_http,
            Exception: errors.answer_failure,
        },
    )


async def serve_embedding(request: Request) -> Response:
    request.scope["path_params"] = {"name": "embed.js"}
    return await serve_static(request)


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
