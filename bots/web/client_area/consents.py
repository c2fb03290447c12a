"""My modules and consents (S0-11, S0-21): the whole path, and what is free taken back at a touch, by the conversation's own way."""

from dataclasses import dataclass
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bots.web.client_area.card import local_date
from bots.web.client_area.talking import conversation_of, into_chat, message_id
from bots.web.client_area.visits import Visits
from dialogs.events import Answered, Commanded
from dialogs.paths import PathRow, read_path
from dialogs.turn import QuestionChanged
from dialogs.wording import say
from forms.types.showing import day
from rules.consents import LAPSED, POSITIVE, GivenAct, lapse
from storage.accounts import Guest
from storage.parties import open_party


@dataclass(frozen=True, slots=True)
class ActRow:
    question: str
    number: int
    label: str
    told: str
    version: str
    day: str
    stamp: str
    receipt: str
    is_free: bool
    """It can be taken back."""
    is_needed: bool
    """Without it nothing goes on here."""
    is_standing: bool
    can_give: bool


class ConsentsPage:
    def __init__(self, visits: Visits) -> None:
        self._visits = visits

    def routes(self) -> list[Route]:
        behind = self._visits.behind
        return [Route("/consents", behind(self.show), methods=["GET"]), Route("/consents", behind(self.decide), methods=["POST"])]

    async def show(self, request: Request, guest: Guest) -> Response:
        visits, frame = self._visits, self._visits.frame(request, guest)
        rows = await self._rows(guest, frame.language)
        latest = {row.question: row for row in rows if row.question.startswith("modules.")}
        context = {
            "free": [row for row in latest.values() if row.is_free and not row.is_needed],
            "needed": [row for row in latest.values() if row.is_needed],
            "other": [row for row in latest.values() if not row.is_free],
            "history": list(reversed(rows)),
            "is_done": "done" in request.query_params,
        }
        return visits.page("area_consents", frame, context)

    async def decide(self, request: Request, guest: Guest) -> Response:
        """Taken back here; given after all where its text stands, in the conversation. So too where a colleague has the conversation."""
        visits, form = self._visits, await self._visits.form(request)
        conversation = await conversation_of(visits, guest)
        latest = {row.question: row for row in await self._rows(guest, guest.language)}
        chosen = latest.get(form.first("question") or "")
        if conversation is None or chosen is None or not chosen.is_free:
            return visits.to("/consents")
        last = await visits.conversations.last(conversation)
        key = message_id(conversation, chosen.question, str(last.number))
        if not chosen.is_standing and not guest.is_fresh(visits.now):  # taking back wants nothing more
            return visits.to("/again?to=consents")
        if not chosen.is_standing:
            await self._open(request, conversation, chosen.question, key)
            return await into_chat(visits, request, guest, conversation)
        await visits.conversations.take(request, conversation, key, Commanded("withdraw", chosen.question))
        now = {row.question: row for row in await self._rows(guest, guest.language)}
        if now[chosen.question].is_standing:
            return await into_chat(visits, request, guest, conversation) if guest.is_fresh(visits.now) else visits.to("/again?to=consents")
        return visits.to("/consents?done")

    async def _open(self, request: Request, conversation: str, question: str, key: str) -> None:
        """The text of the consent stands open; where it cannot, the conversation as it is."""
        conversations = self._visits.conversations
        await conversations.take(request, conversation, key, Commanded("consents"))
        try:
            await conversations.take(request, conversation, sha256(key.encode()).hexdigest()[:40], Answered("consents.act", question))
        except QuestionChanged:
            return

    async def _rows(self, guest: Guest, language: str) -> list[ActRow]:
        """The oldest first."""
        services, now = self._visits.services, self._visits.now
        zone = services.settings.zone
        async with services.database.transaction("party", party=guest.party) as session:
            owner = await open_party(session, services.keys, guest.party)
            path = await read_path(session, owner, services.catalogue, language, zone=zone)
        in_force = {question for module in services.catalogue.modules(now.astimezone(zone).date()) for question in module.questions}
        return [self._row(row, language, in_force) for row in path]

    def _row(self, row: PathRow, language: str, in_force: set[str]) -> ActRow:
        services = self._visits.services
        kind, module = services.catalogue.kinds.get(row.kind), services.catalogue.published.get((row.module, row.version))
        is_free = kind is not None and kind.withdraw and row.question.startswith("modules.")
        given = GivenAct(row.question, row.version, row.answer, row.at)
        answer = lapse(services.catalogue.months_counted(row.module, row.version), given, self._visits.now).answer
        is_standing = answer in POSITIVE
        return ActRow(
            question=row.question,
            number=row.number,
            label=row.label,
            told=say(language, "act_answers.lapsed") if answer == LAPSED else row.told,
            version=row.version if module is not None else "",
            day=day(local_date(row.at, services.settings.zone), language),
            stamp=row.stamp,
            receipt=row.receipt,
            is_free=is_free,
            is_needed=is_free and kind is not None and kind.blocks,
            is_standing=is_standing,
            can_give=is_free and not is_standing and row.question in in_force,
        )
