"""A whole name where a surname was asked for, told once the given name has followed: "Demetra Esempio", then "Demetra"."""

from dialogs import understanding
from dialogs.desk import Desk
from dialogs.understanding import Correction
from forms.flow import Step
from forms.types.base import Read
from forms.types.characters import fold

_GIVEN, _FAMILY = "given_name", "family_name"
_PARTICLES = frozenset({"de", "di", "da", "del", "della", "dello", "dei", "degli", "dal", "dalla", "la", "le", "lo", "li", "san", "santa", "van", "von", "der", "el", "al"})  # fmt: skip
"""No surname of their own: who is called Rosa De Rosa is asked nothing."""


def ask_about_surname(desk: Desk, given: Step) -> None:
    """Proposes the surname without the given name; only a yes changes it."""
    if not given.key.endswith(_GIVEN):
        return
    step = desk.step(given.key.removesuffix(_GIVEN) + _FAMILY)
    whole = desk.state.answers.get(step.key) if step is not None else None
    rest = _without(str(whole), str(desk.state.answers.get(given.key))) if whole is not None else ""
    if step is not None and rest:
        understanding.propose(desk, Correction(step, Read(rest)))


def _without(whole: str, given: str) -> str:
    """Empty where the given name stands at neither end, or nothing is left that could be a surname."""
    words, count = whole.split(), len(given.split())
    for rest, part in ((words[count:], words[:count]), (words[:-count], words[-count:])):
        if fold(" ".join(part)) == fold(given) and any(fold(word) not in _PARTICLES for word in rest):
            return " ".join(rest)
    return ""
