"""Text that a spreadsheet or a terminal shows as text and does nothing else with; read back it is the very same text.

A formula begins with = + - @, their full-width forms, TAB or CR; and a comma, semicolon, quote or break before one may begin a cell where
the file is opened with another separator than ours. An apostrophe is put before each, and taken away in reading."""

import re

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

_BEGINS = r"(?<![^,;|\"\t\r\n])"  # at the start, or after what may end a cell
_FORMULA = r"(?=[ ']*[=+\-@\t\r＝＋－＠﹦﹢﹣﹫])"
_TO_NEUTRALISE = re.compile(f"{_BEGINS}{_FORMULA}")
_TO_RESTORE = re.compile(f"{_BEGINS}'{_FORMULA}")
_UNSEEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]|\\\\(?=u\\{)")
_UNSEEN_OR_BREAK = re.compile(f"[\t\r\n]|{_UNSEEN.pattern}")
_ESCAPED = re.compile(r"\\u\{([0-9a-f]{1,5}|10[0-9a-f]{4})\}")
_PHONE = re.compile(r"\+[1-9][0-9]{3,18}")
_SHOWN_PHONE = re.compile(r"\((\+[0-9]{1,3})\) ([0-9]+)")


def neutralise(text: str) -> str:
    """No spreadsheet takes it for a formula, whatever separator it reads the file with."""
    return _TO_NEUTRALISE.sub("'", text)


def restore(cell: str) -> str:
    """What `neutralise` was given."""
    return _TO_RESTORE.sub("", cell)


def escape(text: str, *, breaks: bool = False) -> str:
    """Control characters and what no file can hold as `\\u{1b}`; with `breaks` TAB, CR and LF too, so that a record stays one line."""
    return (_UNSEEN_OR_BREAK if breaks else _UNSEEN).sub(lambda found: f"\\u{{{ord(found[0]):x}}}", text)


def unescape(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def show_phone(number: str) -> str:
    """`(+39) 3331234567`: text to a spreadsheet, which would add up +393331234567; people and programs can dial it."""
    if not _PHONE.fullmatch(number):
        return neutralise(number)
    code = next(number[1:length] for length in (2, 3, 4) if int(number[1:length]) in COUNTRY_CODE_TO_REGION_CODE or length == 4)
    return f"(+{code}) {number[len(code) + 1 :]}"


def read_phone(cell: str) -> str:
    """What `show_phone` was given."""
    shown = _SHOWN_PHONE.fullmatch(cell)
    return f"{shown[1]}{shown[2]}" if shown else restore(cell)
