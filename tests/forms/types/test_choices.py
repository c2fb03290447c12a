"""Choices by value, label, alias, number, place and spelling; a guess is always asked about."""

import pytest

from forms.types.base import Choice, Read
from rules.refusals import Reason, Refused
from tests.forms.types.asking import choices, outcome, sent, shown, typed

COVERS = (
    Choice("building", "Edificio", aliases=("casa", "fabbricato")),
    Choice("contents", "Contenuto"),
    Choice("theft", "Furto e rapina"),
    Choice("none", "Nessuna"),
)
FLOORS = choices(ground="Piano terra", first="Primo piano", second_third="Secondo o terzo piano", top="Ultimo piano")
SUMS = choices(e_0="Niente", e_500="500 €", e_1000="1.000 €")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("edificio", "building"),
        ("EDIFICIO.", "building"),
        ("building", "building"),
        ("la casa", "building"),
        ("2", "contents"),
        ("n. 2", "contents"),
        ("2)", "contents"),
        ("۲", "contents"),
        ("il secondo", "contents"),
        ("the second", "contents"),
        ("cont", "contents"),
        ("rapina", "theft"),
        ("l'ultima", "none"),
    ],
)
def test_one_choice_by_any_of_its_names(text: str, value: str) -> None:
    assert typed("choice", text, choices=COVERS) == Read(value)


def test_a_misspelt_choice_is_asked_about() -> None:
    assert outcome(typed("choice", "edifcio", choices=COVERS)) == ("doubt", "building", Reason.CHOICE_GUESSED)
    assert outcome(typed("choice", "direi furto e rapina insieme", choices=COVERS)) == ("doubt", "theft", Reason.CHOICE_GUESSED)


@pytest.mark.parametrize("text", ["non edificio", "no building", "no edificio", "non l'edificio", "not building"])
def test_a_negated_mention_is_no_answer(text: str) -> None:
    assert outcome(typed("choice", text, choices=COVERS)) is Reason.CHOICE_UNKNOWN
    assert outcome(typed("choices", text, choices=COVERS)) is Reason.CHOICE_UNKNOWN


def test_a_word_is_no_part_of_a_name_that_denies_it() -> None:
    work = (Choice("employed", "Employed"), Choice("unemployed", "Not working", aliases=("out of work", "i do not work")))
    assert outcome(typed("choice", "work", "en", choices=work)) is Reason.CHOICE_UNKNOWN
    assert outcome(typed("choice", "I do work", "en", choices=work)) is Reason.CHOICE_UNKNOWN
    assert outcome(typed("choice", "I'm out of work", "en", choices=work)) == ("doubt", "unemployed", Reason.CHOICE_GUESSED)


def test_a_no_before_a_number_is_a_number() -> None:
    assert typed("choice", "no. 2", choices=COVERS) == Read("contents")


def test_a_name_that_several_choices_share_is_asked_about() -> None:
    shared = (Choice("live_in", "Ci abito", aliases=("proprietario",)), Choice("let", "La affitto", aliases=("proprietario",)))
    assert outcome(typed("choice", "io sono il proprietario", choices=shared)) == ("candidates", "live_in", "let")


def test_words_that_fit_several_choices_are_asked_about() -> None:
    assert outcome(typed("choice", "piano", choices=FLOORS)) == ("candidates", "ground", "first", "second_third", "top")
    assert outcome(typed("choice", "secondo", choices=FLOORS)) == ("candidates", "first", "second_third")


@pytest.mark.parametrize("text", ["1000", "1.000 euro", "mille", "1000€"])
def test_choices_that_are_sums_are_read_as_sums(text: str) -> None:
    assert typed("choice", text, choices=SUMS) == Read("e_1000")


@pytest.mark.parametrize(
    ("value", "reason"), [("Edificio", Reason.CHOICE_UNKNOWN), (1, Reason.WRONG_KIND), (["building"], Reason.WRONG_KIND)]
)
def test_a_structured_choice_is_its_value_and_nothing_else(value: object, reason: Reason) -> None:
    assert outcome(sent("choice", value, choices=COVERS)) == reason
    assert sent("choice", "building", choices=COVERS) == Read("building")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("edificio e contenuto", ["building", "contents"]),
        ("contenuto, edificio", ["building", "contents"]),
        ("building and contents", ["building", "contents"]),
        ("1, 3", ["building", "theft"]),
        ("1 e 3", ["building", "theft"]),
        ("1 2", ["building", "contents"]),
        ("furto e rapina", ["theft"]),
        ("furto e rapina, casa", ["building", "theft"]),
        ("tutti", ["building", "contents", "theft"]),
        ("tutti tranne il furto", ["building", "contents"]),
        ("everything", ["building", "contents", "theft"]),
        ("nessuno", ["none"]),
        ("edificio\ncontenuto", ["building", "contents"]),
    ],
)
def test_a_list_of_choices(text: str, values: list[str]) -> None:
    assert typed("choices", text, choices=COVERS, exclusive=("none",)) == Read(values)


@pytest.mark.parametrize("text", ["tutti e tre", "all three"])
def test_all_of_so_many_are_all(text: str) -> None:
    assert typed("choices", text, choices=COVERS, exclusive=("none",)) == Read(["building", "contents", "theft"])


@pytest.mark.parametrize("text", ["entrambi", "both", "tutti e due"])
def test_both_of_three_are_not_all(text: str) -> None:
    assert outcome(typed("choices", text, choices=COVERS, exclusive=("none",))) is Reason.CHOICE_UNKNOWN


def test_an_exclusive_choice_stands_alone() -> None:
    refused = Refused(Reason.CHOICE_EXCLUSIVE, choice="Nessuna")
    assert typed("choices", "edificio, nessuna", choices=COVERS, exclusive=("none",)) == refused
    assert sent("choices", ["none", "building"], choices=COVERS, exclusive=("none",)) == refused


def test_an_unknown_item_is_named() -> None:
    assert typed("choices", "edificio e astronave", choices=COVERS) == Refused(Reason.CHOICE_UNKNOWN, text="astronave")


def test_an_empty_list_answers_only_what_may_stay_empty() -> None:
    assert outcome(sent("choices", [], choices=COVERS)) is Reason.EMPTY
    assert sent("choices", [], choices=COVERS, required=False) == Read([])


def test_a_structured_list_is_put_in_order_without_repeats() -> None:
    assert sent("choices", ["theft", "building", "theft"], choices=COVERS) == Read(["building", "theft"])
    assert outcome(sent("choices", ["building", "x"], choices=COVERS)) is Reason.CHOICE_UNKNOWN
    assert outcome(sent("choices", "building", choices=COVERS)) is Reason.WRONG_KIND


def test_choices_are_shown_by_their_labels() -> None:
    assert shown("choice", "theft", choices=COVERS) == "Furto e rapina"
    assert shown("choices", ["building", "theft"], choices=COVERS) == "Edificio, furto e rapina"


def test_what_is_a_name_keeps_its_capital_within_a_list() -> None:
    banks = choices(one="Banca Demo", two="Un’altra", three="PEC", four="Poste Demo")
    assert shown("choices", ["one", "two", "three", "four"], choices=banks) == "Banca Demo, un’altra, PEC, Poste Demo"
    assert shown("choices", [], choices=banks) == "–"
    liability = choices(theft="Theft", liability="Damage I do to others")
    assert shown("choices", ["theft", "liability"], "en", choices=liability) == "Theft, damage I do to others"
