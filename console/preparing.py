"""Cards that colleagues prepare for customers: typed at their request, listed while they wait, withdrawn. Acts, consents, codes and photographs
are the customer's alone, and nothing counts before they have confirmed it (dialogs/preparing.py)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, get_args
from uuid import UUID

from console.acting import Actor, acting, allowed
from dialogs.preparing import NotPrepared, Prepared, Preparer, prepare_card
from dialogs.services import Services
from forms.cards import CARD_OF_FORM
from rules.access import Action, Role
from rules.refusals import Reason, Refused
from storage.prepared import Source, end_prepared, find_open, open_prepared_cards, read_sheet
from storage.staff import find_colleague

SOURCES: Final[tuple[Source, ...]] = tuple(each for each in get_args(Source.__value__) if each != "file")
"""How a customer asks a colleague."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The page as it was filled in. `language` is the customer's, `typed_in` the colleague's."""

    form: str
    email: str
    source: str
    language: str
    values: Mapping[str, str]
    typed_in: str


@dataclass(frozen=True, slots=True)
class PreparedRow:
    id: UUID
    email: str
    form: str
    values: int
    source: str
    colleague: str
    file: str
    at: datetime
    ends_at: datetime
    can_withdraw: bool


async def prepare(services: Services, actor: Actor, typed: Typed) -> Prepared | NotPrepared:
    """Raises Refused where it is not said how the customer asked for it."""
    async with allowed(services, actor, Action.PREPARE_CARD):
        source = next((each for each in SOURCES if each == typed.source), None)
        if source is None:
            raise Refused(Reason.REASON_NEEDED, state="source_needed")
        if typed.form not in CARD_OF_FORM or typed.language not in services.settings.languages:
            raise Refused(Reason.NOT_ALLOWED)
        by = Preparer(actor.id, actor.name, source)
        return await prepare_card(services, by, typed.form, typed.email, typed.values, language=typed.language, typed_in=typed.typed_in)


async def list_prepared(services: Services, actor: Actor) -> tuple[PreparedRow, ...]:
    """What waits for its customer: a colleague's own, a manager's everybody's; the latest first."""
    async with acting(services, actor, Action.LIST_PREPARED) as work:
        rows = await open_prepared_cards(work.session, work.at)
        work.detail["rows"] = len(rows)
        names = {each: found.name for each in {row.colleague_id for row in rows} if (found := await find_colleague(work.session, each))}
        return tuple(
            PreparedRow(
                row.id,
                sheet.email,
                row.form,
                len(sheet.values),
                row.source,
                names.get(row.colleague_id, sheet.colleague),
                sheet.file,
                row.prepared_at,
                row.ends_at,
                can_withdraw=_may_withdraw(actor, row.colleague_id),
            )
            for row in rows
            for sheet in (read_sheet(services.keys, row),)
        )


async def withdraw_prepared(services: Services, actor: Actor, prepared: UUID) -> None:
    """Destroyed, and its customer written to no more. Raises Refused where it has ended."""
    async with acting(services, actor, Action.WITHDRAW_PREPARED, prepared) as work:
        row = await find_open(work.session, prepared)
        if row is None or not _may_withdraw(actor, row.colleague_id):
            raise LookupError(f"no prepared card {prepared} of {actor.id}")
        async with services.database.transaction() as session:  # row security hides from a colleague the mail that goes with it
            if not await end_prepared(session, prepared, "withdrawn", work.at):
                raise Refused(Reason.NOT_POSSIBLE_NOW)


def _may_withdraw(actor: Actor, colleague: UUID) -> bool:
    return colleague == actor.id or actor.role is Role.MANAGER
