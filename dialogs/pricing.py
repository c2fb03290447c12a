"""The indicative price and the agent's offer, as rows to read and as data to keep."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dialogs import wording
from dialogs.desk import Desk
from dialogs.messages import Row, Summary
from dialogs.state import Offer


@dataclass(frozen=True, slots=True)
class Submitted:
    """The price as it goes with a submission."""

    premium_cents: int | None = None
    tariff_version: str | None = None
    data: Mapping[str, object] | None = None


NOT_PRICED = Submitted()


def for_submission(desk: Desk) -> Submitted:
    return NOT_PRICED


def tell(desk: Desk) -> None:
    from dialogs.state import Priced

    desk.set(priced=Priced("", None, desk.today.isoformat()))


def offer_summary(desk: Desk, offer: Offer) -> Summary:
    """What is accepted or refused."""
    premium = wording.money(desk.language, Decimal(offer.premium_cents) / 100, desk.circumstances.currency)
    row = Row("", wording.say(desk.language, "price.premium"), premium)
    return Summary("offer", (row,), {"premium": premium, "valid_until": date.fromisoformat(offer.valid_until)})
