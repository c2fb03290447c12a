"""A number beside other words, or a "never" where a count is asked for: asked about, and never kept without a yes."""

import pytest

from forms.catalogue import Catalogue
from forms.types.base import Wire
from rules.languages import LANGUAGES
from tests.dialogs.driver import HOME, Talk, registered

AREA, YEAR, LOSSES, CONTENTS = (
    f"quote_home.{name}" for name in ("building.area_m2", "building.year_built", "history.losses", "sums.contents_value")
)


def asked_for(forms: Catalogue, path: str, language: str = "it") -> Talk:
    talk = registered(forms, languages=LANGUAGES)
    talk.command("language", language)
    talk.play(HOME, until=path)
    return talk


@pytest.mark.parametrize(
    ("path", "language", "text", "value"),
    [
        (AREA, "it", "boh, 80", 80),
        (AREA, "it", "un’ottantina", 80),
        (AREA, "it", "80 mq e un garage di 15", 80),
        (AREA, "it", "80 mq, 2 bagni", 80),
        (AREA, "it", "no aspetta, 85", 85),
        (AREA, "en", "80 m2, 2 bathrooms and a garage", 80),
        (AREA, "es", "serán unos 80 más o menos", 80),
        (YEAR, "it", "del 75", 1975),
        (YEAR, "it", "negli anni settanta", 1970),
        (YEAR, "it", "la casa è del 1976", 1976),
        (YEAR, "en", "built in the late 1960s or so, 1968", None),
        (LOSSES, "it", "mai", 0),
        (LOSSES, "it", "nessun danno", 0),
        (LOSSES, "it", "no, mai grazie a Dio", 0),
        (LOSSES, "it", "👎", 0),
        (LOSSES, "en", "never had any", 0),
        (LOSSES, "es", "nunca", 0),
        (LOSSES, "ru", "никогда", 0),
        (LOSSES, "zh", "没有", 0),
        (LOSSES, "it", "due furti", 2),
        (CONTENTS, "it", "boh, 20000 euro", "20000.00"),
    ],
)
def test_the_number_is_asked_about_and_kept_by_a_yes(forms: Catalogue, path: str, language: str, text: str, value: Wire | None) -> None:
    talk = asked_for(forms, path, language)
    talk.say(text)
    assert path not in talk.state.answers or talk.state.answers[path] == value
    if value is None:
        assert talk.ask.path == path
        return
    if talk.ask.path == f"{path}.sure":
        talk.answer(value=True)
    assert talk.state.answers[path] == value


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (AREA, "80 o 85"),
        (AREA, "tra 80 e 90"),
        (AREA, "80-90"),
        (AREA, "grande"),
        (AREA, "no"),
        (YEAR, "50 anni fa"),
        (YEAR, "1975, ristrutturata nel 2010"),
        (LOSSES, "non so quanti"),
        (LOSSES, "una perdita nel 2023"),
        (LOSSES, "sì"),
        (CONTENTS, "20-25 mila"),
    ],
)
def test_several_numbers_or_none_are_asked_again(forms: Catalogue, path: str, text: str) -> None:
    talk = asked_for(forms, path)
    talk.say(text)
    assert (talk.ask.path, path in talk.state.answers) == (path, False), talk.texts
