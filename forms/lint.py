"""Lint of the whole catalogue: everything that would be wrong in a conversation, found before there is one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from forms.cards import CARDS
from forms.catalogue import load_catalogue
from forms.files import CatalogueError, catalogue_folders, overlaid_folders, read_yaml_text
from forms.lint_form import lint_form
from forms.lint_glossary import lint_glossary
from forms.lint_modules import lint_module, look_for_replaced, look_for_same_beginning
from forms.lint_question import JOURNEY
from forms.lint_report import CODES, Finding, Report, Source, read_source
from forms.lint_words import lint_words
from forms.model import Form, TypeName, Words
from forms.names import questions_of, type_of
from forms.packs import HOME, LoadedPack, load_packs, with_packs, words_with_packs
from forms.programs import Program, faults_of, has_folder, kind_of, program_files
from forms.retention import load_retention
from forms.tables import load_tables
from forms.tariff_files import read_tariff_file, tariff_files
from forms.words import kinds_told, told_otherwise, unknown_to, words_wanted

__all__ = ["CODES", "Finding", "lint", "lint_folders"]


def lint(
    folder: Path | None = None, languages: Sequence[str] = ("it", "en"), today: date | None = None, countries: Sequence[str] = (HOME,)
) -> list[Finding]:
    """What is wrong in our catalogue with the broker's `folder` over it, by file and line. Empty = nothing.

    Codes are explained in docs/lint.md; severity `error` must be mended, `warning` should be looked at."""
    return lint_folders(catalogue_folders(folder), languages, today or datetime.now(UTC).date(), countries)


def lint_folders(folders: Sequence[Path], languages: Sequence[str], today: date, countries: Sequence[str] = (HOME,)) -> list[Finding]:
    """The same for catalogue folders of one's own choice, later ones over earlier ones."""
    report = Report()
    packs = _read_packs(folders, countries, report)
    forms = list(_read_forms(overlaid_folders(folders, depth=1), packs, report))
    known = {**JOURNEY, **_answers_of([source.model for source, _ in forms])}
    for source, files in forms:
        lint_form(source, report, known, today)
        _lint_languages(source, files, tuple(languages), packs, report)
    published = overlaid_folders([one / "modules" for one in folders], depth=2)
    read = [lint_module(files, tuple(languages), today, report) for files in published if "module.yaml" in files]
    modules = [module for module in read if module is not None]
    look_for_same_beginning(modules, report)
    look_for_replaced(modules, report)
    lint_glossary(folders, tuple(languages), report)
    _lint_tables(folders[-1], report)
    _lint_retention(folders[-1], report)
    _lint_sync(folders[-1], tuple(languages), countries, report)
    _lint_tariffs(folders[-1], {source.model.form: source.model for source, _ in forms}, report)
    return sorted(report.findings, key=lambda one: (str(one.file), one.line, one.code, one.message))


def _read_packs(folders: Sequence[Path], countries: Sequence[str], report: Report) -> tuple[LoadedPack, ...]:
    try:
        return load_packs(folders, countries)
    except CatalogueError as error:
        report.add("F080", error.path, error.line, error.what)
        return ()


def _read_forms(
    folders: list[Mapping[str, Path]], packs: tuple[LoadedPack, ...], report: Report
) -> Iterator[tuple[Source[Form], Mapping[str, Path]]]:
    """With what the packs add, found at the form's own file."""
    for files in folders:
        if "form.yaml" in files and (source := read_source(files["form.yaml"], Form, report)) is not None:
            try:
                source = replace(source, model=with_packs(source.model, packs))
            except CatalogueError as error:
                report.add("F080", error.path, error.line, error.what)
            yield source, files


def _answers_of(forms: list[Form]) -> dict[str, TypeName]:
    return {
        f"{form.form}.{section}.{question.name}": type_of(question)
        for form in forms
        for section, question, group in questions_of(form)
        if group is None
    }


def _lint_languages(
    source: Source[Form], files: Mapping[str, Path], languages: tuple[str, ...], packs: tuple[LoadedPack, ...], report: Report
) -> None:
    for kind in kinds_told(files):
        if kind not in CARDS:
            report.add("F042", source.path, 1, f"words for `{kind}`, which is no kind of customer; there is {', '.join(CARDS)}")
    for which in words_wanted(files, languages):
        path, language = files.get(f"{which}.yaml"), which.partition(".")[0]
        if path is None:
            report.add("F040", source.path, 1, f"there is no {which}.yaml with its words")
        elif (words := _read_words(path, files.get(f"{language}.yaml"), report)) is not None:
            told = words_with_packs(words.model, source.model.form, language, packs)
            lint_words(source.model, replace(words, model=told), report)


def _read_words(path: Path, plain: Path | None, report: Report) -> Source[Words] | None:
    """Of a kind of customer: laid over the language's plain words."""
    if plain is None or plain == path:
        return read_source(path, Words, report)
    unknown: list[tuple[str, str]] = []

    def made_whole(over: object) -> object:
        under = read_yaml_text(plain.read_text(encoding="utf-8"), plain)
        unknown.extend(unknown_to(under, over))
        return told_otherwise(under, over)

    words = read_source(path, Words, report, made_whole=made_whole)
    if words is not None:
        for branch, name in unknown:
            report.add("F042", path, words.line(branch, name), f"the plain words have no `{name}` under {branch} to tell otherwise")
    return words


def _lint_tables(folder: Path, report: Report) -> None:
    try:
        load_tables(folder)
    except ValueError as error:
        report.add("F060", folder / "tables", 1, f"cannot be read: {error}")


def _lint_retention(folder: Path, report: Report) -> None:
    try:
        load_retention(folder)
    except CatalogueError as error:
        report.add("F062", error.path, error.line, error.what)


def _lint_sync(folder: Path, languages: Sequence[str], countries: Sequence[str], report: Report) -> None:
    """Each by its format; whether its columns are there only where the questionnaires themselves are right."""
    if not has_folder(folder):
        return
    try:
        paths = program_files(folder)
    except CatalogueError as error:
        report.add("F063", error.path, error.line, error.what)
        return
    sources: list[Source[Program]] = []
    for path in paths:
        try:
            source: Source[Program] | None = read_source(path, kind_of(path), report)
        except CatalogueError as error:
            report.add("F063", path, error.line, error.what)
        else:
            sources += [source] if source else []
    if not sources or any(each.severity == "error" for each in report.findings):
        return
    catalogue = load_catalogue(folder, tuple(languages), countries=tuple(countries))
    by_path = {source.path: source for source in sources}
    for path, fault in faults_of({path: source.model for path, source in by_path.items()}, catalogue):
        report.add("F063", path, by_path[path].line("mapping"), fault)


def _lint_tariffs(folder: Path, forms: Mapping[str, Form], report: Report) -> None:
    for name, path in tariff_files(folder).items():
        try:
            if name.count(".") == 1:
                read_tariff_file(path, forms.get(f"quote_{path.stem}"))
            else:
                read_yaml_text(path.read_text(encoding="utf-8"), path)
        except CatalogueError as error:
            report.add("F061" if name.count(".") == 1 else "F001", path, error.line, error.what)
