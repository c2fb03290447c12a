"""Typed corrections at any time: what would change is said, and nothing changes without a yes."""

import pytest

from forms.catalogue import Catalogue
from tests.dialogs.driver import PERSON, Talk, at, quoting
from tests.forms.content import shipped

RESIDENCE = "registration_person.residence"
AREA = "quote_home.building.area_m2"


@pytest.mark.parametrize(
    ("words", "path", "value"),
    [
        ("il cap è 10121", f"{RESIDENCE}.postcode", "10121"),
        ("no, il CAP è 10121", f"{RESIDENCE}.postcode", "10121"),
        ("anzi, civico 47", f"{RESIDENCE}.house_number", "47"),
        ("no, la data di nascita è il 13 marzo 1980", "registration_person.identity.birth_date", "1980-03-13"),
        ("il cellulare è 333 7654321", "registration_person.identity.mobile", "+393337654321"),
    ],
)
def test_a_correction_is_said_and_taken_only_on_a_yes(forms: Catalogue, words: str, path: str, value: str) -> None:
    talk = at(forms, "registration_person.work.employment")
    before = talk.state.answers[path]
    talk.say(words)
    assert talk.ask.path == f"{path}.sure", talk.texts
    assert talk.ask.type == "confirm"
    assert talk.state.answers[path] == before
    talk.answer(value=True)
    assert talk.state.answers[path] == value


def test_it_says_from_what_to_what(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.work.employment")
    talk.say("no, gli adulti sono 3")
    assert talk.ask.path == "registration_person.household.adults.sure", talk.texts
    assert " da 2 a 3" in talk.ask.text


def test_in_english_too(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.work.employment", "en")
    talk.say("actually, the postcode is 80135")
    assert talk.ask.path == f"{RESIDENCE}.postcode.sure", talk.texts
    assert "80134" in talk.ask.text
    assert "80135" in talk.ask.text


def test_a_no_leaves_everything_as_it_was(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.work.employment")
    talk.say("il cap è 80135")
    talk.say("no")
    assert talk.state.answers[f"{RESIDENCE}.postcode"] == "80134"
    assert talk.ask.path == "registration_person.work.employment"


def test_a_vague_yes_to_a_correction_is_asked_again(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.work.employment")
    talk.say("il cap è 80135")
    talk.say("👍")
    assert talk.ask.path == f"{RESIDENCE}.postcode.sure"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("it", "correggi il cap: 80136"),
        ("es", "corrige el código postal: 80136"),
        ("ru", "исправьте индекс: 80136"),
        ("en", "change the postcode: 80136"),
    ],
)
def test_what_is_to_be_changed_may_stand_before_a_colon(forms: Catalogue, language: str, words: str) -> None:
    talk = at(forms, "registration_person.work.employment", language)
    talk.say(words)
    assert talk.ask.path == f"{RESIDENCE}.postcode.sure"
    assert "80136" in talk.ask.text


def test_the_open_question_may_be_named_in_its_answer(forms: Catalogue) -> None:
    talk = at(forms, f"{RESIDENCE}.postcode")
    talk.say("il cap è 80134")
    assert talk.state.answers[f"{RESIDENCE}.postcode"] == "80134"


def test_what_is_confirmed_is_confirmed_anew_after_a_correction(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.work.employment")
    talk.say("il cap è 80135")
    talk.answer(value=True)
    assert talk.ask.path == f"{RESIDENCE}.confirm"
    assert "80135" in talk.rows().values()


def test_a_correction_stands_in_the_thread(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.work.employment")
    talk.say("il cap è 80135")
    said, understood = talk.state.thread
    assert (said.who, said.text) == ("customer", "il cap è 80135")
    assert (understood.who, understood.text) == ("house", "Cambio «CAP» da 80134 a 80135. Va bene?")


def test_talk_without_a_value_changes_nothing(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.work.employment")
    answers = talk.state.answers
    for words in ("ma il cap serve davvero?", "non capisco la residenza", "no"):
        talk.say(words)
        assert talk.state.answers == answers


# what is unlikely is asked about, as where the question itself is answered


def test_an_unlikely_value_is_doubted_in_the_same_breath(forms: Catalogue) -> None:
    talk = quoting(forms, "quote_home.sums.mortgaged")
    talk.say("la superficie è 950")
    assert talk.ask.path == f"{AREA}.sure"
    assert "da 90 a 950 m²" in talk.ask.text.replace("\N{NO-BREAK SPACE}", " ")
    assert talk.ask.text.endswith("sono molti per una casa. È giusto così?")
    talk.answer(value=True)
    assert talk.state.answers[AREA] == 950
    assert talk.ask.path != f"{AREA}.sure"


def test_a_no_to_the_doubt_keeps_the_value_there_was(forms: Catalogue) -> None:
    talk = quoting(forms, "quote_home.sums.mortgaged")
    talk.say("no, la superficie è 950")
    talk.answer(value=False)
    assert talk.state.answers[AREA] == 90


def test_what_the_yes_did_not_ask_about_is_asked_before_it_is_taken(forms: Catalogue) -> None:
    """Read with one doubt, the value is held against the other answers all the same."""
    rebuild = "quote_home.sums.rebuild_value"
    talk = quoting(forms, rebuild)
    talk.say("15,000")
    assert talk.ask.path == f"{rebuild}.sure"
    assert talk.ask.text.startswith("Leggo 15.000")
    talk.answer(value=True)
    assert talk.ask.path == f"{rebuild}.sure"
    assert "fuori dal solito" in talk.ask.text
    talk.answer(value=True)
    assert talk.state.answers[rebuild] == "15000.00"


@pytest.mark.parametrize(
    ("language", "words", "path", "value"),
    [
        ("it", "cambia il cellulare in 347 7654321", "registration_person.identity.mobile", "+393477654321"),
        ("it", "Vorrei correggere il cognome in D’Angelo", "registration_person.identity.family_name", "D’Angelo"),
        ("en", "change my postcode to 10121", f"{RESIDENCE}.postcode", "10121"),
        ("es", "quiero cambiar el código postal por 10121", f"{RESIDENCE}.postcode", "10121"),
        ("ru", "измени индекс на 10121", f"{RESIDENCE}.postcode", "10121"),
        ("zh", "把邮编改成10121", f"{RESIDENCE}.postcode", "10121"),
        ("fa", "تغییر کد پستی به ۱۰۱۲۱", f"{RESIDENCE}.postcode", "10121"),
    ],
)
def test_a_change_that_says_its_value_is_proposed(language: str, words: str, path: str, value: str) -> None:
    talk = Talk(shipped.catalogue(), language, languages=("it", "en", "es", "ru", "zh", "fa"))
    talk.play({**PERSON, "journey.language": language}, until="registration_person.work.employment")
    talk.say(words)
    assert talk.ask.path == f"{path}.sure", talk.texts
    talk.answer(value=True)
    assert talk.state.answers[path] == value


@pytest.mark.parametrize("words", ["cambia il cap", "cambia il cap in boh", "cambia il comune a piacere"])
def test_a_change_without_a_value_opens_the_question(forms: Catalogue, words: str) -> None:
    talk = at(forms, "registration_person.work.employment")
    talk.say(words)
    assert talk.ask.path in {f"{RESIDENCE}.postcode", f"{RESIDENCE}.municipality"}, talk.texts


@pytest.mark.parametrize("words", ["cognome", "il mio cognome", "Cognome."])
def test_a_name_alone_opens_that_answer(forms: Catalogue, words: str) -> None:
    talk = at(forms, "registration_person.work.employment")
    talk.say(words)
    assert (talk.ask.path, talk.problems) == ("registration_person.identity.family_name", [])
    talk.say("Esempi")
    assert talk.state.answers["registration_person.identity.family_name"] == "Esempi"


def test_a_name_is_no_value_of_itself(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.work.employment")
    talk.say("il cognome è cognome")
    assert talk.state.pending is None


def test_what_it_is_not_is_no_part_of_a_value(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.work.employment")
    talk.say("no, il cognome è Bianchi, non D’Angelo")
    assert talk.state.pending is not None
    assert talk.state.pending.value == "Bianchi"
