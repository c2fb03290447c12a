"""Modules and forms that change while customers come and go."""

import shutil
from dataclasses import replace
from pathlib import Path

from dialogs.effects import RecordAct
from forms.catalogue import Catalogue, load_catalogue, make_edition
from forms.files import SHIPPED
from forms.modules import PublishedModule
from tests.dialogs.driver import EMAIL, HOME, PERSON, Talk, registered

MARKETING = "modules.privacy_marketing.act_email"


def with_second_version(forms: Catalogue, change: str) -> Catalogue:
    old = forms.module("privacy_marketing")
    module = old.module.model_copy(update={"version": "2", "valid_from": "2026-11-20", "change": change})
    new = PublishedModule(module, old.words, {language: f"{text}\n\nNuovo." for language, text in old.texts.items()})
    return replace(forms, published={**forms.published, ("privacy_marketing", "2"): new}, _in_force={})


def test_only_a_module_whose_text_changed_is_asked_again_and_says_so(forms: Catalogue) -> None:
    registry = registered(forms).registry
    talk = Talk(with_second_version(forms, "material"), registry=registry)
    talk.play(HOME, until=MARKETING)
    assert talk.ask.path == MARKETING
    assert "22 novembre 2026" in talk.texts[-2] or any("22 novembre 2026" in text for text in talk.texts)
    talk.play({**HOME, **PERSON, "journey.goal": "quote_home"}, until="quote_home.card_confirm")
    asked = [path for path in talk.asked if path.startswith("modules.")]
    assert set(asked) == {f"modules.privacy_marketing.{act}" for act in ("act_email", "act_phone", "act_messenger", "act_post")}


def test_an_editorial_change_asks_nothing_again(forms: Catalogue) -> None:
    talk = Talk(with_second_version(forms, "editorial"), registry=registered(forms).registry)
    talk.play(HOME, until="quote_home.card_confirm")
    assert not [path for path in talk.asked if path.startswith("modules.")]


def test_a_text_that_changes_while_it_is_shown_is_shown_again(forms: Catalogue) -> None:
    talk = Talk(forms)
    talk.play(PERSON, until=MARKETING)
    talk.catalogue = with_second_version(forms, "material")
    assert talk.answer("accept").conflict
    assert MARKETING not in talk.state.acts
    talk.answer("accept")
    assert talk.state.acts[MARKETING].version == "2"


def changed_form(forms: Catalogue, *, keep_old: bool) -> Catalogue:
    edition = forms.editions["registration_person"]
    form = edition.form.form
    identity = form.sections[0]
    items = tuple(
        item.model_copy(update={"choices": ("female",)}) if getattr(item, "name", "") == "sex" else item for item in identity.items
    )
    new = make_edition(
        form.model_copy(update={"sections": (identity.model_copy(update={"items": items}), *form.sections[1:])}), edition.words
    )
    frozen = {("registration_person", edition.form.version): edition} if keep_old else {}
    return replace(forms, editions={**forms.editions, "registration_person": new}, frozen=frozen)


def test_a_conversation_keeps_the_form_it_began_with(forms: Catalogue) -> None:
    talk = Talk(forms)
    talk.play(PERSON, until="registration_person.identity.sex")
    talk.catalogue = changed_form(forms, keep_old=True)
    talk.command("help")
    assert len(talk.ask.choices or ()) == 2


def test_where_the_old_form_is_gone_answers_that_still_fit_carry_over(forms: Catalogue) -> None:
    talk = Talk(forms)
    talk.play(
        {**PERSON, "registration_person.identity.sex": "male", "registration_person.identity.tax_code": "x"},
        until="registration_person.identity.tax_code",
    )
    talk.catalogue = changed_form(forms, keep_old=False)
    talk.command("help")
    assert any("questionario è cambiato" in text for text in talk.texts)
    assert talk.ask.path == "registration_person.identity.sex"
    assert talk.state.answers["registration_person.identity.family_name"] == "Esempio"


def test_the_bound_address_survives_a_change_of_form(forms: Catalogue) -> None:
    talk = Talk(forms)
    talk.play(PERSON, until="registration_person.work.occupation")
    talk.catalogue = changed_form(forms, keep_old=False)
    talk.command("help")
    assert talk.state.answers["registration_person.identity.email"] == EMAIL
    assert talk.ask.path == "registration_person.identity.confirm"


def test_a_notice_published_anew_in_the_brokers_folder_is_the_only_one_shown_again(forms: Catalogue, tmp_path: Path) -> None:
    registry = registered(forms).registry
    old, new = SHIPPED / "modules" / "privacy_insurance" / "1", tmp_path / "modules" / "privacy_insurance" / "2"
    shutil.copytree(old, new)
    about = (new / "module.yaml").read_text().replace('version: "1"', 'version: "2"').replace("2026-11-01", "2026-11-20")
    (new / "module.yaml").write_text(about)
    (new / "it.md").write_text((old / "it.md").read_text() + "\nParagrafo nuovo.\n")
    talk = Talk(load_catalogue(tmp_path), registry=registry)
    talk.play({**PERSON, **HOME}, until="modules.privacy_insurance.act")
    assert any("Paragrafo nuovo." in text for text in talk.texts)
    assert any("Da allora il testo è cambiato" in text for text in talk.texts)
    talk.answer("seen")
    assert talk.ask.path == "quote_home.card_confirm"
    [act] = [act for act in talk.effects if isinstance(act, RecordAct)]
    assert (act.module, act.version) == ("privacy_insurance", "2")


def test_a_language_learned_since_carries_over_to_the_version_that_has_it(forms: Catalogue) -> None:
    edition = forms.editions["registration_person"]
    old = make_edition(edition.form.form, {"it": edition.words["it"]})
    talk = Talk(replace(forms, editions={**forms.editions, "registration_person": old}))
    talk.play(PERSON, until="registration_person.identity.sex")
    talk.catalogue = replace(forms, frozen={("registration_person", old.form.version): old})
    talk.command("language", "en")
    assert talk.ask.path == "registration_person.identity.sex"
    talk.answer("female")
    assert talk.state.answers["registration_person.identity.family_name"] == "Esempio"
    talk.play(PERSON)
    assert talk.ask.path == "journey.goal"
