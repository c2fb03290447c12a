"""Values of an answer that are worth trying in conditions, and whether they stand for all that the conditions can tell apart."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import combinations, pairwise

from forms.computed import Environment
from forms.conditions import bound_value
from forms.lint_cel import TEXTUAL, Token, comparisons, tokens, unquoted
from forms.model import Question, TypeName
from forms.names import type_of
from forms.types.base import Wire

# An integer with at most so many values is tried with all of them.
_FEW = 60
_FAR = 50 * 365  # days; conditions that wait for longer are a slip
_BEGINS = frozenset({"", "(", "[", "{", ",", "&&", "||", "?", ":"})  # what a comparison may stand behind, and be all there is of it
_ENDS = frozenset({"", ")", "]", "}", ",", "&&", "||", "?", ":"})
_EQUAL = frozenset({"==", "!="})
_ORDERED = frozenset({"<", "<=", ">", ">="}) | _EQUAL
_NOTHING = Token("sign", "")

type _Range = tuple[Decimal | None, Decimal | None]


def candidates(question: Question, sources: tuple[str, ...], env: Environment) -> tuple[list[Wire], bool]:
    """Values to try, and whether they are all there can be (or stand for all that these conditions can tell apart).

    They do where the conditions do nothing with the answer but compare it with literals: then what lies between two neighbouring
    literals, or a literal and a bound, makes no difference to any of them."""
    match question.type:
        case "choice":
            return list(question.choices), True
        case "yes_no":
            return [True, False], True
        case "confirm":
            return [True], True
        case "choices":
            return _subsets(question, sources), True
    kind = type_of(question)
    literals = _compared_with(question.name, kind, sources, env.today)
    if kind in TEXTUAL:
        return _texts(question, sources, literals), literals is not None
    within = _bounds(question, kind, env.today)
    if kind == "integer" and within[0] is not None and within[1] is not None and within[1] - within[0] < _FEW:
        return [int(within[0]) + more for more in range(int(within[1] - within[0]) + 1)], True
    points = [point for point in (_guesses(kind, sources, env.today) if literals is None else _numbers(literals)) if point is not None]
    return [_wire(point, kind) for point in _tried(points, within, is_whole=kind != "number")], literals is not None


def days_to_come(sources: tuple[str, ...], today: date) -> list[date]:
    """Those that the conditions name and those around them, the years that they may mean, and one far away."""
    run = [token for source in sources for token in tokens(source)]
    named = {day for at, token in enumerate(run) if token.text == "timestamp" and (day := _day(tuple(run[at : at + 4]), today)) is not None}
    days = {date.fromordinal(int(day) + step) for day in named for step in (-1, 0, 1)}
    years = {int(token.text) + step for token in run if token.kind == "number" and token.text.isdigit() for step in (-1, 0, 1)}
    far = today + timedelta(days=_FAR)
    days |= {date(year, 1, 1) for year in years if today.year < year <= far.year}
    return [*sorted(day for day in days if today < day < far), far]


def _subsets(question: Question, sources: tuple[str, ...]) -> list[Wire]:
    """All combinations of the choices that some condition names, and one of the others alone."""
    named = [choice for choice in question.choices if any(f'"{choice}"' in source or f"'{choice}'" in source for source in sources)]
    free = [choice for choice in named if choice not in question.exclusive]
    others = [choice for choice in question.choices if choice not in named][:1]
    sets = [list(chosen) for size in range(1, len(free) + 1) for chosen in combinations(free, size)]
    return [*([choice] for choice in others), *([choice] for choice in named if choice in question.exclusive), *sets]


def _texts(question: Question, sources: tuple[str, ...], literals: "Sequence[Literal] | None") -> list[Wire]:
    """Each that it is compared with, and one other."""
    if literals is None:
        said = {unquoted(token) for source in sources for one in comparisons(source) if one.name == question.name for token in one.literals}
    else:
        said = {str(literal) for literal in literals}
    other = "x"
    while other in said:
        other += "x"
    return [*sorted(said), other]


# numbers, money in cents, dates as days


def _bounds(question: Question, kind: TypeName, today: date) -> _Range:
    """Without those that hang on another answer."""
    low, high = (_point(bound_value(bound, kind, today, {}), kind) for bound in (question.min, question.max))
    return low, high


def _point(value: Wire | None, kind: TypeName) -> Decimal | None:
    try:
        if value is None or kind == "date":
            return None if value is None else Decimal(date.fromisoformat(str(value)).toordinal())
        return Decimal(str(value)) * (100 if kind == "money" else 1)
    except (ValueError, InvalidOperation):
        return None  # F033 says so


def _wire(point: Decimal, kind: TypeName) -> Wire:
    match kind:
        case "integer":
            return int(point)
        case "money":
            return f"{point / 100:.2f}"
        case "date":
            return date.fromordinal(int(point)).isoformat()
        case _:
            return f"{point:f}"


def _guesses(kind: TypeName, sources: tuple[str, ...], today: date) -> list[Decimal]:
    """Where the conditions do more than compare: the whole numbers they name, and how long ago these would be."""
    if kind == "date":
        return [Decimal(today.toordinal() + days) for days in (-9000, -30, 0, 30, 9000)]
    named = {Decimal(token.text) for source in sources for token in tokens(source) if token.kind == "number" and token.text.isdigit()}
    return sorted(named | {today.year - number for number in named} if kind == "integer" else named)


def _tried(points: Iterable[Decimal], within: _Range, *, is_whole: bool) -> list[Decimal]:
    """Each point with its neighbours and the bounds, as far as they lie within; something in any case."""
    low, high = within
    marks = sorted({*points, *(bound for bound in within if bound is not None)})
    if is_whole:
        around = {mark.to_integral_value(rounding) + step for mark in marks for rounding in _ROUNDINGS for step in (-1, 0, 1)}
    else:
        between = {(one + other) / 2 for one, other in pairwise(marks)}
        around = {*marks, *between, *(mark + step for mark in (*marks[:1], *marks[-1:]) for step in (-1, 1))}
    return sorted(one for one in around if (low is None or one >= low) and (high is None or one <= high)) or [low or high or Decimal(1)]


_ROUNDINGS = ("ROUND_FLOOR", "ROUND_CEILING")


# what an answer is compared with

type Literal = str | Decimal


def _numbers(literals: "Sequence[Literal]") -> list[Decimal]:
    return [literal for literal in literals if isinstance(literal, Decimal)]


def _compared_with(name: str, kind: TypeName, sources: tuple[str, ...], today: date) -> list[Literal] | None:
    """The literals that the answer is compared with, where these conditions do nothing else with it: else None."""
    found: list[Literal] = []
    for source in sources:
        for one in _plain_comparisons(name, source):
            read = None if one is None or not _fits(one, kind) else [_read(literal, kind, today) for literal in one.literals]
            if read is None or None in read:
                return None
            found += [literal for literal in read if literal is not None]
    return found


@dataclass(frozen=True, slots=True)
class _Plain:
    sign: str
    literals: tuple[tuple[Token, ...], ...]


def _fits(one: _Plain, kind: TypeName) -> bool:
    return one.sign in (_EQUAL if kind in TEXTUAL else _ORDERED)


def _plain_comparisons(name: str, source: str) -> Iterator[_Plain | None]:
    """One for each time that the name stands there; None where it stands in anything else."""
    run = tokens(source)
    for at, token in enumerate(run):
        if token.kind == "name" and token.text == name and (at == 0 or run[at - 1].text != "."):
            yield _to_the_right(run, at) or _to_the_left(run, at)


def _to_the_right(run: Sequence[Token], at: int) -> _Plain | None:
    """`name < literal`, `name in [literals]`."""
    if _text(run, at - 1) not in _BEGINS:
        return None
    if _text(run, at + 1) == "in":
        return _among(run, at + 2)
    length = _literal_at(run, at + 2)
    is_whole = length > 0 and _text(run, at + 2 + length) in _ENDS
    return _Plain(_text(run, at + 1), (tuple(run[at + 2 : at + 2 + length]),)) if is_whole else None


def _to_the_left(run: Sequence[Token], at: int) -> _Plain | None:
    """`literal < name`."""
    if _text(run, at + 1) not in _ENDS:
        return None
    for length in (4, 2, 1):
        begins = at - 1 - length
        if begins >= 0 and _literal_at(run, begins) == length and _text(run, begins - 1) in _BEGINS:
            return _Plain(_text(run, at - 1), (tuple(run[begins : at - 1]),))
    return None


def _among(run: Sequence[Token], at: int) -> _Plain | None:
    if _text(run, at) != "[":
        return None
    found: list[tuple[Token, ...]] = []
    while _text(run, at) in {"[", ","}:
        length = _literal_at(run, at + 1)
        if length == 0:
            return None
        found.append(tuple(run[at + 1 : at + 1 + length]))
        at += 1 + length
    return _Plain("==", tuple(found)) if _text(run, at) == "]" and _text(run, at + 1) in _ENDS else None


def _literal_at(run: Sequence[Token], at: int) -> int:
    """How many tokens a literal takes there, 0 where there is none: `5`, `-5`, `"x"`, `today`, `timestamp("2026-01-01T00:00:00Z")`."""
    token = run[at] if 0 <= at < len(run) else _NOTHING
    if token.kind == "number" or (token.kind == "string" and "\\" not in token.text) or token.text == "today":
        return 1
    if token.text == "-" and at + 1 < len(run) and run[at + 1].kind == "number":
        return 2
    is_call = token.text == "timestamp" and _text(run, at + 1) == "(" and _text(run, at + 3) == ")"
    return 4 if is_call and run[at + 2].kind == "string" else 0


def _text(run: Sequence[Token], at: int) -> str:
    return run[at].text if 0 <= at < len(run) else ""


def _read(literal: tuple[Token, ...], kind: TypeName, today: date) -> Literal | None:
    """As the answer's values are counted; None for what is of another type."""
    if kind in TEXTUAL:
        return unquoted(literal[0]) if len(literal) == 1 and literal[0].kind == "string" else None
    if kind == "date":
        return _day(literal, today)
    if literal[-1].kind != "number":
        return None
    return Decimal("".join(token.text for token in literal))


def _day(literal: tuple[Token, ...], today: date) -> Decimal | None:
    if literal[0].text == "today":
        return Decimal(today.toordinal())
    if len(literal) < 4:
        return None
    try:
        moment = datetime.fromisoformat(unquoted(literal[2]))
        return Decimal((moment if moment.tzinfo is None else moment.astimezone(UTC)).date().toordinal())
    except ValueError:
        return None
