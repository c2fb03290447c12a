"""What was refused or doubted in a row that was read in, in the desk's language: label first, then what is wrong."""

from collections.abc import Mapping

from console.wording import Wording
from dialogs import wording
from dialogs.services import Services
from forms.computed import Environment
from forms.covering import is_private_at
from forms.flow import Step, standing
from forms.imports.rows import Problem, Row
from forms.model import Words
from forms.showing import label_of
from forms.types import TYPES
from forms.types.base import Wire
from rules.refusals import Fact, Reason

_AMBIGUOUS = frozenset(
    {Reason.DATE_AMBIGUOUS, Reason.CHOICE_AMBIGUOUS, Reason.MUNICIPALITY_AMBIGUOUS, Reason.COUNTRY_AMBIGUOUS, Reason.UNIT_AMBIGUOUS}
)
"""In a conversation the readings are offered to choose from; in a list there is nobody to choose."""


class Sentences:
    def __init__(self, services: Services, words: Wording) -> None:
        self._services, self._words = services, words
        today = services.clock().astimezone(services.settings.zone).date()
        self._env = Environment(today, {}, services.catalogue.tables, services.settings.currency)

    def label(self, row: Row, key: str) -> str:
        return label_of(self._step(row, key), self._form_words(row), self._words.language)

    def is_private(self, key: str) -> bool:
        return is_private_at(self._services.catalogue, key)

    def value(self, row: Row, key: str, value: Wire) -> str:
        known = standing(self._step(row, key), self._env, self._form_words(row), self._words.language)
        return TYPES[known.type].show(value, known)

    def problem(self, row: Row, problem: Problem) -> str:
        if not problem.key:
            return self._words.of("imports.problems")[str(problem.facts.get("code", "cells"))]
        return f"{self.label(row, problem.key)}: {self._told(row, problem)}"

    def _told(self, row: Row, problem: Problem) -> str:
        own, code = self._words.of("imports.problems"), str(problem.facts.get("code", problem.reason.value))
        if problem.reason in _AMBIGUOUS:
            return own["ambiguous"]
        if code in own:
            return own[code]
        step = self._step(row, problem.key)
        asked = self._form_words(row).questions[step.question.name].problems.get(code) if step.question else None
        facts = self._facts(row, step, problem.facts)
        if asked is not None:
            return wording.fill(self._words.language, asked, {**self._answers(row), **facts})
        branch = "refusals" if problem.key not in row.values else "doubts"
        branch = branch if problem.reason.value in wording.words(self._words.language, branch) else "refusals"
        return wording.say(self._words.language, f"{branch}.{problem.reason.value}", facts)

    def _facts(self, row: Row, step: Step, facts: Mapping[str, Fact]) -> dict[str, Fact]:
        """The name of another answer (`what`) becomes its label, two values of it are shown as its own."""
        told: dict[str, Fact] = {**facts, "this": self.value(row, step.key, row.values[step.key]) if step.key in row.values else "…"}
        asks = step.of.find(str(facts["what"]), step) if "what" in facts else None
        if asks is not None:
            key = asks.step.key
            told["what"] = self.label(row, key)
            told |= {name: self.value(row, key, str(facts[name])) for name in ("in_code", "given") if name in facts}
        return told

    def _answers(self, row: Row) -> dict[str, str]:
        return {key.rpartition(".")[2]: self.value(row, key, value) for key, value in row.values.items()}

    def _step(self, row: Row, key: str) -> Step:
        return self._services.catalogue.form(row.card.form).step(key)

    def _form_words(self, row: Row) -> Words:
        return self._services.catalogue.words(row.card.form, self._words.language, party_kind=row.card.kind)
