"""Roles and portfolios."""

import pytest

from rules.access import ALLOWED, Action, Role, check_action, check_party, is_in_portfolio
from rules.refusals import Reason, Refused

WRITES = {
    Action.CLAIM,
    Action.RETURN_ANSWERS,
    Action.APPROVE,
    Action.REJECT,
    Action.QUOTE,
    Action.ISSUE,
    Action.TAKE_OVER,
    Action.WRITE_TO_CUSTOMER,
    Action.GIVE_BACK,
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
def test_each_role_does_what_is_listed_and_nothing_else(role, action):
    if action in ALLOWED[role]:
        check_action(role, action)
    else:
        with pytest.raises(Refused) as refused:
            check_action(role, action)
        assert refused.value.reason is Reason.NOT_ALLOWED


def test_an_auditor_changes_nothing():
    assert not ALLOWED[Role.AUDITOR] & WRITES


def test_who_makes_accounts_sees_no_customer():
    assert not ALLOWED[Role.ADMIN] & (WRITES | {Action.READ_CLIENT, Action.READ_SUBMISSION, Action.READ_DOCUMENT, Action.READ_CONVERSATION})
    assert [role for role in Role if Action.MANAGE_STAFF in ALLOWED[role]] == [Role.ADMIN]


@pytest.mark.parametrize(
    ("role", "agent", "sees"),
    [
        (Role.AGENT, "anna", True),
        (Role.AGENT, None, True),
        (Role.AGENT, "bruno", False),
        (Role.MANAGER, "bruno", True),
        (Role.AUDITOR, "bruno", True),
        (Role.ADMIN, None, False),
    ],
)
def test_agents_see_their_own_and_the_unassigned(role, agent, sees):
    assert is_in_portfolio(role, "anna", agent) is sees
    if sees:
        check_party(role, "anna", agent)
    else:
        with pytest.raises(Refused):
            check_party(role, "anna", agent)
