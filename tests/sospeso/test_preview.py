"""A form played in the terminal."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sospeso.preview import Player, open_form
from storage.settings import NotConfigured, Settings

SETTINGS = Settings(home=Path("nowhere"))


def played(player: Player, typed: list[str]) -> str:
    said: list[str] = []
    lines: Iterator[str] = iter(typed)

    def ask(prompt: str) -> str:
        said.append(prompt)
        try:
            return next(lines)
        except StopIteration:
            raise EOFError from None

    with pytest.raises(EOFError):
        player.play(ask, said.append)
    return "\n".join(said)


def test_answers_are_read_refused_skipped_and_taken_back() -> None:
    player = open_form(SETTINGS, "registration_person", "en")
    said = played(player, ["-", "Rossi", "<", "Bianchi", "Demo", "nothing of the kind"])
    assert player.answers == {"registration_person.identity.family_name": "Bianchi", "registration_person.identity.given_name": "Demo"}
    assert said.count("registration_person.identity.family_name") == 3
    assert said.count("registration_person.identity.sex") == 2


def test_a_form_is_played_as_a_company_hears_it() -> None:
    said = played(open_form(SETTINGS, "quote_home", "en", "company"), ["building"])
    assert "What is the company’s position towards this home?" in said


@pytest.mark.parametrize(
    ("form", "language", "kind"), [("no_such_form", "it", "person"), ("quote_home", "xx", "person"), ("quote_home", "it", "firm")]
)
def test_what_is_not_in_the_catalogue_is_said(form: str, language: str, kind: str) -> None:
    with pytest.raises(NotConfigured):
        open_form(SETTINGS, form, language, kind)
