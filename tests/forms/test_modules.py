"""Texts of modules: paragraphs, headings, lists, nothing else."""

from datetime import date
from pathlib import Path

import pytest

from forms.files import CatalogueError
from forms.modules import Block, paragraphs, split_front_matter
from tests.forms.content import shipped


def test_a_text_is_headings_paragraphs_and_lists() -> None:
    text = "First line\nsecond line\n\n## Heading\nBelow it\n- one\n- two\n  goes on\n\n- three\nAfter"
    assert paragraphs(text) == [
        Block("paragraph", ("First line second line",)),
        Block("heading", ("Heading",)),
        Block("paragraph", ("Below it",)),
        Block("list", ("one", "two goes on")),
        Block("list", ("three",)),
        Block("paragraph", ("After",)),
    ]


def test_an_empty_text_has_no_blocks() -> None:
    assert paragraphs(" \n\n") == []


@pytest.mark.parametrize("mark", ["**bold**", "<b>bold</b>", "# Title", "[link](x)", "1. first"])
def test_other_markup_stays_as_it_was_written(mark: str) -> None:
    assert paragraphs(mark) == [Block("paragraph", (mark,))]


def test_every_word_of_a_published_text_is_in_its_blocks() -> None:
    for module in shipped.catalogue().modules(date(2026, 11, 22)):
        for language in module.texts:
            shown = " ".join(text for block in paragraphs(module.text(language)) for text in block.texts)
            bare = [line.removeprefix("## ").removeprefix("- ") for line in module.text(language).splitlines()]
            assert shown.split() == " ".join(bare).split()


def test_line_ends_of_other_systems_do_not_change_a_text() -> None:
    unix = "---\ntitle: x\n---\n\nText\nmore\n"
    assert split_front_matter(unix, Path()) == split_front_matter(unix.replace("\n", "\r\n"), Path()) == ("title: x", "Text\nmore")


@pytest.mark.parametrize("text", ["", "Text", "---\ntitle: x\nText"])
def test_a_text_without_front_matter_says_so(text: str) -> None:
    with pytest.raises(CatalogueError, match="front matter"):
        split_front_matter(text, Path("it.md"))
