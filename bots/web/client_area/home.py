"""The area's first page."""

from collections.abc import Sequence
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bots.web.client_area.card import local_date
from bots.web.client_area.talking import conversation_of, into_chat, open_returned, view_of
from bots.web.client_area.visits import PLACES, Visits
from forms.cards import CARD_OF_FORM
from forms.computed import Environment
from forms.showing import ShownAnswer, show_answers
from forms.types.showing import day
from rules.approaches import YEAR
from storage.accounts import Guest
from storage.checks import find_check
from storage.parties import Card, open_party, read_cards, set_language
from storage.submissions import submissions_of
from storage.tables.checks import CardCheck
from storage.tables.parties import Party


class Home:
    def __init__(self, visits: Visits) -> None:
        self._visits = visits

    def routes(self) -> list[Route]:
        return [
            Route("/", self._visits.behind(self.show), methods=["GET"]),
            Route("/language", self._visits.behind(self.speak), methods=["POST"]),
            Route("/returned", self._visits.behind(self.answer_returned, wants_fresh="home"), methods=["POST"]),
        ]

    async def show(self, request: Request, guest: Guest) -> Response:
        visits, frame, services = self._visits, self._visits.frame(request, guest), self._visits.services
        async with services.database.transaction("party", party=guest.party) as session:
            party = await session.get_one(Party, guest.party)
            check = await find_check(session, guest.party)
            is_due = check is not None and is_to_be_asked(check, visits.now)
            cards = await read_cards(session, await open_party(session, services.keys, guest.party))
            is_returned = any(row.state == "returned" for row in await submissions_of(session, guest.party))
        context: dict[str, object] = {"name": _greeted(cards) or party.display_name or "", "still": "", "returned": "", "is_begun": False}
        if (view := await view_of(visits, guest)) is not None:
            context["returned"] = view.returned if is_returned else ""
            context["is_begun"] = view.is_quote_begun and not context["returned"]
        if check is not None and is_due and cards:
            context["still"] = day(local_date(check.confirmed_at, services.settings.zone), frame.language)
            context["why"] = check.doubted_by or "lead"
            context["rows"] = self._reached_by(cards[0], party.kind, frame.language)
        return visits.page("area_home", frame, context)

    async def speak(self, request: Request, guest: Guest) -> Response:
        """From now on, here and in mails; the conversation keeps its own."""
        visits, form = self._visits, await self._visits.form(request)
        language, place = form.first("language") or "", form.first("place") or ""
        if language in visits.services.settings.languages:
            async with visits.services.database.transaction() as session:
                await set_language(session, guest.party, language)
        return visits.to(f"/{place}" if place in PLACES[1:] else "")

    async def answer_returned(self, request: Request, guest: Guest) -> Response:
        """Into the conversation, where what was sent back stands open and is said again."""
        visits = self._visits
        conversation = await conversation_of(visits, guest)
        if conversation is not None:
            await open_returned(visits, request, conversation)
        return await into_chat(visits, request, guest, conversation)

    def _reached_by(self, card: Card, party_kind: str, language: str) -> list[ShownAnswer]:
        """What of the card says how the customer is reached: nobody says that it is right without seeing it."""
        services, kind = self._visits.services, CARD_OF_FORM[card.form]
        form, words = services.catalogue.form(card.form), services.catalogue.words(card.form, language, party_kind=party_kind)
        today = self._visits.now.astimezone(services.settings.zone).date()
        env = Environment(today, card.answers, services.catalogue.tables, services.settings.currency, party_kind)
        shown = (answer for section in show_answers(form, words, card.answers, env, language) for answer in section.answers)
        keys = {*kind.identifiers["phone"], *kind.identifiers["email"]}
        return [answer for answer in shown if answer.path in keys or answer.path.startswith(f"{kind.address}.")]


def _greeted(cards: Sequence[Card]) -> str:
    return CARD_OF_FORM[cards[0].form].greeted_in(cards[0].answers) if cards else ""


def is_to_be_asked(check: CardCheck, now: datetime) -> bool:
    """Whoever comes by themselves: a year after they last said so, and at once where one of their ways is closed; not again within a
    year of "not now"."""
    if check.doubted_at is not None and (check.put_off_at is None or check.put_off_at < check.doubted_at):
        return True
    return now - max(check.confirmed_at, check.put_off_at or check.confirmed_at) >= YEAR
