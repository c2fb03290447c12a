"""The submission's states and every move between them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from hypothesis.strategies import sampled_from

from rules.refusals import Reason, Refused
from rules.submissions import FINAL, WHO, Act, Claim, State, check_claim, is_final, move, possible_acts

CONTRACT = {
    ("draft", "confirm", "suspended"),
    ("suspended", "claim", "in_review"),
    ("in_review", "return_answers", "returned"),
    ("returned", "confirm", "suspended"),
    ("in_review", "approve", "accepted"),
    ("accepted", "quote", "quoted"),
    ("quoted", "accept_offer", "issue_requested"),
    ("issue_requested", "issue", "issued"),
    ("quoted", "refuse_offer", "withdrawn"),
    ("quoted", "expire", "expired"),
    ("in_review", "reject", "rejected"),
} | {(s, "withdraw", "withdrawn") for s in ("draft", "suspended", "in_review", "returned", "accepted", "quoted", "issue_requested")}


def moved(state: State, act: Act, form: str) -> str | None:
    if act in possible_acts(state, form):
        return move(state, act, form).value
    with pytest.raises(Refused) as refused:
        move(state, act, form)
    assert refused.value == Refused(Reason.NOT_POSSIBLE_NOW, state=state.value)
    return None


def test_a_quote_moves_as_the_contract_lists_and_in_no_other_way():
    seen = {(s.value, a.value, to) for s in State for a in Act if (to := moved(s, a, "quote_home"))}
    assert seen == CONTRACT


@pytest.mark.parametrize("form", ["registration_person", "update_card"])
def test_registrations_and_card_updates_end_in_accepted(form):
    seen = {(s.value, a.value, to) for s in State for a in Act if (to := moved(s, a, form))}
    beyond = {"accepted", "quoted", "issue_requested"}
    assert {m for m in seen if m[0] not in beyond} == {m for m in CONTRACT if m[0] not in beyond}
    assert is_final(State.ACCEPTED, form)
    assert not possible_acts(State.ACCEPTED, form)


def test_only_the_customer_confirms_withdraws_and_decides_offers():
    customers = {act for act, who in WHO.items() if who == "customer"}
    assert customers == {Act.CONFIRM, Act.WITHDRAW, Act.ACCEPT_OFFER, Act.REFUSE_OFFER}
    assert set(WHO) == set(Act)


def test_a_claim_keeps_others_out_until_it_ends():
    now = datetime(2026, 11, 22, 9, tzinfo=UTC)
    claim = Claim("anna", now + timedelta(minutes=15))
    check_claim(claim, "anna", now)
    check_claim(claim, "bruno", now + timedelta(minutes=15))
    check_claim(None, "bruno", now)
    with pytest.raises(Refused) as refused:
        check_claim(claim, "bruno", now)
    assert refused.value.reason is Reason.CLAIMED_BY_OTHER


class Life(RuleBasedStateMachine):
    """Whatever is tried in whatever order, an issued policy was asked for by the customer, and reviewed."""

    def __init__(self) -> None:
        super().__init__()
        self.state = State.DRAFT
        self.done: list[Act] = []

    @rule(act=sampled_from(Act))
    def attempt(self, act):
        before = self.state
        try:
            self.state = move(before, act)
        except Refused:
            assert self.state is before
        else:
            self.done.append(act)

    @invariant()
    def issued_only_as_asked_for(self):
        if self.state is State.ISSUED:
            assert self.done[-5:] == [Act.CLAIM, Act.APPROVE, Act.QUOTE, Act.ACCEPT_OFFER, Act.ISSUE]

    @invariant()
    def final_is_final(self):
        assert (not possible_acts(self.state)) == (self.state in FINAL)


TestLife = Life.TestCase
