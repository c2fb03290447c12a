"""Style sheets know where a line begins and ends, never left and right: the same ones serve pages written from the right."""

import re
from pathlib import Path

import pytest

import bots
import console

SHEETS = [path for room in (bots, console) for path in sorted(Path(str(room.__file__)).parent.glob("**/static/*.css"))]
PHYSICAL = re.compile(
    r"(?:^|[\s;{])(?:(?:margin|padding|border)-(?:left|right)[\w-]*|left|right|float)\s*:|text-align:\s*(?:left|right)|\[dir"
)
FOUR_SIDES = re.compile(r"(?:margin|padding):\s*([^\s;]+) ([^\s;]+) ([^\s;]+) ([^\s;]+)")


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_no_rule_names_a_side(sheet: Path) -> None:
    text = sheet.read_text(encoding="utf-8")
    assert PHYSICAL.findall(text) == []
    assert [sides for sides in FOUR_SIDES.findall(text) if sides[1] != sides[3]] == []
