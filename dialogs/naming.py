"""Which questions a customer may mean, and by which names they are called: labels and names of the words files, folded, articles aside."""

from collections.abc import Iterator

from rapidfuzz import fuzz

from dialogs import talk
from dialogs.asking import form_of
from dialogs.desk import QUOTE, Desk
from dialogs.journey import is_reopenable
from dialogs.phrases import FREE_TYPES
from forms.flow import Step
from forms.model import Words
from forms.types.characters import fold, names

_NEAR = 88
"""rapidfuzz ratio from which a misspelt name counts as meant: `supeficie` 94, `residenza`/`presidenza` 95 is why it is always confirmed."""
_SAME = 200.0
"""Likeness from which a name was said and nothing else."""


def answered(desk: Desk) -> Iterator[Step]:
    """The answered questions that may be changed now, the present form's first."""
    return (step for step in steps_in_hand(desk) if step.kind == "question" and step.key in desk.state.answers and is_reopenable(step))


def steps_in_hand(desk: Desk) -> Iterator[Step]:
    for form in forms_in_hand(desk):
        yield from desk.walk(form).steps


def forms_in_hand(desk: Desk) -> Iterator[str]:
    forms = [form_of(desk)] + ([desk.card.form] if desk.state.goal in {QUOTE, "policy"} else [])
    return (form for form in forms if form is not None)


def is_free(step: Step) -> bool:
    """Whether any words are an answer to it."""
    return step.question is not None and step.question.type in FREE_TYPES


def names_of(desk: Desk, step: Step) -> tuple[str, ...]:
    assert step.question is not None  # noqa: S101 - only questions have names
    return _names_in(desk.words(step.form), step.question.name)


_NAMES: dict[tuple[int, str], tuple[Words, tuple[str, ...]]] = {}


def _names_in(words: Words, name: str) -> tuple[str, ...]:
    """Folded, longest first. Remembered for each words file: they live as long as the catalogue."""
    key = (id(words), name)
    if key not in _NAMES or _NAMES[key][0] is not words:
        told = words.questions[name]
        names = {fold(each) for each in (told.label, name.replace("_", " "), *told.names)}
        _NAMES[key] = (words, tuple(sorted((each for each in names if each), key=len, reverse=True)))
    return _NAMES[key][1]


def is_called(desk: Desk, step: Step, text: str) -> bool:
    """Whether the words are but a name of that question: "cognome"."""
    return talk.bare(text, desk.language) in bare_names(desk, step)


def is_name(desk: Desk, words: str) -> bool:
    """Whether the words are the whole name of something that is asked, answered or not yet."""
    said = talk.bare(words, desk.language)
    return said in talk.bare_phrases(desk.language, "email_names") or any(
        said in bare_names(desk, step) for step in steps_in_hand(desk) if step.kind == "question"
    )


_BARE: dict[tuple[int, str, str], tuple[Words, frozenset[str]]] = {}


def bare_names(desk: Desk, step: Step) -> frozenset[str]:
    """Remembered likewise: a questionnaire has some three hundred names."""
    assert step.question is not None  # noqa: S101 - only questions have names
    words = desk.words(step.form)
    key = (id(words), step.question.name, desk.language)
    if key not in _BARE or _BARE[key][0] is not words:
        _BARE[key] = (words, frozenset(talk.bare(name, desk.language) for name in _names_in(words, step.question.name)))
    return _BARE[key][1]


_ALL_BARE: dict[tuple[int, str], tuple[Words, frozenset[str]]] = {}


def bare_names_of_form(desk: Desk, form: str) -> frozenset[str]:
    """Of all questions of a form."""
    words = desk.words(form)
    key = (id(words), desk.language)
    if key not in _ALL_BARE or _ALL_BARE[key][0] is not words:
        bare = (talk.bare(name, desk.language) for question in words.questions for name in _names_in(words, question))
        _ALL_BARE[key] = (words, frozenset(bare))
    return _ALL_BARE[key][1]


def likeness(name: str, said: str) -> float:
    if name == said:
        return _SAME + len(name)
    if names(name, said):
        return 100.0 + len(name)
    ratio = fuzz.ratio(name, said)
    return ratio if ratio >= _NEAR and len(said) > 3 else 0.0
