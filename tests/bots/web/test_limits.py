"""Token buckets: a burst, then a rate; a repeated message costs nothing; proxies are believed only where they are trusted."""

import pytest
from starlette.requests import Request

from bots.web.limits import MOST_BUCKETS, Limiter, Limits, Rate, networks


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def a_request(client: str, **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": raw, "client": (client, 1)})


def some_limits(*, loopback: bool = False, proxies: tuple[str, ...] = ()) -> Limits:
    one = Limiter(Rate.parse("1/s"), Clock())
    return Limits(one, one, one, loopback, networks(proxies))


def test_a_burst_may_pass_and_then_the_rate_counts() -> None:
    clock = Clock()
    limiter = Limiter(Rate.parse("20/s burst 40"), clock)
    assert [limiter.wait_s("a") for _ in range(41)] == [0] * 40 + [1]
    clock.now += 0.06
    assert limiter.wait_s("a") == 0
    assert limiter.wait_s("a") == 1


def test_a_slow_rate_says_how_long_to_wait() -> None:
    limiter = Limiter(Rate.parse("30/min"), Clock())
    assert [limiter.wait_s("a") for _ in range(31)][-1] == 2


def test_one_key_does_not_use_up_another() -> None:
    limiter = Limiter(Rate.parse("1/s"), Clock())
    assert [limiter.wait_s(key) for key in "aab"] == [0, 1, 0]


def test_a_repeated_message_never_counts() -> None:
    limiter = Limiter(Rate.parse("1/s"), Clock())
    assert [limiter.wait_s("a", "m1") for _ in range(50)] == [0] * 50
    assert limiter.wait_s("a", "m2") == 1


def test_however_many_others_come_who_has_used_theirs_up_goes_on_waiting() -> None:
    clock = Clock()
    limiter = Limiter(Rate.parse("30/h"), clock)
    for _ in range(30):
        limiter.wait_s("spent")
    for number in range(MOST_BUCKETS + 1):
        assert limiter.wait_s(f"other {number}") == 0
    assert limiter.wait_s("spent") == 120


def test_room_is_made_by_those_that_are_full_again() -> None:
    clock = Clock()
    limiter = Limiter(Rate.parse("2/min"), clock)
    for number in range(MOST_BUCKETS):
        limiter.wait_s(f"early {number}")
        if number == MOST_BUCKETS // 2:
            clock.now += 30
    for _ in range(2):
        assert limiter.wait_s("late") == 0
    assert limiter.wait_s("late") == 30
    assert [limiter.wait_s(f"early {MOST_BUCKETS - 1}") for _ in range(2)] == [0, 30], "not full yet: still there"


@pytest.mark.parametrize("text", ["", "20", "20/day", "x/s", "20/s burst"])
def test_what_is_no_rate_is_refused_at_start(text: str) -> None:
    with pytest.raises(ValueError, match="not a rate"):
        Rate.parse(text)


def test_loopback_is_exempt_unless_told_otherwise() -> None:
    assert some_limits().is_exempt("127.0.0.1")
    assert some_limits().is_exempt("::1")
    assert not some_limits(loopback=True).is_exempt("127.0.0.1")
    assert not some_limits().is_exempt("203.0.113.9")


def test_a_forwarded_address_is_believed_from_a_trusted_proxy_only() -> None:
    limits = some_limits(proxies=("10.0.0.0/8",))
    assert limits.address_of(a_request("203.0.113.9", x_forwarded_for="198.51.100.1")) == "203.0.113.9"
    assert limits.address_of(a_request("10.0.0.1", x_forwarded_for="6.6.6.6, 198.51.100.1")) == "198.51.100.1"
    assert limits.address_of(a_request("10.0.0.1", x_forwarded_for="198.51.100.1, 10.0.0.2")) == "198.51.100.1"
    assert limits.address_of(a_request("10.0.0.1")) == "10.0.0.1"


def test_all_addresses_of_one_ipv6_network_are_one_asker() -> None:
    limits = some_limits()
    asked = {limits.address_of(a_request(f"2001:db8:1:1::{number:x}")) for number in range(5_000)}
    assert len(asked) == 1
    assert limits.address_of(a_request("2001:db8:1:2::1")) not in asked
    assert some_limits().is_exempt(limits.address_of(a_request("::1")))
    assert not some_limits().is_exempt(*asked)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("203.0.113.9:1024", "203.0.113.9:1025"),
        ("203.0.113.9", "::ffff:203.0.113.9"),
        ("203.0.113.9", "[::ffff:203.0.113.9]:443"),
        ("2001:db8:1:1::1", "[2001:db8:1:1::2]"),
        ("[2001:db8:1:1::1]:1024", "[2001:db8:1:1::1]:1025"),
    ],
)
def test_an_address_is_the_same_however_a_proxy_writes_it(first: str, second: str) -> None:
    limits = some_limits(proxies=("10.0.0.1",))
    assert limits.address_of(a_request("10.0.0.1", x_forwarded_for=first)) == limits.address_of(
        a_request("10.0.0.1", x_forwarded_for=second)
    )


def test_a_trusted_proxy_is_known_on_a_socket_for_both_kinds_of_addresses() -> None:
    limits = some_limits(proxies=("10.0.0.1",))
    assert limits.address_of(a_request("::ffff:10.0.0.1", x_forwarded_for="203.0.113.9")) == "203.0.113.9"
    assert limits.address_of(a_request("10.0.0.1", x_forwarded_for="203.0.113.9, ::ffff:10.0.0.1")) == "203.0.113.9"
    assert some_limits().is_exempt(limits.address_of(a_request("::ffff:127.0.0.1")))
