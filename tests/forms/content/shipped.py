"""The shipped catalogue and what its tests look at."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import yaml

import forms
from forms.catalogue import Catalogue, load_catalogue
from forms.flow import Environment, check
from forms.model import Form, Group, Question, QuestionWords, Words
from forms.types.base import Reading, Wire
from rules import languages

TODAY = date(2026, 11, 22)
LANGUAGES = languages.LANGUAGES
FORMS = ("registration_person", "registration_company", "quote_home")
FOLDER = Path(forms.__file__).parent


@cache
def catalogue() -> Catalogue:
    """Loaded once for all tests of a process: nothing in it changes."""
    return load_catalogue()


@cache
def catalogue_in_all() -> Catalogue:
    """In every language that there is."""
    return load_catalogue(languages=LANGUAGES)


@cache
def form(name: str) -> Form:
    return Form.model_validate(yaml.load((FOLDER / "catalog" / name / "form.yaml").read_text("utf-8"), yaml.CSafeLoader))


@cache
def words(name: str, language: str) -> Words:
    return Words.model_validate(yaml.load((FOLDER / "catalog" / name / f"{language}.yaml").read_text("utf-8"), yaml.CSafeLoader))


@cache
def tariff_file(suffix: str = "") -> dict[str, object]:
    found: dict[str, object] = yaml.load((FOLDER / "tariffs" / f"home{suffix}.yaml").read_text("utf-8"), yaml.CSafeLoader)
    return found


def questions(name: str) -> Iterator[Question]:
    for section in form(name).sections:
        for item in section.items:
            yield from item.questions if isinstance(item, Group) else (item,)


def question(form_name: str, name: str) -> Question:
    return next(one for one in questions(form_name) if one.name == name)


def section_names(name: str, section: str) -> list[str]:
    items = next(one.items for one in form(name).sections if one.section == section)
    return [item.group if isinstance(item, Group) else item.name + ("" if item.required else "?") for item in items]


def worded(name: str, language: str) -> Iterator[tuple[Question, QuestionWords]]:
    return ((one, words(name, language).questions[one.name]) for one in questions(name))


def checked(path: str, value: Wire, answers: dict[str, Wire]) -> Reading:
    """What the form's checks say of a value, other answers given by `section.name`."""
    name = path.split(".", maxsplit=1)[0]
    compiled = catalogue().form(name)
    known = {f"{name}.{key}": given for key, given in answers.items()}
    return check(compiled.steps()[path], value, known, Environment(today=TODAY, tables=catalogue().tables))


def asked_paths(name: str, answers: dict[str, Wire], *, quick_only: bool = False) -> list[str]:
    """Applicable questions as `section.name`, all answered or not."""
    known = {f"{name}.{key}": given for key, given in answers.items()}
    walk = catalogue().form(name).walk(known, Environment(today=TODAY, tables=catalogue().tables), quick_only=quick_only)
    return [step.path.removeprefix(f"{name}.") for step in walk.steps if step.kind == "question"]
