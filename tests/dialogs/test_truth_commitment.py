"""S4-27, S4-28: a commitment to true data before any data, asked only where a broker's folder switches it on."""

from datetime import timedelta
from pathlib import Path

import pytest

from dialogs.effects import RecordAct
from forms.catalogue import Catalogue, load_catalogue
from forms.files import SHIPPED, catalogue_folders
from forms.lint import lint
from forms.records import RECORD, write_records
from rules.consents import missing_modules
from rules.languages import LANGUAGES
from tests.dialogs.driver import HOME, NOW, PERSON, Talk, registered
from tests.forms.content.shipped import TODAY

COMMITMENT, MODULE = "modules.truth_commitment.act", "truth_commitment"
AT_EACH_REGISTRATION = {**PERSON, COMMITMENT: "confirm"}


def switched_on(folder: Path, **more: str) -> Path:
    """As docs/truth-commitment.md says: one file in the broker's folder."""
    ours = (SHIPPED / "modules" / MODULE / "1" / "module.yaml").read_text(encoding="utf-8")
    place = folder / "modules" / MODULE / "1" / "module.yaml"
    place.parent.mkdir(parents=True)
    lines = [f"{name}: {value}\n" for name, value in more.items()]
    place.write_text(ours.replace("occasion: never", "occasion: before_card") + "".join(lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def with_it(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return load_catalogue(switched_on(tmp_path_factory.mktemp("broker")), LANGUAGES)


def test_where_nobody_switches_it_on_it_is_asked_of_nobody(forms: Catalogue) -> None:
    assert COMMITMENT not in registered(forms).asked
    assert MODULE not in {module.code for module in forms.modules(TODAY)}


def test_s4_28_it_is_asked_before_any_data_and_after_what_they_are_for(with_it: Catalogue) -> None:
    talk = registered(with_it, AT_EACH_REGISTRATION)
    before = talk.asked[: talk.asked.index(COMMITMENT)]
    assert not [path for path in before if path.startswith("registration_person.")]
    assert before[-1] == "modules.privacy_insurance.act"


@pytest.mark.parametrize("language", LANGUAGES)
def test_s4_28_it_is_recorded_on_exactly_the_text_shown(with_it: Catalogue, language: str) -> None:
    talk = Talk(with_it, language, languages=LANGUAGES)
    talk.play({**AT_EACH_REGISTRATION, "journey.language": language}, until=COMMITMENT)
    shown = talk.ask.shown
    talk.answer("confirm")
    act = talk.effects_of(RecordAct)[-1]
    assert (act.module, act.kind, act.answer, act.shown) == (MODULE, "confirmation", "confirm", shown)
    assert act.text_sha256 == with_it.module(MODULE).text_sha256(language)


def test_refusing_it_is_recorded_and_stops_nobody(with_it: Catalogue) -> None:
    talk = registered(with_it, {**PERSON, COMMITMENT: "refuse"})
    assert [act.answer for act in talk.effects_of(RecordAct) if act.module == MODULE] == ["refuse"]


@pytest.mark.parametrize(("days", "is_asked"), [(364, False), (366, True)])
def test_s4_27_it_counts_for_a_year_and_is_then_made_anew_at_the_next_occasion(with_it: Catalogue, days: int, is_asked: bool) -> None:
    registry = registered(with_it, AT_EACH_REGISTRATION).registry
    talk = Talk(with_it, registry=registry, now=NOW + timedelta(days=days))
    talk.play({**AT_EACH_REGISTRATION, **HOME}, until="quote_home.card_confirm")
    assert (COMMITMENT in talk.asked) is is_asked


def test_s4_27_that_its_time_is_over_is_said(with_it: Catalogue) -> None:
    registry = registered(with_it, AT_EACH_REGISTRATION).registry
    talk = Talk(with_it, registry=registry, now=NOW + timedelta(days=366))
    talk.play({**AT_EACH_REGISTRATION, **HOME}, until=COMMITMENT)
    assert any("È passato il tempo per cui valeva" in text for text in talk.texts)


def test_a_broker_may_make_a_policy_wait_for_it(tmp_path: Path) -> None:
    from dialogs.known import needed_modules

    forms = load_catalogue(switched_on(tmp_path, needed_to_issue="true"))
    assert MODULE in missing_modules(needed_modules(forms, TODAY), [])


def test_switched_on_and_recorded_it_passes_the_lint(tmp_path: Path) -> None:
    switched_on(tmp_path)
    written, changed = write_records(catalogue_folders(tmp_path), TODAY)
    assert ([path.name for path in written], changed) == ([RECORD], [])
    assert [one for one in lint(tmp_path, today=TODAY) if one.file.is_relative_to(tmp_path)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_s0_27_it_takes_no_duty_from_the_agency(with_it: Catalogue, language: str) -> None:
    assert DILIGENCE[language] in with_it.module(MODULE).text(language)


DILIGENCE = {
    "it": "non toglie nessun dovere all’agenzia",
    "en": "takes no duty from the agency",
    "es": "no quita ningún deber a la agencia",
    "ru": "не снимает с агентства ни одной обязанности",
    "fa": "هیچ وظیفه‌ای را از نمایندگی برنمی‌دارد",
    "zh": "不免除机构的任何责任",
}


@pytest.mark.parametrize(
    "told",
    ["veri, completi", "A che cosa servono", "cifrati", "norme sulla privacy", "sei tu a correggerlo", "te li consegniamo", "dodici mesi"],
)
def test_it_holds_what_the_commitment_asks_for(with_it: Catalogue, told: str) -> None:
    """Truth, purposes, protection, compliance, errors fed back, return or destruction at the end, term and renewal."""
    assert told in with_it.module(MODULE).text("it")
