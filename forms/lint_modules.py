"""Lint of published modules: validity, both answers of an act, texts and words in every language, plain markup."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from forms.files import CatalogueError
from forms.lint_report import Report, Source, read_source
from forms.model import Module, ModuleWords
from forms.modules import split_front_matter

# Markdown that we do not show as such: other headings, ordered lists, quotes, emphasis, links, code, tables, HTML.
_MARKUP = re.compile(r"^\s*(?:#(?!# )|###|>|\d+\.\s|\*\s|\+\s|\|)|\*\*|__|\]\(|`|<[a-zA-Z/!]")


def lint_module(files: Mapping[str, Path], languages: tuple[str, ...], report: Report) -> Source[Module] | None:
    module = read_source(files["module.yaml"], Module, report)
    if module is None:
        return None
    for code, field, message in (*_validity(module.model), *_answers(module.model), *_folder(module)):
        report.add(code, module.path, module.line(field), message)
    for language in languages:
        path = files.get(f"{language}.md")
        if path is None:
            report.add("F052", module.path, 1, f"there is no {language}.md with its text")
        else:
            _look_at_text(path, module.model, report)
    return module


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
