"""Contact preferences, my data as a file, and the request to have it erased, which colleagues see among the erasures."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bots.access.archive import stream_archive
from bots.web.client_area.card import local_date
from bots.web.client_area.visits import Visits
from bots.web.mailbox import disposition
from dialogs.mailing import mail_agency
from forms.types.showing import day
from storage.accounts import Guest
from storage.audit import Audited, audit
from storage.erasures import open_erasure, request_erasure
from storage.parties import Contact, keep_contact, lock_party, open_party, read_contact
from storage.tables.parties import Party

CHANNELS: Final = ("email", "phone", "messenger", "post")
TIMES: Final = ("any", "morning", "afternoon", "evening")


class OwnData:
    def __init__(self, visits: Visits) -> None:
        self._visits = visits

    def routes(self) -> list[Route]:
        behind = self._visits.behind
        return [
            Route("/contact", behind(self.show_contact), methods=["GET"]),
            Route("/contact", behind(self.take_contact), methods=["POST"]),
            Route("/data", behind(self.show), methods=["GET"]),
            Route("/data/file", behind(self.send_file, wants_fresh="data"), methods=["POST"]),
            Route("/data/erasure", behind(self.ask_erasure, wants_fresh="data"), methods=["POST"]),
        ]

    async def show_contact(self, request: Request, guest: Guest) -> Response:
        visits = self._visits
        async with visits.services.database.transaction("party", party=guest.party) as session:
            owner = await open_party(session, visits.services.keys, guest.party)
            contact = read_contact(owner, await session.get_one(Party, guest.party)) or Contact("email", "any")
        context = {"contact": contact, "channels": CHANNELS, "times": TIMES, "is_saved": "saved" in request.query_params}
        return visits.page("area_contact", visits.frame(request, guest), context)

    async def take_contact(self, request: Request, guest: Guest) -> Response:
        visits, form = self._visits, await self._visits.form(request)
        contact = Contact(form.first("channel") or "", form.first("time") or "")
        if contact.channel not in CHANNELS or contact.time not in TIMES:
            return visits.to("/contact")
        async with visits.services.database.transaction() as session:
            owner = await open_party(session, visits.services.keys, guest.party)
            await keep_contact(session, owner, contact)
            await audit(session, Audited("contact.kept", visits.now, "customer", party=guest.party))
        return visits.to("/contact?saved")

    async def show(self, request: Request, guest: Guest) -> Response:
        visits, frame, services = self._visits, self._visits.frame(request, guest), self._visits.services
        async with services.database.transaction() as session:
            asked = await open_erasure(session, guest.party)
        said = day(local_date(asked.asked_at, services.settings.zone), frame.language) if asked else ""
        return visits.page("area_data", frame, {"asked": said})

    async def send_file(self, _request: Request, guest: Guest) -> Response:
        """All that is held, with who looked at it."""
        visits = self._visits
        name = f"sospeso-{local_date(visits.now, visits.services.settings.zone)}.zip"
        content = await stream_archive(visits.services, guest.party, who="customer")
        return StreamingResponse(content, headers={"content-disposition": disposition(name)}, media_type="application/zip")

    async def ask_erasure(self, _request: Request, guest: Guest) -> Response:
        """Once, however often it is pressed; the erasure itself is for colleagues (bots.erasing)."""
        visits, services, now = self._visits, self._visits.services, self._visits.now
        async with services.database.transaction() as session:
            await lock_party(session, guest.party)  # two presses at once are one request, and one mail
            if await open_erasure(session, guest.party) is None:
                await request_erasure(session, guest.party, by="customer", at=now)
                owner = await open_party(session, services.keys, guest.party)
                await mail_agency(session, services.settings, owner, "erasure_request", at=now)
        return visits.to("/data")
