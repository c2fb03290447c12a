"""Plays a form in a terminal, so that its author hears it as a customer will. Nothing is kept."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from forms.catalogue import Catalogue, load_catalogue
from forms.flow import CompiledForm, Environment, Step, Walk, asked, check, prefilled
from forms.model import Words
from forms.types import TYPES
from forms.types.base import Asked, Candidates, Doubt, Read, Reading, Wire
from rules.refusals import Refused

type ReadLine = Callable[[str], str | None]
"""Shows a prompt, gives the line typed; None at the end of the input."""
type WriteLine = Callable[[str], None]

HELP = "Write an answer, or !back, !change PATH, !skip, !why, !quit."


def play(
    form: str, language: str, read: ReadLine, write: WriteLine, today: date, *, catalogue: Catalogue | None = None
) -> dict[str, Wire] | None:
    """The answers that count, by path, once every question is answered; None where somebody left before.

    Raises KeyError where there is no such form, CatalogueError where it has no words in the language."""
    source = catalogue if catalogue is not None else load_catalogue(languages=(language,))
    words = source.words(form, language)
    game = _Game(source.form(form), words, language, read, write, Environment(today, {}, source.tables))
    write(f"{words.title}\n{HELP}")
    while (step := game.walk().open) is not None:
        if not game.take_line(step):
            return None
    write("\n".join(["", *game.rows(), words.confirm]))
    return dict(game.walk().values)


@dataclass(slots=True)
class _Game:
    form: CompiledForm
    words: Words
    language: str
    read: ReadLine
    write: WriteLine
    env: Environment
    answers: dict[str, Wire] = field(default_factory=dict)
    skipped: set[str] = field(default_factory=set)

    def walk(self) -> Walk:
        return self.form.walk(self.answers, self.env, skipped=frozenset(self.skipped))

    def take_line(self, step: Step) -> bool:
        """One exchange; False = somebody has left."""
        one = self._asked(step)
        self.write("\n".join(["", *self._shown(step, one)]))
        line = self.read("> ")
        if line is None or line.strip() == "!quit":
            return False
        if line.startswith("!"):
            self._command(line[1:].split(), step)
        else:
            self._answer(step, one, TYPES[one.type].read_text(line, one))
        return True

    def rows(self, section: str | None = None) -> list[str]:
        """Label and value of each answer that counts."""
        walk = self.walk()
        return [
            f"  {self._label(step)}: {TYPES[step.question.type].show(walk.values[step.key], self._asked(step))}"
            for step in walk.steps
            if step.question is not None and step.key in walk.values and section in (None, step.section)
        ]

    def _asked(self, step: Step) -> Asked:
        return asked(step, self.answers, self.env, self.words, self.language)

    def _label(self, step: Step) -> str:
        told = self.words.questions.get(step.question.name) if step.question is not None else None
        return told.label if told is not None else step.path

    def _shown(self, step: Step, one: Asked) -> list[str]:
        if step.kind == "confirm":
            return [*self.rows(step.section), self.words.sections[step.section].confirm]
        if step.question is None:
            return [self.words.groups[step.group].more if step.group in self.words.groups else step.path]
        told = self.words.questions.get(step.question.name)
        lines = [f"[{step.path}]", told.ask if told is not None else step.path, *([told.hint] if told is not None and told.hint else [])]
        lines += [f"  - {choice.label}" for choice in one.choices]
        if one.min is not None or one.max is not None:
            lines.append(f"  ({'' if one.min is None else one.min} … {'' if one.max is None else one.max})")
        before = prefilled(step, self.env, self.answers)
        return [*lines, *([] if before is None else [f"  proposed: {TYPES[one.type].show(before, one)}"])]

    def _command(self, words: list[str], step: Step) -> None:
        match words:
            case ["back"]:
                done = [one for one in self.walk().steps if one.key in self.answers or one.key in self.skipped]
                self._reopen(done[-1].key if done else step.key)
            case ["change", key] if key in self.form.steps():
                self._reopen(key)
            case ["skip"] if step.kind == "question" and self.form.can_be_skipped(step, self.answers, self.env):
                self.skipped.add(step.key)
            case ["why"]:
                told = self.words.questions.get(step.question.name) if step.question is not None else None
                self.write((told.why if told is not None else None) or "Nothing is said about why.")
            case _:
                self.write(f"Not possible here. {HELP}")

    def _reopen(self, key: str) -> None:
        self.skipped.discard(key)
        for one in (key, *self.form.confirms_to_reopen(key)):
            self.answers.pop(one, None)

    def _answer(self, step: Step, one: Asked, reading: Reading) -> None:
        if isinstance(reading, Read):
            reading = check(step, reading.value, self.answers, self.env)
        match reading:
            case Refused():
                self.write(self._problem(step, reading.reason.value, reading.facts.get("code")))
            case Candidates():
                self.write("\n".join(["Which one?", *(f"  - {choice.label}" for choice in reading.choices)]))
            case Doubt():
                self.write(self._problem(step, reading.reason.value, reading.facts.get("code")))
                if self._is_sure(one):
                    self._keep(step, reading.value)
            case Read():
                self._keep(step, reading.value)

    def _problem(self, step: Step, reason: str, code: object) -> str:
        """The form's own sentence, as it is written; what the house says for all forms, by its code only."""
        told = self.words.questions.get(step.question.name) if step.question is not None else None
        own = told.problems.get(str(code), told.problems.get(reason)) if told is not None else None
        return own or f"({reason})"

    def _is_sure(self, one: Asked) -> bool:
        line = self.read("sure? > ")
        confirm = Asked(f"{one.path}.sure", "confirm", self.language, self.env.today)
        return line is not None and TYPES["confirm"].read_text(line, confirm) == Read(True)

    def _keep(self, step: Step, value: Wire) -> None:
        if step.kind == "confirm" and value is not True:
            self.write(f"Then change what is wrong. {HELP}")
            return
        self.answers[step.key] = value
