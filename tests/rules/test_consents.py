"""S0-15, S0-19, S0-20: what is asked, and when again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.consents import GivenAct, InForce, KindRules, check_answer, lapse, may_send, missing_modules, modules_to_ask, still_counting
from rules.refusals import Reason, Refused

MANDATE = InForce("mandate", "2", "authorisation", ("modules.mandate.act",), needed_to_issue=True)
PRIVACY = InForce("privacy_insurance", "1", "notice", ("modules.privacy_insurance.act",), needed_to_issue=True)
MARKETING = InForce("privacy_marketing", "1", "consent", ("modules.privacy_marketing.act_email", "modules.privacy_marketing.act_post"))
NEEDS = InForce("needs", "1", "confirmation", ("modules.needs.act",), each_time=True, needed_to_issue=True)


def act(module, answer="accept", version=None, number=0):
    return GivenAct(module.acts[number], version or module.version, answer)


def asked(modules, acts):
    return [(a.question, a.before) for a in modules_to_ask(modules, acts)]


def test_a_newcomer_is_asked_everything_in_order():
    assert asked([PRIVACY, MARKETING, MANDATE], []) == [(q, None) for m in (PRIVACY, MARKETING, MANDATE) for q in m.acts]


def test_s0_20_only_changed_modules_are_asked_again_and_the_former_version_is_known():
    acts = [act(PRIVACY, "seen"), act(MARKETING, "refuse"), act(MARKETING, "accept", number=1), act(MANDATE, version="1")]
    assert asked([PRIVACY, MARKETING, MANDATE], acts) == [("modules.mandate.act", "1")]


def test_a_refusal_is_an_act_and_not_asked_again_until_the_text_changes():
    assert asked([MANDATE], [act(MANDATE, "refuse")]) == []
    assert asked([MANDATE], [act(MANDATE, "refuse", version="1")]) == [("modules.mandate.act", "1")]


def test_an_editorial_change_is_not_asked_again():
    module = InForce("mandate", "3", "authorisation", ("modules.mandate.act",), still_counting=frozenset({"2"}))
    assert asked([module], [GivenAct("modules.mandate.act", "2", "accept")]) == []
    assert asked([module], [GivenAct("modules.mandate.act", "1", "accept")]) == [("modules.mandate.act", "1")]


@pytest.mark.parametrize(
    ("history", "counting"),
    [
        ([], set()),
        ([("1", "material")], set()),
        ([("1", "material"), ("2", "material")], set()),
        ([("1", "material"), ("2", "editorial")], {"1"}),
        ([("1", "material"), ("2", "material"), ("3", "editorial"), ("4", "editorial")], {"2", "3"}),
        ([("1", "material"), ("2", "editorial"), ("3", "material")], set()),
    ],
)
def test_versions_count_back_to_the_last_change_that_mattered(history, counting):
    assert still_counting(history) == counting


def test_the_modules_of_a_quote_are_asked_at_each_quote():
    assert asked([NEEDS], [act(NEEDS, "confirm")]) == [("modules.needs.act", "1")]


def test_the_latest_act_counts():
    assert missing_modules([MANDATE], [act(MANDATE, "accept"), act(MANDATE, "refuse")]) == ("mandate",)


def test_a_policy_needs_positive_answers_on_the_texts_in_force():
    modules = [PRIVACY, MARKETING, MANDATE, NEEDS]
    assert missing_modules(modules, []) == ("privacy_insurance", "mandate", "needs")
    given_acts = [act(PRIVACY, "seen"), act(MANDATE, version="1"), act(NEEDS, "refuse")]
    assert missing_modules(modules, given_acts) == ("mandate", "needs")
    assert missing_modules(modules, [act(PRIVACY, "seen"), act(MANDATE), act(NEEDS, "confirm")]) == ()


CONSENT = KindRules(("accept", "refuse"), blocks=False, withdraw=True, again="on_change", lapses=True)
NOTICE = KindRules(("seen",), blocks=True, withdraw=False, again="on_change", lapses=False)


@pytest.mark.parametrize("kind", [CONSENT, NOTICE])
def test_each_kind_takes_its_own_answers_only(kind):
    for answer in ("accept", "refuse", "seen", "confirm", "withdrawn", "", "ok"):
        if answer in kind.answers:
            assert check_answer(kind, answer) == answer
        else:
            with pytest.raises(Refused) as refused:
                check_answer(kind, answer)
            assert refused.value.reason is Reason.CHOICE_UNKNOWN


@pytest.mark.parametrize(
    ("months", "given", "day", "answer"),
    [
        (24, "2024-11-22", "2026-11-21", "accept"),
        (24, "2024-11-22", "2026-11-22", "lapsed"),
        (12, "2024-02-29", "2025-02-27", "accept"),
        (12, "2024-02-29", "2025-02-28", "lapsed"),
        (1, "2026-12-31", "2027-01-31", "lapsed"),
    ],
)
def test_a_yes_that_lapses_counts_for_its_months(months, given, day, answer):
    given, now = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (given, day))
    assert lapse(months, GivenAct("q", "1", "accept", given), now).answer == answer
    assert lapse(months, GivenAct("q", "1", "refuse", given), now).answer == "refuse", "a no does not grow old"
    assert lapse(None, GivenAct("q", "1", "seen", given), now).answer == "seen"


def test_what_has_lapsed_is_asked_again_and_what_was_taken_back_is_not():
    assert asked([MARKETING], [act(MARKETING, "lapsed"), act(MARKETING, "withdrawn", number=1)]) == [(MARKETING.acts[0], "1")]


def test_nothing_goes_on_without_what_it_hangs_on():
    module = replace(MANDATE, needed_to_go_on=True)
    for answer in ("refuse", "withdrawn"):
        assert asked([module], [act(module, answer)]) == [("modules.mandate.act", "2")]
    assert asked([module], [act(module)]) == []


def test_a_message_leaves_only_on_a_yes_that_stands():
    by_mail = replace(MARKETING, acts=MARKETING.acts[:1])
    assert may_send(by_mail, [act(MARKETING)])
    for acts in (
        [],
        [act(MARKETING, "refuse")],
        [act(MARKETING), act(MARKETING, "withdrawn")],
        [act(MARKETING, "lapsed")],
        [act(MARKETING, version="0")],
    ):
        assert not may_send(by_mail, acts)
    assert may_send(replace(by_mail, still_counting=frozenset({"0"})), [act(MARKETING, version="0")])


@given(st.lists(st.sampled_from([PRIVACY, MARKETING, MANDATE]), unique=True), st.sampled_from(["accept", "refuse", "seen"]))
def test_what_was_asked_and_answered_is_not_asked_again(modules, answer):
    given_acts = [GivenAct(a.question, a.module.version, answer) for a in modules_to_ask(modules, [])]
    assert modules_to_ask(modules, given_acts) == ()


def test_what_is_asked_each_time_must_be_answered_after_the_time_before():
    before = datetime(2026, 11, 22, tzinfo=UTC)
    module = InForce("needs", "1", "confirmation", ("modules.needs.act",), needed_to_issue=True, each_time=True)
    once = replace(module, code="mandate", acts=("modules.mandate.act",), each_time=False)
    acts = [GivenAct(question, "1", "confirm", before) for question in ("modules.needs.act", "modules.mandate.act")]
    assert missing_modules([module, once], acts) == ()
    assert missing_modules([module, once], acts, since=before) == ("needs",)
    assert missing_modules([module, once], acts, since=before - timedelta(seconds=1)) == ()


def test_an_act_on_a_text_that_differs_in_words_only_still_counts_for_a_policy():
    module = InForce("mandate", "2", "authorisation", ("modules.mandate.act",), still_counting=frozenset({"1"}), needed_to_issue=True)
    assert missing_modules([module], [GivenAct("modules.mandate.act", "1", "accept")]) == ()
    assert missing_modules([replace(module, still_counting=frozenset())], [GivenAct("modules.mandate.act", "1", "accept")]) == ("mandate",)
