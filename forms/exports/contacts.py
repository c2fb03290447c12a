"""Address books: vCard 4.0 (RFC 6350) and 3.0 (RFC 2426), which Outlook and older programs read. Contact data only, nothing of the rest of the card."""

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from forms.exports.columns import Mark, Record
from forms.exports.lines import as_list, as_parts, as_text, line
from forms.types.countries import country_name

type Version = Literal["4.0", "3.0"]
_GENDERS = {"female": "F", "male": "M"}
_MOBILES, _PHONES, _FAXES = ("mobile",), ("landline", "phone"), ("fax",)
_FURTHER = re.compile(r"emails_other_[0-9]+_email")
_TOLD = frozenset({
    "id", "kind", "display_name", "language", "family_name", "given_name", "sex", "birth_date", "email", "pec", "street",
    "house_number", "postcode", "municipality_name", "province", "country", *_MOBILES, *_PHONES, *_FAXES,
})  # fmt: skip


def is_contact(column: str) -> bool:
    """Whether an address book is told it."""
    return column in _TOLD or _FURTHER.fullmatch(column) is not None


class Contacts:
    """`groups` are the categories each contact is put under, in the language that the list was asked for in."""

    def __init__(self, mark: Mark, version: Version, groups: Mapping[str, str], language: str) -> None:
        self._mark, self._version, self._groups, self._language = mark, version, groups, language

    def head(self) -> bytes:
        return b""

    def row(self, record: Record) -> bytes:
        known = {name: str(value) for name, value in record.items()}
        return b"".join(self._lines(known))

    def foot(self) -> bytes:
        return b""

    def _lines(self, known: dict[str, str]) -> Iterator[bytes]:
        is_new, is_company = self._version == "4.0", known["kind"] == "company"
        yield line("BEGIN", "VCARD")
        yield line("VERSION", self._version)
        yield line("PRODID", "-//Sospeso//Export//EN")
        yield line("UID", f"urn:uuid:{known['id']}")
        yield line("FN", as_text(known.get("display_name") or known["id"]))
        yield line("N", as_parts(*(_names(known, is_company=is_company)), "", "", ""))
        if is_new:
            yield line("KIND", "org" if is_company else "individual")
            yield line("LANG", as_text(known["language"]))
        if is_company:
            yield line("ORG", as_text(known.get("display_name", "")))
        yield from self._reach(known, "WORK" if is_company else "HOME")
        if "birth_date" in known:
            yield line("BDAY", known["birth_date"].replace("-", "") if is_new else known["birth_date"])
        if is_new and known.get("sex") in _GENDERS:
            yield line("GENDER", _GENDERS[known["sex"]])
        groups = tuple(dict.fromkeys(self._groups[code] for code in (known["kind"], known["state"]) if code in self._groups))
        if groups:
            yield line("CATEGORIES", as_list(groups))
        yield line("REV", re.sub("[-:]", "", known["updated_at"]) if is_new else known["updated_at"])
        mark = self._mark.record
        yield line("X-SOSPESO-EXPORT", as_parts(*(str(value) for value in mark.values())))
        yield line("END", "VCARD")

    def _reach(self, known: dict[str, str], where: str) -> Iterator[bytes]:
        addresses = [known.get("email", ""), *(value for name, value in known.items() if _FURTHER.fullmatch(name)), known.get("pec", "")]
        for address in dict.fromkeys(filter(None, addresses)):
            yield line(f"EMAIL;TYPE={where}" if self._version == "4.0" else "EMAIL;TYPE=INTERNET", as_text(address))
        for names, kind in ((_MOBILES, "CELL"), (_PHONES, f"{where},VOICE"), (_FAXES, f"{where},FAX")):
            for number in (known[name] for name in names if name in known):
                yield self._phone(number, kind)
        if "street" in known:
            yield line(f"ADR;TYPE={where}", _address(known, self._language))

    def _phone(self, number: str, kind: str) -> bytes:
        if self._version == "3.0":
            return line(f"TEL;TYPE={kind}", as_text(number))
        types = f'"{kind.lower()}"' if "," in kind else kind.lower()
        return line(f"TEL;VALUE=uri;TYPE={types}", f"tel:{re.sub(r'[^+0-9]', '', number)}")


def _names(known: dict[str, str], *, is_company: bool) -> tuple[str, str]:
    if is_company:
        return known.get("display_name", ""), ""
    return known.get("family_name", ""), known.get("given_name", "")


def _address(known: dict[str, str], language: str) -> str:
    street = f"{known['street']} {known.get('house_number', '')}".strip()
    country = country_name(known["country"], language) if "country" in known else ""
    town = known.get("municipality_name", "")
    return as_parts("", "", street, town, known.get("province", ""), known.get("postcode", ""), country)
