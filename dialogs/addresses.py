"""A street with its number in one line, a house that has none, a home abroad. What is read is told back as facts, and kept by a yes."""

import re
from functools import lru_cache

from dialogs import talk, understanding
from dialogs.desk import Desk
from dialogs.facts import Facts
from dialogs.journey import Stop
from dialogs.streets import bare_street
from forms.flow import Step
from forms.types.base import Read
from forms.types.characters import fold, is_han, openings
from forms.types.places import country_named

NO_NUMBER = "snc"
"""As Italian addresses say "without a number"."""
_MOST = 120
_SHORTEST = 5
"""A shorter word may end the name of a street."""
_NUMBERED = re.compile(
    r"(?P<street>\S.*?)(?:\s*,\s*|\s+)(?:(?:n|nr|no|num|al|civico|numero|número|number|дом|д|پلاک)[.°º]?\s*|[№#]\s*)?"
    r"(?P<number>\d{1,4}(?:\s?[/-]?\s?[a-z](?!\w))?(?:\s?(?:bis|ter))?(?:[\s,/]+int(?:erno)?\.?\s?\w{1,4})?)\.?",
    re.IGNORECASE,
)
_SNC = re.compile(r"(?P<street>\S.*?)[\s,]+s\.?\s?n\.?\s?c\.?", re.IGNORECASE)
_OF_THE_NAME = frozenset(
    {"km", "ss", "sp", "sr", "statale", "provinciale", "regionale", "comunale", "nazionale", "lotto", "chilometro", "traversa"}
)
"""After these the number is part of the street's name: "Strada Provinciale 12"."""
_KINDS = frozenset(
    {
        "via",
        "viale",
        "strada",
        "vicolo",
        "vico",
        "largo",
        "piazza",
        "piazzale",
        "corso",
        "contrada",
        "salita",
        "calle",
        "street",
        "road",
        "улица",
        "خیابان",
    }
)
"""With nothing else before it likewise."""
_NUMBER_INSIDE = re.compile(
    r"(?:\s*,\s*|\s+)(?:(?:n|nr|num|civico|numero|número|number|al)[.°º]?\s*)?"
    r"(?P<number>\d{1,4}(?!\d)(?:\s?[/-]?\s?[a-z](?!\w)(?!\s+[a-z]{3}))?(?:\s?(?:bis|ter)\b)?(?:[\s,/]+int(?:erno)?\.?\s?\w{1,4})?)"
    r"(?=[\s,;.–-]|$)",
    re.IGNORECASE,
)
_POSTCODE = re.compile(r"(?:\bcap\s*)?\b(?P<code>\d{5})\b", re.IGNORECASE)
_PROVINCE = re.compile(r"[\s,]+\(?([A-Z]{2})\)?$")


def find(desk: Desk, stop: Stop, said: object) -> Facts:
    """What a line tells beside a street, or of a house without a number; empty where it is one answer."""
    step = stop.step
    if not isinstance(said, str) or len(said) > _MOST or step is None or stop.kind != "question" or desk.state.returned is not None:
        return {}
    name = step.question.name if step.question is not None and step.question.type == "text" else ""
    if name.endswith("house_number"):
        return {step.key: NO_NUMBER} if said.strip() != NO_NUMBER and fold(said) in talk.folded(desk.language, "no_number") else {}
    return _street_and_number(desk, step, said.strip()) if name.endswith("street") else {}


def lives_abroad(desk: Desk, stop: Stop, text: str) -> bool:
    """ "I live in France", where a street is asked for. True = it has been answered."""
    question = stop.step.question if stop.step is not None else None
    if question is None or not question.name.endswith("street") or len(text) > _MOST:
        return False
    words, leads = fold(text), _living(desk.language)
    place = talk.without_start(words, leads)
    if place == words or country_named(place) in {None, "IT"}:
        return False
    desk.customer_said = text
    desk.say("lives_abroad")
    return True


def _street_and_number(desk: Desk, street: Step, said: str) -> Facts:
    text = bare_street(desk.language, street, said)
    found = _NUMBERED.fullmatch(text) or _SNC.fullmatch(text) or _without(desk.language).fullmatch(text)
    if found is not None and not _is_of_the_name(found["street"]):
        return _read_all(desk, street, {"street": found["street"], "house_number": found.groupdict().get("number") or NO_NUMBER})
    return _whole_line(desk, street, text)


def _whole_line(desk: Desk, street: Step, text: str) -> Facts:
    """ "via Garibaldi 3 - 10121 Torino (TO)", "via Garibaldi 3 a Torino": where all that stands after the number is understood."""
    for found in _NUMBER_INSIDE.finditer(text):
        name, rest = text[: found.start()].strip(), text[found.end() :]
        if _is_of_the_name(name):
            continue
        told = {"street": name, "house_number": found["number"]}
        if postcode := _POSTCODE.search(rest):
            told["postcode"] = postcode["code"]
        if town := _POSTCODE.sub(" ", rest).strip(" ,.;-–"):
            told["municipality"] = _PROVINCE.sub(r" (\1)", town)
        if facts := _read_all(desk, street, told):
            return facts
    return {}


def _read_all(desk: Desk, street: Step, told: dict[str, str]) -> Facts:
    """What is told of the address that begins with this street, by its keys; empty where some of it is no answer."""
    section = street.key.removesuffix("street")
    steps = {name: desk.step(f"{section}{name}") for name in told}
    readings = {step.key: understanding.read(desk, step, told[name]) for name, step in steps.items() if step is not None}
    read = {key: reading.value for key, reading in readings.items() if isinstance(reading, Read)}
    return read if len(read) == len(told) else {}


def _is_of_the_name(street: str) -> bool:
    words = fold(street).split()
    return not words or words[-1] in _OF_THE_NAME or (len(words) == 1 and (words[0] in _KINDS or words[0].isdecimal()))


@lru_cache(maxsize=16)
def _without(language: str) -> re.Pattern[str]:
    """ "Via Garibaldi, senza numero"."""
    phrases = (phrase for phrase in talk.phrases(language, "no_number") if len(phrase) > _SHORTEST and not is_han(phrase[0]))
    return re.compile(rf"(?P<street>\S.*?)[\s,]+(?:{'|'.join(map(re.escape, phrases))})[.!]?", re.IGNORECASE)


@lru_cache(maxsize=16)
def _living(language: str) -> tuple[str, ...]:
    return openings(talk.phrases(language, "lives_in"))
