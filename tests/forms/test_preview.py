"""The preview: a form played line by line, as its author would."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from forms.catalogue import Catalogue, load_catalogue
from forms.preview import play
from forms.types.base import Wire
from tests.forms.folders import VISIT_FORM, a_visit

TODAY = date(2026, 11, 22)


def with_note(folder: Path, checks: str = "") -> Catalogue:
    a_visit(folder, form=VISIT_FORM + f"          - {{name: note, type: text, {checks}max_length: 20, required: false}}\n")
    path = folder / "visit" / "en.yaml"
    path.write_text(path.read_text() + "  note: {ask: Anything else?, label: Note, why: Only if you like.}\n")
    return load_catalogue(folder)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return with_note(tmp_path_factory.mktemp("catalogue"))


def played(catalogue: Catalogue, *lines: str) -> tuple[dict[str, Wire] | None, str]:
    """The answers, and all that was said."""
    said: list[str] = []
    typed: Iterator[str] = iter(lines)
    answers = play("visit", "en", lambda _: next(typed, None), said.append, TODAY, catalogue=catalogue)
    return answers, "\n".join(said)


def test_a_form_is_played_to_its_end_and_read_back(catalogue: Catalogue) -> None:
    answers, said = played(catalogue, "2026-12-01", "At the office", "hello", "yes")
    assert answers == {"visit.when.day": "2026-12-01", "visit.when.place": "office", "visit.when.note": "hello"}
    assert "Which day?" in said
    assert "  - At your home" in said
    assert "Place: At the office" in said


def test_a_refused_answer_is_asked_again(catalogue: Catalogue) -> None:
    answers, said = played(catalogue, "2020-01-01", "2026-12-01", "At the office", "!skip", "yes")
    assert answers is not None
    assert "(date_in_past)" in said or "(too_small)" in said


def test_a_branch_opens_and_steps_back_reopen_it(catalogue: Catalogue) -> None:
    answers, _ = played(catalogue, "2026-12-01", "At your home", "!back", "At the office", "!skip", "yes")
    assert answers == {"visit.when.day": "2026-12-01", "visit.when.place": "office"}


def test_a_confirmed_section_is_confirmed_again_after_a_change(catalogue: Catalogue) -> None:
    lines = ("2026-12-01", "At the office", "!skip", "no", "!change visit.when.day", "2026-12-02", "yes")
    answers, said = played(catalogue, *lines)
    assert answers is not None
    assert answers["visit.when.day"] == "2026-12-02"
    assert said.count("Is the day right?") == 3


def test_commands_that_mean_nothing_here_say_so_and_the_why_is_told(catalogue: Catalogue) -> None:
    _, said = played(catalogue, "!skip", "!change visit.when.nothing", "2026-12-01", "At your home", "!why", "!quit")
    assert said.count("Not possible here.") == 2
    assert "So that we find you." in said


def test_a_doubt_is_kept_on_a_yes_and_asked_again_on_a_no(tmp_path: Path) -> None:
    doubtful = with_note(tmp_path, "checks: [{code: short, when: size(this) < 3, kind: doubt}], ")
    _, said = played(doubtful, "2026-12-01", "At the office", "ab", "no", "ab", "yes")
    assert said.count("(doubt)") == 2
    answers, _ = played(doubtful, "2026-12-01", "At the office", "ab", "yes", "yes")
    assert answers is not None
    assert answers["visit.when.note"] == "ab"


@pytest.mark.parametrize("lines", [(), ("!quit",), ("2026-12-01",)])
def test_leaving_early_keeps_nothing(catalogue: Catalogue, lines: tuple[str, ...]) -> None:
    assert played(catalogue, *lines)[0] is None


def test_an_unknown_form_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        play("nothing", "en", lambda _: None, print, TODAY)
