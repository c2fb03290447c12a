"""The area's first page."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bots.web.client_area.card import local_date
from bots.web.client_area.visits import Visits
from forms.types.showing import day
from rules.approaches import YEAR
from storage.accounts import Guest
from storage.checks import find_check
from storage.tables.checks import CardCheck
from storage.tables.parties import Party


class Home:
    def __init__(self, visits: Visits) -> None:
        self._visits = visits

    def routes(self) -> list[Route]:
        return [Route("/", self._visits.behind(self.show), methods=["GET"])]

    async def show(self, request: Request, guest: Guest) -> Response:
        visits, frame, services = self._visits, self._visits.frame(request, guest), self._visits.services
        async with services.database.transaction("party", party=guest.party) as session:
            party = await session.get_one(Party, guest.party)
            check = await find_check(session, guest.party)
        context = {"name": party.display_name or "", "still": "", "why": "lead"}
        if check is not None and is_to_be_asked(check, visits.now):
            context["still"] = day(local_date(check.confirmed_at, services.settings.zone), frame.language)
            context["why"] = check.doubted_by or "lead"
        return visits.page("area_home", frame, context)


def is_to_be_asked(check: CardCheck, now: datetime) -> bool:
    """Whoever comes by themselves: a year after they last said so, and at once where one of their ways is closed; not again within a
    year of "not now"."""
    if check.doubted_at is not None and (check.put_off_at is None or check.put_off_at < check.doubted_at):
        return True
    return now - max(check.confirmed_at, check.put_off_at or check.confirmed_at) >= YEAR
