"""Papers print whatever a customer typed, to the letter, on as many pages as it takes, and the same paper is the same bytes."""

import re
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from forms.papers.model import Agency, PaperRow, PaperSection
from forms.papers.printing import print_paper
from tests.forms.papers.reading import all_text, pages, squeezed
from tests.forms.papers.samples import STAMP, STATES, a_paper, a_proof, digest, some_acts, some_sections


def of_value(value: str, label: str = "Label") -> bytes:
    return print_paper(a_paper(sections=(PaperSection("Section", (PaperRow(label, value),)),)))


@pytest.mark.parametrize("occasion", STATES)
@pytest.mark.parametrize("language", ["it", "en", "es", "ru", "zh"])
def test_every_row_of_every_kind_of_paper_can_be_read_back(occasion, language):
    paper = a_paper(occasion, language)
    text = all_text(print_paper(paper))
    for section in paper.parties + paper.sections:
        assert squeezed(section.title) in text
        for row in section.rows:
            assert squeezed(row.label + row.value) in text
    for act in paper.acts:
        assert act.text_sha256 in text
    for sentence in paper.declarations:
        assert squeezed(sentence) in text


def test_the_stamp_stands_on_every_page_literally_and_in_its_frame():
    found = pages(print_paper(a_paper(sections=some_sections(12, 8))))
    assert len(found) > 3
    assert all(STAMP in page for page in found)
    assert sum(page.count(STAMP) for page in found) == len(found) + 1


def test_what_binds_the_stamp_is_printed_with_it():
    text = all_text(print_paper(a_paper()))
    assert "UTC+01:00" in text
    assert digest("shown") in text
    assert digest("head") in text
    assert "Numerod’ordine23" in text


def test_each_page_says_which_of_how_many_it_is():
    found = pages(print_paper(a_paper(sections=some_sections(12, 8))))
    for number, page in enumerate(found, 1):
        assert f"Pagina {number} di {len(found)}" in page
        assert "R-2026-000417" in page


def test_the_same_paper_gives_the_same_bytes_and_another_does_not():
    usual, unusual = a_paper(), a_paper(agency=Agency("Ágnes Ωmega Жанна", "Demo"))
    first = print_paper(usual)
    assert print_paper(unusual) != first
    assert print_paper(usual) == first
    assert print_paper(unusual) == print_paper(unusual)


@pytest.mark.parametrize(
    "value",
    [
        "Żółć Ğüneş Đặng Šťastný Þór",
        "Ĩĩ Ŝŝ čċ Ȩ (((( \\\\ )",
        "Анна Петрова, Ελένη Παπαδοπούλου",
        "王小明 Wang Xiaoming",
        "سلام",
        "<script>alert(1)</script> & <b>",
        "+cmd|' /C calc'!A0 (\\) Tj ET",
        "[click](javascript:alert(1)) **bold** __u__",
        "l’università è più cara: 1.250,00 € – sì…",
    ],
)
def test_letters_and_markup_are_printed_as_they_were_typed(value):
    assert squeezed(value) in all_text(of_value(value))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("กขค", "[U+0E01U+0E02U+0E04]"),
        ("שלום", "[U+05E9U+05DCU+05D5U+05DD]"),
        ("a\u200cb", "a[U+200C]b"),
        ("👨‍👩‍👧", "[U+1F468U+200DU+1F469U+200DU+1F467]"),
        ("a\u202eb", "a[U+202E]b"),
        ("a\x00b", "a[U+0000]b"),
        ("a\ud800b", "a[U+D800]b"),
        ("a\ufffeb", "a[U+FFFE]b"),
    ],
)
def test_what_no_font_can_show_stands_as_its_code_points(value, shown):
    assert shown in all_text(of_value(value))


def test_line_breaks_of_an_answer_are_kept():
    lines = pages(of_value("first\nsecond\u2028third\ttab"))[0].splitlines()
    assert {"second", "third tab"} <= set(lines)


def test_an_unbreakable_word_of_3000_letters_wraps_inside_the_page():
    content = of_value("W" * 3000)
    assert all_text(content).count("W") >= 3000
    for page in PdfReader(BytesIO(content)).pages:
        for x, length in text_runs(page.get_contents().get_data()):
            assert x + length <= 595.28 - 50


def text_runs(commands: bytes) -> list[tuple[float, float]]:
    """(left edge, least width) of each run of W, bold at 10 points: 0.9 of the size each."""
    runs = re.findall(rb"BT ([\d.]+) [\d.]+ Td \(((?:\0W)+)\) Tj", commands)
    assert runs
    return [(float(x), len(units) / 2 * 0.9 * 10) for x, units in runs]


def test_a_row_longer_than_a_page_goes_on_over_the_pages():
    words = " ".join(f"word{n}" for n in range(4000))
    content = of_value(words)
    assert len(PdfReader(BytesIO(content)).pages) > 5
    text = all_text(content)
    position = 0
    for n in range(4000):
        position = text.index(f"word{n}", position)
    assert "Section(segue)" in text


def test_many_acts_repeat_their_head_on_each_page():
    found = pages(print_paper(a_paper(acts=some_acts(60))))
    assert sum("Impronta del testo" in page for page in found) >= 3


def test_an_empty_answer_is_said_and_never_blank():
    assert "LabelNonindicato" in all_text(of_value(""))


def test_several_addresses_in_the_stamp_are_all_there():
    stamp = "22/11/26/10/42/07 " + ", ".join(f"demo.customer.number{n}@a-rather-long-domain.example.org" for n in range(6))
    text = all_text(print_paper(a_paper(proof=a_proof(stamp))))
    assert text.count(squeezed(stamp)) >= 2


def test_nothing_in_the_file_is_live():
    content = print_paper(a_paper(agency=Agency("<a href='javascript:x'>", "https://example.org")))
    for dangerous in (b"/JavaScript", b"/JS", b"/URI", b"/Launch", b"/EmbeddedFile", b"/AcroForm", b"/OpenAction /"):
        assert dangerous not in content


def test_fonts_are_embedded_and_dated_by_the_paper():
    reader = PdfReader(BytesIO(print_paper(a_paper())))
    fonts = reader.pages[0]["/Resources"]["/Font"]
    assert len(fonts) == 3
    for font in fonts.values():
        descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert descriptor["/FontFile2"].get_object().get_data()[:4] == b"\0\1\0\0"
    assert reader.metadata.creation_date.isoformat() == "2026-11-22T10:42:07+01:00"


@settings(max_examples=12)
@given(st.text(max_size=300), st.text(max_size=80))
def test_any_text_prints_and_leaves_nothing_out(value, label):
    content = of_value(value, label)
    text = all_text(content)
    for word in re.findall(r"[A-Za-z0-9àèéìòù]+", value):
        assert word in text
