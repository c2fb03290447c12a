"""The validation string, and what is printed beside it to make it unambiguous (S0-24)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


def stamp(at: datetime, addresses: Sequence[str], zone: str) -> str:
    """`gg/mm/aa/hh/mm/ss address, address`, in the agency's time zone: `22/11/26/09/26/53 mario.rossi@example.org`.

    Raises ValueError for a time without zone, no address, or an address that could be read as two."""
    if at.tzinfo is None:
        raise ValueError("a stamp needs a time with a zone")
    if not addresses or any(not _is_one(address) for address in addresses):
        raise ValueError("a stamp needs addresses without spaces and commas")
    return f"{at.astimezone(ZoneInfo(zone)):%d/%m/%y/%H/%M/%S} {', '.join(addresses)}"


def utc_offset(at: datetime, zone: str) -> str:
    """`+01:00`: tells the two 02:30 of the night in October apart."""
    return f"{at.astimezone(ZoneInfo(zone)):%:z}"


@dataclass(frozen=True, slots=True)
class Binding:
    """Printed with every stamp. The century, the hour's offset, the order and the text are then no question."""

    stamp: str
    utc_offset: str
    sequence: int
    text_sha256: str
    head: str


def bind(at: datetime, addresses: Sequence[str], zone: str, *, sequence: int, text_sha256: str, head: str) -> Binding:
    return Binding(stamp(at, addresses, zone), utc_offset(at, zone), sequence, text_sha256, head)


def _is_one(address: str) -> bool:
    return bool(address) and "," not in address and not any(c.isspace() for c in address)
