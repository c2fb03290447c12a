"""Country packs: what a form asks in addition of customers of a country, as data; which packs count is the agency's choice.

Italy's own questions stand in the forms themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from forms.files import CatalogueError, overlaid_folders, read_model
from forms.model import Addition, Form, Pack, PackWords, Question, Section, Words

HOME = "it"
"""The pack that the forms are."""


@dataclass(frozen=True, slots=True)
class LoadedPack:
    path: Path
    pack: Pack
    words: Mapping[str, PackWords]

    def additions(self, form: str) -> tuple[Addition, ...]:
        return tuple(addition for addition in self.pack.adds if addition.form == form)


def load_packs(folders: Sequence[Path], countries: Sequence[str]) -> tuple[LoadedPack, ...]:
    """Those packs, in the order in which they were chosen. Raises CatalogueError for one that there is not."""
    found = {files["pack.yaml"].parent.name: files for files in overlaid_folders([one / "packs" for one in folders], depth=1)}
    for country in countries:
        if country not in {HOME, *found}:
            raise CatalogueError(folders[0] / "packs", 1, f"there is no pack `{country}`; there are {', '.join(sorted({HOME, *found}))}")
    return tuple(_load(found[country]) for country in countries if country != HOME)


def _load(files: Mapping[str, Path]) -> LoadedPack:
    path = files["pack.yaml"]
    words = {one.stem: read_model(one, PackWords) for one in files.values() if one != path and one.suffix == ".yaml"}
    return LoadedPack(path, read_model(path, Pack), words)


def with_packs(form: Form, packs: Sequence[LoadedPack]) -> Form:
    """Each addition's questions stand after the one it names; one form's alone, of forms that there are."""
    for pack in packs:
        for addition in pack.additions(form.form):
            form = _with_addition(form, addition, pack)
    return form


def _with_addition(form: Form, addition: Addition, pack: LoadedPack) -> Form:
    sections = tuple(_extended(section, addition) for section in form.sections)
    if sections == form.sections:
        raise CatalogueError(pack.path, 1, f"`{form.form}` has no question `{addition.after}` outside of groups")
    return form.model_copy(update={"sections": sections})


def _extended(section: Section, addition: Addition) -> Section:
    for at, item in enumerate(section.items, start=1):
        if isinstance(item, Question) and item.name == addition.after:
            return section.model_copy(update={"items": (*section.items[:at], *addition.questions, *section.items[at:])})
    return section


def words_with_packs(words: Words, form: str, language: str, packs: Sequence[LoadedPack]) -> Words:
    """What a pack has no words for in the language is left out: `forms lint` finds it."""
    added = {
        question.name: pack.words[language].questions[question.name]
        for pack in packs
        for addition in pack.additions(form)
        for question in addition.questions
        if language in pack.words and question.name in pack.words[language].questions
    }
    return words.model_copy(update={"questions": {**words.questions, **added}}) if added else words


def check_words(packs: Sequence[LoadedPack], languages: Sequence[str]) -> None:
    """Raises CatalogueError where a question of a pack cannot be asked in a language of the house."""
    for pack in packs:
        asked = {question.name for addition in pack.pack.adds for question in addition.questions}
        for language in languages:
            if missing := asked - (pack.words[language].questions.keys() if language in pack.words else set()):
                raise CatalogueError(pack.path.with_name(f"{language}.yaml"), 1, f"there are no words for {', '.join(sorted(missing))}")
