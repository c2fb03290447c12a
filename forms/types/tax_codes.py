"""Italian tax codes (codice fiscale): reading, what a code says, and where it and the card disagree."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from forms.types.base import Asked, Read, Reading
from forms.types.birthplaces import was_a_place
from forms.types.characters import identifier, is_latin
from forms.types.countries import belfiore_of_country, country_of_belfiore, is_dissolved_state
from forms.types.municipalities import same_place
from forms.types.text import Typed
from rules.refusals import Reason, Refused

TAX_CODE_SHAPE = re.compile(r"[A-Z]{6}[\dL-NP-V]{2}[ABCDEHLMPRST][\dL-NP-V]{2}[A-Z][\dL-NP-V]{3}[A-Z]")
_MONTHS = "ABCDEHLMPRST"
_WOMEN = 40
"""Added to the day of birth of women."""
_OMOCODIA = str.maketrans("LMNPQRSTUV", "0123456789")
"""Digits replaced by letters where two persons would have the same code. Source: D.M. 23/12/1976, art. 6."""

type Part = Literal["family_name", "given_name", "sex", "birth_date", "birth_country", "birth_municipality"]


@dataclass(frozen=True, slots=True)
class TaxCodeFacts:
    """What a person's code says. The century is not in it: `year` is 0 to 99."""

    family_letters: str
    given_letters: str
    year: int
    month: int
    day: int
    sex: Literal["female", "male"]
    place: str
    """Belfiore code of the municipality, Z… of a foreign state."""

    def birth_date(self, today: date) -> date | None:
        """The latest such day that is over; None where the calendar has no such day."""
        century = today.year - today.year % 100
        days = (self.day_of(year + self.year) for year in (century, century - 100))
        return next((born for born in days if born is not None and born <= today), None)

    def day_of(self, year: int) -> date | None:
        """None where that year has no such day."""
        try:
            return date(year, self.month, self.day)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Mismatch:
    """`in_code` and `given` are answers of the question `what`, except for names: the three letters of each."""

    what: Part
    in_code: str
    given: str


class TaxCodeType(Typed):
    name = "it_tax_code"
    input = "text"

    def read_text(self, text: str, asked: Asked) -> Reading:
        bare = identifier(text, Reason.TAX_CODE_FORM)
        if isinstance(bare, Refused):
            return bare
        if bare.isdecimal() and _is_organisations(asked):
            return Read(bare) if is_vat(bare) else Refused(Reason.TAX_CODE_OF_BODY)
        return _judged(bare, asked.today)


def is_vat(digits: str) -> bool:
    from stdnum.it import iva

    return bool(iva.is_valid(digits))


def tax_code_facts(code: str) -> TaxCodeFacts:
    """What a valid code of 16 characters says."""
    day = int(code[9:11].translate(_OMOCODIA))
    return TaxCodeFacts(
        family_letters=code[:3],
        given_letters=code[3:6],
        year=int(code[6:8].translate(_OMOCODIA)),
        month=_MONTHS.index(code[8]) + 1,
        day=day - _WOMEN if day > _WOMEN else day,
        sex="female" if day > _WOMEN else "male",
        place=code[11] + code[12:15].translate(_OMOCODIA),
    )


def compare_tax_code(  # noqa: PLR0917 - the card's questions in their order
    code: str,
    family_name: str | None,
    given_name: str | None,
    sex: str | None,
    birth_date: date | str | None,
    birth_country: str | None,
    birth_municipality: str | None,
    today: date,
) -> tuple[Mismatch, ...]:
    """Every part of the card that the code contradicts; parts not given, or that cannot be compared, say nothing."""
    if len(code) != 16:
        return ()
    facts = tax_code_facts(code)
    found = (
        _name_mismatch("family_name", family_name, facts.family_letters),
        _name_mismatch("given_name", given_name, facts.given_letters),
        Mismatch("sex", facts.sex, sex) if sex and sex != facts.sex else None,
        _birth_date_mismatch(facts, birth_date, today),
        _place_mismatch(facts.place, birth_country, birth_municipality),
    )
    return tuple(mismatch for mismatch in found if mismatch is not None)


def _is_organisations(asked: Asked) -> bool:
    """Eleven digits are an organisation's code: a person's card wants a person's."""
    return asked.path.startswith("registration_company.") and asked.name == "tax_code"


def _judged(bare: str, today: date) -> Reading:
    from stdnum.it import codicefiscale as stdnum_code

    if not any(map(str.isdigit, bare)) and len(bare) != 16:
        return Refused(Reason.TAX_CODE_FORM)  # letters alone are no try at one: nobody is told to count them
    if len(bare) != 16:
        return Refused(Reason.TAX_CODE_LENGTH, length=len(bare))
    if not TAX_CODE_SHAPE.fullmatch(bare):
        return Refused(Reason.TAX_CODE_FORM)
    if stdnum_code.calc_check_digit(bare[:-1]) != bare[-1]:
        return Refused(Reason.TAX_CODE_CHECK)
    if not stdnum_code.is_valid(bare) or not _is_known_place_and_day(bare, today):
        return Refused(Reason.TAX_CODE_FORM)
    return Read(bare)


def _is_known_place_and_day(code: str, today: date) -> bool:
    """The other library's opinion: it knows which places there were on the day of birth, of this century or the one before."""
    facts = tax_code_facts(code)
    latest = today.year - (today.year - facts.year) % 100
    return any(was_a_place(facts.place, born) for year in (latest, latest - 100) if (born := facts.day_of(year)) is not None)


def _name_mismatch(what: Literal["family_name", "given_name"], name: str | None, letters: str) -> Mismatch | None:
    if not name or not _is_latin(name):
        return None  # how a name in another script was spelt for the code is not ours to guess
    expected = _name_letters(what, name)
    return None if letters in expected else Mismatch(what, letters, expected[0])


def _name_letters(what: str, name: str) -> tuple[str, ...]:
    """The letters the name gives; a second form where umlauts may have been written out."""
    from codicefiscale import codicefiscale

    encode = codicefiscale.encode_lastname if what == "family_name" else codicefiscale.encode_firstname
    spellings = dict.fromkeys((name, _without_umlauts(name)))
    return tuple(dict.fromkeys(str(encode(spelling)) for spelling in spellings))


def _without_umlauts(name: str) -> str:
    for umlaut, letters in (
        ("ä", "ae"),
        ("ö", "oe"),
        ("ü", "ue"),
        ("Ä", "Ae"),
        ("Ö", "Oe"),
        ("Ü", "Ue"),
        ("ß", "ss"),
        ("å", "aa"),
        ("ø", "oe"),
    ):
        name = name.replace(umlaut, letters)
    return name


def _is_latin(name: str) -> bool:
    return any(map(str.isalpha, name)) and is_latin(name)


def _birth_date_mismatch(facts: TaxCodeFacts, given: date | str | None, today: date) -> Mismatch | None:
    if given is None:
        return None
    born = given if isinstance(given, date) else date.fromisoformat(given)
    if (born.year % 100, born.month, born.day) == (facts.year, facts.month, facts.day):
        return None
    in_code = facts.birth_date(today)
    return None if in_code is None else Mismatch("birth_date", in_code.isoformat(), born.isoformat())


def _place_mismatch(place: str, country: str | None, municipality: str | None) -> Mismatch | None:
    """Abroad the state is compared, in Italy the municipality; codes of states that are no more say nothing certain."""
    if country and country != "IT":
        expected = belfiore_of_country(country)
        if expected is None or expected == place or is_dissolved_state(place):
            return None
        return Mismatch("birth_country", _country_in_code(place), country)
    if place.startswith("Z"):
        return Mismatch("birth_country", _country_in_code(place), country) if country else None
    if municipality and municipality != place and not same_place(municipality, place):
        return Mismatch("birth_municipality", place, municipality)
    return None


def _country_in_code(place: str) -> str:
    return (country_of_belfiore(place) or place) if place.startswith("Z") else "IT"
