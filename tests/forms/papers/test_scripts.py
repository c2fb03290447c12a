"""Papers in every script: no letter without a shape, lines broken and mirrored as the language is written, and read back as they were written."""

import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
import yaml

import forms
from forms.papers import scripts
from forms.papers.fonts import bold, regular
from forms.papers.lines import broken
from forms.papers.model import PaperRow, PaperSection
from forms.papers.printing import print_paper
from forms.papers.scripts import OTHER, legible, line_width, script_font
from rules.languages import LANGUAGES
from tests.forms.papers.samples import a_paper

pytestmark = pytest.mark.slow

ROOM = Path(forms.__file__).parent
PERSIAN = PaperSection(
    "رسید شما",
    (
        PaperRow("نام خانوادگی و نام", "قربانی، دریا"),
        PaperRow("ملاحظات", "سلام، لاله می‌خواهد «بیمه‌نامه» (خانه) بگیرد: چیزی ژرف نیست"),
        PaperRow("تاریخ", "۲۲ اسفند ۱۳۵۸ (۱۲ مارس ۱۹۸۰)"),
        PaperRow("حق بیمه", "۱٬۲۵۰٫۵۰ یورو"),
        PaperRow("ایمیل", "demo@example.org"),
    ),
)


def texts(tree: object) -> Iterator[str]:
    for branch in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from texts(branch)
    if isinstance(tree, str):
        yield tree


def worded(language: str) -> Iterator[str]:
    for path in (*ROOM.glob(f"catalog/**/{language}.yaml"), *ROOM.glob(f"tariffs/*.{language}.yaml"), ROOM / "papers" / "words" / f"{language}.yaml"):  # fmt: skip
        yield from texts(yaml.safe_load(path.read_text(encoding="utf-8")))
    for path in ROOM.glob(f"catalog/**/{language}.md"):
        yield path.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_character_of_the_catalogue_has_its_shape(language):
    lines = [line for text in worded(language) for line in text.splitlines()]
    assert len(lines) > 1000
    assert [line for line in lines for font in (regular(), bold()) if legible(line, font) != line] == []


def read_back(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


@pytest.mark.parametrize("language", ["fa", "it"])
def test_persian_is_read_back_in_the_order_in_which_it_was_written(language):
    text = read_back(print_paper(a_paper(language=language, sections=(PERSIAN,))))
    assert PERSIAN.title in text
    for row in PERSIAN.rows:
        assert row.label in text
        assert row.value in text


def test_a_persian_paper_is_an_italian_one_in_the_mirror():
    """The same Latin rows on both: what begins at the left edge of one ends at the right edge of the other."""
    section = PaperSection("Demo", (PaperRow("IBAN", "IT60 X054 2811 1010 0000 0123 456", is_code=True),))
    italian, persian = (edges_of(print_paper(a_paper(language=language, sections=(section,))), "IBAN") for language in ("it", "fa"))
    assert persian[1] == pytest.approx(595.28 - italian[0], abs=1.5)  # bounds are of the ink


def edges_of(content: bytes, word: str) -> tuple[float, float]:
    with pypdfium2.PdfDocument(content) as document:
        text = document[0].get_textpage()
        at, count = text.search(word).get_next()
        boxes = [text.get_charbox(at + number) for number in range(count)]
    return min(box[0] for box in boxes), max(box[2] for box in boxes)


def test_chinese_lines_are_full_and_no_mark_stands_where_it_may_not():
    text = "这是一份回执，证明您在什么时候、从哪个地址确认（包括“指纹”）。文件 PDF 在您的邮箱里；只要改动一个字母，就不再吻合……" * 4
    for width in range(120, 400, 7):
        lines = broken(text, regular(), 10, width)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        for line in lines:
            assert line_width(line, regular()) * 10 / 1000 <= width
            assert line[0] not in "，、。；”）…"
            assert line[-1] not in "（“"
        longest = line_width("纹”）。", regular()) * 10 / 1000  # what may not be parted
        assert all(line_width(line, regular()) * 10 / 1000 > width - longest for line in lines[:-1])


def test_an_address_in_a_persian_sentence_keeps_its_order():
    address = "127.0.0.1:8080/verify/R-2026-000002/5dddb3c575c615cf"
    for sentence in (f"یا {address} را باز کنید", f"({address})، سپس."):
        drawn = scripts.runs(sentence, regular(), is_from_right=True)
        assert address in "".join(run.text or "".join(glyph.text for glyph in run.glyphs) for run in drawn)


def test_a_word_that_is_wider_than_the_line_is_cut():
    word = "بیمه" * 60
    lines = broken(word, regular(), 10, 200)
    assert "".join(lines) == word
    assert all(line_width(line, regular()) * 10 / 1000 <= 200 for line in lines)


def test_each_letter_of_a_run_is_told_once():
    for text in ("سلام لاله", "می‌خواهم", "مؤثر رسیدهٔ ظاهراً", "(«خانه»)"):
        run = script_font("right", 400).shaped(text, is_from_right=True)
        mirrored = text.translate(str.maketrans("()«»", ")(»«"))
        assert "".join(glyph.text for glyph in run.glyphs)[::-1] == mirrored
        assert all(glyph.text for glyph in run.glyphs)


def test_an_italian_paper_opens_no_other_font():
    script_font.cache_clear()
    print_paper(a_paper())
    assert script_font.cache_info().currsize == 0
    assert not OTHER.search("".join(texts(yaml.safe_load((ROOM / "papers/words/it.yaml").read_text(encoding="utf-8")))))


def test_the_same_persian_and_chinese_papers_are_the_same_bytes():
    for language in ("fa", "zh"):
        first = print_paper(a_paper(language=language, sections=(PERSIAN,)))
        scripts.script_font.cache_clear()
        scripts.runs.cache_clear()
        assert print_paper(a_paper(language=language, sections=(PERSIAN,))) == first
    assert re.search(rb"IBMPlexSansArabic-Bold", first)
