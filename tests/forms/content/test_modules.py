"""The shipped modules: kind, occasion and answers of each, and what its text must say."""

import re
from datetime import date, timedelta

import pytest

from forms.modules import PublishedModule
from forms.types.characters import asks, is_han
from tests.forms.content.shipped import LANGUAGES, TODAY, catalogue

ONE = ("act",)
CHANNELS = ("act_email", "act_phone", "act_messenger", "act_post")
AGREE, READ, STATE = ("accept", "refuse"), ("seen",), ("confirm", "refuse")
TABLE = {
    "electronic_collection": ("authorisation", "before_card", ONE, AGREE),
    "privacy_insurance": ("notice", "before_card", ONE, READ),
    "privacy_marketing": ("consent", "after_card", CHANNELS, AGREE),
    "profiling": ("consent", "after_card", ONE, AGREE),
    "third_parties": ("consent", "after_card", ONE, AGREE),
    "mandate": ("authorisation", "after_card", ONE, AGREE),
    "precontractual": ("notice", "quote", ONE, READ),
    "needs": ("confirmation", "quote", ONE, STATE),
    "reticence": ("confirmation", "quote", ONE, STATE),
    "truth_commitment": ("confirmation", "never", ONE, STATE),
    "tax_248": ("confirmation", "never", ONE, STATE),
    "precontractual_7a": ("notice", "never", ONE, READ),
    "precontractual_7b": ("notice", "never", ONE, READ),
    "precontractual_annex_3": ("notice", "never", ONE, READ),
    "precontractual_annex_4": ("notice", "never", ONE, READ),
}
RETIRED = [code for code, (_, occasion, *_) in TABLE.items() if occasion == "never"]
LONG = ("truth_commitment", "electronic_collection", "privacy_insurance", "privacy_marketing", "mandate", "precontractual")
each_module = pytest.mark.parametrize("code", TABLE)


def published(code: str) -> PublishedModule:
    return catalogue().module(code)


@each_module
def test_kind_occasion_and_acts_are_the_contract_s(code: str):
    module = published(code).module
    kind, occasion, acts, values = TABLE[code]
    assert (module.kind, module.occasion) == (kind, occasion)
    assert {act.name: act.values for act in module.acts} == dict.fromkeys(acts, values)


def test_modules_in_force_are_asked_in_this_order():
    assert [module.code for module in catalogue().modules(TODAY)] == [code for code in TABLE if code not in RETIRED]


def test_the_retired_module_is_never_asked_again():
    assert "tax_248" not in {module.code for module in catalogue().modules(TODAY)}
    assert published("tax_248").module.valid_until == "2008-06-25"


def test_the_history_of_the_precontractual_papers_has_no_gap():
    """7A and 7B, then annexes 3 and 4, then the MUP: each ends on the day before what took its place."""
    now, found = ["precontractual"], []
    while now:
        found.append(now)
        for code in now:
            ends = {published(old).module.valid_until for old in published(code).module.replaces}
            assert ends <= {(date.fromisoformat(published(code).module.valid_from) - timedelta(days=1)).isoformat()}
        now = [old for code in now for old in published(code).module.replaces]
    assert found == [["precontractual"], ["precontractual_annex_3", "precontractual_annex_4"], ["precontractual_7a", "precontractual_7b"]]


def test_each_kind_of_act_has_its_own_rules():
    """S0-15: what blocks, what may be taken back, when it is asked again."""
    kinds = catalogue().kinds
    assert [name for name, kind in kinds.items() if kind.withdraw] == ["authorisation", "consent"]
    assert [name for name, kind in kinds.items() if not kind.blocks] == ["consent"]
    assert [name for name, kind in kinds.items() if kind.lapses] == ["consent"]
    assert [name for name, kind in kinds.items() if kind.again == "each_time"] == ["confirmation"]
    assert "refuse" not in kinds["notice"].answers


def test_only_the_refusal_of_electronic_collection_ends_the_journey():
    assert [code for code in TABLE if published(code).module.needed_to_go_on] == ["electronic_collection"]


def test_no_consent_is_a_condition_of_a_policy():
    for code, (kind, *_) in TABLE.items():
        assert kind != "consent" or not published(code).module.needed_to_issue


def test_retention_follows_the_domain():
    months = {code: published(code).module.retention_months for code in TABLE}
    assert months["privacy_marketing"] == 24
    assert months["profiling"] == 12
    assert months["electronic_collection"] == 120
    assert all(months[code] >= 60 for code in ("mandate", "precontractual", "needs", "reticence"))


@each_module
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_says_that_it_is_a_draft(code: str, language: str):
    assert DRAFT[language] in published(code).text(language)


DRAFT = {
    "it": "BOZZA: testo dimostrativo, non rivisto da un legale",
    "en": "DRAFT - not reviewed by counsel",
    "es": "BORRADOR: texto de demostración, no revisado por un jurista",
    "ru": "ЧЕРНОВИК: демонстрационный текст, юристом не проверен",
    "fa": "پیش‌نویس: متن نمایشی است و حقوق‌دان آن را بازبینی نکرده است",
    "zh": "草稿：演示文本，未经法律专业人士审核",
}


@each_module
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_parts(code: str, language: str):
    italian, other = (published(code).text(tongue) for tongue in ("it", language))
    for sign in ("## ", "- "):
        assert len(re.findall(f"^{sign}", italian, re.MULTILINE)) == len(re.findall(f"^{sign}", other, re.MULTILINE))


SIGNS_OF_A_WORD = 1.6
"""Chinese signs in which our texts say what one Italian word says."""


@each_module
@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_of_a_length_that_people_read(code: str, language: str):
    text = published(code).text(language)
    count = int(sum(map(is_han, text)) / SIGNS_OF_A_WORD) if language == "zh" else len(text.split())
    assert (200 <= count <= 600) if code in LONG else (60 <= count <= 220)


@each_module
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_has_its_words_and_nobody_shouts(code: str, language: str):
    module = published(code)
    said = module.words[language]
    for act in module.module.acts:
        assert set(said.acts[act.name].answers) == set(act.values)
        assert asks(said.acts[act.name].ask[-1])
    assert "!" not in module.text(language) + said.lead
    assert "'" not in module.text(language) + said.lead


def test_consents_and_authorisations_say_how_to_take_them_back():
    for code, (kind, *_) in TABLE.items():
        for language in LANGUAGES:
            assert kind not in {"consent", "authorisation"} or published(code).words[language].withdraw, code


def test_electronic_collection_is_no_marketing_consent():
    assert "Non è un consenso alla pubblicità" in published("electronic_collection").text("it")
    assert "not a consent to advertising" in published("electronic_collection").text("en")


@pytest.mark.parametrize(
    "content",
    ["titolare", "responsabile della protezione dei dati", "art. 6", "legittimo interesse", "profilazione", "rifiuto automatico", "compagnie", "Spazio economico europeo",
     "dodici mesi", "cinque anni", "rettifica", "portabilità", "opporti", "revocare", "Garante", "Se non ci dai i dati"],
)  # fmt: skip
def test_the_privacy_notice_holds_what_article_13_asks(content: str):
    assert content in published("privacy_insurance").text("it")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_short_notice_stands_by_itself(language: str):
    lead = published("privacy_insurance").words[language].lead
    assert 8 <= len([line for line in lead.splitlines() if line]) <= 14
    assert "Garante" in lead
    assert PROFILING[language] in lead


PROFILING = {"it": "profilazione", "en": "profiling", "es": "perfiles", "ru": "профилирование", "fa": "نمایه‌سازی", "zh": "画像"}


def test_the_present_versions_begin_in_november_2026():
    for code in TABLE:
        if code not in RETIRED:
            assert date.fromisoformat(published(code).module.valid_from) == date(2026, 11, 1)
