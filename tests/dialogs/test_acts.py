"""Nothing is consented, confirmed or submitted but by an explicit act on the exact thing shown."""

import pytest

from dialogs.effects import RecordAct, Suspend
from forms.catalogue import Catalogue
from tests.dialogs.driver import PERSON, at

ACT = "modules.privacy_marketing.act_email"
CONFIRM = "registration_person.confirm"


@pytest.mark.parametrize("words", ["ok", "👍", "Sì, ma solo la privacy assicurativa", "va bene?", "boh", "mh", "okay dai"])
def test_a_vague_or_conditional_yes_is_asked_again_explicitly(forms: Catalogue, words: str) -> None:
    talk = at(forms, ACT)
    before = len(talk.effects)
    talk.say(words)
    assert talk.problems
    assert talk.ask.path == ACT
    assert any(forms.module("privacy_marketing").text("it") in text for text in talk.texts), "the exact thing is shown again"
    assert len(talk.effects) == before


@pytest.mark.parametrize(
    ("words", "answer"), [("sì", "accept"), ("si", "accept"), ("no", "refuse"), ("acconsento", "accept"), ("non acconsento", "refuse")]
)
def test_explicit_words_are_an_act(forms: Catalogue, words: str, answer: str) -> None:
    talk = at(forms, ACT)
    talk.say(words)
    assert [act.answer for act in talk.effects_of(RecordAct) if act.question == ACT] == [answer]


@pytest.mark.parametrize("path", [ACT, "registration_person.identity.confirm", CONFIRM])
@pytest.mark.parametrize("shown", [None, "0" * 64])
def test_a_typed_yes_without_what_is_shown_now_shows_it_again(forms: Catalogue, path: str, shown: str | None) -> None:
    talk = at(forms, path)
    before = len(talk.effects)
    talk.say("sì", shown=shown)
    assert talk.ask.path == path
    assert len(talk.effects) == before


@pytest.mark.parametrize("path", [ACT, "registration_person.identity.confirm", CONFIRM])
def test_a_structured_act_without_what_was_shown_shows_it_again(forms: Catalogue, path: str) -> None:
    talk = at(forms, path)
    before = len(talk.effects)
    talk.answer("accept" if path == ACT else True, shown=None)
    assert talk.problems
    assert talk.ask.path == path
    assert len(talk.effects) == before


@pytest.mark.parametrize("path", [ACT, CONFIRM, "registration_person.identity.birth_date"])
def test_an_answer_to_what_is_no_longer_shown_is_a_conflict_and_changes_nothing(forms: Catalogue, path: str) -> None:
    talk = at(forms, path)
    before = talk.state
    outcome = talk.answer(PERSON.get(path, True), shown="0" * 64)
    assert outcome.conflict
    assert outcome.state == before
    assert outcome.ask is not None
    assert outcome.ask.path == path


def test_an_answer_to_another_question_is_a_conflict(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.identity.birth_date")
    assert talk.answer("Rossi", question="registration_person.identity.family_name", shown=None).conflict
    assert talk.answer(value=True, question=CONFIRM, shown=None).conflict


def test_a_plain_answer_needs_no_hash(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.identity.birth_date")
    talk.answer("1980-03-12", shown=None)
    assert talk.ask.path == "registration_person.identity.birth_country"


def test_what_was_typed_on_a_stale_page_answers_nothing(forms: Catalogue) -> None:
    talk = at(forms, "registration_person.document.document_issuer")
    talk.say("Comune di Roma", shown="0" * 64)
    assert talk.ask.path == "registration_person.document.document_issuer"
    assert "registration_person.document.document_issuer" not in talk.state.answers


def test_a_no_to_the_summary_sends_nothing_and_asks_what_to_change(forms: Catalogue) -> None:
    talk = at(forms, CONFIRM)
    talk.answer(value=False)
    assert talk.ask.path == CONFIRM
    assert talk.effects_of(Suspend) == []


@pytest.mark.parametrize("value", ["ja", 1, None, True, ["accept"], {"a": 1}])
def test_a_value_of_the_wrong_kind_is_no_act(forms: Catalogue, value: object) -> None:
    talk = at(forms, ACT)
    talk.answer(value)
    assert talk.problems
    assert talk.ask.path == ACT


def test_nothing_is_preselected(forms: Catalogue) -> None:
    assert at(forms, ACT).ask.value is None


def test_another_row_in_the_summary_is_another_thing_shown(forms: Catalogue) -> None:
    talk = at(forms, CONFIRM)
    old = talk.ask.shown
    talk.command("change", "registration_person.work.occupation")
    talk.answer("Fabbro")
    assert talk.answer(value=True, shown=old).conflict
    assert talk.effects_of(Suspend) == []


def test_the_text_is_shown_once_and_binds_every_act_on_it(forms: Catalogue) -> None:
    talk = at(forms, ACT)
    text = forms.module("privacy_marketing").text("it")
    assert [text in told for told in talk.texts].count(True) == 1
    talk.answer("refuse")
    assert talk.ask.path == "modules.privacy_marketing.act_phone"
    assert not any(text in told for told in talk.texts)
    assert any("appena letto" in told for told in talk.texts)
    talk.say("boh")
    assert any(text in told for told in talk.texts), "after a doubt it is shown in full again"
    talk.play(PERSON, until="modules.profiling.act")
    acts = [act for act in talk.effects_of(RecordAct) if act.module == "privacy_marketing"]
    assert {act.text_sha256 for act in acts} == {forms.module("privacy_marketing").text_sha256("it")}
    assert len({act.shown for act in acts}) == 4


def test_back_to_an_act_shows_its_text_again(forms: Catalogue) -> None:
    talk = at(forms, ACT)
    talk.answer("refuse")
    talk.command("back")
    assert talk.ask.path == ACT
    assert any(forms.module("privacy_marketing").text("it") in told for told in talk.texts)
