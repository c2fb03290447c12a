"""One mailbox, however its address is spelt; and no two taken for one."""

import pytest

from rules.addresses import is_among, normal_address


@pytest.mark.parametrize("spelt", ["demo@example.org", "Demo@Example.org", "DEMO@EXAMPLE.ORG"])
def test_capitals_make_no_other_mailbox(spelt: str) -> None:
    assert normal_address(spelt) == "demo@example.org"
    assert is_among(spelt, ["altra@example.org", "dEmO@example.org"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("straße@example.org", "strasse@example.org"),
        ("demoſ@example.org", "demos@example.org"),
        ("\N{KELVIN SIGN}ate@example.org", "kate@example.org"),
        ("demı@example.org", "demi@example.org"),
        ("İlke@example.org", "i̇lke@example.org"),
        ("demo.one@example.org", "demoone@example.org"),
    ],
)
def test_whoever_has_a_mailbox_that_looks_alike_passes_for_nobody_else(one: str, other: str) -> None:
    assert not is_among(one, [other])
