"""The area's first page."""

from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bots.web.client_area.card import local_date
from bots.web.client_area.visits import Visits
from forms.types.showing import day
from storage.accounts import Guest, find_account
from storage.parties import open_party, read_cards
from storage.tables.parties import Party

STILL_RIGHT: Final = timedelta(days=365)
"""So long nobody is asked whether the card is still right."""


class Home:
    def __init__(self, visits: Visits) -> None:
        self._visits = visits

    def routes(self) -> list[Route]:
        return [Route("/", self._visits.behind(self.show), methods=["GET"])]

    async def show(self, request: Request, guest: Guest) -> Response:
        visits, frame, services = self._visits, self._visits.frame(request, guest), self._visits.services
        async with services.database.transaction("party", party=guest.party) as session:
            party = await session.get_one(Party, guest.party)
            cards = await read_cards(session, await open_party(session, services.keys, guest.party))
        async with services.database.transaction() as session:
            account = await find_account(session, guest.party)
        typed = cards[0].at if cards else visits.now
        is_due = visits.now - max(typed, (account and account.asked_at) or typed) >= STILL_RIGHT
        still = day(local_date(typed, services.settings.zone), frame.language) if is_due else ""
        return visits.page("area_home", frame, {"name": party.display_name or "", "still": still})
