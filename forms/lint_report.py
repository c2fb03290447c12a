"""What lint finds: findings with stable codes, and the files they stand in."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import yaml
from pydantic import BaseModel, ValidationError

from forms.files import CatalogueError, read_yaml_text
from forms.positions import Place, Positions, find_positions

type Severity = Literal["error", "warning"]

CODES: dict[str, tuple[Severity, str]] = {
    "F001": ("error", "The file is not YAML"),
    "F002": ("error", "A key stands twice in one mapping"),
    "F003": ("error", "A value does not fit the format"),
    "F010": ("error", "A condition is not CEL"),
    "F011": ("error", "A condition reads a name that nobody declared"),
    "F012": ("error", "A condition calls a function that there is not"),
    "F013": ("error", "A later answer, or the answer itself, is read"),
    "F014": ("error", "An answer within a group is read from outside of it"),
    "F015": ("warning", "A second CEL library reads a condition otherwise"),
    "F016": ("error", "A question can never be asked"),
    "F017": ("error", "A condition compares with a choice that there is not"),
    "F018": ("error", "A condition contradicts the type of an answer"),
    "F019": ("error", "A condition is not true or false"),
    "F020": ("error", "A pattern is made of answers"),
    "F021": ("warning", "A quick question hangs on an answer that is not quick"),
    "F030": ("error", "A name stands twice in one form"),
    "F031": ("error", "A choice cannot be reached"),
    "F032": ("error", "A field does not fit the question's type"),
    "F033": ("error", "A bound cannot be right"),
    "F034": ("error", "A prefill path leads nowhere, or to another type"),
    "F035": ("error", "A rule, computation or proposal that there is not"),
    "F036": ("error", "A rule or computation reads an answer that is not there before"),
    "F037": ("error", "A group's count is not an earlier integer"),
    "F040": ("error", "A words file is missing"),
    "F041": ("error", "Words are missing"),
    "F042": ("warning", "Words for something that there is not"),
    "F043": ("error", "A personal question has no why"),
    "F044": ("error", "A sensitive question without a sentence that hands over"),
    "F045": ("error", "A sentence names something that there is not"),
    "F050": ("error", "A module's validity is missing or impossible"),
    "F051": ("error", "A module can be accepted but not refused"),
    "F052": ("error", "A module's text or words are missing in a language"),
    "F053": ("error", "A module lies in a folder of another name"),
    "F054": ("error", "A module's text uses more than paragraphs, ## headings and - lists"),
    "F055": ("error", "Two versions of a module begin on the same day"),
    "F056": ("error", "A published version is no longer what was recorded"),
    "F057": ("error", "A version in force is not recorded"),
    "F058": ("error", "A module breaks the rules of its kind"),
    "F059": ("error", "A module replaces one that there is not"),
    "F060": ("error", "A table cannot be read"),
    "F061": ("error", "A tariff cannot be used"),
    "F062": ("error", "The duties to keep cannot be read"),
    "F063": ("error", "A target or source of synchronisation cannot be used"),
    "F070": ("error", "A term of the glossary is not explained in a language"),
    "F071": ("error", "A term leads to one that there is not"),
    "F072": ("warning", "A term is explained at too great length"),
    "F073": ("error", "Two terms have one name"),
    "F080": ("error", "A country pack cannot be used"),
}


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something to mend. `conversation`: the shortest run of answers that shows it, where there is one (`path = value`)."""

    file: Path
    line: int
    code: str
    message: str
    severity: Severity = "error"
    conversation: tuple[str, ...] | None = None


@dataclass(slots=True)
class Report:
    """Collects findings."""

    findings: list[Finding] = field(default_factory=list)

    def add(self, code: str, file: Path, line: int, message: str, conversation: tuple[str, ...] | None = None) -> None:
        self.findings.append(Finding(file, line, code, message, CODES[code][0], conversation))


@dataclass(frozen=True, slots=True)
class Source[M: BaseModel]:
    """A file that fits its format, with its lines."""

    path: Path
    model: M
    positions: Positions

    def line(self, *place: str | int) -> int:
        return self.positions.line(*place)


def read_source[M: BaseModel](
    path: Path,
    model: type[M],
    report: Report,
    text: str | None = None,
    first_line: int = 1,
    *,
    made_whole: Callable[[object], object] = lambda data: data,
    codes: Mapping[str, str] = MappingProxyType({}),
) -> Source[M] | None:
    """The file by its format, after `made_whole` of its data; what is wrong with it goes to the report, all of it: as F003, or by `codes`
    of the file's own keys."""
    text = path.read_text(encoding="utf-8") if text is None else text
    try:
        data = made_whole(read_yaml_text(text, path))
        positions = find_positions(text, first_line)
    except CatalogueError as error:
        report.add("F001", path, error.line + first_line - 1, error.what)
        return None
    except yaml.YAMLError:
        report.add("F001", path, first_line, "is not YAML")
        return None
    for key, line in positions.repeated:
        report.add("F002", path, line, f"`{key}` stands twice here; only the last one would count")
    try:
        return Source(path, model.model_validate(data), positions)
    except ValidationError as error:
        for place, message in _reasons(error, data):
            code = codes.get(str(place[0]), "F003") if place else "F003"
            report.add(code, path, positions.line(*place), f"{'.'.join(str(part) for part in place) or 'the file'}: {message}")
        return None


def _reasons(error: ValidationError, data: object) -> Iterator[tuple[Place, str]]:
    """Pydantic's errors by place in the file; of the two things an item may be, only the one that it is meant to be."""
    for one in error.errors(include_url=False):
        place, wanted = _place(one["loc"], data)
        if wanted:
            yield place, one["msg"]


def _place(location: tuple[str | int, ...], data: object) -> tuple[Place, bool]:
    place: list[str | int] = []
    for part in location:
        if part in ("Question", "Group"):
            is_group = isinstance(data, dict) and "group" in data
            if (part == "Group") != is_group:
                return tuple(place), False
            continue
        place.append(part)
        data = _below(data, part)
    return tuple(place), True


def _below(data: object, part: str | int) -> object:
    if isinstance(data, dict):
        return data.get(part)
    if isinstance(data, list) and isinstance(part, int) and part < len(data):
        return data[part]
    return None
