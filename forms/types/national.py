"""Numbers by which Iran, Russia, Spain and China know a person or a company: read in digits of any script, kept bare, shown as people write them."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from forms.types.base import Asked, Read, Reading, Wire
from forms.types.characters import clean_line, compatible, identifier
from forms.types.text import Typed
from rules.refusals import Reason, Refused


@dataclass(slots=True)
class NationalType(Typed):
    """`is_right` sees the bare number of the right shape and the day; `mask` is how it is shown, a 0 for each sign."""

    name: str
    input: str
    length: int
    shape: re.Pattern[str]
    is_right: Callable[[str, date], bool]
    mask: str = ""

    def read_text(self, text: str, asked: Asked) -> Reading:
        bare = _bare(text)
        if isinstance(bare, Refused):
            return bare
        if len(bare) != self.length:
            return Refused(Reason.IDENTIFIER_LENGTH, length=len(bare), expected=self.length)
        if not self.shape.fullmatch(bare):
            return Refused(Reason.IDENTIFIER_FORM)
        return Read(bare) if self.is_right(bare, asked.today) else Refused(Reason.IDENTIFIER_CHECK)

    def show(self, value: Wire, asked: Asked) -> str:  # noqa: ARG002 - the protocol's shape
        signs = iter(str(value))
        return "".join(next(signs, "") if sign == "0" else sign for sign in self.mask) + "".join(signs)


def _bare(text: str) -> str | Refused:
    line = clean_line(text)
    if isinstance(line, Refused):
        return line
    if any(unicodedata.category(sign) == "No" for sign in line):
        return Refused(Reason.IDENTIFIER_FORM)  # ² and ① are no digits of a number, whatever NFKC makes of them
    return identifier(compatible(line), Reason.IDENTIFIER_FORM)


def _digits(number: str) -> Iterator[int]:
    return map(int, number)


def is_ir_national_code(code: str, _today: date) -> bool:
    """Weights 10 to 2, modulo 11; a remainder below 2 is the control digit itself. Ten like digits are never issued."""
    if len(set(code)) == 1 or code.startswith("000"):
        return False
    rest = sum(digit * weight for digit, weight in zip(_digits(code[:9]), range(10, 1, -1), strict=True)) % 11
    return int(code[9]) == (rest if rest < 2 else 11 - rest)


def is_ir_org_id(number: str, _today: date) -> bool:
    """Of organisations: weights over the digits, each raised by the tenth and two, modulo 11; 10 counts as 0. No text of the registrar was
    found: it is the rule that many public implementations agree on."""
    raised = int(number[9]) + 2
    rest = sum((digit + raised) * weight for digit, weight in zip(_digits(number[:10]), 2 * (29, 27, 23, 19, 17), strict=True)) % 11
    return number[3:9].strip("0") != "" and len(set(number)) > 1 and int(number[10]) == rest % 10


def is_ru_inn(number: str, _today: date) -> bool:
    """Ten digits of an organisation, twelve of a person. Source: FNS, order of 29.06.2012 ММВ-7-6/435@."""
    from stdnum.ru import inn

    return number[:2] != "00" and bool(inn.is_valid(number))


_UNCHECKED = 1_001_998
"""Numbers up to 001-001-998 have no control number. Source: instruction on СНИЛС, point 8 (Pension Fund of Russia)."""


def is_ru_snils(number: str, _today: date) -> bool:
    """Each of nine digits times its place from the end, modulo 101; 100 counts as 00."""
    own = int(number[:9])
    if own <= _UNCHECKED:
        return own > 0
    total = sum(digit * weight for digit, weight in zip(_digits(number[:9]), range(9, 0, -1), strict=True))
    return int(number[9:]) == total % 101 % 100


def is_es_nif(number: str, _today: date) -> bool:
    """DNI with its letter, NIE (X, Y, Z), and K, L, M of persons without either. Source: R.D. 1553/2005, art. 11; Orden INT/2058/2008."""
    from stdnum.es import nif

    return number[:-1].strip("XYZKLM0") != "" and bool(nif.is_valid(number))


def is_es_cif(number: str, _today: date) -> bool:
    """Of organisations. Source: Orden EHA/451/2008."""
    from stdnum.es import cif

    return number[1:8].strip("0") != "" and bool(cif.is_valid(number))


_CN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CN_CHECK = "10X98765432"
_CN_PROVINCES = frozenset({*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83})
"""First two digits: GB/T 2260, with 81 to 83 for residents of Hong Kong, Macao and Taiwan. Which counties there were on the day is not held against anybody."""


def is_cn_resident_id(number: str, today: date) -> bool:
    """Place, a day of birth that the calendar has and that is over, and the check character of ISO 7064 mod 11-2. Source: GB 11643-1999."""
    born = cn_birth_date(number)
    if int(number[:2]) not in _CN_PROVINCES or born is None or born > today:
        return False
    total = sum(digit * weight for digit, weight in zip(_digits(number[:17]), _CN_WEIGHTS, strict=True))
    return number[17] == _CN_CHECK[total % 11]


def cn_birth_date(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def cn_sex(number: str) -> Literal["female", "male"]:
    """The last of the three digits that tell apart who was born there on that day: odd ones are men's."""
    return "male" if int(number[16]) % 2 else "female"


def is_cn_uscc(number: str, _today: date) -> bool:
    """Unified social credit code. Source: GB 32100-2015."""
    from stdnum.cn import uscc

    return number[8:17].strip("0") != "" and bool(uscc.is_valid(number))


_USCC_SIGN = "[0-9A-HJ-NPQRTUWXY]"

NATIONAL: tuple[NationalType, ...] = (
    NationalType("ir_national_code", "numeric", 10, re.compile(r"\d{10}", re.ASCII), is_ir_national_code, "000-000000-0"),
    NationalType("ir_org_id", "numeric", 11, re.compile(r"\d{11}", re.ASCII), is_ir_org_id),
    NationalType("ru_inn", "numeric", 12, re.compile(r"\d{12}", re.ASCII), is_ru_inn),
    NationalType("ru_org_inn", "numeric", 10, re.compile(r"\d{10}", re.ASCII), is_ru_inn),
    NationalType("ru_snils", "numeric", 11, re.compile(r"\d{11}", re.ASCII), is_ru_snils, "000-000-000 00"),
    NationalType("es_nif", "text", 9, re.compile(r"(?:\d{8}|[XYZKLM]\d{7})[A-Z]", re.ASCII), is_es_nif),
    NationalType("es_org_nif", "text", 9, re.compile(r"[A-HJNP-SUVW]\d{7}[0-9A-J]", re.ASCII), is_es_cif),
    NationalType("cn_resident_id", "text", 18, re.compile(r"\d{17}[\dX]", re.ASCII), is_cn_resident_id, "000000 00000000 0000"),
    NationalType("cn_uscc", "text", 18, re.compile(rf"{_USCC_SIGN}{{2}}\d{{6}}{_USCC_SIGN}{{10}}", re.ASCII), is_cn_uscc),
)
