"""Numbers that somebody issued: IBAN, VAT number, one-time code. ASCII only; kept without blanks, in capitals."""

import re
import warnings

from forms.types.base import Asked, Read, Reading, Wire
from forms.types.characters import identifier, typed
from forms.types.tax_codes import Mismatch, TaxCodeFacts, TaxCodeType, compare_tax_code, is_vat, tax_code_facts
from forms.types.text import Typed
from rules.refusals import Reason, Refused

__all__ = ["CodeType", "IbanType", "Mismatch", "TaxCodeFacts", "TaxCodeType", "VatType", "compare_tax_code", "is_vat", "tax_code_facts"]

IBAN_SHAPE = re.compile(r"[A-Z]{2}\d\d[A-Z0-9]{1,30}")
_VAT_SHAPE = re.compile(r"(?:IT)?(\d{11})")
_CODE_LENGTH = 6
_DIGITS = re.compile(r"\d(?:[\s.\-–]*\d)*")
"""The only digits in "the code is 246 810"."""


class IbanType(Typed):
    name = "iban"
    input = "text"

    def read_text(self, text: str, asked: Asked) -> Reading:  # noqa: ARG002 - the protocol's shape
        bare = identifier(text, Reason.IBAN_CHECK)
        if isinstance(bare, Refused):
            return bare
        if not any(map(str.isdigit, bare)):
            return Refused(Reason.IDENTIFIER_FORM)
        return _judged_iban(bare.removeprefix("IBAN").removeprefix(":"))

    def show(self, value: Wire, asked: Asked) -> str:  # noqa: ARG002 - the protocol's shape
        text = str(value)
        return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


class VatType(Typed):
    """An Italian VAT number: eleven digits with office code and check digit."""

    name = "it_vat"
    input = "numeric"

    def read_text(self, text: str, asked: Asked) -> Reading:  # noqa: ARG002 - the protocol's shape
        bare = identifier(text, Reason.VAT_FORM)
        if isinstance(bare, Refused):
            return bare
        shape = _VAT_SHAPE.fullmatch(bare)
        if shape is None:
            return Refused(Reason.VAT_FORM)
        return Read(shape[1]) if is_vat(shape[1]) else Refused(Reason.VAT_CHECK)


class CodeType(Typed):
    """A one-time code's shape; whether it is the right one is not for a type to know."""

    name = "code"
    input = "numeric"

    def read_text(self, text: str, asked: Asked) -> Reading:  # noqa: ARG002 - the protocol's shape
        told = typed(text)
        if isinstance(told, Refused):
            return told
        said = _DIGITS.findall(told)
        digits = re.sub(r"\D", "", said[0]) if len(said) == 1 else ""
        return Read(digits) if len(digits) == _CODE_LENGTH else Refused(Reason.CODE_FORM)


def _judged_iban(bare: str) -> Reading:
    import schwifty
    from schwifty.exceptions import InvalidLength, SchwiftyException

    if not IBAN_SHAPE.fullmatch(bare):
        return Refused(Reason.IBAN_CHECK)
    try:
        with warnings.catch_warnings(action="ignore"):  # some countries' national check is not known to the library
            schwifty.IBAN(bare, validate_bban=True)
    except InvalidLength:
        return Refused(Reason.IBAN_LENGTH, length=len(bare), expected=schwifty.IBAN(bare, allow_invalid=True).spec.iban_length)
    except SchwiftyException:
        return Refused(Reason.IBAN_CHECK)
    return Read(bare)
