"""Computed answers and proposals: named pure functions over earlier answers, the card and the broker's tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP

import msgspec

from forms.cards import CARDS, PERSON
from forms.conditions import Seen
from forms.model import TypeName
from forms.tables import NO_TABLES, Tables
from forms.types.base import Wire

_HOUSEHOLD = "registration_person.household"


class Environment(msgspec.Struct, frozen=True):
    """What a form may look at beside its own answers. `card`: answers of other forms by full path."""

    today: date
    card: Mapping[str, Wire] = msgspec.field(default_factory=dict)
    tables: Tables = NO_TABLES
    currency: str = "EUR"
    party_kind: str = PERSON.kind
    """Whose card it is, or is about to be: a key of forms.cards.CARDS."""


@dataclass(frozen=True, slots=True)
class Computation:
    """`compute` gives a value of `type`, or None where it cannot; it looks at nothing but `reads`, `card` and the tables."""

    type: TypeName
    reads: tuple[str, ...]
    card: tuple[str, ...]
    compute: Callable[[Seen, Environment], Wire | None]


def _places(part: str) -> tuple[str, ...]:
    return tuple(f"{card.address}.{part}" for card in CARDS.values())


def _where(part: str, seen: Seen, env: Environment) -> str | None:
    """Municipality or province of the home: the card's where it is the residence or seat, else as answered."""
    value = env.card.get(f"{CARDS[env.party_kind].address}.{part}") if seen.get("same_address") is True else seen.get(part)
    return value if isinstance(value, str) else None


def _seismic_zone(seen: Seen, env: Environment) -> Wire:
    return env.tables.seismic_zones.get(_where("municipality", seen, env) or "", "unknown")


def _rebuild_estimate(seen: Seen, env: Environment) -> Wire | None:
    """Area by the table's price, rounded to a thousand: it is an estimate and should look like one."""
    area, dwelling = seen.get("area_m2"), seen.get("dwelling")
    cost = env.tables.rebuild_cost(_where("province", seen, env), dwelling if isinstance(dwelling, str) else None)
    if not isinstance(area, int) or cost is None:
        return None
    thousands = (area * cost / 1000).to_integral_value(ROUND_HALF_UP)
    return f"{int(thousands) * 1000}.00"


def _covers_from_need(seen: Seen, env: Environment) -> Wire | None:
    needs = seen.get("need")
    if not isinstance(needs, tuple):
        return None
    covers = env.tables.covers_for.get(env.party_kind, env.tables.covers_from_need)
    return list(dict.fromkeys(cover for need in needs for cover in covers.get(need, ())))


def _home_is_residence(_seen: Seen, env: Environment) -> Wire | None:
    """A company's seat is seldom the dwelling it insures."""
    return True if env.party_kind == PERSON.kind and f"{PERSON.address}.municipality" in env.card else None


def _representative_name(seen: Seen, _env: Environment) -> Wire | None:
    names = [seen.get(f"representative_{part}_name") for part in ("given", "family")]
    return " ".join(str(name) for name in names) if all(names) else None


def _from_card(path: str) -> Callable[[Seen, Environment], Wire | None]:
    return lambda _seen, env: env.card.get(path)


COMPUTATIONS: Mapping[str, Computation] = {
    "seismic_zone": Computation("text", ("same_address", "municipality"), _places("municipality"), _seismic_zone),
    "rebuild_estimate": Computation("money", ("area_m2", "dwelling", "same_address", "province"), _places("province"), _rebuild_estimate),
}

PROPOSALS: Mapping[str, Computation] = {
    "covers_from_need": Computation("choices", ("need",), (), _covers_from_need),
    "home_is_residence": Computation("yes_no", (), (f"{PERSON.address}.municipality",), _home_is_residence),
    "representative_name": Computation("name", ("representative_given_name", "representative_family_name"), (), _representative_name),
    "card_adults": Computation("integer", (), (f"{_HOUSEHOLD}.adults",), _from_card(f"{_HOUSEHOLD}.adults")),
    "card_minors": Computation("integer", (), (f"{_HOUSEHOLD}.minors",), _from_card(f"{_HOUSEHOLD}.minors")),
}
