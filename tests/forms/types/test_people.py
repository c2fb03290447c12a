"""Names of people as they are said: "mi chiamo Demetra"."""

import pytest

from forms.types.base import Doubt, Read
from rules.refusals import Reason, Refused
from tests.forms.types.asking import typed


@pytest.mark.parametrize(
    ("language", "said", "name"),
    [
        ("it", "mi chiamo Demetra", "Demetra"),
        ("it", "Mi chiamo: Demetra.", "Demetra"),
        ("it", "sono Demetra", "Demetra"),
        ("it", "il mio nome è D’Angelo", "D’Angelo"),
        ("en", "my name is Demetra", "Demetra"),
        ("en", "I am Demetra", "Demetra"),
        ("en", "it's O'Neill", "O'Neill"),
        ("es", "me llamo María del Carmen", "María del Carmen"),
        ("es", "mis apellidos son García Lorca", "García Lorca"),
        ("ru", "моя фамилия Иванова", "Иванова"),
        ("ru", "моё имя — Алёна", "Алёна"),
        ("ru", "меня зовут Анна", "Анна"),
        ("zh", "我姓王", "王"),
        ("zh", "我叫王小明", "王小明"),
        ("zh", "姓王", "王"),
        ("fa", "نام خانوادگی من احمدی است", "احمدی"),
        ("fa", "من احمدی هستم", "احمدی"),
        ("it", "my name is Anna", "Anna"),
    ],
)
@pytest.mark.parametrize("question", ["owner_name", "ru_own_name"])
def test_words_around_a_name_are_no_part_of_it(language: str, said: str, name: str, question: str) -> None:
    assert typed("name", said, language, name=question) == Read(name)


@pytest.mark.parametrize(
    "name",
    ["Sono", "Soy", "Iam", "Sonora", "姓", "Сон", "Яна", "من", "Ciaolini", "Jr.", "Ana María de los Ángeles", "سید محمد علی احمدی", "叶"],
)
def test_a_name_stays_whole(name: str) -> None:
    assert typed("name", name, name="owner_name") == Read(name)


@pytest.mark.parametrize("question", ["family_name", "representative_given_name"])
@pytest.mark.parametrize(
    ("language", "said", "name"), [("ru", "моя фамилия Иванова", "Иванова"), ("zh", "我姓王", "王"), ("fa", "احمدی", "احمدی")]
)
def test_another_script_is_asked_about_where_the_document_has_latin_letters(language: str, said: str, name: str, question: str) -> None:
    assert typed("name", said, language, name=question) == Doubt(name, Reason.NAME_NOT_LATIN, {"guess": name})


@pytest.mark.parametrize(
    "name", ["D’Angelo", "Łukasiewicz", "Nguyễn", "Ana María", "Ó’Súilleabháin", "María del Carmen de la Torre y García"]
)
def test_latin_letters_have_many_signs(name: str) -> None:
    assert typed("name", name, name="family_name") == Read(name)


@pytest.mark.parametrize("said", ["12345", "333 1234567", "12/3/1980", "john@doe.com", "la mia mail è mario@rossi.it", "--"])
def test_a_number_and_an_address_are_no_name(said: str) -> None:
    assert typed("name", said, name="given_name") == Refused(Reason.NOT_A_NAME)


@pytest.mark.parametrize("said", ["Rossi 2", "quello da sposata?", "abito con i miei genitori e mia sorella"])
def test_what_is_hardly_a_name_is_asked_about(said: str) -> None:
    assert typed("name", said, name="given_name") == Doubt(said, Reason.NAME_UNLIKELY, {"guess": said})


def test_a_firm_is_called_as_it_likes() -> None:
    assert typed("name", "Sono S.r.l.", name="company_name") == Read("Sono S.r.l.")
    assert typed("name", "Ciao", name="company_name") == Read("Ciao")
    assert typed("name", "1492 S.r.l.", name="company_name") == Read("1492 S.r.l.")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("it", "ciao"), ("it", "Buongiorno!"), ("it", "voglio un preventivo"), ("it", "non ho un cognome"), ("en", "hello"),
        ("en", "I would like a quote"), ("es", "hola"), ("es", "quiero un presupuesto"), ("ru", "здравствуйте"), ("ru", "хочу полис"),
        ("zh", "你好"), ("zh", "我要报价"), ("fa", "سلام"), ("fa", "می‌خواهم بیمه کنم"),
    ],
)  # fmt: skip
def test_a_greeting_or_a_wish_is_asked_about(language: str, said: str) -> None:
    assert typed("name", said, language, name="family_name") == Doubt(said, Reason.NAME_UNLIKELY, {"guess": said})


@pytest.mark.parametrize(
    "said", ["Núñez <b>Peña</b>", "*Rossi*", "_Rossi_", "Rossi & figli", "[Rossi](https://example.org)", "Rossi=Bianchi"]
)
def test_signs_of_no_name_are_asked_about(said: str) -> None:
    reading = typed("name", said, name="family_name")
    assert isinstance(reading, Doubt)
    assert reading.reason is Reason.NAME_UNLIKELY


@pytest.mark.parametrize("said", ["D’Angelo", "O'Neill", "García-Lorca", "Müller (Meier)", "St. John", "N’Diaye"])
def test_signs_of_names_are_not(said: str) -> None:
    assert typed("name", said, name="family_name") == Read(said)
