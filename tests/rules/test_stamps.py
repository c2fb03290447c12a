"""S0-24: the validation string."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.stamps import bind, stamp, utc_offset

AT = datetime(2026, 11, 22, 8, 26, 53, 999_000, tzinfo=UTC)


def test_s0_24_the_stamp_is_literal():
    assert stamp(AT, ["mario.rossi@example.org"], "Europe/Rome") == "22/11/26/09/26/53 mario.rossi@example.org"


def test_several_addresses_are_joined_by_comma_and_space():
    assert stamp(AT, ["a@example.org", "b@example.org"], "Europe/Rome") == "22/11/26/09/26/53 a@example.org, b@example.org"


def test_the_two_hours_of_the_october_night_are_told_apart():
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert stamp(first, ["a@b.it"], "Europe/Rome") == stamp(second, ["a@b.it"], "Europe/Rome")
    assert (utc_offset(first, "Europe/Rome"), utc_offset(second, "Europe/Rome")) == ("+02:00", "+01:00")


@pytest.mark.parametrize("addresses", [[], [""], ["a@b.it, c@d.it"], ["a@b.it\n"], ["a b@c.it"]])
def test_an_address_that_could_be_read_as_two_is_no_address(addresses):
    with pytest.raises(ValueError, match="addresses"):
        stamp(AT, addresses, "Europe/Rome")


def test_a_time_without_zone_is_no_time():
    with pytest.raises(ValueError, match="zone"):
        stamp(AT.replace(tzinfo=None), ["a@b.it"], "Europe/Rome")


def test_what_is_printed_beside_it_binds_text_and_order():
    binding = bind(AT, ["a@b.it"], "Europe/Rome", sequence=7, text_sha256="ab" * 32, head="cd" * 32)
    assert (binding.utc_offset, binding.sequence, binding.text_sha256, binding.head) == ("+01:00", 7, "ab" * 32, "cd" * 32)


@given(st.integers(946_684_800, 4_070_908_800))
def test_it_has_always_six_pairs_of_digits(seconds):
    pairs = stamp(datetime.fromtimestamp(seconds, UTC), ["a@b.it"], "Europe/Rome").split(" ")[0].split("/")
    assert len(pairs) == 6
    assert all(len(pair) == 2 and pair.isdigit() for pair in pairs)
