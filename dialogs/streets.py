"""The name of a street, out of what people write around it."""

import re
from functools import lru_cache

from dialogs import talk
from dialogs.desk import Desk
from forms.flow import Step
from forms.types import TYPES
from forms.types.base import Asked, Doubt, Read
from forms.types.characters import is_han
from rules.refusals import Reason


def is_street(step: Step | None) -> bool:
    return step is not None and step.question is not None and step.question.name.endswith("street")


def doubted(desk: Desk, step: Step | None, said: object) -> Doubt | None:
    """A postcode or a town where a street is asked for."""
    if not isinstance(said, str) or not is_street(step):
        return None
    name = said.strip()
    town = Asked("", "municipality", desk.language, desk.today)
    if not name.replace(" ", "").isdecimal() and not isinstance(TYPES["municipality"].read_text(name, town), Read):
        return None
    return Doubt(name, Reason.STREET_UNLIKELY, {"guess": name})


def bare_street(language: str, step: Step | None, text: str) -> str:
    """A street without what says that somebody lives there, and without "street" before its Italian kind: "abito in via Roma",
    "vivo en la calle Via Roma", "in piazza Garibaldi"."""
    if not is_street(step):
        return text
    return _BEFORE_KIND.sub("", _lead(language).sub("", text))


_BEFORE_KIND = re.compile(
    r"^(?:in|en|at|calle|street|улиц[аеу]|ул\.?|خیابان)\s+(?=(?:via|viale|vicolo|piazza|piazzale|corso|largo|strada|contrada)\b)",
    re.IGNORECASE,
)


@lru_cache(maxsize=16)
def _lead(language: str) -> re.Pattern[str]:
    phrases = sorted(talk.phrases(language, "lives_in"), key=len, reverse=True)
    words = "|".join(re.escape(phrase) + ("" if is_han(phrase[-1]) else r"\s+") for phrase in phrases)
    return re.compile(rf"^\s*(?:{words})(?=\S)", re.IGNORECASE)
