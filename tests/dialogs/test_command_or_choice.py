"""Words that are a command and a choice: the label of a choice is always the answer, what else could be both is asked about."""

from collections.abc import Iterator

import pytest
from msgspec import structs

from dialogs import engine, phrases, wording
from dialogs.effects import AskForPerson
from dialogs.events import TextSaid
from dialogs.journey import IN_AREA
from dialogs.messages import Ask
from dialogs.outcome import Outcome
from dialogs.state import State
from forms.catalogue import Catalogue
from forms.types.characters import fold
from forms.types.vocabulary import languages
from tests.dialogs.driver import HOME, PERSON, Script, Talk, at, quoting

ALL_NEEDS = ["building", "contents", "theft", "liability", "natural_disasters", "legal", "assistance"]
SCRIPTS: tuple[Script, ...] = (
    PERSON,
    HOME,
    {
        **HOME,
        "quote_home.needs.need": ALL_NEEDS,
        "quote_home.building.dwelling": "detached",
        "quote_home.insured.insured_is_policyholder": False,
    },
)
IS_A_PERSON = {
    "it": ("una persona", "sì", "no"), "en": ("a person", "yes", "no"), "es": ("una persona", "sí", "no"), "ru": ("человек", "да", "нет"),
    "fa": ("یک نفر", "بله", "خیر"), "zh": ("真人", "是", "不是"),
}  # fmt: skip


class Labels(Talk):
    """Types every label of every choice on the way, as if nothing had come of it."""

    def __init__(self, forms: Catalogue, language: str) -> None:
        self.wrong: list[tuple[str, str]] = []
        self.typed = 0
        super().__init__(forms, language, languages=tuple(dict.fromkeys((language, "it", "en"))))

    def _play_one(self, ask: Ask, script: Script) -> bool:
        for choice in ask.choices or ():
            self.typed += 1
            if not is_answer(self.state, self._said(choice["label"], ask), ask.path, choice["value"]):
                self.wrong.append((ask.path, choice["label"]))
        return super()._play_one(ask, script)

    def _said(self, text: str, ask: Ask) -> Outcome:
        known = self.registry.parties.get(self.email) if self.email else None
        return engine.step(self.state, TextSaid(text, ask.shown), self.catalogue, structs.replace(self.circumstances, known=known))


def is_answer(before: State, outcome: Outcome, path: str, value: str) -> bool:
    after = outcome.state
    if after.pending is not None:
        return after.pending.kind == "doubt"
    if path == "journey.goal":
        led_to = {"modules": "consents", "human": "contact"}.get(
            value, value
        )  # where there are none yet that is said, as a complaint's address is
        return led_to in {after.goal, after.detour} or (value in {"complaint", "modules", *IN_AREA} and after.detour is None)
    if path.startswith("modules.") and value == "refuse" and not after.given:
        return bool(outcome.effects)  # of a newcomer who refuses electronic collection nothing stays
    kept = after.answers.get(path)
    return (kept in (value, [value]) or path in after.given) and (after.skipped, after.detour) == (before.skipped, before.detour)


@pytest.mark.parametrize("language", languages())
def test_a_label_typed_to_the_letter_is_never_a_command(forms: Catalogue, language: str) -> None:
    talk = Labels(forms, language)
    for script in SCRIPTS:
        talk.play({**script, "journey.language": language})
        talk.command("menu")
    assert talk.typed > 150
    assert not talk.wrong


def labels(forms: Catalogue, language: str) -> Iterator[str]:
    for edition in forms.editions.values():
        yield from (label for told in edition.words[language].questions.values() for label in told.choices.values())
    for branch in ("goals", "party_kinds", "offer_answers"):
        yield from (wording.say(language, f"{branch}.{value}.label") for value in wording.words(language, branch))


@pytest.mark.parametrize("language", languages())
def test_only_known_labels_are_commands_too(forms: Catalogue, language: str) -> None:
    """Those the conversations above come by; a new one is to be looked at."""
    both = {fold(label) for label in labels(forms, language) if phrases.typed(label, language)}
    same = {
        fold(wording.say(language, f"goals.{goal}.label")) for goal in ("modules", "human", "withdrawal")
    }  # the command and the choice are the same
    assert both <= {fold("Que me llamen"), fold("با من تماس بگیرید")} | same


@pytest.mark.parametrize("language", ["it", "en", "es"])
def test_a_person_may_want_to_register_as_one_or_to_talk_to_one(forms: Catalogue, language: str) -> None:
    words, yes, no = IS_A_PERSON[language]
    for said, led_to in ((no, "journey.email"), (yes, "contact.phone")):
        talk = Talk(forms, language, languages=(language,))
        talk.play({**PERSON, "journey.language": language}, until="journey.party_kind")
        talk.say(words)
        assert talk.ask.text == wording.say(language, "command_or_answer.human", {"text": words})
        talk.say(said)
        assert talk.ask.path == led_to


@pytest.mark.parametrize("language", [language for language in IS_A_PERSON if language in languages()])
def test_where_nothing_is_called_so_a_person_is_called_at_once(forms: Catalogue, language: str) -> None:
    talk = Talk(forms, language, languages=(language,))
    talk.say(IS_A_PERSON[language][0])
    assert talk.ask.path == "contact.phone" or talk.state.detour == "contact"


def test_what_could_be_a_choice_is_kept_after_a_no(forms: Catalogue) -> None:
    talk = quoting(forms, "quote_home.needs.need")
    talk.say("aiuto")
    assert talk.ask.type == "confirm"
    talk.say("no")
    assert talk.state.answers["quote_home.needs.need"] == ["assistance"]


@pytest.mark.parametrize("words", ["/una persona", "/operatore", "operatore"])
def test_a_slash_and_other_words_are_commands_as_ever(forms: Catalogue, words: str) -> None:
    talk = at(forms, "journey.party_kind")
    talk.say(words)
    assert talk.state.answers.get("journey.party_kind") is None


@pytest.mark.parametrize("language", [language for language in IS_A_PERSON if language in languages()])
def test_a_person_is_in_the_menu_and_called_by_its_words_at_once(forms: Catalogue, language: str) -> None:
    for words in (IS_A_PERSON[language][0], wording.say(language, "goals.human.label"), "human"):
        talk = Talk(forms, language, languages=(language,))
        talk.play({**PERSON, "journey.language": language}, until="journey.goal")
        talk.say(words)
        assert (talk.ask.path, len(talk.effects_of(AskForPerson))) == ("contact.phone", 1), words


def test_a_call_back_is_asked_for_in_words_from_the_menu(forms: Catalogue) -> None:
    talk = at(forms, "journey.goal")
    talk.say("richiamatemi")
    assert talk.ask.path == "contact.phone"
