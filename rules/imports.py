"""Which lists come into the house, in which formats, what makes a file unreadable, and what becomes of a row."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from rules.exports import Format
from rules.refusals import Fact, Reason, Refused

FORMATS = (Format.CSV, Format.TXT, Format.XML, Format.JSON, Format.JSONL, Format.VCF, Format.VCF3)
"""Those that customers leave in."""
FORMAT_OF_ENDING: Mapping[str, Format] = {form.value: form for form in FORMATS if form is not Format.VCF3}
MOST_RECORDS = 200_000
"""Of one list: they are kept in one transaction, which takes some twenty minutes then (docs/benchmarks.md)."""
MOST_LINES = 10 * MOST_RECORDS
"""Empty ones and a photograph's too: a file of nothing but line ends is read for minutes."""


class Encoding(StrEnum):
    """As whoever hands a file over says. A file that begins with a mark of UTF-8 or UTF-16 says it itself."""

    UTF_8 = "utf-8"
    CP1252 = "cp1252"


class Fault(StrEnum):
    """Why a file cannot be read; each has its sentence among the desk's refusals."""

    EMPTY = "import_empty"
    TOO_LARGE = "import_too_large"  # max
    PACKED = "import_packed"
    ENCODING = "import_encoding"  # line
    NUL = "import_nul"  # line
    NO_HEADER = "import_no_header"
    HEADER_TWICE = "import_header_twice"  # fields
    UNKNOWN_COLUMNS = "import_unknown_columns"  # fields
    TOO_MANY = "import_too_many"  # max
    ROW_TOO_LONG = "import_row_too_long"  # line, max
    TABLE = "import_table"  # line
    MARKUP = "import_markup"  # line
    ENTITIES = "import_entities"  # line
    OBJECTS = "import_objects"  # line
    CONTACTS = "import_contacts"  # line
    CHARSET = "import_charset"  # line


def unreadable(fault: Fault, **facts: Fact) -> Refused:
    return Refused(Reason.NOT_POSSIBLE_NOW, state=fault.value, **facts)


class Outcome(StrEnum):
    """What a row turned out to be when it was read."""

    NEW = "new"
    """Nobody has proved that address."""
    SAME = "same"
    CHANGED = "changed"
    """A customer whose card says otherwise, or says nothing of it."""
    CONFLICT = "conflict"
    """Whose it is cannot be told, or it stands there twice: somebody looks."""
    REFUSED = "refused"


class Conflict(StrEnum):
    """Why it cannot be told what a row means."""

    TWO_CUSTOMERS = "two_customers"
    """The address is one customer's, the tax code another's."""
    TAX_CODE = "tax_code"
    """The tax code is a customer's, the address nobody's: whoever typed that tax code need not be who the row is about."""
    KIND = "kind"
    """A person where the house knows a company, or the other way round."""
    TWICE = "twice"
    """Several rows of the list are about the same customer."""


WAITING = (Outcome.NEW, Outcome.CHANGED, Outcome.CONFLICT, Outcome.REFUSED)
"""Those that are kept for somebody to look at."""


class Decision(StrEnum):
    RELEASED = "released"
    """The customer is asked; nothing counts before they have confirmed it."""
    DROPPED = "dropped"
    """What the house has stays as it is."""


def decisions_on(outcome: Outcome, conflict: Conflict | None) -> tuple[Decision, ...]:
    """Where two customers are mixed up nobody is asked: one would read the other's data."""
    is_hopeless = outcome is Outcome.REFUSED or conflict in {Conflict.TWO_CUSTOMERS, Conflict.KIND}
    return (Decision.DROPPED,) if is_hopeless else (Decision.RELEASED, Decision.DROPPED)


def is_released_with_others(outcome: Outcome, *, is_doubtful: bool) -> bool:
    """Whether it goes with all the others at once. What is doubted or in conflict is looked at one by one."""
    return outcome in {Outcome.NEW, Outcome.CHANGED} and not is_doubtful


def has_ended(at: datetime, days: int, now: datetime) -> bool:
    return now >= at + timedelta(days=days)
