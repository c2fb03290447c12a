"""The client area put together."""

from starlette.routing import Route

from bots.web.client_area.card import CardPage
from bots.web.client_area.consents import ConsentsPage
from bots.web.client_area.entrance import Entrance
from bots.web.client_area.home import Home
from bots.web.client_area.own_data import OwnData
from bots.web.client_area.papers import Papers
from bots.web.client_area.passwords import Passwords
from bots.web.client_area.security import Security
from bots.web.client_area.visits import AREA, Visits
from bots.web.conversations import Conversations
from bots.web.frame import Frames
from dialogs.services import Services


def routes(services: Services, conversations: Conversations, frames: Frames) -> list[Route]:
    """Serves `/area`, and what lies under it."""
    visits = Visits(services, conversations, frames)
    entrance = Entrance(visits)
    pages = (CardPage(visits), ConsentsPage(visits), Papers(visits), OwnData(visits))
    found = [*Home(visits).routes(), *entrance.routes(), *Passwords(visits, entrance).routes(), *Security(visits).routes()]
    found += [route for page in pages for route in page.routes()]
    return [Route(AREA + route.path.rstrip("/"), route.endpoint, methods=route.methods) for route in found]
