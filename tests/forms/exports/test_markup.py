"""XML and JSON: what they hold is read back to the letter, and holds against the schema that comes with it."""

import json
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema

from forms.exports.cells import unescape
from forms.exports.files import schema
from forms.exports.subjects import columns
from rules.exports import FORMATS, Format, Subject
from tests.forms.content.shipped import catalogue
from tests.forms.exports.rows import COLUMNS, MARK, RECORD, a_file
from tests.forms.exports.test_sheets import NASTY
from tests.journeys.rows import the

NS = "{urn:sospeso:export:clients:1}"
SHIPPED = Path("forms/exports/schemas")


@pytest.mark.parametrize("text", NASTY, ids=lambda text: repr(text[:20]))
def test_each_bad_input_comes_back_from_xml(text):
    root = ET.fromstring(a_file(Format.XML, {"id": "1", "name": text}))
    assert unescape(root.findtext(f"{NS}record/{NS}name") or "") == text


@pytest.mark.parametrize(
    "text", [text for text in NASTY if not any("\ud800" <= each <= "\udfff" for each in text)], ids=lambda t: repr(t[:20])
)
def test_each_bad_input_comes_back_from_json(text):
    for form, read in (
        (Format.JSON, json.loads),
        (Format.JSONL, lambda content: [json.loads(line) for line in content.removesuffix("\n").split("\n")]),
    ):
        (found,) = read(a_file(form, {"id": "1", "name": text}).decode())
        assert found["name"] == text


def test_what_no_xml_can_hold_is_escaped():
    cell = str(the("ElementTree writes it unparseable").input["cell"])
    content = a_file(Format.XML, {"id": "1", "name": cell})
    assert rb"a\u{0}b" in content
    assert unescape(ET.fromstring(content).findtext(f"{NS}record/{NS}name")) == cell


def test_a_list_of_nothing_is_one_too():
    assert json.loads(a_file(Format.JSON)) == []
    assert len(ET.fromstring(a_file(Format.XML))) == 0


def test_json_keeps_the_types():
    (found,) = json.loads(a_file(Format.JSON, RECORD))
    assert found == {**RECORD, **MARK.record}


def test_xml_holds_against_its_schema_and_a_wrong_one_does_not():
    held = xmlschema.XMLSchema(schema(Subject.CLIENTS, Format.XML, COLUMNS).decode())
    content = a_file(Format.XML, RECORD, {"id": "2", "name": "<b>\r\n\x1b &amp;"})
    held.validate(BytesIO(content))
    assert not held.is_valid(BytesIO(content.replace(b"1980-03-12", b"1980-13-12")))
    assert not held.is_valid(BytesIO(content.replace(b"<id>2</id>", b"")))
    assert not held.is_valid(BytesIO(content.replace(b' export_id="0192f0c1-demo"', b"")))


@pytest.mark.parametrize(("subject", "form"), [(each, form) for each in Subject for form in FORMATS[each]])
def test_the_schemas_that_are_shipped_are_of_the_questions_we_ask(subject, form):
    made = schema(subject, form, columns(subject, catalogue()))
    if made is not None and form is not Format.JSONL:
        name = f"{subject}.xsd" if form is Format.XML else f"{subject}.schema.json"
        assert (SHIPPED / name).read_bytes() == made, "run `python -m forms.exports.publishing`"


def test_every_answer_of_a_card_has_one_column():
    names = [column.name for column in columns(Subject.CLIENTS, catalogue())]
    assert len(names) == len(set(names))
    for name in ("family_name", "company_name", "tax_code", "iban", "emails_other_1_email", "owners_2_owner_share", "municipality_name"):
        assert name in names
    assert not [name for name in names if "email_code" in name or "document_front" in name]
    tax_code = next(column for column in columns(Subject.CLIENTS, catalogue()) if column.name == "tax_code")
    assert tax_code.keys == ("registration_company.company.tax_code", "registration_person.identity.tax_code")
