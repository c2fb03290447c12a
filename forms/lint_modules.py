"""Lint of published modules: validity, both answers of an act, texts and words in every language, plain markup."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from forms.files import CatalogueError
from forms.lint_report import Report, Source, read_source
from forms.model import Module, ModuleWords
from forms.modules import load_kinds, split_front_matter
from forms.records import RECORD, fingerprints, read_record

# Markdown that we do not show as such: other headings, ordered lists, quotes, emphasis, links, code, tables, HTML.
_MARKUP = re.compile(r"^\s*(?:#(?!# )|###|>|\d+\.\s|\*\s|\+\s|\|)|\*\*|__|\]\(|`|<[a-zA-Z/!]")

_DAYS = {"valid_from": "F050", "valid_until": "F050"}


def lint_module(files: Mapping[str, Path], languages: tuple[str, ...], today: date, report: Report) -> Source[Module] | None:
    module = read_source(files["module.yaml"], Module, report, codes=_DAYS)
    if module is None:
        return None
    for code, field, message in (*_validity(module.model), *_answers(module.model), *_kind(module.model), *_folder(module)):
        report.add(code, module.path, module.line(field), message)
    for language in languages:
        path = files.get(f"{language}.md")
        if path is None:
            report.add("F052", module.path, 1, f"there is no {language}.md with its text")
        else:
            _look_at_text(path, module.model, report)
    _look_at_record(files, module, today, report)
    return module


def _look_at_record(files: Mapping[str, Path], module: Source[Module], today: date, report: Report) -> None:
    """What was published stays as it was; a version that begins later may still be written."""
    try:
        said = fingerprints(files)
    except CatalogueError:
        return  # told already
    recorded, begins = read_record(files), _day(module.model.valid_from)
    for name, sha256 in recorded.items():
        if name not in said:
            report.add("F056", files[RECORD], 1, f"{name} was published and is gone")
        elif said[name] != sha256:
            told = "it is no longer what was published: leave it as it was, and write the change as a version of its own"
            report.add("F056", files[name], 1, told)
    if begins is not None and begins <= today and module.model.occasion != "never":
        for name in sorted(said.keys() - recorded.keys()):
            report.add("F057", files[name], 1, "it is in force and nothing records what it says: run `sospeso forms record`")


def _validity(module: Module) -> Iterator[tuple[str, str, str]]:
    days = {"valid_from": _day(module.valid_from), "valid_until": _day(module.valid_until)}
    for field, text in (("valid_from", module.valid_from), ("valid_until", module.valid_until)):
        if text is not None and days[field] is None:
            yield "F050", field, f"`{text}` is no day (YYYY-MM-DD)"
    if days["valid_from"] and days["valid_until"] and days["valid_until"] < days["valid_from"]:
        yield "F050", "valid_until", "it ends before it begins"


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _answers(module: Module) -> Iterator[tuple[str, str, str]]:
    for act in module.acts:
        if "accept" in act.values and "refuse" not in act.values:
            yield "F051", "acts", f"`{act.name}` can be accepted but not refused: that is no free choice"


def _kind(module: Module) -> Iterator[tuple[str, str, str]]:
    """By the rules of its kind (modules/kinds.yaml)."""
    kind = load_kinds()[module.kind]
    for act in module.acts:
        if set(act.values) != set(kind.answers) and not ("refuse" in kind.answers and "refuse" not in act.values):  # F051 says that
            yield "F058", "acts", f"`{act.name}` takes {', '.join(act.values)}; {_A[module.kind]} takes {', '.join(kind.answers)}"
    for field in ("needed_to_issue", "needed_to_go_on"):
        if getattr(module, field) and not kind.blocks:
            yield "F058", field, f"nothing may hang on {_A[module.kind]}: it would not be free"
    is_anew = kind.again == "each_time"
    if is_anew and module.occasion in {"before_card", "after_card"} and module.term_months is None:
        yield "F058", "occasion", f"{_A[module.kind]} is made anew each time: `quote`, or after its `term_months`"
    if module.term_months is not None and not is_anew:
        yield "F058", "term_months", f"only a confirmation has a term, not {_A[module.kind]}"


_A = {kind: f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}" for kind in load_kinds()}


def _folder(module: Source[Module]) -> Iterator[tuple[str, str, str]]:
    version, code = module.path.parent.name, module.path.parent.parent.name
    if module.model.code != code:
        yield "F053", "code", f"it lies in the folder `{code}`"
    if module.model.version != version:
        yield "F053", "version", f"it lies in the folder `{version}`"


def _look_at_text(path: Path, module: Module, report: Report) -> None:
    text = path.read_text(encoding="utf-8")
    try:
        head, body = split_front_matter(text, path)
    except CatalogueError as error:
        report.add("F001", path, error.line, error.what)
        return
    words = read_source(path, ModuleWords, report, head, first_line=2)
    if words is not None:
        for place, message in _missing_words(words.model, module):
            report.add("F052", path, words.line(*place), message)
    if not body.strip():
        report.add("F052", path, 1, "the text itself is empty")
    for number, line in enumerate(text.splitlines(), start=1):
        if number > head.count("\n") + 3 and _MARKUP.search(line):
            report.add("F054", path, number, f"this is shown as it stands, not as markup: {line.strip()[:40]}")


def _missing_words(words: ModuleWords, module: Module) -> Iterator[tuple[tuple[str, ...], str]]:
    for act in module.acts:
        told = words.acts.get(act.name)
        if told is None:
            yield ("acts",), f"the act `{act.name}` has no words"
            continue
        for value in act.values:
            if value not in told.answers:
                yield ("acts", act.name), f"the answer `{value}` of `{act.name}` has no words"


def look_for_same_beginning(modules: list[Source[Module]], report: Report) -> None:
    """Two versions that begin together: which of them is in force would be chance."""
    seen: dict[tuple[str, str], str] = {}
    for module in modules:
        key = (module.model.code, module.model.valid_from)
        if key in seen:
            report.add("F055", module.path, module.line("valid_from"), f"version {seen[key]} begins on the same day")
        seen[key] = module.model.version


def look_for_replaced(modules: Sequence[Source[Module]], report: Report) -> None:
    """What a module took the place of is there too: the history of a paper has no gap."""
    there_are = {module.model.code for module in modules}
    for module in modules:
        for code in module.model.replaces:
            if code not in there_are:
                report.add("F059", module.path, module.line("replaces"), f"`{code}` is no module")
