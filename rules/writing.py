"""What colleagues write in their own words: as every script is written."""

import re
import unicodedata

INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\U000e0000-\U000e007f]")
"""Signs of direction and width that phones and word processors paste along."""
JOINERS = re.compile("[\u200c\u200d]")
"""Letters' business in Persian ("نمی‌دهد"), and what keeps signs such as families together: no control signs, though Python prints neither."""


def cleaned(text: str) -> str:
    """Without what nobody sees, and without blanks around it."""
    return INVISIBLE.sub("", text).strip()


def is_writing(text: str) -> bool:
    """Whether it is one line that people write and read: no control sign, no half of a sign, no private one. Blanks of every width count."""
    return all(sign.isprintable() or unicodedata.category(sign) == "Zs" for sign in JOINERS.sub("", text))
