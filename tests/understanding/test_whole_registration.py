"""A whole registration typed in each language, from the language to the confirmation."""

import pytest

from dialogs.effects import Suspend
from forms.catalogue import Catalogue
from forms.types.vocabulary import languages
from tests.dialogs.driver import Talk

pytestmark = pytest.mark.slow

IDENTITY, DOCUMENT, HOME = (f"registration_person.{section}" for section in ("identity", "document", "residence"))
ALIKE = {
    "journey.email": "demetra@example.org",
    "journey.email_code": "246810",
    f"{IDENTITY}.family_name": "Esempio",
    f"{IDENTITY}.given_name": "Demetra",
    f"{IDENTITY}.tax_code": "SMPDTR80C52F839N",
    f"{IDENTITY}.mobile": "+39 333 1234567",
    f"{DOCUMENT}.document_number": "YA0000000",
    f"{DOCUMENT}.document_issuer": "Questura di Napoli",
    f"{HOME}.street": "Via dell’Esempio",
    f"{HOME}.house_number": "45",
    f"{HOME}.postcode": "80134",
}
OWN = (
    "journey.language", "journey.goal", "journey.party_kind", "modules.electronic_collection.act", "modules.privacy_insurance.act",
    f"{IDENTITY}.sex", f"{IDENTITY}.birth_date", f"{IDENTITY}.birth_country", f"{IDENTITY}.birth_municipality", f"{IDENTITY}.citizenship",
    f"{DOCUMENT}.document_kind", f"{DOCUMENT}.document_issued_on", f"{DOCUMENT}.document_expires_on", f"{HOME}.municipality",
    f"{HOME}.province", f"{HOME}.country", "registration_person.household.adults", "registration_person.household.minors",
    "registration_person.work.occupation", "registration_person.work.employment",
)  # fmt: skip
TYPED = {
    "es": ["español", "quiero registrarme", "como particular", "sí, acepto", "sí, lo he leído", "mujer", "12 de marzo de 1980", "Italia", "Nápoles", "italiana", "pasaporte",
           "10 de mayo de 2022", "9 de mayo de 2032", "Nápoles", "Nápoles", "Italia", "dos", "1", "Carpintera", "autónoma"],
    "ru": ["русский", "хочу зарегистрироваться", "как частное лицо", "да, согласна", "да, прочитала", "женский", "12 марта 1980 г.", "Италия", "Неаполь", "Италия", "паспорт",
           "10 мая 2022 г.", "9 мая 2032 года", "Неаполь", "Неаполь", "Италия", "двое", "один", "Плотник", "пенсионерка"],
    "zh": ["中文", "我要注册", "个人", "是的，我同意", "已阅读", "女", "1980年3月12日", "意大利", "那不勒斯", "意大利", "护照",
           "2022年5月10日", "2032年5月9日", "那不勒斯", "那不勒斯", "意大利", "两个人", "一个", "木匠", "退休"],
    "fa": ["فارسی", "ثبت نام", "شخص حقیقی", "بله، می‌پذیرم", "خواندم", "زن", "۱۲ مارس ۱۹۸۰", "ایتالیا", "ناپل", "ایتالیا", "گذرنامه",
           "۱۰ مه ۲۰۲۲", "۹ مه ۲۰۳۲", "ناپل", "ناپل", "ایتالیا", "دو نفر", "یک", "نجار", "بازنشسته"],
}  # fmt: skip
CONFIRM, REFUSE, SKIP = (
    dict(zip(("es", "ru", "zh", "fa"), words, strict=True))
    for words in (
        ("confirmo", "подтверждаю", "我确认", "تأیید می‌کنم"),
        ("no acepto", "не согласна", "我不同意", "نمی‌پذیرم"),
        ("saltar", "пропустить", "跳过", "بعدی"),
    )
)


@pytest.mark.parametrize("language", [language for language in TYPED if language in languages()])
def test_a_whole_registration_is_typed(forms: Catalogue, language: str) -> None:
    talk = Talk(forms, language, languages=(language, "it"))
    answers = {**ALIKE, **dict(zip(OWN, TYPED[language], strict=True)), "modules.mandate.act": CONFIRM[language]}
    for _ in range(80):
        path = talk.ask.path
        if path == "journey.goal" and talk.effects_of(Suspend):
            break
        other = SKIP if not talk.ask.required else CONFIRM if talk.ask.type == "confirm" else REFUSE
        typed = answers.get(path) or ("no" if path.endswith(".more") else other[language])
        talk.say(typed)
        assert not talk.problems, (path, typed, talk.problems)
    [suspended] = talk.effects_of(Suspend)
    assert suspended.language == language
    kept = {key.rpartition(".")[2]: value for key, value in suspended.answers.items()}
    assert (kept["birth_date"], kept["birth_municipality"], kept["municipality"], kept["province"]) == ("1980-03-12", "F839", "F839", "NA")
    assert (kept["sex"], kept["adults"], kept["minors"], kept["document_kind"]) == ("female", 2, 1, "passport")
