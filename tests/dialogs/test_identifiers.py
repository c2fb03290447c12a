"""Customers of other countries, people and companies, are asked for the number they are known by at home and for their name as written there; nobody else is."""

import pytest

from forms.catalogue import Catalogue, load_catalogue
from tests.dialogs.driver import COMPANY, PERSON, Talk

IDENTITY = "registration_person.identity"
NUMBERS = {
    "IR": {"ir_own_name": ("نمونه دمو", "نمونه دمو"), "ir_national_code": ("۰۱۲-۳۴۵۶۷۸-۹", "0123456789")},
    "RU": {
        "ru_own_name": ("меня зовут Демо Пример Образцович", "Демо Пример Образцович"),
        "ru_inn": ("5001 0073 2259", "500100732259"),
        "ru_snils": ("112-233-445 95", "11223344595"),
    },
    "CN": {"cn_own_name": ("示例小明", "示例小明"), "cn_resident_id": ("110105198003120024", "110105198003120024")},
    "ES": {"es_nif": ("12345678-z", "12345678Z")},
}


FIRM = "registration_company.company"
OF_COMPANIES = {
    "IR": ("ir_org_id", "۱۰۳۸۰۲۸۴۷۹۰", "10380284790"),
    "RU": ("ru_org_inn", "7707 083 893", "7707083893"),
    "ES": ("es_org_nif", "a-13585625", "A13585625"),
    "CN": ("cn_uscc", "91110000600037341l", "91110000600037341L"),
}


@pytest.fixture(scope="module")
def abroad() -> Catalogue:
    return load_catalogue(countries=("it", "ir", "ru", "es", "cn"))


@pytest.mark.parametrize("country", NUMBERS)
def test_a_citizen_is_asked_for_name_and_number_of_home_and_may_write_them_as_at_home(abroad: Catalogue, country: str) -> None:
    talk = Talk(abroad)
    script = {**PERSON, f"{IDENTITY}.citizenship": country}
    for name, (typed, kept) in NUMBERS[country].items():
        talk.play(script, until=f"{IDENTITY}.{name}")
        assert talk.ask.path == f"{IDENTITY}.{name}"
        assert not talk.ask.required
        talk.say(typed)
        assert talk.state.answers[f"{IDENTITY}.{name}"] == kept
    assert talk.ask.path == f"{IDENTITY}.mobile"


def test_who_has_another_citizenship_is_asked_for_none_of_them(abroad: Catalogue) -> None:
    talk = Talk(abroad)
    talk.play(PERSON)
    names = {name for numbers in NUMBERS.values() for name in numbers}
    assert not [path for path in talk.asked if path.rpartition(".")[2] in names]


def test_a_wrong_number_is_refused_in_one_sentence_and_can_be_skipped(abroad: Catalogue) -> None:
    talk = Talk(abroad)
    talk.play({**PERSON, f"{IDENTITY}.citizenship": "RU"}, until=f"{IDENTITY}.ru_inn")
    talk.say("500100732258")
    assert talk.problems == ["L’ultimo segno di controllo non torna con gli altri. Ricontrolla il numero sul documento."]
    talk.say("7707083893")
    assert talk.problems == ["Questo numero ha 12 caratteri e qui ce ne sono 10. Ricopialo dal documento."]
    talk.say("salta")
    assert talk.ask.path == f"{IDENTITY}.ru_snils"


def test_a_number_that_says_another_day_of_birth_is_asked_about(abroad: Catalogue) -> None:
    talk = Talk(abroad)
    talk.play({**PERSON, f"{IDENTITY}.citizenship": "CN"}, until=f"{IDENTITY}.cn_resident_id")
    talk.say("11010519491231002X")
    assert talk.ask.type == "confirm"
    assert "31 dicembre 1949" in talk.ask.text
    assert "12 marzo 1980" in talk.ask.text
    talk.say("sì")
    assert talk.state.answers[f"{IDENTITY}.cn_resident_id"] == "11010519491231002X"


@pytest.mark.parametrize("country", OF_COMPANIES)
def test_a_company_founded_abroad_is_asked_for_its_number_there(abroad: Catalogue, country: str) -> None:
    name, typed, kept = OF_COMPANIES[country]
    talk = Talk(abroad)
    talk.play({**COMPANY, f"{FIRM}.legal_form": "foreign", f"{FIRM}.registered_in": country}, until=f"{FIRM}.{name}")
    assert (talk.ask.path, talk.ask.required) == (f"{FIRM}.{name}", False)
    talk.say(typed)
    assert talk.state.answers[f"{FIRM}.{name}"] == kept
    assert talk.ask.path == f"{FIRM}.incorporated_on"


def test_a_company_of_any_other_country_is_asked_for_none(abroad: Catalogue) -> None:
    asked = []
    for more in ({}, {f"{FIRM}.legal_form": "foreign", f"{FIRM}.registered_in": "FR"}):
        talk = Talk(abroad)
        talk.play({**COMPANY, **more}, until=f"{FIRM}.emails_other.more")
        asked += talk.asked
    assert asked.count(f"{FIRM}.registered_in") == 1
    assert not {f"{FIRM}.{name}" for name, _, _ in OF_COMPANIES.values()} & set(asked)


def test_what_was_founded_in_italy_is_no_foreign_company(abroad: Catalogue) -> None:
    talk = Talk(abroad)
    talk.play({**COMPANY, f"{FIRM}.legal_form": "foreign"}, until=f"{FIRM}.registered_in")
    talk.say("Italia")
    assert talk.problems == ["Se è stata costituita in Italia non è una società estera. Correggi prima la forma giuridica."]
