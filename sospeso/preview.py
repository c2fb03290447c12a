"""`sospeso forms preview`: one form played in the terminal; nothing is stored."""

from collections.abc import Callable, Mapping
from datetime import datetime

from dialogs import wording
from forms.cards import CARDS, PERSON
from forms.catalogue import Catalogue, load_catalogue
from forms.flow import CompiledForm, Environment, Step, asked, check, prefilled
from forms.model import Words
from forms.types import TYPES
from forms.types.base import Asked, Candidates, Doubt, Reading, Wire
from rules.refusals import Fact, Reason, Refused
from storage.settings import NotConfigured, Settings

A_FILE: Wire = {"document": "demo", "name": "demo.pdf", "media_type": "application/pdf", "bytes": 1000, "sha256": "0" * 64}
KEYS = "Type an answer; `-` skips, `<` goes back, Ctrl-D ends."

type Ask = Callable[[str], str]
type Say = Callable[[str], None]


def open_form(settings: Settings, name: str, language: str, kind: str = PERSON.kind) -> "Player":
    overlay = settings.catalogue_folder if settings.catalogue_folder.is_dir() else None
    catalogue = load_catalogue(overlay, settings.languages, countries=settings.countries)
    if name not in catalogue.forms:
        raise NotConfigured(f"There is no form {name!r}: see `sospeso forms list`.")
    if language not in settings.languages:
        raise NotConfigured(f"The catalogue has no {language!r}: SOSPESO_LANGUAGES is {','.join(settings.languages)}.")
    if kind not in CARDS:
        raise NotConfigured(f"There is no kind of customer {kind!r}: there is {', '.join(CARDS)}.")
    env = Environment(datetime.now(settings.zone).date(), tables=catalogue.tables, currency=settings.currency, party_kind=kind)
    return Player(catalogue, catalogue.form(name), language, env)


class Player:
    def __init__(self, catalogue: Catalogue, form: CompiledForm, language: str, env: Environment) -> None:
        self._form, self._language, self._env = form, language, env
        self._words: Words = catalogue.words(form.name, language, party_kind=env.party_kind)
        self.answers: dict[str, Wire] = {}
        self._skipped: frozenset[str] = frozenset()

    def play(self, ask: Ask, say: Say) -> None:
        """Until the form has no open question or `ask` raises EOFError."""
        say(KEYS)
        while (walk := self._form.walk(self.answers, self._env, skipped=self._skipped)).open is not None:
            say(f"\n[{walk.answered + 1}/{walk.total}] {walk.open.path}")
            self._take(walk.open, ask, say)
        say("\n" + "\n".join(f"{key} = {value}" for key, value in walk.values.items()))

    def _take(self, step: Step, ask: Ask, say: Say) -> None:
        question = asked(step, self.answers, self._env, self._words, self._language)
        say(self._text(step))
        for choice in question.choices:
            say(f"  {choice.value}: {choice.label}")
        proposed = prefilled(step, self._env, self.answers)
        typed = ask("> " if proposed is None else f"[{proposed}] > ") or str(proposed or "")
        if typed == "<":
            self._go_back()
        elif typed == "-":
            self._skip(step, question, say)
        else:
            self._keep(step, self._read(step, question, typed), ask, say)

    def _text(self, step: Step) -> str:
        if step.kind == "confirm":
            return self._words.sections[step.section].confirm
        if step.kind == "more" and step.group is not None:
            return self._words.groups[step.group].more
        told = self._words.questions[step.question.name] if step.question else None
        return "" if told is None else "\n".join(filter(None, (told.ask, told.hint)))

    def _read(self, step: Step, question: Asked, typed: str) -> Reading:
        kind = TYPES[question.type]
        if question.type == "file":
            return kind.read_value(A_FILE, question)
        read = kind.read_text(typed, question)
        return read if isinstance(read, Refused | Candidates) else check(step, read.value, self.answers, self._env)

    def _keep(self, step: Step, reading: Reading, ask: Ask, say: Say) -> None:
        match reading:
            case Refused(reason=reason, facts=facts):
                say(self._problem(step, "refusals", reason, facts))
            case Candidates(choices=choices):
                say("\n".join(f"  {choice.value}: {choice.label}" for choice in choices))
            case Doubt(value=value, reason=reason, facts=facts):
                say(self._problem(step, "doubts", reason, facts))
                if ask("y/n > ").strip().lower().startswith(("y", "s")):
                    self.answers[step.key] = value
            case _:
                self.answers[step.key] = reading.value

    def _skip(self, step: Step, question: Asked, say: Say) -> None:
        if question.required:
            say(wording.say(self._language, f"refusals.{Reason.REQUIRED}"))
        else:
            self._skipped |= {step.key}

    def _go_back(self) -> None:
        if self.answers:
            self.answers.popitem()

    def _problem(self, step: Step, branch: str, reason: Reason, facts: Mapping[str, Fact]) -> str:
        own = self._words.questions[step.question.name].problems.get(str(facts.get("code", reason))) if step.question else None
        if own is not None:
            return own
        known = wording.words(self._language, branch)
        return wording.say(self._language, f"{branch if reason in known else 'refusals'}.{reason}", facts)
