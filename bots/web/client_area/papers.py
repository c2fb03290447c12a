"""My documents, and my quotes and policies. Row security shows a customer their own only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bots.web.attachments import named_with_ending
from bots.web.client_area.card import local_date
from bots.web.client_area.talking import conversation_of, into_chat, open_goal
from bots.web.client_area.visits import Visits
from bots.web.mailbox import disposition
from dialogs.desk import QUOTE
from forms.types.showing import day, file_size, money
from rules.submissions import is_quote
from storage.accounts import Guest
from storage.documents import documents_of, find_document, read_title
from storage.offers import offer_of
from storage.parties import open_party
from storage.policies import policies_of
from storage.submissions import submissions_of
from storage.tables.evidence import Document
from storage.tables.portfolio import Offer, Policy
from storage.tables.submissions import Submission

SHOWN_IN_PLACE = frozenset({"application/pdf", "image/jpeg", "image/png"})


@dataclass(frozen=True, slots=True)
class QuoteRow:
    title: str
    state: str
    sent: str
    price: str
    document: str


class Papers:
    def __init__(self, visits: Visits) -> None:
        self._visits = visits

    def routes(self) -> list[Route]:
        behind = self._visits.behind
        return [
            Route("/documents", behind(self.list_documents), methods=["GET"]),
            Route("/documents/{document}", behind(self.send_document), methods=["GET"]),
            Route("/policies", behind(self.list_policies), methods=["GET"]),
            Route("/policies", behind(self.ask_quote, wants_fresh="policies"), methods=["POST"]),
        ]

    async def list_documents(self, request: Request, guest: Guest) -> Response:
        visits, frame = self._visits, self._visits.frame(request, guest)
        async with visits.services.database.transaction("party", party=guest.party) as session:
            owner = await open_party(session, visits.services.keys, guest.party)
            rows = await documents_of(session, guest.party)
        listed = [
            {
                "id": str(row.id),
                "kind": row.kind,
                "title": read_title(owner, row),
                "day": self._day(row.stored_at, frame.language),
                "size": file_size(row.bytes, frame.language),
                "is_shown": row.media_type in SHOWN_IN_PLACE,
            }
            for row in rows
        ]
        return visits.page("area_documents", frame, {"documents": listed})

    async def send_document(self, request: Request, guest: Guest) -> Response:
        """`?open`: shown by the browser, which can print it; otherwise kept as a file."""
        visits, services = self._visits, self._visits.services
        async with services.database.transaction("party", party=guest.party) as session:
            row = await self._find(session, request.path_params["document"])
            if row is None:
                return visits.frames.lost(request)
            if row.kind == "upload" and not guest.is_fresh(visits.now):
                return visits.to("/again?to=documents")  # a scan of an identity card is not for whoever finds the page open
            owner = await open_party(session, services.keys, guest.party)
            name = named_with_ending(read_title(owner, row), row.media_type)
        content = await services.documents.read(owner, row)
        told = disposition(name)
        if "open" in request.query_params and row.media_type in SHOWN_IN_PLACE:
            told = told.replace("attachment", "inline", 1)
        return Response(content, headers={"content-disposition": told}, media_type=row.media_type)

    async def list_policies(self, request: Request, guest: Guest) -> Response:
        visits, frame, services = self._visits, self._visits.frame(request, guest), self._visits.services
        async with services.database.transaction("party", party=guest.party) as session:
            quotes = [row for row in await submissions_of(session, guest.party) if is_quote(row.form)]
            offers = [await offer_of(session, row.id) for row in quotes]
            policies = await policies_of(session, guest.party)
            papers = await documents_of(session, guest.party, kinds=("offer", "policy"))
        context = {
            "quotes": [self._quote(row, offer, papers, frame.language) for row, offer in zip(quotes, offers, strict=True)],
            "policies": [self._policy(row, papers, frame.language) for row in policies],
        }
        return visits.page("area_policies", frame, context)

    async def ask_quote(self, request: Request, guest: Guest) -> Response:
        conversation = await conversation_of(self._visits, guest)
        if conversation is not None:
            await open_goal(self._visits, request, conversation, QUOTE)
        return await into_chat(self._visits, request, guest, conversation)

    def _quote(self, row: Submission, offer: Offer | None, papers: Sequence[Document], language: str) -> QuoteRow:
        words = self._visits.services.catalogue.words(row.form, language)
        price = ""
        if offer is not None:
            until = day(offer.valid_until.isoformat(), language)
            price = self._visits.say(language, "policies.offer", amount=self._amount(offer.premium_cents, language), day=until)
        elif row.indicative_cents is not None:
            price = self._visits.say(language, "policies.indicative", amount=self._amount(row.indicative_cents, language))
        paper = next((str(one.id) for one in papers if offer is not None and one.offer_id == offer.id), "")
        return QuoteRow(words.title, row.state, self._day(row.waiting_since, language), price, paper)

    def _policy(self, row: Policy, papers: Sequence[Document], language: str) -> Mapping[str, str]:
        return {
            "number": row.number,
            "premium": self._amount(row.premium_cents, language),
            "starts": day(row.starts_on.isoformat(), language) if row.starts_on else "",
            "issued": self._day(row.issued_at, language),
            "document": next((str(one.id) for one in papers if one.policy_id == row.id), ""),
        }

    def _amount(self, cents: int, language: str) -> str:
        return money(f"{cents // 100}.{cents % 100:02}", self._visits.services.settings.currency, language)

    def _day(self, at: datetime, language: str) -> str:
        return day(local_date(at, self._visits.services.settings.zone), language)

    @staticmethod
    async def _find(session: AsyncSession, document: str) -> Document | None:
        try:
            return await find_document(session, UUID(document))
        except ValueError:
            return None
