"""Readers and showers of answers, one module a family of types."""

from collections.abc import Mapping
from datetime import date

from forms.types.base import Asked, QuestionType
from forms.types.choices import ChoicesType, ChoiceType, ConfirmType, YesNoType
from forms.types.contacts import EmailType, PhoneType
from forms.types.dates import DateType
from forms.types.files import FileType
from forms.types.identifiers import CodeType, IbanType, TaxCodeType, VatType
from forms.types.national import NATIONAL
from forms.types.numbers import IntegerType, MoneyType, NumberType
from forms.types.places import CountryType, MunicipalityType, PostcodeType, ProvinceType
from forms.types.showing import day, money
from forms.types.text import ComputedType, MultilineType, NameType, TextType
from forms.types.vocabulary import languages

_ALL: tuple[QuestionType, ...] = (
    TextType(),
    MultilineType(),
    NameType(),
    ChoiceType(),
    ChoicesType(),
    YesNoType(),
    IntegerType(),
    NumberType(),
    MoneyType(),
    DateType(),
    EmailType(),
    PhoneType(),
    IbanType(),
    TaxCodeType(),
    VatType(),
    PostcodeType(),
    ProvinceType(),
    CountryType(),
    MunicipalityType(),
    FileType(),
    CodeType(),
    ConfirmType(),
    ComputedType(),
    *NATIONAL,
)
TYPES: Mapping[str, QuestionType] = {each.name: each for each in _ALL}
"""Every type of forms.model.TypeName."""
IDENTIFIERS = frozenset({"it_tax_code", "it_vat", "iban", *(each.name for each in NATIONAL)})
"""Numbers that somebody issued: shown as they stand, to be compared sign by sign."""


def warm_up(today: date) -> None:
    """Loads the lists and libraries that the first reading of each kind would wait for: about half a second, once."""
    samples = {
        "municipality": "Roma",
        "country": "Italia",
        "phone": "06 6982",
        "iban": "IT60X0542811101000000123456",
        "it_tax_code": "RSSMRA85T10A562S",
    }
    for name, sample in {**samples, "email": "demo@example.org", "date": "1 marzo", "money": "mille", "yes_no": "no"}.items():
        kind = TYPES[name]
        for language in languages():
            kind.read_text(sample, Asked(path=name, type=name, language=language, today=today))
    for language in languages():
        day(today.isoformat(), language)
        money("1.00", "EUR", language)
