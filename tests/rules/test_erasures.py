"""Who may erase a customer's data, and when."""

from datetime import UTC, date, datetime, timedelta

import pytest

from rules.erasures import VALID, Order, check_agreement, check_contracts, check_order, check_reason
from rules.refusals import Refused

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ORDER = Order("anna", NOW)


def refused(state, call, *given):
    with pytest.raises(Refused) as told:
        call(*given)
    assert told.value.facts.get("state") == state


def test_a_second_person_agrees_in_time():
    check_agreement(ORDER, "bruno", NOW + VALID - timedelta(seconds=1))
    refused("own_erasure", check_agreement, ORDER, "anna", NOW)
    refused("erasure_ended", check_agreement, ORDER, "bruno", NOW + VALID)
    refused("erasure_ended", check_agreement, None, "bruno", NOW)


def test_one_order_at_a_time():
    check_order(None, NOW)
    check_order(ORDER, NOW + VALID)
    refused("erasure_ordered", check_order, ORDER, NOW)


def test_no_order_without_a_reason_nor_while_a_policy_runs():
    assert check_reason("  Lo ha chiesto  il cliente ") == "Lo ha chiesto il cliente"
    refused("erasure_reason", check_reason, "x")
    check_contracts(None, NOW.date())
    check_contracts(date(2026, 11, 21), NOW.date())
    refused("policy_runs", check_contracts, NOW.date(), NOW.date())
