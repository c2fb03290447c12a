"""The web room put together: chat API, chat pages, the demo's mailbox, static files, as one ASGI application; and the messengers' door alone."""

from collections.abc import Callable, Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bots.rasa.door import RestChannel
from bots.web.api import ChatApi
from bots.web.chat import ChatPages
from bots.web.client_area.later import ClientArea
from bots.web.conversations import Conversations
from bots.web.entering import Entering
from bots.web.errors import Errors
from bots.web.frame import Agency, Frames
from bots.web.headers import SecureHeaders
from bots.web.lists import Lists
from bots.web.mailbox import Mailbox
from bots.web.problems import ApiProblem
from bots.web.reading import Reading
from bots.web.rendering import serve_static
from bots.web.shortcut import TurnsFirst
from bots.web.verify import Verification
from dialogs.services import Services
from dialogs.turn import ConversationUnknown
from storage.documents import UNREAD
from storage.settings import Settings


def create_app(services: Services, more: Sequence[Route] = (), telegram: Callable[[], str | None] = lambda: None) -> ASGIApp:
    """Serves `/`, `/chat…`, `/enter/…`, `/area…`, `/api/…`, `/static/…`, `/privacy`, `/verify/…`, `/embed.js`, `/webhooks/…`, in the demo `/mail…`, and `more`."""
    settings = services.settings
    conversations, frames = Conversations(services), Frames(_agency(settings))
    api = ChatApi(conversations)
    routes = [
        *api.routes(),
        *ChatPages(conversations, frames, telegram).routes(),
        *Reading(services, frames).routes(),
        *Verification(services, conversations, frames).routes(),
        *Entering(conversations, frames, telegram).routes(),
        Route("/area{rest:path}", ClientArea(services, conversations, frames)),
        *RestChannel(services, conversations).routes(),
        *Lists(services, conversations).routes(),
        *(Mailbox(settings, frames).routes() if services.is_demo else []),
        Route("/static/{name}", serve_static, methods=["GET"]),
        Route("/embed.js", serve_embedding, methods=["GET"]),
        Route("/chat/", to_chat, methods=["GET"]),
        *more,
    ]
    errors = Errors(frames)
    return TurnsFirst(_answering(routes, errors, conversations), api, errors)


def create_messengers_door(services: Services, more: Sequence[Route] = ()) -> ASGIApp:
    """Serves what messengers call and nothing else: `/webhooks/rest…` where there is a secret, and `more`."""
    conversations = Conversations(services)
    routes = [*RestChannel(services, conversations).routes(), *more]
    return _answering(routes, Errors(Frames(_agency(services.settings))), conversations)


def _agency(settings: Settings) -> Agency:
    return Agency(
        settings.agency_name,
        settings.agency_email,
        settings.agency_phone,
        settings.agency_address,
        settings.agency_register,
        tuple(settings.languages),
    )


def _answering(routes: Sequence[Route], errors: Errors, conversations: Conversations) -> ASGIApp:
    kinds: tuple[type[Exception], ...] = (ApiProblem, ConversationUnknown, HTTPException, *UNREAD, Exception)
    app = Starlette(routes=routes, exception_handlers=dict.fromkeys(kinds, errors.answer))
    app.router.redirect_slashes = False  # Starlette's own goes to an address of the host and scheme that a proxy shows us
    return SecureHeaders(app, conversations.doors.embed_origins)


async def to_chat(_: Request) -> Response:
    return RedirectResponse("/chat", 308)


async def serve_embedding(request: Request) -> Response:
    request.scope["path_params"] = {"name": "embed.js"}
    return await serve_static(request)
