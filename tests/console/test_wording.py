"""The desk's words: the same in each language, each used, and none missing for what can happen."""

import re
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

import console
from console.wording import Wording, load_words
from rules.access import Role
from rules.issuance import FIELDS
from rules.languages import LANGUAGES
from rules.refusals import Reason, Refused
from rules.submissions import Act, State

ROOM = Path(console.__file__).parent
SOURCES = "\n".join(
    path.read_text(encoding="utf-8") for folder in (ROOM, ROOM / "pages", ROOM / "templates") for path in sorted(folder.glob("*.[ph][yt]*"))
)
# Branches that are looked up by a value: a state, an act, a role, a refusal …
BY_VALUE = {
    "states", "acts", "kinds", "roles", "forms", "own_acts", "own_answers", "refused", "fields", "mail_kinds", "document_kinds", "topics", "buttons",
    "menu", "submission.identifiers", "queue.columns", "path.columns", "submission.offer_states", "sign_in", "second", "second_on", "second_off", "second_recovery", "told", "conversation.speakers", "contact.channels", "contact.times",
    "imports.encodings", "imports.outcomes", "imports.explained", "imports.conflicts", "imports.decisions", "imports.problems",
    "exports.subjects", "exports.aims", "exports.formats", "exports.kinds", "exports.deadlines", "erasures.who", "failed", "prepare.kinds", "prepare.sources",
    "reveal.reasons", "messages.errors", "checks.wanted", "checks.columns", "checks.asked", "checks.closed", "sync.kinds", "sync.modes", "sync.batches", "sync.changes", "sync.columns", "sync.buttons", "sync.errors",
    "record.whose", "record.whats", "record.who", "record.columns", "record.facts", "record.values", "record.reasons", "record.acts",
}  # fmt: skip


WAITS = {
    "it": ["0 min", "59 min", "3 h 5 min", "2 g 1 h"],
    "en": ["0 min", "59 min", "3 h 5 min", "2 d 1 h"],
    "es": ["0 min", "59 min", "3 h 5 min", "2 d 1 h"],
    "ru": ["0 мин", "59 мин", "3 ч 5 мин", "2 д 1 ч"],
    "fa": ["۰ دقیقه", "۵۹ دقیقه", "۳ ساعت و ۵ دقیقه", "۲ روز و ۱ ساعت"],
    "zh": ["0 分钟", "59 分钟", "3 小时 5 分钟", "2 天 1 小时"],
}


def leaves(words, before=""):
    found = {}
    for key, value in words.items():
        path = f"{before}{key}"
        found |= leaves(value, f"{path}.") if isinstance(value, dict) else {path: value}
    return found


@pytest.fixture(params=LANGUAGES)
def words(request):
    return Wording(request.param, ZoneInfo("Europe/Rome"), "EUR")


def test_every_language_says_the_same_things_with_the_same_facts():
    italian, english = (leaves(load_words(language)) for language in ("it", "en"))
    assert set(italian) == set(english)
    for key in italian:
        assert set(re.findall(r"\{\w+\}", italian[key])) == set(re.findall(r"\{\w+\}", english[key])), key


def test_every_sentence_is_used():
    unused = []
    for key in leaves(load_words("it")):
        plural = key.removesuffix(".one").removesuffix(".other")
        is_by_value = any(key.startswith(f"{branch}.") for branch in BY_VALUE)
        if not is_by_value and not re.search(rf"""["']{re.escape(plural)}["']""", SOURCES):
            unused.append(key)
    assert unused == []


def test_there_is_a_word_for_every_state_act_role_and_field(words):
    for branch, kind in (("states", State), ("acts", Act), ("roles", Role)):
        assert {each.value for each in kind} <= set(words.of(branch)), branch
    assert set(FIELDS) | {"confirmation"} <= set(words.of("fields"))


def test_what_was_answered_is_said_by_nouns_that_fit_any_title():
    """A participle would need the gender of the title before it, which a broker may have written."""
    for language, told in {
        "it": ["accettazione", "rifiuto", "conferma", "revoca"],
        "es": ["aceptación", "rechazo", "confirmación", "retirada"],
    }.items():
        answers = load_words(language)["own_answers"]
        assert [answers[answer] for answer in ("accept", "refuse", "confirm", "withdrawn")] == told
    leads = {language: load_words(language)["submission"]["lead"] for language in ("it", "es", "ru")}
    assert leads == {
        "it": "{title}, conferma in data {at}.",
        "es": "{title}, confirmación del {at}.",
        "ru": "{title}, подтверждение от {at}.",
    }


def test_colleague_and_customer_read_the_same_word_for_a_review(words):
    area = yaml.safe_load((ROOM.parent / "bots" / "web" / "client_area" / "words" / f"{words.language}.yaml").read_text(encoding="utf-8"))
    assert area["states"]["in_review"] == words.of("states")["in_review"]


def test_an_iban_has_one_name_in_persian():
    assert [key for key, text in leaves(load_words("fa")).items() if "شبا" in text] == []


def test_a_missing_module_is_called_by_its_title():
    words = Wording("it", ZoneInfo("Europe/Rome"), "EUR", {"needs": "Le tue esigenze"})
    refused = Refused(Reason.MISSING_FOR_ISSUE, fields=["insured_sex", "modules.needs"])
    assert words.refusal(refused) == "Non si può emettere. Manca: sesso dell’assicurato, Le tue esigenze."


def test_every_refusal_that_actions_raise_has_its_sentence(words):
    raised = set(
        re.findall(
            r"Reason\.([A-Z_]+)",
            "".join((ROOM / f"{name}.py").read_text() for name in ("actions", "erasing", "messages", "reading", "syncing", "takeovers")),
        )
    )
    for name in raised | {"CLAIMED_BY_OTHER"}:
        said = words.refusal(Refused(Reason[name], fields=["confirmation"], max_length=500))
        assert "{" not in said
        assert said != words.of("refused")["not_possible_now"] or name == "NOT_POSSIBLE_NOW", name


def test_no_sentence_shouts_or_excuses_itself():
    for language in LANGUAGES:
        for key, text in leaves(load_words(language)).items():
            assert not re.search(r"!|\bOps\b|[Pp]urtroppo|[Uu]nfortunately", text), key


def test_waiting_is_said_as_people_say_it(words):
    told = [words.waits(span) for span in (timedelta(0), timedelta(minutes=59), timedelta(hours=3, minutes=5), timedelta(days=2, hours=1))]
    assert told == WAITS[words.language]
