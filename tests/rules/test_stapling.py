"""S0-21: every act with the receipt that tells it and the one whose place it takes."""

from hypothesis import given
from hypothesis import strategies as st

from rules.stapling import Given, Stapled, replaced_receipts, staple


def test_a_later_act_on_the_same_subject_takes_the_place_of_the_one_before() -> None:
    acts = [Given(1, "mandate"), Given(2, "card"), Given(3, None), Given(4, "mandate"), Given(5, "card"), Given(6, None)]
    stapled = staple(acts, [("R-1", 2), ("R-2", 5)])
    assert stapled == (
        Stapled(1, "R-1", None, ""),
        Stapled(2, "R-1", None, ""),
        Stapled(3, "R-2", None, ""),
        Stapled(4, "R-2", 1, "R-1"),
        Stapled(5, "R-2", 2, "R-1"),
        Stapled(6, "", None, ""),
    )
    assert replaced_receipts(stapled) == {"R-2": ("R-1",)}


def test_a_receipt_does_not_take_its_own_place() -> None:
    stapled = staple([Given(1, "card"), Given(2, "card")], [("R-1", 2)])
    assert stapled[1].replaces == 1
    assert replaced_receipts(stapled) == {}


@given(st.lists(st.sampled_from(["a", "b", None]), max_size=12), st.sets(st.integers(1, 12), max_size=5))
def test_each_act_is_in_the_first_receipt_after_it_and_no_link_is_left_out(subjects: list[str | None], ends: set[int]) -> None:
    acts = [Given(number, subject) for number, subject in enumerate(subjects, start=1)]
    receipts = [(f"R-{end}", end) for end in sorted(ends)]
    stapled = staple(acts, receipts)
    for act, one in zip(acts, stapled, strict=True):
        assert one.receipt == next((number for number, end in receipts if end >= act.number), "")
        before = [other.number for other in acts[: act.number - 1] if act.subject is not None and other.subject == act.subject]
        assert one.replaces == (before[-1] if before else None)
        assert one.replaced_receipt == (stapled[one.replaces - 1].receipt if one.replaces else "")
