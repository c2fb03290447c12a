"""What people type instead of an answer where any words would be one: "as above", "one moment", "ok". None of it becomes a name or a street."""

import pytest

from dialogs import wording
from forms.catalogue import Catalogue
from rules.languages import LANGUAGES
from tests.dialogs.driver import HOME, Talk, at, registered

IDENTITY, DOCUMENT, RESIDENCE = (f"registration_person.{section}" for section in ("identity", "document", "residence"))
FREE = (f"{IDENTITY}.family_name", f"{DOCUMENT}.document_number", f"{DOCUMENT}.document_issuer", f"{RESIDENCE}.street")
NUMBER = f"{DOCUMENT}.document_number"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("key", "answer"), [("pointing", "write_it_here"), ("moments", "no_hurry")])
@pytest.mark.parametrize("path", [*FREE, f"{RESIDENCE}.municipality"])
def test_what_points_elsewhere_or_asks_for_a_moment_is_no_answer(forms: Catalogue, language: str, key: str, answer: str, path: str) -> None:
    talk = at(forms, path, language)
    for text in wording.aliases(language, f"talk.{key}")[:: 1 if path == FREE[0] else 7]:
        talk.say(text)
        assert (talk.texts, talk.ask.path) == ([wording.say(language, f"say.{answer}")], path), text
        assert path not in talk.state.answers


@pytest.mark.parametrize(
    ("language", "text"),
    [("it", "ok"), ("it", "va bene"), ("it", "sì"), ("en", "sure"), ("es", "vale"), ("ru", "хорошо"), ("fa", "باشه"), ("zh", "好的")],
)
def test_a_mere_yes_where_something_has_to_be_written_is_none(forms: Catalogue, language: str, text: str) -> None:
    talk = at(forms, NUMBER, language)
    talk.say(text)
    assert (talk.texts, talk.ask.path) == ([wording.say(language, "say.go_ahead")], NUMBER)


@pytest.mark.parametrize("path", FREE[1:])
def test_a_no_where_something_has_to_be_written_is_told_what_it_is_for(forms: Catalogue, path: str) -> None:
    talk = at(forms, path)
    talk.say("no")
    assert talk.ask.path == path
    assert wording.say("it", "say.ask_a_person") in talk.texts


@pytest.mark.parametrize("text", ["si", "ok", "va bene", "No", "basta", "perfetto"])
def test_a_bare_reply_for_a_name_is_asked_about(forms: Catalogue, text: str) -> None:
    """Somebody is called Vero, somebody No."""
    talk = at(forms, FREE[0])
    talk.say(text)
    assert talk.ask.path == f"{FREE[0]}.sure"
    talk.say("sì")
    assert talk.state.answers[FREE[0]] == text


@pytest.mark.parametrize("text", ["te lo dico dopo", "non ora", "non ce l'ho sotto mano adesso"])
def test_who_has_it_later_is_told_that_nothing_is_lost(forms: Catalogue, text: str) -> None:
    talk = at(forms, NUMBER)
    talk.say(text)
    assert (talk.texts, talk.ask.path) == ([wording.say("it", "say.not_known_needed")], NUMBER)


def test_typed_into_the_field_of_a_page_it_is_none_either(forms: Catalogue) -> None:
    talk = at(forms, FREE[3])
    talk.answer("come sopra")
    assert (talk.texts, talk.ask.path) == ([wording.say("it", "say.write_it_here")], FREE[3])


def test_who_has_had_enough_may_stop_and_is_told_that_all_is_kept(forms: Catalogue) -> None:
    talk = at(forms, f"{IDENTITY}.birth_date")
    talk.say("smettila")
    assert (talk.texts, talk.ask.path) == ([wording.say("it", "say.paused")], f"{IDENTITY}.birth_date")


@pytest.mark.parametrize(
    ("language", "text"), [("it", "non lo so"), ("en", "no idea"), ("es", "ni idea"), ("ru", "не знаю"), ("zh", "不知道")]
)
def test_who_does_not_know_whether_they_know_does_not(language: str, text: str, forms: Catalogue) -> None:
    """Asked whether somebody knows what rebuilding costs; it was "this answer is needed"."""
    talk: Talk = registered(forms, languages=LANGUAGES)
    talk.command("language", language)
    talk.play(HOME, until="quote_home.sums.rebuild_known")
    talk.say(text)
    assert talk.ask.path == "quote_home.sums.rebuild_estimate_ok"
