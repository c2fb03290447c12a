"""Address books and calendars: lines as the RFCs want them, read back by rules written down here once more."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.exports.columns import Record
from forms.exports.lines import as_text, line
from rules.exports import Format, Subject
from tests.forms.exports.rows import MARK, a_file
from tests.forms.exports.test_sheets import NASTY
from tests.journeys.rows import the

PERSON: Record = {
    "id": "01930000-0000-7000-8000-000000000001", "kind": "person", "state": "suspended", "display_name": "Esempio Demetra",
    "language": "fa", "updated_at": "2026-11-22T08:26:53Z", "family_name": "Esempio", "given_name": "Demetra", "sex": "female",
    "birth_date": "1980-03-12", "mobile": "+393331234567", "landline": "+390811234567", "email": "demetra@example.org",
    "emails_other_1_email": "demo.second@example.org", "pec": "demetra@example.org", "street": "Via Roma; piano 2, scala B",
    "house_number": "4\\5", "postcode": "80134", "municipality_name": "Napoli", "province": "NA", "country": "IT",
    "tax_code": "SMPDTR80C52F839N", "iban": "IT60X0542811101000000123456",
}  # fmt: skip
COMPANY: Record = {
    "id": "01930000-0000-7000-8000-000000000002", "kind": "company", "state": "accepted", "display_name": "Officine Demo S.r.l.",
    "language": "it", "updated_at": "2026-11-22T08:26:53Z", "company_name": "Officine Demo S.r.l.", "phone": "+390811234567",
    "fax": "+390811234568", "pec": "officine@example.org",
}  # fmt: skip
UNESCAPED = {"\\\\": "\\", "\\,": ",", "\\;": ";", "\\n": "\n", "\\N": "\n"}


def lines_of(content: bytes) -> list[str]:
    """Unfolded; each physical line is short and whole in UTF-8."""
    assert content.endswith(b"\r\n")
    for physical in content.split(b"\r\n"):
        assert len(physical) <= 75
        physical.decode()
        assert b"\r" not in physical
        assert b"\n" not in physical
    return content.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]


def unescaped(value: str) -> str:
    return re.sub(r"\\[\\,;nN]", lambda found: UNESCAPED[found[0]], value)


def parts(value: str) -> list[str]:
    return [unescaped(part) for part in re.split(r"(?<!\\)(?:\\\\)*;", value)]


def cards(content: bytes) -> list[dict[str, list[str]]]:
    found: list[dict[str, list[str]]] = []
    for told in lines_of(content):
        name, _, value = told.partition(":")
        if told == "BEGIN:VCARD":
            found.append({})
        found[-1].setdefault(name, []).append(value)
    assert all(card["END"] == ["VCARD"] for card in found)
    return found


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"])), st.integers(0, 40))
def test_a_line_is_folded_without_cutting_a_character(text, length):
    name = "X" * (length + 1)
    (told,) = lines_of(line(name, as_text(text)))
    escaped = text.replace("\u2028", r"\u{2028}").replace("\u2029", r"\u{2029}")
    if "\\u{" not in escaped:
        assert told == f"{name}:{as_text(text)}"
        assert unescaped(told.partition(":")[2]) == text


def test_version_4_tells_what_rfc_6350_has_words_for():
    (card,) = cards(a_file(Format.VCF, PERSON))
    assert card["VERSION"] == ["4.0"]
    assert card["UID"] == ["urn:uuid:01930000-0000-7000-8000-000000000001"]
    assert card["N"] == ["Esempio;Demetra;;;"]
    assert (card["FN"], card["KIND"], card["LANG"], card["GENDER"]) == (["Esempio Demetra"], ["individual"], ["fa"], ["F"])
    assert card["BDAY"] == ["19800312"]
    assert card["REV"] == ["20261122T082653Z"]
    assert card["EMAIL;TYPE=HOME"] == ["demetra@example.org", "demo.second@example.org"]
    assert card["TEL;VALUE=uri;TYPE=cell"] == ["tel:+393331234567"]
    assert card['TEL;VALUE=uri;TYPE="home,voice"'] == ["tel:+390811234567"]
    assert card["CATEGORIES"] == ["Persone,In sospeso"]
    assert parts(card["ADR;TYPE=HOME"][0]) == ["", "", "Via Roma; piano 2, scala B 4\\5", "Napoli", "NA", "80134", "Italia"]


def test_version_3_tells_only_what_rfc_2426_knows():
    (card,) = cards(a_file(Format.VCF3, PERSON))
    assert card["VERSION"] == ["3.0"]
    assert not {"KIND", "LANG", "GENDER"} & card.keys()
    assert card["EMAIL;TYPE=INTERNET"] == ["demetra@example.org", "demo.second@example.org"]
    assert card["TEL;TYPE=CELL"] == ["+393331234567"]
    assert card["TEL;TYPE=HOME,VOICE"] == ["+390811234567"]
    assert (card["BDAY"], card["REV"]) == (["1980-03-12"], ["2026-11-22T08:26:53Z"])


def test_a_company_is_an_organisation():
    new, old = cards(a_file(Format.VCF, COMPANY)), cards(a_file(Format.VCF3, COMPANY))
    assert (new[0]["KIND"], new[0]["ORG"], new[0]["FN"]) == (["org"], ["Officine Demo S.r.l."], ["Officine Demo S.r.l."])
    assert old[0]["TEL;TYPE=WORK,FAX"] == ["+390811234568"]
    assert new[0]["CATEGORIES"] == ["Imprese"]


@pytest.mark.parametrize("form", [Format.VCF, Format.VCF3])
def test_an_address_book_holds_contacts_and_nothing_of_the_rest(form):
    content = a_file(form, PERSON, COMPANY)
    assert b"SMPDTR80C52F839N" not in content
    assert b"IT60X" not in content
    for card in cards(content):
        assert MARK.export in card["X-SOSPESO-EXPORT"][0]


@pytest.mark.parametrize("form", [Format.VCF, Format.VCF3])
@pytest.mark.parametrize("text", [*NASTY, str(the("Outlook sync").input["cell"])], ids=lambda text: repr(text[:20]))
def test_each_bad_input_is_one_value_of_one_card(form, text):
    first, second = cards(a_file(form, {**PERSON, "family_name": text, "display_name": text, "street": text}, COMPANY))
    assert first.keys() == cards(a_file(form, PERSON))[0].keys()
    assert second["FN"] == ["Officine Demo S.r.l."]


def test_a_deadline_is_a_day_or_a_moment():
    ends = {"id": "01930000-0000-7000-8000-000000000003", "kind": "offer_ends", "customer": "Rossi, Demo\nEND:VEVENT", "on": "2026-12-31"}
    told = lines_of(a_file(Format.ICS, ends, {**ends, "on": "2026-12-30"}, subject=Subject.DEADLINES))
    assert told[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert told[-1] == "END:VCALENDAR"
    assert told.count("BEGIN:VEVENT") == told.count("END:VEVENT") == 2
    assert told[told.index("DTSTART;VALUE=DATE:20261231") + 1] == "DTEND;VALUE=DATE:20270101"
    assert "SUMMARY:Scade: Rossi\\, Demo\\nEND:VEVENT" in told
    assert "DTSTAMP:20261122T082653Z" in told
