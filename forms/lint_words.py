"""Lint of a form's words in one language: nothing missing, nothing for what is not there, every why and every problem said."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from forms.checks import RULES
from forms.lint_report import Report, Source
from forms.model import Form, Question, QuestionWords, Words
from forms.names import groups_of, questions_of
from forms.positions import Place

_SLOT = re.compile(r"\{([^{}]*)\}")

# What a rule says by its own reason is worded once for all forms; these say it by `problems.<code>`.
_WORDED_HERE = frozenset({"province_of_municipality", "holder_is_customer", "holder_is_company"})


def lint_words(form: Form, words: Source[Words], report: Report) -> None:
    for code, place, message in _WordsLint(form, words.model).findings():
        report.add(code, words.path, words.line(*place), message)


type _Finding = tuple[str, Place, str]


@dataclass(frozen=True, slots=True)
class _WordsLint:
    form: Form
    words: Words

    def findings(self) -> Iterator[_Finding]:
        questions = {question.name: question for _, question, _ in questions_of(self.form)}
        yield from _compared("sections", [section.section for section in self.form.sections], self.words.sections, "section")
        yield from _compared("questions", list(questions), self.words.questions, "question")
        yield from _compared("groups", [group.group for _, group in groups_of(self.form)], self.words.groups, "group")
        for name, question in questions.items():
            told = self.words.questions.get(name)
            if told is not None:
                yield from self._question(question, told)
        if self.words.handover is None and any(question.sensitive for question in questions.values()):
            sensitive = next(name for name, question in questions.items() if question.sensitive)
            yield "F044", (), f"`{sensitive}` is never asked inside a messenger, and `handover` does not say where to go on"

    def _question(self, question: Question, told: QuestionWords) -> Iterator[_Finding]:
        place: Place = ("questions", question.name)
        if question.personal and question.type not in ("computed", "confirm") and not (told.why or "").strip():
            yield "F043", place, f"`{question.name}` is personal and nothing says why it is asked"
        if question.type != "computed":  # whose values may be worded, but are known to its computation only
            yield from self._choices(question, told, place)
        yield from self._problems(question, told, place)
        yield from self._slots(place, "ask", told.ask, question)

    def _choices(self, question: Question, told: QuestionWords, place: Place) -> Iterator[_Finding]:
        yield from _compared((*place, "choices"), question.choices, told.choices, "choice")
        for field, given in (("descriptions", told.descriptions), ("aliases", told.aliases)):
            for choice in given:
                if choice not in question.choices:
                    yield "F042", (*place, field, choice), f"`{question.name}` has no choice `{choice}`"
        labels = Counter(label.casefold() for label in told.choices.values())
        for choice, label in told.choices.items():
            if labels[label.casefold()] > 1:
                yield "F031", (*place, "choices", choice), f"two choices of `{question.name}` are called “{label}”: neither can be typed"

    def _problems(self, question: Question, told: QuestionWords, place: Place) -> Iterator[_Finding]:
        codes = [one.code for one in question.checks if one.when is not None or one.rule in _WORDED_HERE]
        quiet = [one.code for one in question.checks if one.rule in RULES]
        for code in codes:
            if code not in told.problems:
                yield "F041", place, f"the check `{code}` of `{question.name}` has no sentence under `problems`"
        for code, sentence in told.problems.items():
            if code not in codes and code not in quiet:
                yield "F042", (*place, "problems", code), f"`{question.name}` has no check `{code}`"
            yield from self._slots((*place, "problems"), code, sentence, question)

    def _slots(self, place: Place, field: str, sentence: str, question: Question) -> Iterator[_Finding]:
        names = {one.name for _, one, _ in questions_of(self.form)} | {"this", "number", *_RULE_FACTS}
        for slot in _SLOT.findall(sentence):
            if slot not in names:
                yield "F045", (*place, field), f"`{question.name}` speaks of {{{slot}}}, which is no answer of this form"


# What rules say beside the answers of the form.
_RULE_FACTS = ("municipality", "province", "postcode")


def _compared(place: str | Place, wanted: Iterable[str], given: Iterable[str], what: str) -> Iterator[_Finding]:
    base: Place = (place,) if isinstance(place, str) else place
    wanted, there = list(wanted), list(given)
    for name in wanted:
        if name not in there:
            yield "F041", base, f"the {what} `{name}` has no words"
    for name in there:
        if name not in wanted:
            yield "F042", (*base, name), f"there is no {what} `{name}`"
