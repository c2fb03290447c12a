"""Free words that are not the answer: which question somebody means, and what they want it to be. Rules only; never a silent guess."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from dialogs import naming, problems, summaries, talk, wording
from dialogs.desk import Desk
from dialogs.events import Commanded
from dialogs.journey import step_stop
from dialogs.state import Pending
from forms.flow import Step, asked, check
from forms.types import TYPES
from forms.types.base import Asked, Doubt, Read
from forms.types.characters import asks, closings, fold, is_han, names, openings

_MOST = 200
"""Longer texts are talk, not corrections."""


@dataclass(frozen=True, slots=True)
class Correction:
    step: Step
    reading: Read | Doubt


def find_question(desk: Desk, words: str) -> str | None:
    """Key of the answered question that is called so: the longest of its names that occurs, else the nearest in spelling."""
    said = talk.bare(words, desk.language)
    best: tuple[float, str] | None = None
    for step in naming.answered(desk):
        for name in naming.names_of(desk, step):
            score = naming.likeness(name, said)
            if score and (best is None or score > best[0]):
                best = (score, step.key)
    return best[1] if best is not None else None


def find_group(desk: Desk, words: str) -> str | None:
    """Key of the question whether there is one more, of the group that is called so."""
    said = talk.bare(words, desk.language)
    for step in naming.steps_in_hand(desk):
        called = desk.words(step.form).groups[step.group].names if step.kind == "more" and step.group is not None else ()
        if any(names(fold(name), said) for name in called):
            return next_more(desk, step.path)
    return None


def next_more(desk: Desk, path: str) -> str | None:
    """Key under which one more item of a group would begin; None where `path` asks for no such thing, or there can be no more."""
    found = (step for step in desk.walk(path.partition(".")[0]).steps if step.path == path) if path.endswith(".more") else ()
    return next((step.key for step in found if desk.state.answers.get(step.key) is not True), None)


def means_email(words: str, language: str) -> bool:
    """The first address, which has no question of a form to be found by."""
    return talk.bare(words, language) in talk.bare_phrases(language, "email_names")


def find_correction(desk: Desk, text: str, *, strictly: bool) -> Correction | None:
    """ "no, the flat is 95 m2", "il cap è 10121": an answered question named, and a value it takes.

    `strictly` wants a word that announces a correction, or exactly `<name> is <value>`; else any named question with a value will do."""
    if len(text) > _MOST or asks(text):
        return None
    if strictly and (change := find_change(desk, text)) is not None:
        return change
    marked, rest = _without_marker(text.strip(), desk.language)
    said = _Said(rest, desk.language)
    is_strict = strictly and not marked
    if is_strict and said.subject is None:
        return None
    for step in naming.answered(desk):
        for name in _meant(desk, step, said, is_strict=is_strict):
            reading = _value_for(desk, step, name, said)
            if reading is not None and reading.value != desk.state.answers.get(step.key):
                return Correction(step, reading)
    return None


def find_last_corrected(desk: Desk, key: str | None, text: str) -> Correction | None:
    """ "no, wait, 1981", said at the next question: the answer just given, where not just any words are one."""
    marked, rest = _without_marker(text.strip(), desk.language)
    step = desk.step(key) if marked and key is not None and len(text) <= _MOST else None
    if step is None or step.kind != "question" or naming.is_free(step) or step not in naming.answered(desk):
        return None
    reading = read(desk, step, _with_year(desk, step, rest))
    return Correction(step, reading) if isinstance(reading, Read) and reading.value != desk.state.answers.get(step.key) else None


def _with_year(desk: Desk, step: Step, said: str) -> str:
    """Of a date only the year: the day and month stay."""
    before = desk.state.answers.get(step.key)
    is_year = _YEAR.fullmatch(said.strip(" .")) is not None and step.question is not None and step.question.type == "date"
    return f"{said.strip(' .')}{before[4:]}" if is_year and isinstance(before, str) else said


_YEAR = re.compile(r"\d{4}")


def _meant(desk: Desk, step: Step, said: "_Said", *, is_strict: bool) -> Iterable[str]:
    """The question's names that the words have beside a value. Where any words are one, only at their start, and parted from it by a verb:
    "I work at home", "lavoro in banca" tell no occupation."""
    known, is_free = naming.names_of(desk, step), naming.is_free(step)
    if is_free and said.is_loose and said.subject in known:
        return ()
    if is_strict:
        return (said.subject,) if said.subject in known else ()
    if is_free:
        return (
            [name for name in known if said.subject == name or said.begins_with(name)]
            if said.subject in known or said.begins_with(*known)
            else ()
        )
    return [name for name in known if said.subject == name or names(name, said.words)]


def find_change(desk: Desk, text: str) -> Correction | None:
    """ "cambia il cellulare in 347 7654321", "把邮编改成10121": an answered question named, and the value that it becomes."""
    found = _changed(text.strip(), desk.language) if len(text) <= _MOST else None
    named_so = named(desk, naming.answered(desk), *found) if found is not None else None
    if named_so is None:
        return None
    step, value = named_so
    reading = read(desk, step, value)
    return Correction(step, reading) if reading is not None and reading.value != desk.state.answers.get(step.key) else None


def disputed(desk: Desk, text: str) -> Commanded | None:
    """ "the postcode is wrong", "ho sbagliato il cap": the question named is to be changed, where beside its name stands only that it is wrong."""
    if len(text) > _MOST or asks(text):
        return None
    leads, first, last = _disputing(desk.language)
    marked, unmarked = _without_marker(text.strip(), desk.language)
    for words in map(fold, (text, unmarked) if marked else (text,)):
        rest = talk.without_start(words, first)
        if rest == words:
            rest = talk.without_start(talk.without_end(words, last), leads) if words.endswith(last) else ""
        if rest and naming.is_name(desk, rest):
            return Commanded("change", rest)
    return None


def named_alone(desk: Desk, text: str) -> Commanded | None:
    """ "cognome", and nothing beside it: that answer is to be changed."""
    said = talk.bare(text, desk.language) if len(text) <= _MOST else ""
    if not any(said in naming.bare_names_of_form(desk, form) for form in naming.forms_in_hand(desk)):  # mostly, and at once
        return None
    is_one = any(said in naming.bare_names(desk, step) for step in naming.answered(desk))
    return Commanded("change", text.strip()) if is_one else None


def is_question(text: str, language: str, *, of_free_words: bool) -> bool:
    """Something asked rather than answered, or not understood; where any words are an answer both the word and the mark must say so."""
    words = fold(text)
    if words in talk.folded(language, "not_understood"):
        return True
    first, last = _asking(language)
    begins, ends = words.startswith(first), words.endswith(last)
    return (begins and asks(text)) or ends if of_free_words else begins or ends or asks(text)


def is_not_known(text: str, language: str) -> bool:
    """ "non lo so", "I do not have it here": no answer, and nobody's mistake."""
    return fold(text) in talk.folded(language, "not_known")


def begins_not_known(text: str, language: str) -> bool:
    """ "non so quanti": an "I do not know" that goes on."""
    return fold(text).startswith(_not_knowing(language))


def is_not_told(text: str, language: str) -> bool:
    """ "none of your business", "preferisco di no": somebody would rather not."""
    return fold(text) in talk.folded(language, "not_told")


def goes_on_alone(text: str, language: str) -> bool:
    """ "torna alle domande": a colleague is thanked, and the house asks again."""
    return fold(text) in talk.folded(language, "goes_on_alone")


def propose(desk: Desk, correction: Correction) -> None:
    """Says what would change, and why it is doubtful where it is, and waits for an explicit yes."""
    step, reading = correction.step, correction.reading
    before = desk.state.answers.get(step.key)
    after = summaries.shown(desk, step, reading.value)
    shown = summaries.shown(desk, step, before) if before is not None else wording.say(desk.language, "not_given")
    facts = {"label": _lowered(summaries.label(desk, step)), "before": _without_unit(shown, after), "after": after}
    sure = wording.say(desk.language, "correction_all_right")
    if isinstance(reading, Doubt):
        sure = problems.doubted(desk, step_stop(step), reading).text
    text = wording.say(desk.language, "correction_sure", {**facts, "sure": sure})
    desk.set(pending=Pending("correction", step.path, step.key, reading.value, text))


def named_value(desk: Desk, step: Step, text: str) -> str | None:
    """The value alone, where somebody names the open question as well: "il cap è 10121"."""
    parted = _parted(text, desk.language)
    found = named(desk, (step,), *parted) if parted is not None else None
    return found[1] if found is not None else None


def told_of(desk: Desk, steps: Iterable[Step], text: str) -> tuple[Step, str] | None:
    """Which of these questions somebody names, and the value beside it: "il cap è 10121"."""
    between = around(desk.language).match(text)
    if between is None or (parted := _both_sides(between)) is None:
        return None
    if _is_loose(between, desk.language):
        steps = (step for step in steps if not naming.is_free(step))
    found = named(desk, steps, *parted)
    return (found[0], _without_old(found[0], found[1], desk.language)) if found is not None else None


def named(desk: Desk, steps: Iterable[Step], words: str, value: str) -> tuple[Step, str] | None:
    subject = talk.bare(words, desk.language)
    return next(((step, value) for step in steps if subject in naming.names_of(desk, step)), None)


def names_something(text: str, language: str) -> bool:
    """Whether a verb or a colon parts a name from a value in it."""
    return _parted(text, language) is not None


def named_email(text: str, language: str) -> str | None:
    """The address, where it is called one: "my mail is …"."""
    parted = _parted(text, language)
    return parted[1] if parted is not None and means_email(parted[0], language) else None


def without_marker(text: str, language: str) -> str:
    """The words without what announces a correction: "no, 95", "volevo dire 95"."""
    return _without_marker(text.strip(), language)[1]


# sentences


def _without_marker(text: str, language: str) -> tuple[bool, str]:
    found = _marker(language).match(text)
    return (True, text[found.end() :]) if found and found.end() < len(text) else (False, text)


@lru_cache(maxsize=16)
def _marker(language: str) -> re.Pattern[str]:
    markers = "|".join(re.escape(marker) + ("" if is_han(marker[-1]) else r"\b") for marker in talk.phrases(language, "correction_markers"))
    return re.compile(rf"(?:(?:{markers})[\s,:;.\-–،؛，。：；、]*)+", re.IGNORECASE)


def _parted(text: str, language: str) -> tuple[str, str] | None:
    """Name and value around the verb: "il cap | è | 10121", "postcode: 10121"."""
    return _both_sides(around(language).match(text))


def _is_loose(between: re.Match[str], language: str) -> bool:
    """Whether what stands between name and value may as well be a preposition: "lavoro in banca"."""
    return between["verb"].strip().casefold() in talk.folded(language, "copulas_loose")


def _both_sides(found: re.Match[str] | None) -> tuple[str, str] | None:
    return (found["name"].strip(), found["value"].strip().rstrip(".!")) if found else None


@lru_cache(maxsize=16)
def around(language: str) -> re.Pattern[str]:
    """A name, the verb or colon after it, and the value."""
    copulas = [(re.escape(word), is_han(word[0])) for word in talk.phrases(language, "copulas")]
    spaced, joined = ("|".join(word for word, is_joined in copulas if is_joined is of_han) for of_han in (False, True))
    # Possessive: what could be given back is no verb's, and 4,000 blanks took a quarter of a second of everybody's time.
    verbs = rf"\s++(?:{spaced})\s+" + (rf"|\s*+(?:{joined})\s*" if joined else "")
    return re.compile(rf"(?P<name>.{{2,60}}?)(?P<verb>{verbs}|\s*+[:=：]\s*)(?P<value>.+)$", re.IGNORECASE | re.DOTALL)


def _place(name: str, said: str) -> re.Match[str] | None:
    """Where the name stands as a word; of a script without blanks, where it stands."""
    return re.search(re.escape(name) if is_han(name[0]) else rf"\b{re.escape(name)}\b", said, re.IGNORECASE)


def _changed(text: str, language: str) -> tuple[str, str] | None:
    """Name and value around what makes one the other, after a verb that changes; in Chinese with or without one."""
    for words, pattern in _changing(language):
        if any(word in text for word in words) and (found := pattern.fullmatch(text)) is not None:
            return found[1], found[2]
    return None


@lru_cache(maxsize=16)
def _changing(language: str) -> tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]:
    """Of scripts with blanks between words and of that without: words that must stand there, and the sentence."""
    becomes = talk.phrases(language, "becomes")
    verbs = sorted(
        {verb for each in (*wording.LANGUAGES, language) for verb in wording.aliases(each, "change_verbs")}, key=len, reverse=True
    )
    spaced, joined = (tuple(word for word in becomes if is_han(word[0]) is of_han) for of_han in (False, True))
    first, han = ("|".join(re.escape(verb) for verb in verbs if is_han(verb[0]) is of_han) for of_han in (False, True))
    return (
        (
            (*(f" {word} " for word in spaced), ":", "："),
            re.compile(rf"(?:{first})\s+(.{{2,60}}?)(?:\s+(?:{'|'.join(spaced)})\s+|\s*[:：]\s*)(.+?)[.!\s]*", re.IGNORECASE),
        ),
        (joined, re.compile(rf"(?:把|将|{han})?\s*(.{{1,30}}?)\s*(?:{'|'.join(joined)})\s*(.+?)[。！!.\s]*")),
    )


@lru_cache(maxsize=2_000)
def _beginnings(known: tuple[str, ...]) -> tuple[str, ...]:
    return openings(known)


class _Said:
    """A sentence, its folded words, and what of it stands before and after a verb."""

    def __init__(self, text: str, language: str) -> None:
        self.text = text
        self.words = fold(text)
        found = around(language).match(text)
        self.parted = _both_sides(found)
        self.is_loose = found is not None and _is_loose(found, language)
        self.subject = talk.bare(self.parted[0], language) if self.parted is not None else None
        self._language = language

    @cached_property
    def _bare(self) -> str:
        return talk.bare(self.text, self._language)

    def begins_with(self, *known: str) -> bool:
        """Any of the names, with articles and possessives before it, and something after it."""
        first = _beginnings(known)
        return self._bare.startswith(first) or self.words.startswith(first)


def _value_for(desk: Desk, step: Step, name: str, said: _Said) -> Read | Doubt | None:
    told = said.parted[1] if said.parted is not None else _beside(name, said.text)
    if naming.is_called(desk, step, told):
        return None
    told = _without_old(step, told, desk.language)
    found = read(desk, step, told)
    return found if found is not None or said.subject == name else _read_number(desk, step, told)


def _without_old(step: Step, value: str, language: str) -> str:
    """ "Bianchi, not D'Angelo" is Bianchi, where any words would be read."""
    return _instead(language).split(value, maxsplit=1)[0].strip() or value if naming.is_free(step) else value


@lru_cache(maxsize=16)
def _instead(language: str) -> re.Pattern[str]:
    """What leads to that which the value is not."""
    told = talk.phrases(language, "not_but")
    spaced, joined = ("|".join(re.escape(word) for word in told if is_han(word[0]) is of_han) for of_han in (False, True))
    return re.compile(rf"[\s,;،]+(?:{spaced})\s+(?=\S)|[\s,，、]*(?:{joined})(?=\S)", re.IGNORECASE)


def _beside(name: str, rest: str) -> str:
    """The words around the name: "civico 47", "95 mq"."""
    found = _place(name, rest)
    return f"{rest[: found.start()].rstrip()} {rest[found.end() :].lstrip(' ,:，：')}".strip() or rest if found else rest


def read(desk: Desk, step: Step, text: str) -> Read | Doubt | None:
    """A value of that question, held against the other answers; None where the words are none."""
    known = asked(step, desk.state.answers, desk.environment, desk.words(step.form), desk.language)
    return _value(desk, step, known, text)


def _read_number(desk: Desk, step: Step, text: str) -> Read | Doubt | None:
    """The one number in the words, for questions that want one."""
    known = asked(step, desk.state.answers, desk.environment, desk.words(step.form), desk.language)
    numbers = re.findall(r"\d[\d.,]*", text)
    if known.type not in {"integer", "number", "money", "postcode"} or len(numbers) != 1:
        return None
    return _value(desk, step, known, numbers[0].rstrip(".,"))


def _value(desk: Desk, step: Step, known: Asked, text: str) -> Read | Doubt | None:
    reading = TYPES[known.type].read_text(text, known)
    if isinstance(reading, Read):
        reading = check(step, reading.value, desk.state.answers, desk.environment)
    return reading if isinstance(reading, Read | Doubt) else None


@lru_cache(maxsize=16)
def _asking(language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words that a question begins with, and such as it ends with."""
    return openings(talk.phrases(language, "question_words")), closings(talk.phrases(language, "question_endings"))


@lru_cache(maxsize=16)
def _not_knowing(language: str) -> tuple[str, ...]:
    return openings(talk.phrases(language, "not_known"))


@lru_cache(maxsize=16)
def _disputing(language: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """What may stand before the name of something wrong, and what says that it is, before the name and after it."""
    first, last = openings(talk.phrases(language, "wrong_first")), closings(talk.phrases(language, "wrong_last"))
    return openings(talk.phrases(language, "wrong_leads")), first, last


def _without_unit(before: str, after: str) -> str:
    """ "90" where the other value says "95 m²": a unit is said once."""
    value, _, unit = before.rpartition("\N{NO-BREAK SPACE}")
    return value if value and after.endswith(f"\N{NO-BREAK SPACE}{unit}") else before


def _lowered(label: str) -> str:
    return label if label.isupper() or not label[1:2].islower() else label[0].lower() + label[1:]
