"""A form's answers as a person reads them, by section: for desks and papers."""

from collections.abc import Mapping
from dataclasses import dataclass

from forms.cards import card_with
from forms.catalogue import Catalogue
from forms.computed import Environment
from forms.flow import CompiledForm, Step, standing
from forms.model import Group, Question, Words
from forms.types import IDENTIFIERS, TYPES
from forms.types.base import Wire
from forms.types.showing import in_digits, side_by_side

CODES = IDENTIFIERS | {"email", "phone", "code", "postcode"}
"""Types whose values keep their direction and are compared letter by letter."""


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    path: str
    label: str
    value: str
    is_code: bool


@dataclass(frozen=True, slots=True)
class ShownSection:
    name: str
    title: str
    answers: tuple[ShownAnswer, ...]


def show_answers(
    form: CompiledForm, words: Words, answers: Mapping[str, Wire], env: Environment, language: str
) -> tuple[ShownSection, ...]:
    """Sections with an answer, in the form's order; skipped and parked answers are left out."""
    walk = form.walk(answers, env)

    def show(step: Step) -> ShownAnswer:
        known = standing(step, env, words, language)
        value = TYPES[known.type].show(walk.values[step.key], known)
        return ShownAnswer(step.path, label_of(step, words, language), value, known.type in CODES)

    answered = [step for step in walk.steps if step.key in walk.values]
    sections = (
        ShownSection(
            section.name, words.sections[section.name].title, tuple(show(step) for step in answered if step.section == section.name)
        )
        for section in form.sections
    )
    return tuple(section for section in sections if section.answers)


def show_signer(catalogue: Catalogue, card: Mapping[str, Wire], language: str) -> tuple[tuple[str, str], ...]:
    """Whoever acts for the customer and in which capacity, each as the card's form calls it; none where it is the customer."""
    kind = card_with(card)
    signer = kind.signer_in(card)
    if not signer:
        return ()
    words, (_, section, powers) = catalogue.words(kind.form, language), kind.powers.split(".")
    return (words.sections[section].title, signer), (words.questions[powers].label, str(card.get(kind.powers, "")))


def label_of(step: Step, words: Words, language: str) -> str:
    """The answer's short name, with its group's title and number before it; these alone where the group asks for nothing else."""
    if step.question is None:
        return words.sections[step.section].title
    told = words.questions[step.question.name].label
    if step.group is None:
        return told
    title = words.groups[step.group].title.format(number=in_digits(str(step.number), language))
    return title if _is_all_of_its_group(step, step.question) else side_by_side((title, told), language)


def _is_all_of_its_group(step: Step, question: Question) -> bool:
    """A code proves another answer, and is never shown."""
    items = (item for section in step.of.form.sections for item in section.items)
    group = next(item for item in items if isinstance(item, Group) and item.group == step.group)
    return all(each is question or each.type == "code" for each in group.questions)
