"""Readers and showers of answers, one module a family of types."""

from collections.abc import Mapping

from forms.types.base import QuestionType
from forms.types.choices import ChoicesType, ChoiceType, ConfirmType, YesNoType
from forms.types.contacts import EmailType, PhoneType
from forms.types.dates import DateType
from forms.types.files import FileType
from forms.types.identifiers import CodeType, IbanType, TaxCodeType, VatType
from forms.types.numbers import IntegerType, MoneyType, NumberType
from forms.types.places import CountryType, MunicipalityType, PostcodeType, ProvinceType
from forms.types.text import ComputedType, MultilineType, NameType, TextType

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
)
TYPES: Mapping[str, QuestionType] = {each.name: each for each in _ALL}
"""Every type of forms.model.TypeName."""
