"""Places by code, name or a part of it; homonyms told apart by their province."""

from typing import Any

import pytest

from forms.types.base import Candidates, Choice, Read
from forms.types.countries import belfiore_of_country, country_of_belfiore
from forms.types.municipalities import provinces, region_of
from forms.types.places import postcodes_of, province_of, search_municipalities
from rules.refusals import Reason
from tests.forms.types.asking import outcome, sent, shown, typed


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Roma", "H501"),
        ("h501", "H501"),
        ("roma (RM)", "H501"),
        ("Rome", "H501"),
        ("L'Aquila", "A345"),
        ("l aquila", "A345"),
        ("Reggio Emilia", "H223"),
        ("Reggio Calabria", "H224"),
        ("Bozen", "A952"),
        ("Bolzano/Bozen", "A952"),
        ("Castro (BG)", "C337"),
        ("castro bg", "C337"),
        ("Castro, provincia di Lecce", "M261"),
        ("forli'", "D704"),
    ],
)
def test_a_municipality_by_any_of_its_names(text: str, code: str) -> None:
    assert typed("municipality", text) == Read(code)
    assert sent("municipality", text) == Read(code)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Nápoles", "F839"),
        ("Милан", "F205"),
        ("милан", "F205"),
        ("罗马", "H501"),
        ("میلان", "F205"),
        ("ميلان", "F205"),
        ("Реджо-Эмилия", "H223"),
    ],
)
def test_a_capital_is_known_by_its_name_in_other_languages(text: str, code: str) -> None:
    assert typed("municipality", text) == Read(code)


@pytest.mark.parametrize(("text", "province"), [("Неаполь", "NA"), ("Milán", "MI"), ("佛罗伦萨", "FI"), ("رم", "RM")])
def test_so_is_its_province(text: str, province: str) -> None:
    assert typed("province", text) == Read(province)


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("Castro", {"Castro (BG)", "Castro (LE)"}),
        ("Livo", {"Livo (CO)", "Livo (TN)"}),
        ("Samone", {"Samone (TO)", "Samone (TN)"}),
        ("San Teodoro", {"San Teodoro (ME)", "San Teodoro (SS)"}),
    ],
)
def test_homonyms_are_told_apart_by_their_province(name: str, labels: set[str]) -> None:
    reading = typed("municipality", name)
    assert isinstance(reading, Candidates)
    assert {choice.label for choice in reading.choices} == labels
    for choice in reading.choices:
        assert typed("municipality", choice.label) == Read(choice.value)


def test_a_postcode_already_given_singles_out_a_homonym() -> None:
    assert typed("municipality", "Castro", facts={"postcode": "24063"}) == Read("C337")


def test_a_part_of_a_name_brings_candidates() -> None:
    reading = typed("municipality", "san gio")
    assert isinstance(reading, Candidates)
    assert len(reading.choices) == 8
    assert outcome(typed("municipality", "s giovanni rot")) == ("doubt", "H926", Reason.CHOICE_GUESSED)
    assert outcome(typed("municipality", "Milno"))[:2] == ("candidates", "F205")
    assert outcome(typed("municipality", "Atlantide Nuova")) is Reason.MUNICIPALITY_UNKNOWN


def test_births_may_be_in_municipalities_that_are_no_more() -> None:
    assert outcome(typed("municipality", "A021")) is Reason.MUNICIPALITY_UNKNOWN
    assert typed("municipality", "Acereto", name="birth_municipality") == Read("A021")
    assert shown("municipality", "A021") == "Acereto (BZ)"
    assert outcome(typed("municipality", "Acereto", name="birth_municipality", facts={"birth_date": "1980-01-01"})) != "A021"


def test_the_search_finds_names_beginning_so_first() -> None:
    assert [found.name for found in search_municipalities("milan", 1)] == ["Milano"]
    assert all(found.name.startswith("San G") for found in search_municipalities("san g", 8))
    assert search_municipalities("") == ()
    assert len(search_municipalities("san", 12)) == 12


def test_postcodes_and_provinces_of_a_municipality() -> None:
    assert "00185" in postcodes_of("H501")
    assert postcodes_of("Z999") == ()
    assert (province_of("H501"), province_of("Z999")) == ("RM", None)
    assert len(provinces()) == 107


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RM", "RM"),
        ("roma", "RM"),
        ("provincia di Bergamo", "BG"),
        ("Reggio Emilia", "RE"),
        ("Monza", "MB"),
        ("XX", Reason.PROVINCE_UNKNOWN),
    ],
)
def test_a_province_by_letters_or_name(text: str, expected: Any) -> None:
    assert outcome(typed("province", text)) == expected
    assert shown("province", "RM") == "Roma (RM)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IT", "IT"),
        ("ITA", "IT"),
        ("Italia", "IT"),
        ("Italy", "IT"),
        ("italiana", "IT"),
        ("Russia", "RU"),
        ("Cina", "CN"),
        ("Città del Vaticano", "VA"),
        ("Inghilterra", "GB"),
        ("Niger", "NE"),
        ("Atlantide", Reason.COUNTRY_UNKNOWN),
        ("EU", Reason.COUNTRY_UNKNOWN),
    ],
)
def test_a_country_by_code_name_or_nationality(text: str, expected: Any) -> None:
    assert outcome(typed("country", text)) == expected


def test_a_state_that_has_been_divided_is_asked_about() -> None:
    reading = typed("country", "Jugoslavia", "en")
    assert isinstance(reading, Candidates)
    assert Choice("HR", "Croatia") in reading.choices
    assert outcome(typed("country", "germ")) == ("doubt", "DE", Reason.CHOICE_GUESSED)


def test_countries_have_their_code_in_tax_codes() -> None:
    assert (belfiore_of_country("RU"), country_of_belfiore("Z154")) == ("Z154", "RU")
    assert belfiore_of_country("IT") is None
    assert (shown("country", "DE"), shown("country", "DE", "en")) == ("Germania", "Germany")


@pytest.mark.parametrize(
    ("text", "more", "expected"),
    [
        ("CAP 80134", {}, "80134"),
        ("80134 Napoli", {}, "80134"),
        ("00185", {}, "00185"),
        ("00 185", {}, "00185"),
        ("I-00185", {}, "00185"),
        ("٠٠١٨٥", {}, "00185"),
        ("185", {}, Reason.POSTCODE_FORM),
        ("SW1A 1AA", {}, Reason.POSTCODE_FORM),
        ("sw1a 1aa", {"facts": {"country": "GB"}}, "SW1A 1AA"),
        ("<b>", {"facts": {"country": "GB"}}, Reason.POSTCODE_NO_DIGITS),
        ("abc", {}, Reason.POSTCODE_NO_DIGITS),
        ("00000", {}, Reason.POSTCODE_UNKNOWN),
        ("80A134", {}, Reason.POSTCODE_UNKNOWN),
    ],
)
def test_a_postcode_has_five_digits_in_italy(text: str, more: dict[str, Any], expected: Any) -> None:
    assert outcome(typed("postcode", text, **more)) == expected


def test_every_province_lies_in_one_of_the_twenty_regions():
    assert {len(provinces()), len({region_of(province) for province in provinces()})} == {107, 20}
    assert (region_of("RM"), region_of("NO"), region_of("FU")) == ("Lazio", "Piemonte", None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Naples, Italy", "F839"), ("Milano Italia", "F205"), ("Torino 10122", "L219"), ("in Turin", "L219"), ("sono nata a Torino", "L219"),
        ("в Милане", "F205"), ("в Вероне", "L781"), ("в Генуе", "D969"), ("в Неаполе", "F839"), ("в Болонье", "A944"), ("во Флоренции", "D612"),
        ("в городе Турин", "L219"),
    ],
)  # fmt: skip
def test_a_town_is_read_as_it_stands_in_a_sentence(text: str, code: str) -> None:
    assert typed("municipality", text, name="birth_municipality") == Read(code)


@pytest.mark.parametrize("text", ["Paris, France", "Springfield, USA", "в лесу"])
def test_what_is_no_town_of_italy_stays_unknown(text: str) -> None:
    assert not isinstance(typed("municipality", text, name="birth_municipality"), Read)


@pytest.mark.parametrize(
    ("text", "code"), [("I was born in Italy", "IT"), ("родилась в Италии", "IT"), ("во Франции", "FR"), ("в Китае", "CN")]
)
def test_a_country_is_read_as_it_stands_in_a_sentence(text: str, code: str) -> None:
    assert typed("country", text) == Read(code)
