"""When two e-mail addresses are one mailbox."""

from collections.abc import Iterable
from string import ascii_lowercase, ascii_uppercase

_SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)


def normal_address(email: str) -> str:
    """The same for all spellings of one mailbox: nobody's mail tells `Demo@` from `demo@`, telephones begin a line with a capital, and
    many programs write nothing else.

    Only A to Z are folded: `straße@` and `strasse@` are two mailboxes, and whoever has the one must not pass for the other."""
    return email.translate(_SMALL)


def is_among(email: str, emails: Iterable[str]) -> bool:
    return normal_address(email) in map(normal_address, emails)
