"""The area's first page."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bots.web.client_area.visits import Visits
from storage.accounts import Guest
from storage.tables.parties import Party


class Home:
    def __init__(self, visits: Visits) -> None:
        self._visits = visits

    def routes(self) -> list[Route]:
        return [Route("/", self._visits.behind(self.show), methods=["GET"])]

    async def show(self, request: Request, guest: Guest) -> Response:
        visits = self._visits
        async with visits.services.database.transaction("party", party=guest.party) as session:
            party = await session.get_one(Party, guest.party)
        return visits.page("area_home", visits.frame(request, guest), {"name": party.display_name or ""})
