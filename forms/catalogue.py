"""The catalogue as loaded: forms, words, modules, tariffs, ours overlaid file by file by the broker's; versions by content."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile

from pydantic import ValidationError

from forms.cards import PERSON
from forms.files import CatalogueError, catalogue_folders, overlaid_folders, read_model
from forms.flow import CompiledForm
from forms.glossary import Terms, glossary_sha256, load_glossary
from forms.model import Form, Words
from forms.modules import PublishedModule, by_beginning, in_force, load_kinds, load_modules
from forms.names import questions_of, type_of
from forms.packs import HOME, LoadedPack, check_words, load_packs, with_packs, words_with_packs
from forms.retention import load_retention
from forms.steps import Step
from forms.tables import Tables, load_tables
from forms.tariff_files import PublishedTariff, TariffWords, load_tariffs
from forms.types.base import Wire
from forms.words import read_words, words_wanted
from rules.consents import KindRules
from rules.retention import Retention
from rules.tariff import Tariff

__all__ = ["Catalogue", "CatalogueError", "Edition", "carry_over", "freeze", "load_catalogue"]


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of a form with its words."""

    form: CompiledForm
    words: Mapping[str, Words]
    """By language; by `<language>.<kind>` as a kind of customer is told that hears something else."""
    kinds: Mapping[str, "Edition"] = field(default_factory=dict)
    """The same edition as each of those kinds of customer is asked it."""

    def of(self, party_kind: str) -> "Edition":
        return self.kinds.get(party_kind, self)


@dataclass(frozen=True, repr=False)  # thousands of questions
class Catalogue:
    """Everything a conversation can ask. A version once given stays the same for the same content."""

    editions: Mapping[str, Edition]
    frozen: Mapping[tuple[str, str], Edition]
    published: Mapping[tuple[str, str], PublishedModule]
    kinds: Mapping[str, KindRules]
    """Of acts, by name."""
    tariffs: Mapping[str, PublishedTariff]
    glossary: Mapping[str, Terms]
    tables: Tables
    retention: Retention
    version: str
    _in_force: dict[date, tuple[PublishedModule, ...]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def forms(self) -> dict[str, CompiledForm]:
        """The forms as they are asked now, by name."""
        return {name: edition.form for name, edition in self.editions.items()}

    def form(self, name: str, version: str | None = None) -> CompiledForm:
        """Raises KeyError where there is no such form, or no longer such a version."""
        return self.edition(name, version).form

    def words(self, form: str, language: str, version: str | None = None, party_kind: str = PERSON.kind) -> Words:
        """Raises KeyError where the form has no such language."""
        return self.edition(form, version).of(party_kind).words[language]

    def modules(self, today: date) -> tuple[PublishedModule, ...]:
        """Those in force on that day, each in its latest version, in the order they are asked."""
        if today not in self._in_force:
            self._in_force.clear()  # only the present day is asked for, over and over
            self._in_force[today] = in_force(self.published.values(), today)
        return self._in_force[today]

    def module(self, code: str, version: str | None = None) -> PublishedModule:
        """Without a version the one that began last, in force or not. Raises KeyError where there is none."""
        if version is not None:
            return self.published[code, version]
        versions = self.history(code)
        if not versions:
            raise KeyError(code)
        return versions[-1]

    def history(self, code: str) -> tuple[PublishedModule, ...]:
        """Every version of a module, the oldest first; empty where there is no such module."""
        return by_beginning(module for module in self.published.values() if module.code == code)

    def months_counted(self, code: str, version: str) -> int | None:
        """For how long a yes to that version counts; None: for good, or there is no such version."""
        published = self.published.get((code, version))
        if published is None:
            return None
        module = published.module
        return module.retention_months if self.kinds[module.kind].lapses else module.term_months

    def tariff(self, name: str = "home") -> Tariff:
        return self.tariffs[name].tariff

    def tariff_words(self, language: str, name: str = "home") -> TariffWords:
        return self.tariffs[name].words[language]

    def in_other_money(self, currency: str) -> list[str]:
        """What of it names amounts in another currency, kept editions included: they would be shown as the wrong sums."""
        forms = [*((f"{name}/form.yaml", edition) for name, edition in self.editions.items()),
                 *((f"versions/{name}/{version}.json", edition) for (name, version), edition in self.frozen.items())]  # fmt: skip
        found = {file: edition.form.form.currency for file, edition in forms if _names_amounts(edition.form.form)}
        found |= {f"tariffs/{name}.yaml": one.tariff.currency for name, one in self.tariffs.items()}
        if any(question.computed == "rebuild_estimate" for one in self.editions.values() for _, question, _ in questions_of(one.form.form)):
            found["tables/rebuild_costs.csv"] = self.tables.currency
        return [f"{file} ({own})" for file, own in sorted(found.items()) if own != currency]

    def edition(self, name: str, version: str | None = None) -> Edition:
        """Raises KeyError likewise."""
        edition = self.editions.get(name)
        if edition is not None and version in (None, edition.form.version):
            return edition
        return self.frozen[name, version or ""]


def _names_amounts(form: Form) -> bool:
    return any(type_of(question) == "money" for _, question, _ in questions_of(form))


def load_catalogue(
    overlay: Path | None = None,
    languages: tuple[str, ...] = ("it", "en"),
    versions: Path | None = None,
    countries: tuple[str, ...] = (HOME,),
) -> Catalogue:
    """Ours with the broker's over it, every form in each of these languages, modules in those they have.

    Raises CatalogueError at the first file that cannot be used or is missing; `forms lint` finds all of them.
    `countries`: whose packs the forms are asked with (forms.packs). `versions`: frozen copies of earlier editions (freeze); without it `versions/` in the broker's folder."""
    folders = catalogue_folders(overlay)
    packs = load_packs(folders, countries)
    check_words(packs, languages)
    editions = {}
    for files in overlaid_folders(folders, depth=1):
        if "form.yaml" in files:
            edition = _load_edition(files, languages, packs)
            editions[edition.form.name] = edition
    frozen = versions if versions is not None else (overlay / "versions" if overlay is not None else None)
    published = load_modules(folders)
    tariffs = load_tariffs(overlay, {name: edition.form.form for name, edition in editions.items()})
    hashes = [edition.form.version for edition in editions.values()]
    hashes += [module.text_sha256(language) for module in published.values() for language in sorted(module.texts)]
    hashes += [tariff.tariff.sha256 for tariff in tariffs.values()]
    glossary = load_glossary(folders, languages)
    tables = load_tables(overlay)
    if "home" in tariffs:
        proposed = tariffs["home"].tariff
        tables = replace(tables, covers_from_need=proposed.proposed, covers_for=proposed.proposed_for)
    return Catalogue(
        editions=editions,
        frozen=_load_frozen(frozen),
        published=published,
        kinds=load_kinds(),
        tariffs=tariffs,
        glossary=glossary,
        tables=tables,
        retention=load_retention(overlay),
        version=hashlib.sha256("\n".join([*hashes, glossary_sha256(glossary)]).encode()).hexdigest(),
    )


def _load_edition(files: Mapping[str, Path], languages: tuple[str, ...], packs: tuple[LoadedPack, ...]) -> Edition:
    """With the words of every language there is, whether the house speaks it or not: all of them make the version."""
    form, words = read_model(files["form.yaml"], Form), read_words(files)
    for wanted in words_wanted(files, languages):
        if wanted not in words:
            raise CatalogueError(files["form.yaml"], 1, f"there is no {wanted}.yaml with its words")
    told = {which: words_with_packs(each, form.form, which.partition(".")[0], packs) for which, each in words.items()}
    return make_edition(with_packs(form, packs), told)


def make_edition(form: Form, words: Mapping[str, Words]) -> Edition:
    """The form compiled, with the SHA-256 of what it says in all its languages as its version."""
    text = _canonical(form, words)
    return _edition(CompiledForm(form, hashlib.sha256(text.encode()).hexdigest()), words)


def _edition(form: CompiledForm, words: Mapping[str, Words]) -> Edition:
    kinds: dict[str, dict[str, Words]] = {}
    for which, told in words.items():
        language, _, kind = which.partition(".")
        if kind:
            kinds.setdefault(kind, {**words})[language] = told
    return Edition(form, words, {kind: Edition(form, told) for kind, told in kinds.items()})


def _canonical(form: Form, words: Mapping[str, Words]) -> str:
    """Defaults are left out, so that a version stays the same when the format learns something new."""
    data = {"form": form, **{f"words.{language}": told for language, told in words.items()}}
    dumped = {key: model.model_dump(mode="json", exclude_defaults=True) for key, model in data.items()}
    return json.dumps(dumped, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def freeze(edition: Edition, folder: Path) -> Path:
    """Writes the edition where later catalogues find it, under its version; the file's SHA-256 is its name."""
    path = folder / edition.form.name / f"{edition.form.version}.json"
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".tmp", delete=False) as half:
        half.write(_canonical(edition.form.form, edition.words))
        half.flush()
        os.fsync(half.fileno())
    Path(half.name).replace(path)  # whole or not there: half a file would keep the house from starting
    return path


def _load_frozen(folder: Path | None) -> dict[tuple[str, str], Edition]:
    found: dict[tuple[str, str], Edition] = {}
    for path in sorted(folder.glob("*/*.json")) if folder is not None else ():
        text = path.read_text(encoding="utf-8")
        if hashlib.sha256(text.encode()).hexdigest() != path.stem:
            raise CatalogueError(path, 1, "is not what it was when it was frozen: its SHA-256 is no longer its name")
        data = json.loads(text)
        try:
            words = {key.removeprefix("words."): Words.model_validate(told) for key, told in data.items() if key != "form"}
            form = Form.model_validate(data["form"])
        except ValidationError:
            continue  # of a release whose format is no longer read: its conversations carry over to the present version
        found[form.form, path.stem] = _edition(CompiledForm(form, path.stem), words)
    return found


def carry_over(old: CompiledForm, new: CompiledForm, answers: Mapping[str, Wire]) -> tuple[dict[str, Wire], dict[str, Wire]]:
    """The answers that still stand in the new version, and those to be asked again. Answers of other forms are kept.

    An answer stands where its path and type are unchanged and its choices still exist; a section's confirmation where the section is unchanged."""
    kept: dict[str, Wire] = {}
    dropped: dict[str, Wire] = {}
    for key, value in answers.items():
        stands = not key.startswith(f"{old.name}.") or _stands(old, new, key, value)
        (kept if stands else dropped)[key] = value
    return kept, dropped


def _stands(old: CompiledForm, new: CompiledForm, key: str, value: Wire) -> bool:
    before, after = old.steps().get(key), new.steps().get(key)
    if before is None or after is None or before.kind != after.kind:
        return False
    if before.kind == "confirm":
        return old.section(before.section) == new.section(after.section)
    if before.question is None or after.question is None:
        return before.question is after.question
    return before.question.type == after.question.type and _is_still_offered(after, value)


def _is_still_offered(step: Step, value: Wire) -> bool:
    if step.question is None or not step.question.choices:
        return True
    return set(value if isinstance(value, list) else [str(value)]) <= set(step.question.choices)
