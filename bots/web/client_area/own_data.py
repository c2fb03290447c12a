"""Contact preferences, my data as a file, and the request to have it erased, which a colleague sees among the messages."""

import io
import zipfile
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bots.web.client_area.card import local_date
from bots.web.client_area.talking import conversation_of
from bots.web.client_area.visits import Visits
from bots.web.mailbox import disposition
from dialogs.jobs import enqueue_mail
from dialogs.services import Services
from forms.exports.columns import Column, Mark
from forms.exports.files import Words, Writer, writer
from forms.exports.subjects import columns
from forms.types.showing import day
from rules.exports import Format, Subject
from storage.accounts import Guest
from storage.audit import Audited, audit
from storage.calls import NewCall, open_calls_of, read_call, request_call
from storage.exports import NOWHERE, Acts, Clients, Source, Submissions, Wanted, read_page, record_of_line
from storage.mails import NewMail, queue_mail
from storage.parties import Contact, keep_contact, open_party, read_contact
from storage.tables.base import new_id
from storage.tables.parties import Party

ERASURE: Final = "erasure"
PAGE: Final = 500  # lines unsealed at once
LISTS: Final = ((Subject.CLIENTS, Clients()), (Subject.SUBMISSIONS, Submissions()), (Subject.ACTS, Acts()))
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
            owner = await open_party(session, services.keys, guest.party)
            asked = [row.at for row in await open_calls_of(session, guest.party) if read_call(owner, row)["topic"] == ERASURE]
        said = day(local_date(asked[0], services.settings.zone), frame.language) if asked else ""
        return visits.page("area_data", frame, {"asked": said})

    async def send_file(self, _request: Request, guest: Guest) -> Response:
        visits = self._visits
        content = await pack_own_data(visits.services, guest.party, guest.language)
        async with visits.services.database.transaction() as session:
            await audit(session, Audited("own_data.taken", visits.now, "customer", party=guest.party))
        name = f"sospeso-{local_date(visits.now, visits.services.settings.zone)}.zip"
        return Response(content, headers={"content-disposition": disposition(name)}, media_type="application/zip")

    async def ask_erasure(self, _request: Request, guest: Guest) -> Response:
        """Once, however often it is pressed; the erasure itself is a colleague's."""
        visits, services, now = self._visits, self._visits.services, self._visits.now
        conversation = await conversation_of(visits, guest)
        async with services.database.transaction() as session:
            owner = await open_party(session, services.keys, guest.party)
            asked = any(read_call(owner, row)["topic"] == ERASURE for row in await open_calls_of(session, guest.party))
            if not asked:
                call = NewCall(UUID(conversation) if conversation else new_id(), None, ERASURE, now)
                await request_call(session, owner, call)
                await audit(session, Audited("erasure.asked", now, "customer", party=guest.party))
                party = await session.get_one(Party, guest.party)
                settings = services.settings
                facts = {"name": party.display_name or "", "sent": f"{now.astimezone(settings.zone):%d/%m/%Y %H:%M}"}
                new = NewMail("erasure_request", settings.agency_email, settings.languages[0], "agency", facts)
                domain = settings.agency_email.rpartition("@")[2]
                await enqueue_mail(session, await queue_mail(session, owner, new, domain=domain))
        return visits.to("/data")


async def pack_own_data(services: Services, party: UUID, language: str) -> bytes:
    """The lists of the exports, of one customer: row security leaves nobody else's line in them."""
    packed = io.BytesIO()
    mark = Mark(str(new_id()), "customer", services.clock(), "GDPR 15, 20")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for subject, source in LISTS:
            listed = columns(subject, services.catalogue)
            for form in (Format.JSON, Format.CSV):
                out = writer(subject, form, listed, mark, Words(language, {}, {}))
                file.writestr(f"{subject.value}.{form.value}", await _written(services, party, source, listed, out))
    return packed.getvalue()


async def _written(services: Services, party: UUID, source: Source, listed: tuple[Column, ...], out: Writer) -> bytes:
    content, place = out.head(), NOWHERE
    async with services.database.transaction("party", party=party) as session:
        while True:
            lines, place = await read_page(session, services.keys, source, Wanted(), after=place, size=PAGE)
            content += b"".join(out.row(record_of_line(listed, line)) for line in lines)
            if len(lines) < PAGE:
                return content + out.foot()
