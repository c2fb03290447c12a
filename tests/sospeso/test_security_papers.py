"""What SECURITY.md and docs/asvs.md say is proved, is: every test they name exists."""

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parents[2]


@pytest.mark.parametrize("paper", ["SECURITY.md", "docs/asvs.md"])
def test_every_test_that_is_named_exists(paper: str) -> None:
    written = {name for file in (HERE / "tests").rglob("test_*.py") for name in re.findall(r"def (test_\w+)", file.read_text())}
    named = set(re.findall(r"`(test_\w+)`", (HERE / paper).read_text()))
    assert len(named) > 20
    assert named - written == set()
