"""Lint of the glossary: every term in every language, nothing referred to that is not there, short, and no name of two meanings."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from forms.glossary import glossary_files
from forms.lint_report import Report, Source, read_source
from forms.model import Glossary, Term
from forms.types.characters import fold

TEXT_MOST = 400
"""Characters: what a phone shows without scrolling."""
SENTENCES_MOST = 3
_END = re.compile(r"(?<!\bart)(?<!\bartt)(?<!\bст)[.!?؟](?=\s|$)|[。！？]")

type _Entry = tuple[Source[Glossary], Term]


def lint_glossary(folders: Sequence[Path], languages: tuple[str, ...], report: Report) -> None:
    """A folder without a glossary has nothing to mend: only the house as a whole must explain itself."""
    files = glossary_files(folders)
    known = {language: _entries(files.get(language, []), report) for language in languages}
    keys = {key: source for entries in known.values() for key, (source, _) in entries.items()}
    for language, entries in known.items():
        for key in (key for key in keys if key not in entries):
            report.add("F070", keys[key].path, keys[key].line("terms", key), f"`{key}` is not explained in {language}.yaml")
        for key, (source, term) in entries.items():
            for code, message in (*_term(key, term, entries), *_shared_names(key, term, entries)):
                report.add(code, source.path, source.line("terms", key), message)


def _entries(paths: Sequence[Path], report: Report) -> dict[str, _Entry]:
    sources = (read_source(path, Glossary, report) for path in paths)
    return {key: (source, term) for source in sources if source is not None for key, term in source.model.terms.items()}


def _term(key: str, term: Term, entries: Mapping[str, _Entry]) -> Iterator[tuple[str, str]]:
    for other in term.see:
        if other not in entries or other == key:
            yield "F071", f"`{key}` leads to `{other}`, which is not explained here"
    if len(term.text) > TEXT_MOST or len(_END.findall(term.text)) > SENTENCES_MOST:
        yield "F072", f"`{key}` takes more than {SENTENCES_MOST} sentences or {TEXT_MOST} characters"


def _shared_names(key: str, term: Term, entries: Mapping[str, _Entry]) -> Iterator[tuple[str, str]]:
    own = {fold(name) for name in (term.term, *term.names)}
    for other, (_, its) in entries.items():
        if other < key and (shared := own & {fold(name) for name in (its.term, *its.names)}):
            yield "F073", f"`{key}` and `{other}` are both called “{min(shared)}”"
