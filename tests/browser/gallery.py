"""The pages of every hand-made scene behind the real headers and static files, at /<language>/<scene>."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bots.web.frame import Agency, Frames
from bots.web.headers import SecureHeaders
from bots.web.rendering import page, serve_static
from bots.web.scenes import LastTurn, show
from rules.languages import LANGUAGES
from tests.browser.scenes import every_scene

CONVERSATION = "0193a000-0000-7000-8000-000000000000"
FRAMES = Frames(Agency("Agenzia Demo", "agenzia@example.org", "+39 000 0000000", "Via Esempio 1, 00000 Demo", "RUI DEMO000000", LANGUAGES))


def gallery() -> Starlette:
    routes = [
        Route("/", landing),
        Route("/static/{name}", serve_static),
        Route("/api/{rest:path}", nothing),
        Route("/{language}/{scene}", scene),
    ]
    return Starlette(routes=routes, middleware=[Middleware(SecureHeaders, embed_origins=())])


async def landing(request: Request) -> Response:
    frame = FRAMES.plain(request)
    return page("landing", frame.language, {"page": frame, "going_on": True})


async def scene(request: Request) -> Response:
    language, name = request.path_params["language"], request.path_params["scene"]
    view, messages = every_scene(language)[name]
    given = ["DMECLN80C55F839X"] if name == "refused" else None
    return show(FRAMES.of(language), view, LastTurn(7, messages), conversation=CONVERSATION, max_upload=10_000_000, given=given)


async def nothing(_request: Request) -> Response:
    return Response(status_code=204)
