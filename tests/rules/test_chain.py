"""The chain of acts: whatever is changed, taken out, swapped or added later shows."""

import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from rules.chain import DOMAIN, Break, Link, commit, genesis, next_link, verify

START = datetime(2026, 11, 22, tzinfo=UTC)
FACTS = ("consent", "modules.profiling.act", "profiling", "1", "refuse", "")


def chain(details, owner="party"):
    links: list[Link] = []
    for number, detail in enumerate(details):
        salt = bytes([number % 256]) * 32
        links.append(
            next_link(
                number,
                links[-1].link if links else genesis(owner),
                at=START + timedelta(seconds=number),
                facts=FACTS,
                commitment=commit(salt, detail),
            )
        )
    return links


@given(st.lists(st.binary(max_size=20), max_size=12))
def test_an_untouched_chain_holds(details):
    links = chain(details)
    opened = {link.number: (bytes([link.number - 1]) * 32, detail) for link, detail in zip(links, details, strict=True)}
    assert verify("party", links) is None
    assert verify("party", links, opened) is None


@given(st.integers(0, 4), st.sampled_from(["facts", "at", "commitment", "previous", "link", "number"]))
def test_any_change_to_any_act_shows(position, field):
    links = chain([b"a", b"b", b"c", b"d", b"e"])
    victim = links[position]
    changed = {
        "facts": (*FACTS[:4], "accept", ""),
        "at": victim.at + timedelta(microseconds=1),
        "commitment": bytes(32),
        "previous": bytes(32),
        "link": bytes(32),
        "number": 99,
    }
    links[position] = replace(victim, **{field: changed[field]})
    assert verify("party", links) is not None


def test_an_act_taken_out_or_swapped_shows():
    links = chain([b"a", b"b", b"c"])
    assert verify("party", [links[0], links[2]]) == Break(3, "number")
    assert verify("party", [links[1], links[0], links[2]]) == Break(2, "number")


def test_a_chain_is_not_anothers():
    assert verify("somebody else", chain([b"a"])) == Break(1, "previous")
    assert genesis("a") != genesis("b")


def test_a_detail_that_is_not_what_was_committed_to_shows():
    links = chain([b"accept"])
    assert verify("party", links, {1: (bytes(32), b"refuse")}) == Break(1, "commitment")


def test_without_its_salt_a_commitment_tells_nothing_and_still_verifies():
    links = chain([b"refuse"])
    assert links[0].commitment != commit(b"\1" * 32, b"refuse")
    assert verify("party", links, {}) is None


def test_parts_cannot_be_shifted_into_each_other():
    one = next_link(0, genesis("p"), at=START, facts=("ab", "c"), commitment=b"c" * 32)
    two = next_link(0, genesis("p"), at=START, facts=("a", "bc"), commitment=b"c" * 32)
    assert one.link != two.link


def test_a_short_salt_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        commit(b"short", b"x")


@given(st.binary(min_size=32, max_size=32), st.binary())
def test_a_commitment_is_hmac_sha_256_of_the_domain_and_the_detail(salt, detail):
    assert commit(salt, detail) == hmac.digest(salt, DOMAIN + detail, "sha256")


class Ledger(RuleBasedStateMachine):
    """A chain that only grows always verifies, and each head binds everything before it."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[Link] = []
        self.heads: set[bytes] = set()

    @rule(detail=st.binary(max_size=8), kind=st.sampled_from(["consent", "notice"]), seconds=st.integers(0, 9))
    def append(self, detail, kind, seconds):
        number, previous = len(self.links), self.links[-1].link if self.links else genesis("p")
        at = (self.links[-1].at if self.links else START) + timedelta(seconds=seconds)
        link = next_link(number, previous, at=at, facts=(kind,), commitment=commit(bytes(32), detail))
        assert link.link not in self.heads
        self.links.append(link)
        self.heads.add(link.link)

    @precondition(lambda self: len(self.links) > 1)
    @rule(data=st.data())
    def tamper(self, data):
        gone = data.draw(st.integers(0, len(self.links) - 2))
        assert verify("p", self.links[:gone] + self.links[gone + 1 :]) is not None

    @invariant()
    def holds(self):
        assert verify("p", self.links) is None


TestLedger = Ledger.TestCase
