"""Papers are PDF/A-3b as far as their structure shows: no validator of the whole standard was at hand."""

import json
import re
from datetime import datetime
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
import uharfbuzz as hb
from pypdf import PdfReader

from forms.papers.model import PaperRow, PaperSection
from forms.papers.printing import print_paper
from tests.forms.papers.samples import a_paper

DC, PDFA = "{http://purl.org/dc/elements/1.1/}", "{http://www.aiim.org/pdfa/ns/id/}"
XMP, PDF = "{http://ns.adobe.com/xap/1.0/}", "{http://ns.adobe.com/pdf/1.3/}"
RECORD = {"format": "demo", "name": "Ελένη Demo 王"}
EVERY_SCRIPT = PaperSection("Demo", (PaperRow("Name", "Ελένη Жанна 王小明 سلام"),))


@pytest.fixture(scope="module", params=["it", "en", "es", "ru", "fa", "zh"])
def language(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def paper(language):
    return a_paper(language=language, sections=(EVERY_SCRIPT,), record=json.dumps(RECORD, ensure_ascii=False))


@pytest.fixture(scope="module")
def content(paper) -> bytes:
    return print_paper(paper)


@pytest.fixture(scope="module")
def file(content) -> PdfReader:
    return PdfReader(BytesIO(content))


def test_its_head_and_trailer_are_as_the_standard_wants_them(content, file):
    lines = content.split(b"\n", 2)
    assert lines[0] == b"%PDF-1.7"
    assert re.fullmatch(rb"%[\x80-\xff]{4,}", lines[1])
    assert content.rstrip(b"\n").endswith(b"%%EOF")
    assert "/ID" in file.trailer
    assert "/Encrypt" not in file.trailer


def test_its_colours_are_meant_in_a_profile_that_it_brings_along(file):
    (intent,) = file.root_object["/OutputIntents"]
    assert intent["/S"] == "/GTS_PDFA1"
    profile = intent["/DestOutputProfile"].get_object()
    assert profile["/N"] == 3
    assert profile.get_data()[36:40] == b"acsp"
    assert profile.get_data()[16:20] == b"RGB "


def test_its_metadata_say_twice_the_same(paper, file, language):
    told = ET.fromstring(file.root_object["/Metadata"].get_data().decode())
    found = {
        element.tag: (element.text or "".join(element.itertext())).strip()
        for element in told.iter()
        if element.tag[:5] != "{http://www.w3"[:5]
    }
    found |= {element.tag: "".join(element.itertext()).strip() for element in told.iter()}
    assert (found[f"{PDFA}part"], found[f"{PDFA}conformance"]) == ("3", "B")
    assert found[f"{DC}title"] == file.metadata.title
    assert found[f"{DC}creator"] == file.metadata.author == paper.agency.name
    assert found[f"{PDF}Producer"] == file.metadata.producer
    assert found[f"{DC}identifier"] == paper.verify_url
    assert found[f"{DC}language"] == language == file.root_object["/Lang"]
    for date in ("CreateDate", "ModifyDate", "MetadataDate"):
        assert datetime.fromisoformat(found[f"{XMP}{date}"]) == file.metadata.creation_date == paper.made_at
    assert "/Filter" not in file.root_object["/Metadata"]


def test_every_font_is_inside_of_it_with_the_widths_it_says_and_its_letters_named(file):
    fonts = {name: font.get_object() for page in file.pages for name, font in page["/Resources"]["/Font"].items()}
    assert len(fonts) >= 3
    for font in fonts.values():
        assert font["/Subtype"] == "/Type0"
        assert font["/ToUnicode"].get_data()
        cid_font = font["/DescendantFonts"][0].get_object()
        program = hb.Font(hb.Face(cid_font["/FontDescriptor"]["/FontFile2"].get_data()))
        glyphs = cid_font["/CIDToGIDMap"].get_data()
        for cid, width in widths(cid_font["/W"]):
            glyph = int.from_bytes(glyphs[2 * cid : 2 * cid + 2], "big")
            assert glyph, "a letter without a glyph"
            assert abs(program.get_glyph_h_advance(glyph) * 1000 / program.face.upem - width) <= 1


def widths(told) -> list[tuple[int, int]]:
    pairs = zip(told[::2], told[1::2], strict=True)
    return [(first + place, width) for first, run in pairs for place, width in enumerate(run)]


def test_its_record_is_a_file_inside_of_it(paper, file):
    assert json.loads(file.attachments["record.json"][0]) == RECORD
    (associated,) = (each.get_object() for each in file.root_object["/AF"])
    assert (associated["/AFRelationship"], associated["/F"], associated["/UF"]) == ("/Data", "record.json", "record.json")
    stream = associated["/EF"]["/F"].get_object()
    assert stream["/Subtype"] == "/application/json"
    assert stream["/Params"]["/ModDate"] == "D:20261122104207+01'00'"
    assert paper.record.encode() == stream.get_data()


def test_nothing_in_it_acts_moves_or_lies_elsewhere(content):
    for forbidden in (b"/JavaScript", b"/Launch", b"/URI", b"/Movie", b"/Sound", b"/XFA", b"/LZWDecode", b"/Crypt", b"/SMask", b"/Opi"):
        assert forbidden not in content


def test_no_instant_but_the_papers_own_stands_in_it_so_that_printed_again_it_is_the_same(paper, content):
    readable = re.sub(rb"FlateDecode.*?endstream", b"", content, flags=re.DOTALL)
    instants = set(re.findall(rb"D:\d{14}[+\d']*|\d{4}-\d\d-\d\dT[\d:+]+", readable))
    assert instants == {b"D:20261122104207+01'00'", b"2026-11-22T10:42:07+01:00"}
    assert print_paper(paper) == content
