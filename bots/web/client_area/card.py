"""My card: each value with who typed it and when, what is sensitive hidden until it is asked for; from here it is corrected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bots.web.client_area.talking import conversation_of, into_chat, open_goal
from bots.web.client_area.visits import Visits
from dialogs.journey import UPDATE
from dialogs.proposals import who_prepared
from dialogs.summaries import is_changeable
from forms.computed import Environment
from forms.covering import covered
from forms.showing import ShownAnswer, show_answers
from forms.types.base import Wire
from forms.types.showing import day
from rules.origins import Origin as Prepared
from storage.accounts import Guest
from storage.audit import Audited, audit
from storage.checks import keep_confirmed, keep_put_off
from storage.parties import Card, open_party, read_cards
from storage.staff import find_colleague
from storage.submissions import find_submission, open_submission
from storage.tables.parties import Party

MOST_REVISIONS = 1_000
CUSTOMER: Final = "customer"


@dataclass(frozen=True, slots=True)
class Origin:
    by: str
    """`customer`, or a colleague's id."""
    at: datetime
    prepared: Prepared | None = None
    """Where somebody had prepared it: by whom, and what the customer did with it."""


@dataclass(frozen=True, slots=True)
class CardRow:
    path: str
    label: str
    value: str
    is_code: bool
    is_hidden: bool
    origin: str
    can_change: bool


def origins(revisions: Sequence[Card], prepared: Mapping[str, Prepared] = MappingProxyType({})) -> Mapping[str, Origin]:
    """Who typed each answer of the latest revision, and when: where it last became what it is. `revisions`: the oldest first;
    `prepared`: those of the latest revision's answers that somebody had prepared."""
    found: dict[str, tuple[Wire, Origin]] = {}
    for card in revisions:
        kept = {key: found[key] for key in card.answers if key in found and found[key][0] == card.answers[key]}
        found = {key: kept.get(key, (value, Origin(card.typed_by, card.at))) for key, value in card.answers.items()}
    return {key: replace(origin, prepared=prepared.get(key)) for key, (_, origin) in found.items()}


class CardPage:
    def __init__(self, visits: Visits) -> None:
        self._visits = visits

    def routes(self) -> list[Route]:
        behind = self._visits.behind
        return [
            Route("/card", behind(self.show), methods=["GET"]),
            Route("/card", behind(self.change, wants_fresh="card"), methods=["POST"]),
            Route("/card/still", behind(self.say_still, wants_fresh="card"), methods=["POST"]),
        ]

    async def show(self, request: Request, guest: Guest) -> Response:
        visits, wants_all = self._visits, "open" in request.query_params
        if wants_all and not guest.is_fresh(visits.now):
            return visits.to("/again?to=card")
        frame = visits.frame(request, guest)
        async with visits.services.database.transaction("party", party=guest.party) as session:
            owner = await open_party(session, visits.services.keys, guest.party)
            party = await session.get_one(Party, guest.party)
            revisions = tuple(reversed(await read_cards(session, owner, most=MOST_REVISIONS)))
            latest = revisions[-1] if revisions else None
            submission = await find_submission(session, latest.submission) if latest and latest.submission else None
            prepared = open_submission(owner, submission).origins if submission else {}
        async with visits.services.database.transaction() as session:
            names = await _names(session, revisions)
            if wants_all:
                await audit(session, Audited("card.shown_whole", visits.now, CUSTOMER, party=guest.party))
        typed = origins(revisions, prepared)
        sections = self._sections(revisions[-1], typed, names, party.kind, frame.language, is_open=wants_all) if latest else []
        state = submission.state if submission else ""
        return visits.page("area_card", frame, {"sections": sections, "state": state, "is_open": wants_all})

    async def change(self, request: Request, guest: Guest) -> Response:
        """Into the conversation, at the question to be answered anew; the correction is suspended there."""
        visits, form = self._visits, await self._visits.form(request)
        conversation = await conversation_of(visits, guest)
        if conversation is not None:
            await open_goal(visits, request, conversation, UPDATE, form.first("change") or "")
        return await into_chat(visits, request, guest, conversation)

    async def say_still(self, request: Request, guest: Guest) -> Response:
        """Whatever is answered, nobody is asked again for a year."""
        visits, form = self._visits, await self._visits.form(request)
        told = form.first("still") or ""
        async with visits.services.database.transaction() as session:
            if told == "yes":
                await keep_confirmed(session, guest.party, visits.now)
                await audit(session, Audited("card.still_right", visits.now, CUSTOMER, party=guest.party))
            else:
                await keep_put_off(session, guest.party, visits.now)
        return await self.change(request, guest) if told == "change" else visits.to()

    def _sections(
        self, card: Card, typed: Mapping[str, Origin], names: Mapping[str, str], party_kind: str, language: str, *, is_open: bool
    ) -> list[tuple[str, list[CardRow]]]:
        services = self._visits.services
        form, words = services.catalogue.form(card.form), services.catalogue.words(card.form, language, party_kind=party_kind)
        today = self._visits.now.astimezone(services.settings.zone).date()
        env = Environment(today, card.answers, services.catalogue.tables, services.settings.currency, party_kind)

        def row(shown: ShownAnswer) -> CardRow:
            step = form.step(shown.path)
            is_hidden = not is_open and step.question is not None and step.question.sensitive
            value = (covered(shown.value) if shown.is_code else "") if is_hidden else shown.value
            origin = self._origin(typed.get(shown.path), names, language)
            can_change = is_changeable(step)
            return CardRow(shown.path, shown.label, value, shown.is_code, is_hidden, origin, can_change)

        shown = show_answers(form, words, card.answers, env, language)
        return [(section.title, [row(answer) for answer in section.answers]) for section in shown]

    def _origin(self, origin: Origin | None, names: Mapping[str, str], language: str) -> str:
        if origin is None:
            return ""  # computed from others
        said = day(local_date(origin.at, self._visits.services.settings.zone), language)
        if origin.prepared is not None:
            prepared, agency = origin.prepared, self._visits.services.settings.agency_name
            name = who_prepared(language, prepared.colleague, prepared.file, agency)
            return self._visits.say(language, "card.kept" if prepared.is_kept else "card.changed", day=said, name=name)
        if origin.by == CUSTOMER:
            return self._visits.say(language, "card.you", day=said)
        return self._visits.say(language, "card.colleague", day=said, name=names.get(origin.by, "?"))


def local_date(at: datetime, zone: ZoneInfo) -> str:
    """The day as ISO, in the agency's time zone."""
    return at.astimezone(zone).date().isoformat()


async def _names(session: AsyncSession, revisions: Sequence[Card]) -> Mapping[str, str]:
    ids = {card.typed_by for card in revisions} - {CUSTOMER}
    found = {one: await find_colleague(session, UUID(one)) for one in ids}
    return {one: colleague.name for one, colleague in found.items() if colleague is not None}
