"""Rules that hold one answer against others and need more than CEL. Pure; each names the answers it reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from forms.conditions import Seen
from forms.model import Check
from forms.types.base import Doubt, Wire
from rules.refusals import Fact, Reason, Refused

type Failed = tuple[Reason, Mapping[str, Fact]]
"""What a rule found wrong, with the facts that word it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`test` gets the named answers that are there (`reads`, prefix taken off) and the day; None = nothing to object."""

    reads: tuple[str, ...]
    test: Callable[[Mapping[str, Wire], date], Failed | None]
    never_blocks: bool = False

    def run(self, one: Check, seen: Seen, today: date) -> Refused | Doubt | None:
        given = {name: _wire(value) for name in self.reads if (value := seen.get(one.prefix + name)) is not None}
        failed = self.test(given, today)
        if failed is None:
            return None
        reason, facts = failed
        if reason is Reason.DOUBT:
            facts = {**facts, "code": one.code}
        if one.kind == "doubt" or self.never_blocks:
            return Doubt(_wire(seen["this"]), reason, facts)
        return Refused(reason, **facts)


def _tax_code_matches(given: Mapping[str, Wire], today: date) -> Failed | None:
    """The first part of the card that the code contradicts: mended, the next one shows."""
    from forms.types.tax_codes import compare_tax_code

    if "tax_code" not in given:
        return None
    code, family_name, given_name, sex, born_on, country, municipality = (str(given[name]) if name in given else None for name in _PERSON)
    mismatches = compare_tax_code(str(code), family_name, given_name, sex, born_on, country, municipality, today)
    if not mismatches:
        return None
    first = mismatches[0]
    return Reason.TAX_CODE_MISMATCH, {"what": first.what, "in_code": first.in_code, "given": first.given}


def _resident_id_matches(given: Mapping[str, Wire], _today: date) -> Failed | None:
    """A Chinese resident's number says the day of birth and the sex."""
    from forms.types.national import cn_birth_date, cn_sex

    if "cn_resident_id" not in given:
        return None
    number = str(given["cn_resident_id"])
    born = cn_birth_date(number)
    in_number = {"birth_date": born.isoformat() if born is not None else None, "sex": cn_sex(number)}
    for what, told in in_number.items():
        if what in given and told not in (None, given[what]):
            return Reason.IDENTIFIER_MISMATCH, {"what": what, "in_code": told, "given": str(given[what])}
    return None


def _postcode_in_municipality(given: Mapping[str, Wire], _today: date) -> Failed | None:
    from forms.types.municipalities import municipality

    place = municipality(str(given.get("municipality", "")))
    postcode = given.get("postcode")
    # Of 7,896 municipalities 377 have no postcode in the list: there it cannot say anything.
    if place is None or postcode is None or not place.postcodes or postcode in place.postcodes:
        return None
    return Reason.POSTCODE_NOT_THERE, {"municipality": place.name, "postcode": str(postcode)}


def _province_of_municipality(given: Mapping[str, Wire], _today: date) -> Failed | None:
    from forms.types.municipalities import municipality

    place = municipality(str(given.get("municipality", "")))
    if place is None or given.get("province") in (None, place.province):
        return None
    return Reason.DOUBT, {"municipality": place.name, "province": place.province}


def _holder_is_customer(given: Mapping[str, Wire], _today: date) -> Failed | None:
    if len(given) < len(_HOLDER):
        return None
    name = f"{given['family_name']} {given['given_name']}"
    return None if _words(str(given["account_holder"])) == _words(name) else (Reason.DOUBT, {})


def _holder_is_company(given: Mapping[str, Wire], _today: date) -> Failed | None:
    if len(given) < len(_COMPANY_HOLDER):
        return None
    return None if _words(str(given["account_holder"])) == _words(str(given["company_name"])) else (Reason.DOUBT, {})


def _words(name: str) -> set[str]:
    return set(name.casefold().replace("'", " ").replace("’", " ").replace(".", "").split())


_HOLDER = ("family_name", "given_name", "account_holder")
_COMPANY_HOLDER = ("company_name", "account_holder")
_PERSON = ("tax_code", "family_name", "given_name", "sex", "birth_date", "birth_country", "birth_municipality")

RULES: Mapping[str, Rule] = {
    "tax_code_matches": Rule(_PERSON, _tax_code_matches, never_blocks=True),
    "resident_id_matches": Rule(("cn_resident_id", "birth_date", "sex"), _resident_id_matches, never_blocks=True),
    "postcode_in_municipality": Rule(("postcode", "municipality"), _postcode_in_municipality),
    "province_of_municipality": Rule(("province", "municipality"), _province_of_municipality),
    "holder_is_customer": Rule(_HOLDER, _holder_is_customer),
    "holder_is_company": Rule(_COMPANY_HOLDER, _holder_is_company),
}


def _wire(value: Wire | tuple[str, ...]) -> Wire:
    return list(value) if isinstance(value, tuple) else value
