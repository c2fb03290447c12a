"""What the house knows of a currency: its decimals, how large an amount can be, and the unit its people count in beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final


@dataclass(frozen=True, slots=True)
class Currency:
    decimals: int = 2
    most: Decimal = Decimal(10**12)
    """Nothing we insure is worth a thousand milliards; beyond it a slip of the finger is certain."""
    counted_in: str | None = None
    rate: int = 1
    """Of the unit people count in: a toman is ten rials."""


_OTHER: Final = Currency()
CURRENCIES: Final[Mapping[str, Currency]] = {"IRR": Currency(0, Decimal(10**14), "TOMAN", 10)}


def currency(code: str | None) -> Currency:
    return CURRENCIES.get(code or "", _OTHER)


def rounded(amount: Decimal, code: str) -> Decimal:
    """To what can be paid."""
    return amount.quantize(Decimal(1).scaleb(-currency(code).decimals), ROUND_HALF_UP)
