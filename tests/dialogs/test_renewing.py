"""S0-19, S0-20: asked again is exactly what changed in substance, with its difference; other words are only told."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialogs.effects import RecordAct
from forms.catalogue import Catalogue
from forms.modules import PublishedModule
from forms.types.showing import in_digits
from rules.languages import LANGUAGES
from tests.dialogs.driver import HOME, PERSON, Registry, Script, Talk, registered
from tests.forms.content.shipped import catalogue_in_all

pytestmark = pytest.mark.slow

ONCE = ("electronic_collection", "privacy_insurance", "privacy_marketing", "profiling", "third_parties", "mandate")
MARKETING = "modules.privacy_marketing.act_email"
AGAIN: Script = {**PERSON, **HOME}
OLD, NEW = "Per 24 mesi da quando acconsenti", "Per 12 mesi da quando acconsenti"


def published_anew(forms: Catalogue, changes: Mapping[str, tuple[str, ...]], old: str = "", new: str = "\n\nNuovo.") -> Catalogue:
    """Further versions of these modules, one for each change, some days after each other."""
    found = dict(forms.published)
    for code, kinds in changes.items():
        last = forms.module(code)
        for number, change in enumerate(kinds, start=2):
            about = {"version": str(number), "valid_from": f"2026-11-{number + 10}", "change": change}
            texts = {language: text.replace(old, new) if old else f"{text}{new}" for language, text in last.texts.items()}
            last = PublishedModule(last.module.model_copy(update=about), last.words, texts)
            found[code, last.version] = last
    return replace(forms, published=found, _in_force={})


@pytest.fixture(scope="module")
def customer(forms: Catalogue) -> Registry:
    return registered(forms).registry


def quoting(forms: Catalogue, customer: Registry, **changes: object) -> Talk:
    talk = Talk(forms, registry=Registry(dict(customer.parties)), **changes)
    talk.play(AGAIN | {"journey.goal": "quote_home"}, until="quote_home.card_confirm")
    return talk


def told(talk: Talk) -> set[str]:
    return {act.module for act in talk.effects_of(RecordAct) if act.answer == "told"}


CHANGES = st.dictionaries(st.sampled_from(ONCE), st.lists(st.sampled_from(("material", "editorial")), min_size=1, max_size=2).map(tuple))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES)
def test_asked_again_is_exactly_what_changed_in_substance(
    forms: Catalogue, customer: Registry, changes: dict[str, tuple[str, ...]]
) -> None:
    catalogue = published_anew(forms, changes)
    talk = quoting(catalogue, customer)
    asked = [path.split(".")[1] for path in talk.asked if path.startswith("modules.")]
    material = [code for code in ONCE if "material" in changes.get(code, ())]
    assert set(asked) == set(material)
    assert len(asked) == sum(len(forms.module(code).module.acts) for code in material), "each act once"
    assert told(talk) == set(changes) - set(material)
    again = quoting(catalogue, talk.registry)
    assert not [path for path in again.asked if path.startswith("modules.")]
    assert not told(again), "what was told once is not told again"


def test_the_difference_stands_above_the_whole_text_in_words(forms: Catalogue, customer: Registry) -> None:
    talk = Talk(published_anew(forms, {"privacy_marketing": ("material",)}, OLD, NEW), registry=Registry(dict(customer.parties)))
    talk.play(AGAIN | {"journey.goal": "quote_home"}, until=MARKETING)
    difference, whole = [message["text"] for message in talk.messages if message["kind"] == "notice"]
    assert str(difference).startswith("Che cosa è cambiato, dalla versione 1 alla 2\n\nPrima: Per 24 mesi")
    assert "\n\nAdesso: Per 12 mesi" in str(difference)
    assert str(difference).count("\n\n") == 2, "nothing else"
    assert NEW in str(whole)
    assert any("Il 22 novembre 2026 avevi già risposto" in text for text in talk.texts)


def test_the_act_is_bound_to_the_difference_too(forms: Catalogue, customer: Registry) -> None:
    catalogue = published_anew(forms, {"privacy_marketing": ("material",)}, OLD, NEW)
    talk = Talk(catalogue, registry=Registry(dict(customer.parties)))
    talk.play(AGAIN | {"journey.goal": "quote_home"}, until=MARKETING)
    newcomer = Talk(catalogue)
    newcomer.play(PERSON, until=MARKETING)
    assert talk.ask.shown != newcomer.ask.shown
    assert not [message for message in newcomer.messages if "Che cosa è cambiato" in str(message["text"])]


def test_who_skipped_a_version_sees_all_that_changed_since_their_own_act(forms: Catalogue, customer: Registry) -> None:
    catalogue = published_anew(forms, {"mandate": ("material", "editorial")})
    talk = Talk(catalogue, registry=Registry(dict(customer.parties)))
    talk.play(AGAIN | {"journey.goal": "quote_home"}, until="modules.mandate.act")
    [difference] = [str(message["text"]) for message in talk.messages if "Che cosa è cambiato" in str(message["text"])]
    assert "dalla versione 1 alla 3" in difference
    assert difference.count("Aggiunto: Nuovo.") == 2


def test_other_words_are_told_with_the_versions_and_asked_nothing(forms: Catalogue, customer: Registry) -> None:
    talk = Talk(published_anew(forms, {"mandate": ("editorial",)}), registry=Registry(dict(customer.parties)))
    talk.play({**AGAIN, "journey.goal": "quote_home"}, until="journey.email_code")
    talk.answer(AGAIN["journey.email_code"])
    assert any("versione 1, ora 2" in text and "vale ancora" in text for text in talk.texts)
    assert talk.ask.path == "quote_home.card_confirm"
    [act] = [act for act in talk.effects_of(RecordAct) if act.answer == "told"]
    assert (act.question, act.kind, act.version) == ("modules.mandate.told", "notice", "2")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_difference_is_told_in_every_language(customer: Registry, language: str) -> None:
    catalogue = published_anew(catalogue_in_all(), {"mandate": ("material",)})
    talk = Talk(catalogue, registry=Registry(dict(customer.parties)), languages=LANGUAGES)
    talk.play({**AGAIN, "journey.language": language, "journey.goal": "quote_home"}, until="modules.mandate.act")
    [told] = [message for message in talk.messages if message["kind"] == "notice" and "Nuovo." in str(message["text"])][:1]
    assert in_digits("1", language) in str(told["text"]).partition("\n")[0]
    assert in_digits("2", language) in str(told["text"]).partition("\n")[0]


def test_a_yes_too_old_says_why_it_is_asked_again(forms: Catalogue) -> None:
    talk = Talk(forms)
    talk.play({**PERSON, "modules.profiling.act": "accept"})
    again = Talk(forms, registry=talk.registry)
    again.wait(days=400)
    again.play({**AGAIN, "journey.goal": "quote_home"}, until="modules.profiling.act")
    assert any("Il 22 novembre 2026 avevi detto sì" in text for text in again.texts)
