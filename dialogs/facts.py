"""Several facts in one message, "born in Turin on 12 March 1980, my mail is …": told back as rows, and kept only by an explicit yes."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from dialogs import answers, asking, naming, understanding, wording
from dialogs.desk import Desk
from dialogs.journey import EMAIL, Stop, is_reopenable, plain, stop_at
from dialogs.phrases import FREE_TYPES
from dialogs.state import Pending
from dialogs.streets import bare_street
from forms.flow import Step
from forms.types import TYPES
from forms.types.base import Asked, Read, Wire
from forms.types.characters import asks, is_han
from forms.types.places import country_named

_MOST = 300
"""Longer texts are talk."""
_OF_THEMSELVES = frozenset({"phone", "it_tax_code", "iban"})
"""Types whose values are known by their form."""
_DIGITS = 7
"""That stand in the shortest of them."""
_IMPLIED: Mapping[str, tuple[str, Wire]] = {"birth_municipality": ("birth_country", "IT")}
"""What goes without saying, by the question's name: municipalities are Italy's."""

_ONE_ADDRESS = re.compile(r"(?:(?:[^\s@\d?]{1,20}\s+){2,6})?(?P<address>[^\s@<>]+@[^\s@<>]+)(?:\s[^@\d?]{0,20})?")
"""Among a few words: "scrivimi a … grazie". One word alone before it may be a part of it, torn off by a blank."""

type Facts = dict[str, Wire]
"""Values by the key of their question."""


def find(desk: Desk, stop: Stop, text: str) -> Facts:
    """What the words tell beside an answer to the open question; empty where they tell one thing, or nothing.

    Where any words are an answer, nothing else may stand in them; beside a name that is asked for, the name."""
    form, state = asking.form_of(desk), desk.state
    if form is None or stop.kind not in {"question", "email"} or len(text) > _MOST or asks(text):
        return {}
    if state.redo is not None or state.returned is not None or text.count("@") > 1:
        return {}  # one answer is being changed; or which address is theirs is not known
    kind = asking.kind_of(stop)
    if kind == "multiline" or not _may_tell(text, desk.language):
        return {}
    finder = _Finder(desk, form)
    rest = finder.told_in_a_sentence(text)
    left = [clause for clause in _clauses(rest, desk.language) if not finder.told_by(clause) and not _is_idle(clause, desk.language)]
    if finder.facts and len(left) == 1 and _may_be_beside(desk, stop, kind) and stop.step is not None and finder.take(stop.step, left[0]):
        left = []  # "Demetra, born in Turin on …", "born in Turin, 12 March 1980": the answer, and more
    if kind in FREE_TYPES and left:
        return {}
    facts = finder.facts | finder.beside if finder.facts else {}
    is_another = len(facts) == 1 and (stop.key not in facts or (stop.kind == "email" and " " in text.strip()))
    return facts if len(facts) > 1 or is_another else {}


def _may_be_beside(desk: Desk, stop: Stop, kind: str) -> bool:
    """Whether the answer that is asked for may stand among facts: nothing that is confirmed, nor what is only asked on our page."""
    question = stop.step.question if stop.step is not None else None
    is_elsewhere = desk.circumstances.messenger and question is not None and question.sensitive
    return kind == "name" or (kind not in FREE_TYPES and kind not in {"confirm", "file"} and not is_elsewhere)


def propose(desk: Desk, stop: Stop, facts: Facts) -> None:
    text = wording.say(desk.language, "facts_sure")
    desk.set(pending=Pending("facts", stop.path, stop.key, "", text, tuple(facts.items())))


def keep(desk: Desk, facts: tuple[tuple[str, Wire], ...]) -> None:
    """Each that still holds against the others, in the form's order; the address last, which a code has to prove.

    What does not hold is asked when its turn comes."""
    told = dict(facts)
    email = told.pop(EMAIL, None)
    form = asking.form_of(desk)
    for key in desk.form(form).steps() if form is not None else ():
        stop = stop_at(desk, key) if key in told else None
        held = answers.held(desk, stop.step, told[key]) if stop is not None and stop.step is not None else None
        if stop is not None and isinstance(held, Read):
            answers.accept(desk, stop, None, held.value)
    if email is not None:
        answers.accept(desk, plain(EMAIL, "email"), None, email)


class _Finder:
    def __init__(self, desk: Desk, form: str) -> None:
        self._desk = desk
        self._steps = tuple(self._tellable(form))
        self._by_name = {step.question.name: step for step in self._steps if step.question is not None}
        self.facts: Facts = {}
        self.beside: Facts = {}
        """Known by nothing but their form: numbers of another kind look alike, so alone they tell nothing."""

    def _tellable(self, form: str) -> Iterator[Step]:
        """Questions of the form that may be answered now, whatever stands before them; not what may only be asked on our page."""
        desk = self._desk
        for step in desk.form(form).steps().values():
            question = step.question
            is_elsewhere = desk.circumstances.messenger and question is not None and question.sensitive
            if step.kind == "question" and question is not None and step.group is None and is_reopenable(step) and not is_elsewhere:
                yield step

    def told_in_a_sentence(self, text: str) -> str:
        """Takes out "born in … on …", and gives back what is left."""
        for word, pattern in _sentences(self._desk.language):
            while _has(text, word) and (found := pattern.search(text)) is not None and self._take_all(found.groupdict()):
                text = f"{text[: found.start()]}, {text[found.end() :]}"
        return text

    def told_by(self, clause: str) -> bool:
        """ "my postcode is 10121", "333 1234567"."""
        desk = self._desk
        if (named := understanding.told_of(desk, self._steps, clause)) is not None:
            step, value = named
            return not naming.is_called(desk, step, value) and self.take(step, value)
        if (email := understanding.named_email(clause, desk.language)) is not None and self._take_email(email):
            return True
        if _digits(clause) >= _DIGITS and any(self._take_shaped(step, clause) for step in self._steps):
            return True
        return self._take_email(clause)

    def _take_all(self, values: Mapping[str, str]) -> bool:
        """All that a sentence tells, or nothing of it."""
        found: Facts = {}
        for name, text in values.items():
            step = self._by_name.get(name)
            value = self._read(step, text) if step is not None else None
            if step is None or value is None:
                return False
            implied, fact = _IMPLIED.get(name, ("", ""))
            if implied in self._by_name:
                found[self._by_name[implied].key] = fact
            found[step.key] = value
        self.facts |= self._news(found)
        return True

    def take(self, step: Step, text: str) -> bool:
        value = self._read(step, text)
        if value is not None:
            self.facts |= self._news({step.key: value})
        return value is not None

    def _take_shaped(self, step: Step, clause: str) -> bool:
        if step.question is None or step.question.type not in _OF_THEMSELVES:
            return False
        is_known = any(step.key in told for told in (self._desk.state.answers, self.facts, self.beside))
        value = self._read(step, clause) if not is_known else None
        if value is not None:
            self.beside[step.key] = value
        return value is not None

    def _take_email(self, text: str) -> bool:
        """Only the one that is asked for first: another is asked after in its place, and proved there."""
        if EMAIL in self._desk.state.answers or "@" not in text:
            return False
        told = _ONE_ADDRESS.fullmatch(text.strip())
        reading = TYPES["email"].read_text(
            told["address"] if told is not None else text.strip(), Asked(EMAIL, "email", self._desk.language, self._desk.today)
        )
        if isinstance(reading, Read):
            self.facts[EMAIL] = reading.value
        return isinstance(reading, Read)

    def _read(self, step: Step, text: str) -> Wire | None:
        """A doubt has a question of its own: asked when its turn comes. A country is no town, and is not looked for among them."""
        if step.question is not None and step.question.type == "municipality" and country_named(text) is not None:
            return None
        reading = understanding.read(self._desk, step, bare_street(self._desk.language, step, text.strip()))
        return reading.value if isinstance(reading, Read) else None

    def _news(self, found: Facts) -> Facts:
        return {key: value for key, value in found.items() if self._desk.state.answers.get(key) != value}


def _may_tell(text: str, language: str) -> bool:
    """Most answers do not, and are not looked at further."""
    return "@" in text or understanding.names_something(text, language) or any(_has(text, word) for word, _ in _sentences(language))


def _has(text: str, word: str) -> bool:
    """What may make it worth a look; an address has no word of its own, but a postcode."""
    return word in text.casefold() if word else _POSTCODE.search(text) is not None


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def _clauses(text: str, language: str) -> list[str]:
    return [bare for clause in _joints(language).split(text) if (bare := clause.strip(" .!"))]


def _is_idle(clause: str, language: str) -> bool:
    """Words around a fact that say nothing: "hello", "I was"."""
    idle = {word for phrase in _listed(language, "facts_idle") for word in phrase.split()}
    return all(word in idle for word in clause.casefold().split())


def _listed(language: str, key: str) -> tuple[str, ...]:
    return wording.aliases(language, f"talk.{key}")


@lru_cache(maxsize=16)
def _joints(language: str) -> re.Pattern[str]:
    """What facts are parted by: commas, and the language's "and"."""
    return re.compile(rf"[,;،؛，；。、\n]+|\.(?:\s|$)|{_joiners(language)}", re.IGNORECASE)


@lru_cache(maxsize=16)
def _joiners(language: str) -> str:
    words = _listed(language, "facts_joiners")
    return "|".join(re.escape(word) if is_han(word[0]) else rf"\s{re.escape(word)}\s" for word in words)


@lru_cache(maxsize=16)
def _sentences(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Those of the wording, the ones with most in them first, each with the longest of its words: a value ends where the next word of the
    sentence begins, or the clause."""
    told = sorted(_listed(language, "facts_sentences"), key=lambda told: (-told.count("{"), -len(told)))
    end = rf"(?=\s*(?:[,;،؛，；。、!\n]|\.(?:\s|$)|$)|{_joiners(language)})"
    return tuple((_longest(each), re.compile(_start(each) + _slotted(each) + end, re.IGNORECASE)) for each in told)


def _longest(sentence: str) -> str:
    return max((part.strip(" ,").casefold() for part in re.split(r"\{\w+\}", sentence)), key=len)


def _start(sentence: str) -> str:
    return "" if is_han(sentence[0]) or sentence[0] == "{" else r"(?<!\w)"


def _slotted(sentence: str) -> str:
    parts = re.split(r"\{(\w+)\}", sentence)
    return "".join(
        rf"(?P<{part}>{_SLOTS.get(part, _SLOT)})" if number % 2 else re.sub(r"(?:\\ )+", r"\\s+", re.escape(part)).replace(",\\s+", _COMMA)
        for number, part in enumerate(parts)
    )


_POSTCODE = re.compile(r"\d{5}")
_SLOT = r"[^,;،؛，；。、\n]{1,60}?"
_PLACE = r"[^,;،؛，；。、\n\d]{1,60}?"
_SLOTS = {
    "birth_municipality": _PLACE,
    "municipality": _PLACE,
    "birth_country": _PLACE,
    "house_number": r"\d[^,;،，\s]{0,11}",
    "postcode": r"\d{5}",
}
_COMMA = r"(?:\s*[,،，]\s*|\s+)"
"""Which is left out as often as not."""
