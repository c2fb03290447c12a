"""Address books: vCard 4.0 (RFC 6350), 3.0 (RFC 2426) and Outlook's 2.1. What a customer's card has no question for, a photograph say, is left where it is."""

import quopri
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from forms.exports.cells import unescape
from forms.imports.records import Record
from forms.imports.texts import CELL, MOST_ROW, read_lines
from rules.imports import Encoding, Fault, unreadable

_PROPERTY = re.compile(r'(?:[A-Za-z0-9-]+\.)?([A-Za-z0-9-]+)((?:;(?:[^":;]|"[^"]*")*)*):(.*)', re.DOTALL)
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=((?:[^";]|"[^"]*")*)')
_QUOTED = re.compile(r"[^:]*;(?:ENCODING=)?QUOTED-PRINTABLE[;:]", re.IGNORECASE)
_NO_OCTET = re.compile(r"=(?![0-9A-Fa-f]{2})")
_CHARSETS = re.compile(r"utf-8|us-ascii|iso-8859-\d\d?|(?:windows-|cp)125\d|koi8-[ru]|gb2312|gbk|gb18030|big5", re.IGNORECASE)
"""Those of our languages' programs; of all that Python knows, some are no charsets and some take long."""
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)")
_HOUSE = re.compile(r"(.+?),?\s+(\d\S*)")
_READ = frozenset({"KIND", "N", "FN", "ORG", "EMAIL", "TEL", "ADR", "BDAY", "GENDER"})
_TECHNICAL = frozenset({"VERSION", "PRODID", "UID", "REV", "LANG", "CATEGORIES", "X-SOSPESO-EXPORT"})
"""About the file and not about who it is of."""
_MOST_STREET = 200
"""Characters of a street in which a house number is looked for: the look takes as long as their square."""
_SEXES = {"F": "female", "M": "male"}


@dataclass(frozen=True, slots=True)
class _Property:
    name: str
    types: frozenset[str]
    value: str


@dataclass(slots=True)
class _Contact:
    begun: int
    size: int = 0
    properties: list[_Property] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)


def read_vcf(file: BinaryIO, encoding: Encoding) -> Iterator[Record]:
    """Raises Refused."""
    contact: _Contact | None = None
    for number, line in _unfolded(read_lines(file, encoding)):
        if not line.strip():
            continue
        told = _property(line, number, encoding)
        match told.name, told.value.strip().upper(), contact:
            case "BEGIN", "VCARD", None:
                contact = _Contact(number)
            case "END", "VCARD", _Contact():
                yield Record(contact.begun, _cells(contact.properties), left_out=frozenset(contact.left_out))
                contact = None
            case (("BEGIN" | "END"), _, _):
                raise unreadable(Fault.CONTACTS, line=number)
            case _, _, None:
                raise unreadable(Fault.CONTACTS, line=number)
            case _:
                _keep(contact, told)
    if contact is not None:
        raise unreadable(Fault.CONTACTS, line=contact.begun)


def _keep(contact: _Contact, told: _Property) -> None:
    is_read = told.name in _READ
    if told.name in _TECHNICAL or told.name in contact.left_out:
        return
    contact.size += CELL + len(told.name) + (sum(map(len, told.types)) + len(told.value) if is_read else 0)
    if contact.size > MOST_ROW:
        raise unreadable(Fault.ROW_TOO_LONG, line=contact.begun, max=MOST_ROW)
    if is_read:
        contact.properties.append(told)
    else:
        contact.left_out.add(told.name)


def _unfolded(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """A line that begins with a blank goes on the one before, and so does one after 2.1's `=` at the end. What was folded is bounded as
    a record is; a photograph is cut short."""
    begun, size, is_quoted, is_open = 0, 0, False, False
    parts: list[str] = []  # joined once: each joined to those before, what they hold would be copied for each
    for number, line in lines:
        text = line.rstrip("\r\n")
        if begun and (is_open or text[:1] in {" ", "\t"}):
            more = text if is_open else text[1:]
            is_open = is_quoted and text.endswith("=")
            if size < MOST_ROW:
                parts.append(more.removesuffix("=" * is_open))
                size += len(parts[-1])
            continue
        if begun:
            yield begun, "".join(parts)
        is_quoted = _QUOTED.match(text) is not None
        is_open = is_quoted and text.endswith("=")
        begun, parts = number, [text.removesuffix("=" * is_open)]
        size = len(parts[0])
    if begun:
        yield begun, "".join(parts)


def _property(line: str, number: int, encoding: Encoding) -> _Property:
    found = _PROPERTY.fullmatch(line)
    if found is None:
        raise unreadable(Fault.CONTACTS, line=number)
    told = [(name.upper(), value) for name, value in _PARAMETER.findall(found[2])]
    bare = {part.upper() for part in found[2].split(";") if part and "=" not in part}  # 2.1's manner, which Outlook still has
    types = {each.strip().upper() for name, value in told if name == "TYPE" for each in value.replace('"', "").split(",")}
    name, value = found[1].upper(), found[3]
    if name in _READ:
        if len(line) >= MOST_ROW:  # it was cut short there
            raise unreadable(Fault.ROW_TOO_LONG, line=number, max=MOST_ROW)
        parameters = dict(told)
        written = {parameters.get("ENCODING", "").upper(), *bare}
        value = _plain(value, written, parameters.get("CHARSET", encoding).strip('"'), number)
    return _Property(name, frozenset(types | bare), value)


def _plain(value: str, written: set[str], charset: str, number: int) -> str:
    """2.1's quoted-printable undone, in the line's own charset. Raises Refused where that cannot be: half a name is worse than none."""
    if written & {"BASE64", "B"}:
        raise unreadable(Fault.CHARSET, line=number)
    if "QUOTED-PRINTABLE" not in written:
        return value
    if _NO_OCTET.search(value) or not _CHARSETS.fullmatch(charset):
        raise unreadable(Fault.CHARSET, line=number)
    try:
        plain = quopri.decodestring(value.encode(charset)).decode(charset)
    except (LookupError, UnicodeError) as error:
        raise unreadable(Fault.CHARSET, line=number) from error
    if "\0" in plain:
        raise unreadable(Fault.NUL, line=number)
    return plain.replace("\r\n", "\n")


def _cells(properties: Sequence[_Property]) -> Mapping[str, str]:
    of: dict[str, list[_Property]] = {}
    for each in properties:
        of.setdefault(each.name, []).append(each)
    is_company = any(each.value.strip().lower() in {"org", "organization"} for each in of.get("KIND", [])) or _is_firm(of)
    told = {"kind": "company" if is_company else "person"}
    told |= _names(of, is_company=is_company)
    told |= _addresses(of.get("EMAIL", []))
    told |= _phones(of.get("TEL", []), is_company=is_company)
    told |= _place(of.get("ADR", []))
    if not is_company:
        told |= _life(of)
    return {name: value for name, value in told.items() if value}


def _is_firm(of: Mapping[str, Sequence[_Property]]) -> bool:
    """In 3.0 nothing says so but that the firm's name stands where a person's would, and no given name."""
    name = _parts(of["N"][0].value) if "N" in of else [""]
    firm = _parts(of["ORG"][0].value)[0] if "ORG" in of else ""
    return bool(firm) and name[0] in {"", firm} and not any(name[1:2])


def _names(of: Mapping[str, Sequence[_Property]], *, is_company: bool) -> dict[str, str]:
    if is_company:
        firm = of.get("ORG") or of.get("FN")
        return {"company_name": _parts(firm[0].value)[0]} if firm else {}
    parts = _parts(of["N"][0].value) if "N" in of else []
    return dict(zip(("family_name", "given_name"), parts, strict=False))


def _addresses(found: Sequence[_Property]) -> dict[str, str]:
    addresses = dict.fromkeys(_text(each.value).removeprefix("mailto:") for each in found)
    return dict(zip(("email", *(f"emails_other_{number}_email" for number in range(1, len(addresses)))), addresses, strict=False))


def _phones(found: Sequence[_Property], *, is_company: bool) -> dict[str, str]:
    told: dict[str, str] = {}
    for each in found:
        number = _text(each.value).removeprefix("tel:")
        if "FAX" in each.types:
            told |= {} if not is_company else {"fax": number}
        elif is_company:
            told.setdefault("phone", number)
        else:
            told.setdefault("mobile" if "CELL" in each.types else "landline", number)
    return told


def _place(found: Sequence[_Property]) -> dict[str, str]:
    if not found:
        return {}
    _, _, street, town, province, postcode, country, *_ = [*_parts(found[0].value), *[""] * 7]
    house = _HOUSE.fullmatch(street) if len(street) <= _MOST_STREET else None
    told = {"street": house[1], "house_number": house[2]} if house else {"street": street}
    return {**told, "municipality_name": town, "province": province, "postcode": postcode, "country": country}


def _life(of: Mapping[str, Sequence[_Property]]) -> dict[str, str]:
    day = _DAY.match(of["BDAY"][0].value) if "BDAY" in of else None
    sex = of["GENDER"][0].value[:1].upper() if "GENDER" in of else ""
    return {"birth_date": "-".join(day.groups()) if day else "", "sex": _SEXES.get(sex, "")}


def _parts(value: str) -> list[str]:
    """Of a structured value; a semicolon behind a backslash parts nothing."""
    return [_text(part) for part in _split(value)]


def _split(value: str) -> Iterator[str]:
    begun = at = 0
    while at < len(value):
        if value[at] == "\\":
            at += 1
        elif value[at] == ";":
            yield value[begun:at]
            begun = at + 1
        at += 1
    yield value[begun:]


def _text(value: str) -> str:
    return unescape(_ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)).strip()
