"""A street with its number in one line, a house that has none, a home abroad; in the field of a page as in words."""

import pytest

from dialogs import wording
from forms.catalogue import Catalogue
from tests.dialogs.driver import Talk, at

HOME = "registration_person.residence"
STREET, NUMBER = f"{HOME}.street", f"{HOME}.house_number"


def say(talk: Talk, words: str, *, is_typed: bool) -> None:
    if is_typed:
        talk.say(words)
    else:
        talk.answer(words)


@pytest.mark.parametrize("is_typed", [True, False])
@pytest.mark.parametrize(
    ("words", "street", "number"),
    [
        ("Via Garibaldi 12", "Via Garibaldi", "12"),
        ("Via Garibaldi, 12", "Via Garibaldi", "12"),
        ("Via Garibaldi n. 12/A", "Via Garibaldi", "12/A"),
        ("Corso 22 Marzo 7 bis", "Corso 22 Marzo", "7 bis"),
        ("Via Garibaldi 3, int. 4", "Via Garibaldi", "3, int. 4"),
        ("via garibaldi snc", "via garibaldi", "snc"),
        ("Via Garibaldi senza numero civico", "Via Garibaldi", "snc"),
    ],
)
def test_a_street_with_its_number_is_told_back_and_kept_by_a_yes(
    forms: Catalogue, words: str, street: str, number: str, *, is_typed: bool
) -> None:
    talk = at(forms, STREET)
    say(talk, words, is_typed=is_typed)
    assert talk.ask.path == f"{STREET}.sure"
    assert STREET not in talk.state.answers
    talk.answer(value=True)
    assert (talk.state.answers[STREET], talk.state.answers[NUMBER]) == (street, number)
    assert talk.ask.path == f"{HOME}.postcode"


@pytest.mark.parametrize("is_typed", [True, False])
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("it", "abito in Via Garibaldi"),
        ("it", "in Via Garibaldi"),
        ("en", "I live in Via Garibaldi"),
        ("es", "vivo en la calle Via Garibaldi"),
        ("es", "calle Via Garibaldi"),
        ("ru", "живу на улице Via Garibaldi"),
        ("ru", "ул. Via Garibaldi"),
        ("zh", "我住在Via Garibaldi"),
    ],
)
def test_of_a_street_only_its_name_is_kept(forms: Catalogue, language: str, words: str, *, is_typed: bool) -> None:
    talk = at(forms, STREET, language)
    say(talk, words, is_typed=is_typed)
    assert talk.state.answers[STREET] == "Via Garibaldi"


@pytest.mark.parametrize("words", ["Vivo in via Garibaldi 12", "abito in via Garibaldi, 12, 80134 Napoli"])
def test_with_its_number_likewise(forms: Catalogue, words: str) -> None:
    talk = at(forms, STREET)
    talk.say(words)
    assert "via Garibaldi" in talk.rows().values()


def test_a_street_called_like_a_sentence_is_left_alone(forms: Catalogue) -> None:
    talk = at(forms, STREET, "es")
    talk.say("calle Mayor")
    assert talk.state.answers[STREET] == "calle Mayor"


@pytest.mark.parametrize(
    "words", ["Via Garibaldi", "Via XX Settembre", "Piazza 4 Novembre", "Strada Provinciale 12", "Via Appia Nuova km 12", "Via 12"]
)
def test_a_number_in_its_name_stays_there(forms: Catalogue, words: str) -> None:
    talk = at(forms, STREET)
    talk.say(words)
    assert talk.state.answers[STREET] == words


def test_a_no_asks_for_the_street_alone(forms: Catalogue) -> None:
    talk = at(forms, STREET)
    talk.say("Via Garibaldi 12")
    talk.say("no")
    assert talk.ask.path == STREET
    assert not {STREET, NUMBER} & talk.state.answers.keys()


@pytest.mark.parametrize("is_typed", [True, False])
@pytest.mark.parametrize(
    "words", ["senza numero", "nessuno", "non c’è", "there is no number", "I don't have one", "нет номера", "没有门牌号", "پلاک ندارد"]
)
def test_a_house_without_a_number_is_read_back_as_such(forms: Catalogue, words: str, *, is_typed: bool) -> None:
    talk = at(forms, NUMBER)
    say(talk, words, is_typed=is_typed)
    assert talk.ask.path == f"{NUMBER}.sure", talk.problems
    talk.answer(value=True)
    assert talk.state.answers[NUMBER] == "snc"


def test_who_lives_abroad_is_told_who_helps(forms: Catalogue) -> None:
    talk = at(forms, STREET)
    talk.say("abito in Francia")
    assert talk.texts == [wording.say("it", "say.lives_abroad")]
    assert talk.ask.path == STREET


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("via Garibaldi n. 3 torino 10121", ("via Garibaldi", "3", "10121", "L219")),
        ("Via Garibaldi, 3 - 10121 Torino (TO)", ("Via Garibaldi", "3", "10121", "L219")),
        ("Via Garibaldi 3 10121 Torino TO", ("Via Garibaldi", "3", "10121", "L219")),
        ("Via Garibaldi 3 interno 5, 10121, Torino (TO)", ("Via Garibaldi", "3 interno 5", "10121", "L219")),
        ("via dei Mille 7 cap 80121 Napoli", ("via dei Mille", "7", "80121", "F839")),
        ("via 4 Novembre 12, 10121 Torino", ("via 4 Novembre", "12", "10121", "L219")),
        ("abito in via Garibaldi 3 a Torino", ("via Garibaldi", "3", None, "L219")),
        ("sto in via Garibaldi al 3", ("via Garibaldi", "3", None, None)),
    ],
)
def test_all_that_a_line_tells_of_an_address_is_told_back(forms: Catalogue, words: str, told: tuple[str | None, ...]) -> None:
    """It was the name of a street."""
    path = "registration_person.residence.street"
    talk = at(forms, path)
    talk.say(words)
    assert talk.ask.path == f"{path}.sure"
    talk.say("sì")
    names = ("street", "house_number", "postcode", "municipality")
    assert tuple(talk.state.answers.get(f"registration_person.residence.{name}") for name in names) == told


@pytest.mark.parametrize("words", ["via 25 Aprile", "Strada Provinciale 12", "Via Garibaldi 3, vicino alla chiesa", "Via Garibaldi"])
def test_a_line_that_is_not_understood_to_its_end_stays_as_it_is(forms: Catalogue, words: str) -> None:
    path = "registration_person.residence.street"
    talk = at(forms, path)
    talk.say(words)
    assert talk.state.answers[path] == words


@pytest.mark.parametrize("is_typed", [True, False])
@pytest.mark.parametrize("words", ["80134", "80 134", "Napoli", "roma"])
def test_a_postcode_or_a_town_as_a_street_is_asked_about(forms: Catalogue, words: str, *, is_typed: bool) -> None:
    talk = at(forms, STREET)
    say(talk, words, is_typed=is_typed)
    assert talk.ask.path == f"{STREET}.sure"
    talk.answer(value=False)
    assert (talk.ask.path, talk.state.answers.get(STREET)) == (STREET, None)


@pytest.mark.parametrize("words", ["Via Roma", "Roma Antica", "Garibaldi", "Via 20 Settembre"])
def test_a_street_called_after_a_town_or_a_day_is_none_of_these(forms: Catalogue, words: str) -> None:
    talk = at(forms, STREET)
    talk.say(words)
    assert talk.state.answers[STREET] == words
