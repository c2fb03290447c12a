"""A record read by the questionnaire: every cell by its question's type and checks, as if the customer had typed it in the conversation."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from forms.cards import CARDS, COMPANY, PERSON, Card
from forms.catalogue import Catalogue
from forms.exports.columns import Column, Value
from forms.flow import CompiledForm, Environment, Step, asked, check
from forms.imports.records import Record
from forms.model import Words
from forms.types import TYPES
from forms.types.base import Asked, Candidates, Doubt, Read, Reading, Wire
from rules.refusals import Fact, Reason, Refused

_SERIAL = re.compile(r"[1-9][0-9]{4}")
_FIRST_DAY = date(1899, 12, 30)
"""Day 0 of the dates that a spreadsheet counts."""
_INTEGER = re.compile(r"-?[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a cell, or doubtful. `key`: of the answer it would have become; of a whole row empty."""

    column: str
    key: str
    reason: Reason
    facts: Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Row:
    """A record as it was read. With something refused none of it is taken over, unless somebody chose to do without."""

    line: int
    card: Card
    values: Mapping[str, Wire]
    refused: tuple[Problem, ...] = ()
    doubts: tuple[Problem, ...] = ()
    omitted: tuple[Problem, ...] = ()
    """Refused cells that it is taken over without."""

    def without_refused(self) -> "Row":
        """As far as somebody can do without: not where it is refused as a whole, or who it is about."""
        if any(not problem.key or problem.key in self.card.identity for problem in self.refused):
            return self
        return replace(self, refused=(), omitted=self.refused)


class RowReader:
    """Reads records in a language, which decides how `03/04/1980` and `Maschio` are understood."""

    def __init__(self, catalogue: Catalogue, columns: Sequence[Column], *, language: str, today: date, currency: str) -> None:
        self._language = language
        self._cards = {
            card.kind: _CardReader(
                catalogue.form(card.form),
                catalogue.words(card.form, language, party_kind=card.kind),
                columns,
                Environment(today, {}, catalogue.tables, currency, card.kind),
            )
            for card in CARDS.values()
        }

    def read(self, record: Record) -> Row:
        kind = str(record.cells.get("kind", ""))
        card = CARDS.get(kind) or (COMPANY if "company_name" in record.cells else PERSON)
        if record.is_broken:
            return Row(record.line, card, {}, (Problem("", "", Reason.NOT_UNDERSTOOD, {}),))
        return self._cards[card.kind].read(record, card, self._language)


class _CardReader:
    def __init__(self, form: CompiledForm, words: Words, columns: Sequence[Column], env: Environment) -> None:
        self._form, self._words, self._env = form, words, env
        by_key: dict[str, list[Column]] = {}
        for column in columns:
            for key in column.keys:
                by_key.setdefault(key, []).append(column)
        self._asked = [(step, _codes_first(by_key[key])) for key, step in form.steps().items() if key in by_key]

    def read(self, record: Record, card: Card, language: str) -> Row:
        values: dict[str, Wire] = {}
        refused, doubts = [], []
        for step, column, cell in self._cells(record):
            reading = self._judged(step, cell, values, language)
            problem = _problem(column, step, reading)
            if isinstance(reading, Read | Doubt):
                values[step.key] = reading.value
                doubts += [problem] if problem else []
            elif problem:
                refused.append(problem)
        return Row(record.line, card, values, tuple(refused), (*doubts, *self._not_asked(values)))

    def _cells(self, record: Record) -> Iterator[tuple[Step, Column, Value]]:
        """In the questionnaire's order: each check finds the answers before it."""
        for step, columns in self._asked:
            told = next((column for column in columns if record.cells.get(column.name, "") != ""), None)
            if told is not None:
                yield step, told, record.cells[told.name]

    def _judged(self, step: Step, cell: Value, values: Mapping[str, Wire], language: str) -> Reading:
        reading = _read(cell, asked(step, values, self._env, self._words, language))
        if not isinstance(reading, Read | Doubt):
            return reading
        held = check(step, reading.value, values, self._env)
        return held if not isinstance(held, Read) else replace(reading, value=held.value)

    def _not_asked(self, values: Mapping[str, Wire]) -> Iterator[Problem]:
        """Cells that the questionnaire would not have asked for beside the others: the municipality of a birth abroad."""
        live = {step.key for step in self._form.walk(values, self._env).steps}
        for step, columns in self._asked:
            if step.key in values and step.key not in live and step.group is None:
                yield Problem(columns[0].name, step.key, Reason.DOUBT, {"code": "not_asked"})


def _codes_first(columns: Sequence[Column]) -> tuple[Column, ...]:
    """A municipality's name stands in only where there is no code."""
    return tuple(sorted(columns, key=lambda column: column.is_place_name))


def _read(cell: Value, known: Asked) -> Reading:
    """As a program writes it, else as a person does."""
    kind = TYPES[known.type]
    reading = kind.read_value(_structured(cell, known.type), known)
    return kind.read_text(cell, known) if isinstance(reading, Refused) and isinstance(cell, str) else reading


def _structured(cell: Value, kind: str) -> object:
    if not isinstance(cell, str):
        return cell if kind in {"integer", "yes_no"} else str(cell)
    match kind:
        case "yes_no" if cell in {"true", "false"}:
            return cell == "true"
        case "integer" if _INTEGER.fullmatch(cell):
            return int(cell)
        case "choices":
            return cell.split()
        case "date" if _SERIAL.fullmatch(cell):
            return (_FIRST_DAY + timedelta(days=int(cell))).isoformat()
    return cell


def _problem(column: Column, step: Step, reading: Reading) -> Problem | None:
    match reading:
        case Refused(reason=reason, facts=facts) | Doubt(reason=reason, facts=facts) | Candidates(reason=reason, facts=facts):
            return Problem(column.name, step.key, reason, facts)
        case Read():
            return None
