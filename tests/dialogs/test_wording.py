"""Every sentence in every language, and none that nobody says."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from string import Formatter

import pytest

from dialogs import phrases, wording
from dialogs.journey import IN_AREA, LEGS
from dialogs.wishes import HOUSE
from forms.cards import CARD_OF_FORM, CARDS
from forms.catalogue import Catalogue
from rules.refusals import Reason

SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in (Path(__file__).parents[2] / "dialogs").glob("*.py"))


def leaves(tree: object, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(tree, dict) and "other" not in tree:
        for key, value in tree.items():
            yield from leaves(value, f"{path}.{key}" if path else str(key))
    elif isinstance(tree, dict):
        yield path, str(tree["other"])
    else:
        yield path, str(tree)


def computed_keys() -> set[str]:
    """Keys put together at run time."""
    keys = {f"refusals.{reason.value}" for reason in Reason}
    keys |= {f"say.begin_{goal}" for goal in LEGS}
    keys |= {f"say.{goal}" for goal in IN_AREA}
    keys |= {f"say.suspended_{form}" for form in (*CARD_OF_FORM, "quote_home")}
    keys |= {f"say.offer_{answer}" for answer in ("accept", "refuse")}
    keys |= {f"commands.{command}" for command in phrases.COMMANDS}
    keys |= {f"command_or_answer.{command}" for command in phrases.COMMANDS}
    keys |= {
        f"view.steps.{form}"
        for form in (*CARD_OF_FORM, "quote_home", "offer_accept", "offer_refuse", "consents", "update_card", "withdrawal")
    }
    keys |= {f"{command}_verbs{where}" for command in ("change", "withdraw") for where in ("", "_last")}
    keys |= {f"difference.{what}" for what in ("removed", "added", "was", "now")}
    keys |= {f"talk.person_{what}" for what in ("leads", "idle", "names")}
    keys |= {f"talk.intents.{what}" for what in ("register", "quote_home", "elsewhere", "home", "insurance", "unsure")}
    keys |= {f"house.{about}.{part}" for about in HOUSE for part in ("asked", "answer")}
    keys |= {f"withdrawals.{what}" for what in ("sent", "which")}
    keys |= {f"consents.{what}" for what in ("withdraw", "give")}
    keys |= {f"prepared_kinds.{form}" for form in CARD_OF_FORM}
    for goal in (*LEGS, *IN_AREA, "modules", "contact", "complaint", "human", "returned", "withdrawal"):
        keys |= {f"goals.{goal}.{part}" for part in ("label", "description", "aliases")}
    for part in ("label", "description", "aliases"):
        keys |= {f"party_kinds.{kind}.{part}" for kind in CARDS}
        keys |= {f"withdrawals.{answer}.{part}" for answer in ("withdraw", "keep")}
        keys |= {f"offer_answers.accept.{part}", f"offer_answers.refuse.{part}"}
    return keys


def is_said(key: str) -> bool:
    head, _, rest = key.partition(".")
    if head == "ask":
        return re.search(rf'key="{rest.split(".")[0]}"', SOURCES) is not None
    if head in {"say", "summaries", "documents", "doubts"}:
        return f'"{rest}"' in SOURCES or (head == "doubts" and rest in {reason.value for reason in Reason})
    if head == "talk":
        return f'"{rest}"' in SOURCES
    return f'"{key}"' in SOURCES or f"'{key}'" in SOURCES


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_every_leaf_is_text(language: str) -> None:
    """YAML takes an unquoted no for a falsehood, and nobody could be told it."""
    for key, found in flat(wording.load(language)):
        assert all(isinstance(each, str) for each in (found if isinstance(found, list) else [found])), key
    assert wording.worded(language, value=False) == {"ru": "нет", "fa": "خیر", "zh": "否"}.get(language, "no")


def flat(tree: object, path: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from flat(value, f"{path}.{key}")
    else:
        yield path, tree


def test_no_key_is_missing_in_any_language() -> None:
    italian, english = (dict(leaves(wording.load(language))) for language in ("it", "en"))
    assert set(italian) == set(english)


def test_no_key_is_unused() -> None:
    keys = {key for key, _ in leaves(wording.load("it"))}
    assert sorted(key for key in keys - computed_keys() if not is_said(key)) == []


def test_every_key_said_in_the_code_is_worded() -> None:
    keys = {key for key, _ in leaves(wording.load("it"))}
    said = {f"say.{key}" for key in re.findall(r'\.say\("(\w+)"[,)]', SOURCES)}
    said |= {f"summaries.{key}" for key in re.findall(r'Summary\("(\w+)"', SOURCES)}
    said |= set(re.findall(r'wording\.say\([\w.]+, "([\w.]+)"', SOURCES))
    assert sorted(said - keys) == []


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_every_reason_has_a_sentence(language: str) -> None:
    for reason in Reason:
        assert wording.say(language, f"refusals.{reason.value}", {"count": 2}).strip()


def test_a_sentence_names_the_same_facts_in_every_language() -> None:
    def facts(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    italian, english = (dict(leaves(wording.load(language))) for language in ("it", "en"))
    assert [key for key in italian if facts(italian[key]) != facts(english[key])] == []


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_the_voice_has_no_exclamation_marks(language: str) -> None:
    assert [key for key, text in leaves(wording.load(language)) if "!" in text] == []


@pytest.mark.parametrize(
    ("language", "value", "shown"),
    [
        ("it", date(1980, 3, 12), "12 marzo 1980"),
        ("en", date(1980, 3, 12), "12 March 1980"),
        ("it", Decimal("1250.5"), "1.250,5"),
        ("en", 1250, "1,250"),
        ("it", ["a", "b", "c"], "a, b e c"),
        ("en", ["a", "b"], "a and b"),
        ("it", True, "sì"),
        ("en", None, ""),
        ("ru", ["a", "b", "c"], "a, b и c"),
        ("zh", ["甲", "乙", "丙"], "甲、乙和丙"),
        ("zh", date(1980, 3, 12), "1980年3月12日"),
        ("fa", 1250, "۱٬۲۵۰"),
        ("fa", Decimal("1250.5"), "۱٬۲۵۰٫۵"),
    ],
)
def test_facts_are_written_as_people_write_them(language: str, value: wording.Fact, shown: str) -> None:
    assert wording.worded(language, value) == shown


def test_a_latin_fact_keeps_its_order_in_a_sentence_from_the_right() -> None:
    assert "\u2068demo@example.org\u2069" in wording.say("fa", "ask.email_code.text", {"email": "demo@example.org"})
    assert "\u2068" not in wording.say("fa", "view.doing", {"number": 5, "of": 8})
    assert wording.say("fa", "view.doing", {"number": 5, "of": 8}).endswith("۵ از ۸")


def test_one_is_said_otherwise_than_many() -> None:
    assert "un tentativo" in wording.say("it", "refusals.code_wrong", {"left": 1, "count": 1})
    assert "3 tentativi" in wording.say("it", "refusals.code_wrong", {"left": 3, "count": 3})


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_none_is_said_otherwise_than_a_zero(language: str) -> None:
    assert not re.search(r"\d", wording.say(language, "say.waiting_before", {"count": 0}))
    assert re.search(r"\d", wording.say(language, "say.waiting_before", {"count": 1}))


def test_braces_in_what_a_customer_wrote_are_only_text() -> None:
    assert wording.say("it", "command_or_answer.back", {"text": "{email} {0} {x.y}"}).count("{email} {0} {x.y}") == 1


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_no_alias_means_two_commands(language: str) -> None:
    seen: dict[str, str] = {}
    for command in phrases.COMMANDS:
        for alias in wording.aliases(language, f"commands.{command}"):
            assert seen.setdefault(alias, command) == command


def test_every_form_of_the_catalogue_has_its_goal_worded(forms: Catalogue) -> None:
    assert set(forms.forms) >= {"registration_person", "quote_home"}
