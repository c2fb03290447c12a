"""The way through a form: order, branches, groups, the quick path, confirmations, parked and computed answers, checks."""

import pytest

from forms.flow import Environment, asked, check, parked, prefilled
from forms.model import GroupWords, QuestionWords, SectionWords, Words
from forms.tables import Tables
from forms.types.base import Doubt, Read
from rules.refusals import Reason, Refused
from tests.forms.tables import ENV, TODAY, a_form

TRIP = a_form("""
    who  | name        | name
    who  | travellers  | integer | | min: 1, max: 9
    who  | nickname    | text    | | required: false
    how  | means       | choice  | | choices: [train, car]
    how  | plate       | text    | means == "car"
    how  | seats       | integer | means == "car" && travellers > 2
    food | diet        | choice  | travellers > 8 | choices: [meat, plants]
""")


def keys(form_walk) -> list[str]:
    return [step.key.removeprefix("trip.") for step in form_walk.steps]


def answers(**given: object) -> dict[str, object]:
    """`who__name="A"` for trip.who.name."""
    return {"trip." + key.replace("__", "."): value for key, value in given.items()}


def test_the_open_step_is_the_first_that_applies_and_has_no_answer() -> None:
    walk = TRIP.walk({}, ENV)
    assert walk.open is not None
    assert walk.open.path == "trip.who.name"
    assert TRIP.walk(answers(who__name="Demo"), ENV).open.path == "trip.who.travellers"


def test_a_branch_opens_and_closes_with_the_answers_it_reads() -> None:
    base = answers(who__name="Demo", who__travellers=3)
    assert "how.plate" not in keys(TRIP.walk(base | answers(how__means="train"), ENV))
    assert "how.seats" in keys(TRIP.walk(base | answers(how__means="car"), ENV))
    assert "how.seats" not in keys(TRIP.walk(base | answers(how__means="car", who__travellers=2), ENV))


def test_what_is_undetermined_is_not_asked() -> None:
    assert "how.plate" not in keys(TRIP.walk({}, ENV))


def test_a_section_is_confirmed_after_everything_in_it() -> None:
    given = answers(who__name="Demo", who__travellers=2)
    assert TRIP.walk(given, ENV).open.path == "trip.who.nickname"
    assert TRIP.walk(given, ENV, skipped=frozenset({"trip.who.nickname"})).open.path == "trip.who.confirm"
    confirmed = given | answers(who__nickname="D", who__confirm=True)
    assert TRIP.walk(confirmed, ENV).open.path == "trip.how.means"


def test_a_section_where_nothing_applies_is_not_confirmed() -> None:
    assert "food.confirm" not in keys(TRIP.walk(answers(who__travellers=2), ENV))
    assert "food.confirm" in keys(TRIP.walk(answers(who__travellers=9), ENV))


def test_the_end_is_where_no_step_is_open() -> None:
    given = answers(
        who__name="Demo", who__travellers=2, who__nickname="D", who__confirm=True, how__means="train", how__confirm=True,
    )  # fmt: skip
    walk = TRIP.walk(given, ENV)
    assert walk.open is None
    assert walk.answered == walk.total == 6


def test_a_walk_moves_on_by_an_answer_on_which_nothing_hangs() -> None:
    given = answers(who__name="Demo", who__travellers=9, who__nickname="D")
    before = TRIP.walk(answers(who__name="Demo", who__travellers=9), ENV)
    assert TRIP.advance(before, before.open, given, frozenset()) == TRIP.walk(given, ENV)
    confirmed = given | answers(who__confirm=True)
    before = TRIP.walk(given, ENV)
    assert TRIP.advance(before, before.open, confirmed, frozenset()) == TRIP.walk(confirmed, ENV)


def test_a_walk_does_not_move_on_where_another_step_hangs_on_the_answer_or_it_is_not_the_open_one() -> None:
    start, given = TRIP.walk(answers(who__name="Demo"), ENV), answers(who__name="Demo", who__travellers=9)
    assert TRIP.advance(start, start.open, given, frozenset()) is None
    assert TRIP.advance(TRIP.walk({}, ENV), TRIP.step("trip.who.nickname"), answers(who__nickname="D"), frozenset()) is None


def test_answers_of_a_closed_branch_are_parked_and_come_back() -> None:
    given = answers(who__travellers=3, how__means="car", how__plate="AA000AA", how__seats=4)
    closed = given | answers(how__means="train")
    walk = TRIP.walk(closed, ENV)
    assert parked(closed, walk) == answers(how__plate="AA000AA", how__seats=4)
    assert "trip.how.plate" not in walk.values
    assert TRIP.walk(closed | answers(how__means="car"), ENV).values["trip.how.plate"] == "AA000AA"


def test_parked_answers_decide_nothing() -> None:
    form = a_form("""
        a | has_dog | yes_no
        a | breed   | choice | has_dog | choices: [small, big]
        a | muzzle  | yes_no | breed == "big"
    """)
    walk = form.walk(answers(a__has_dog=False, a__breed="big"), ENV)
    assert keys(walk) == ["a.has_dog", "a.confirm"]


def test_the_quick_pass_asks_quick_questions_alone_and_confirms_nothing() -> None:
    form = a_form("""
        a | one   | yes_no | | quick: true
        a | two   | yes_no
        b | three | yes_no | one | quick: true
        b | four  | yes_no | two | quick: true
    """)
    quick = form.walk(answers(a__one=True), ENV, quick_only=True)
    assert keys(quick) == ["a.one", "b.three"]
    assert form.walk(answers(a__one=True, b__three=True), ENV, quick_only=True).open is None
    full = form.walk(answers(a__one=True, b__three=True), ENV)
    assert keys(full) == ["a.one", "a.two", "a.confirm", "b.three", "b.confirm"]
    assert full.open.path == "trip.a.two"


LOSSES = """
    past | losses      | integer | | min: 0, max: 10
    past | loss/       |         | | count: losses
    past | loss/cause  | choice  | | choices: [water, fire]
    past | loss/closed | yes_no  | cause == "water"
    past | after       | yes_no
"""


def test_a_counted_group_repeats_as_often_as_said_with_its_number_in_the_path() -> None:
    form = a_form(LOSSES)
    given = {"trip.past.losses": 2, "trip.past.loss.1.cause": "fire", "trip.past.loss.2.cause": "water"}
    assert keys(form.walk(given, ENV)) == [
        "past.losses", "past.loss.1.cause", "past.loss.2.cause", "past.loss.2.closed", "past.after", "past.confirm",
    ]  # fmt: skip


def test_fewer_items_than_before_park_the_last_ones() -> None:
    form = a_form(LOSSES)
    given = {"trip.past.losses": 1, "trip.past.loss.1.cause": "fire", "trip.past.loss.2.cause": "fire"}
    assert parked(given, form.walk(given, ENV)) == {"trip.past.loss.2.cause": "fire"}


def test_answers_of_a_group_are_not_seen_outside_of_it() -> None:
    form = a_form(LOSSES.rstrip() + '\n    past | wet | yes_no | cause == "water"')
    given = {"trip.past.losses": 1, "trip.past.loss.1.cause": "water"}
    walk = form.walk(given, ENV)
    assert "past.wet" not in keys(walk)
    assert walk.flat == {"losses": 1}


MAILS = a_form("""
    who | email       | email
    who | other/      | | | most: 3
    who | other/email | email
    who | other/code  | code
""")


def test_a_group_without_a_count_asks_for_another_one_before_each_item_under_one_path() -> None:
    given: dict[str, object] = {"trip.who.email": "a@example.org"}
    said = []
    for _ in range(20):
        step = MAILS.walk(given, ENV).open
        if step is None:
            break
        said.append(step.path.removeprefix("trip.who."))
        given[step.key] = True if step.kind != "question" else "b@example.org"
    items = [["other.more", f"other.{number}.email", f"other.{number}.code"] for number in (1, 2, 3)]
    assert said == [*items[0], *items[1], *items[2], "confirm"]


def test_no_other_one_ends_the_group() -> None:
    walk = MAILS.walk({"trip.who.email": "a@example.org", "trip.who.other.1.more": False}, ENV)
    assert walk.open.path == "trip.who.confirm"


def test_names_within_an_item_come_before_the_same_names_outside() -> None:
    form = a_form("""
        who | email       | email
        who | other/email | email
        who | other/again | yes_no | email == "b@example.org"
    """)
    given = {"trip.who.email": "a@example.org", "trip.who.other.1.more": True, "trip.who.other.1.email": "b@example.org"}
    assert "who.other.1.again" in keys(form.walk(given, ENV))
    assert form.walk(given, ENV).flat == {"email": "a@example.org"}


def test_needs_that_were_skipped_or_refused_are_counted_for_what_comes_after() -> None:
    form = a_form("""
        a | budget | choice | | choices: [low, no_answer], need: true
        a | insurer | text | | need: true, required: false
        b | unanswered_ok | confirm | unanswered_needs > 0
    """)
    given = answers(a__budget="no_answer")
    walk = form.walk(given, ENV, skipped=frozenset({"trip.a.insurer"}))
    assert [step.key for step in walk.unanswered_needs] == ["trip.a.budget", "trip.a.insurer"]
    assert "b.unanswered_ok" in keys(walk)
    assert "b.unanswered_ok" not in keys(form.walk(answers(a__budget="low", a__insurer="X"), ENV))


def test_a_skipped_answer_that_was_given_after_all_counts() -> None:
    walk = TRIP.walk(answers(who__nickname="D"), ENV, skipped=frozenset({"trip.who.nickname"}))
    assert walk.values == answers(who__nickname="D")


HOME = a_form(
    """
    place | same_address | yes_no  | | propose: home_is_residence
    place | municipality | municipality | !same_address
    place | zone         | computed | | computed: seismic_zone
    place | shaky        | yes_no  | zone == "1"
    cover | need         | choices | | choices: [building, theft]
    cover | covers       | choices | | choices: [fire, theft], propose: covers_from_need
    cover | street       | text    | | prefill: registration_person.residence.street
""",
    name="home",
)
TABLES = Tables(seismic_zones={"A345": "1", "F205": "4"}, covers_from_need={"building": ("fire",), "theft": ("theft",)})
AT_HOME = Environment(
    TODAY, {"registration_person.residence.municipality": "A345", "registration_person.residence.street": "Via Demo"}, TABLES
)


def test_computed_answers_are_values_and_steps_but_never_open() -> None:
    walk = HOME.walk({"home.place.same_address": False, "home.place.municipality": "F205"}, AT_HOME)
    assert walk.values["home.place.zone"] == "4"
    assert "home.place.zone" in [step.key for step in walk.steps]
    assert walk.open.path == "home.place.confirm"
    assert walk.answered == 2


def test_a_computed_answer_opens_branches() -> None:
    assert HOME.walk({"home.place.same_address": True}, AT_HOME).open.path == "home.place.shaky"


def test_prefill_is_the_cards_value_and_proposals_come_from_earlier_answers() -> None:
    assert prefilled(HOME.step("home.cover.street"), AT_HOME) == "Via Demo"
    assert prefilled(HOME.step("home.cover.street"), ENV) is None
    assert prefilled(HOME.step("home.place.same_address"), AT_HOME) is True
    assert prefilled(HOME.step("home.cover.covers"), AT_HOME, {"home.cover.need": ["theft", "building"]}) == ["theft", "fire"]
    assert prefilled(HOME.step("home.cover.covers"), AT_HOME) is None
    assert prefilled(HOME.step("home.cover.need"), AT_HOME) is None


CHECKED = a_form("""
    a | built   | integer | | max: year
    a | has_old | yes_no
    a | older   | integer | has_old | checks: [{code: too_old, when: this < built}]
    a | renewed | integer | | min: built, checks: [{code: late, when: this - built > 100, kind: doubt}, {code: before_older, when: renewed < older}]
    a | owner   | name    | | checks: [{code: other, when: this != given}]
""")
WORDS = Words(
    title="Trip", confirm="Right?",
    sections={"a": SectionWords(title="A", confirm="Right?")},
    questions={
        name: QuestionWords(ask=f"{name}?", label=name)
        for name in ("built", "has_old", "older", "renewed", "owner")
    } | {"means": QuestionWords(ask="How?", label="Means", choices={"train": "Train", "car": "Car"}, aliases={"car": ("auto",)})},
    groups={"other": GroupWords(title="Other {number}", more="Another one?")},
)  # fmt: skip


def test_a_check_refuses_with_its_code_or_doubts() -> None:
    given = answers(a__built=1900, a__has_old=True, a__older=1950)
    step = CHECKED.step("trip.a.renewed")
    assert check(step, 1999, given, ENV) == Read(1999)
    assert check(step, 2024, given, ENV) == Doubt(2024, Reason.DOUBT, {"code": "late"})
    assert check(step, 1940, given, ENV) == Refused(Reason.CHECK_FAILED, code="before_older")


def test_a_check_whose_other_answer_is_absent_or_parked_does_not_apply() -> None:
    step = CHECKED.step("trip.a.renewed")
    assert check(step, 1940, {}, ENV) == Read(1940)
    assert check(step, 1940, answers(a__built=1900, a__has_old=False, a__older=1950), ENV) == Read(1940)
    assert check(CHECKED.step("trip.a.owner"), "Demo", {}, ENV) == Read("Demo")


def test_a_question_is_asked_with_the_bounds_of_this_conversation() -> None:
    given = answers(a__built=1900)
    seen = asked(CHECKED.step("trip.a.renewed"), given, ENV, WORDS, "en")
    assert (seen.min, seen.max, seen.facts) == (1900, None, {"built": 1900})
    assert asked(CHECKED.step("trip.a.built"), {}, ENV, WORDS, "en").max == TODAY.year


def test_choices_are_asked_in_the_words_of_the_language() -> None:
    first, second = asked(TRIP.step("trip.how.means"), {}, ENV, WORDS, "en").choices
    assert (first.value, first.label) == ("train", "Train")
    assert second.aliases == ("auto",)


def test_another_one_and_confirmations_are_read_as_yes_or_no() -> None:
    assert asked(MAILS.step("trip.who.other.2.more"), {}, ENV, WORDS, "en").type == "yes_no"
    assert asked(MAILS.step("trip.who.confirm"), {}, ENV, WORDS, "en").type == "confirm"


def test_a_change_reopens_the_confirmations_of_what_depends_on_it() -> None:
    assert TRIP.confirms_to_reopen("trip.who.name") == ("trip.who.confirm",)
    assert TRIP.confirms_to_reopen("trip.who.travellers") == ("trip.who.confirm", "trip.how.confirm", "trip.food.confirm")
    form = a_form("""
        a | one    | yes_no
        b | two    | yes_no | one
        c | three  | yes_no | two
        d | item/  |        | three
        d | item/x | yes_no
        e | five   | yes_no
    """)
    assert form.confirms_to_reopen("trip.a.one") == tuple(f"trip.{section}.confirm" for section in "abcd")
    assert form.confirms_to_reopen("trip.d.item.2.x") == ("trip.d.confirm",)
    assert HOME.confirms_to_reopen("home.place.municipality") == ("home.place.confirm",)


def test_an_unknown_step_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        TRIP.step("trip.who.shoe_size")
