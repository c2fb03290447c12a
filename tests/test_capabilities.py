"""docs/capabilities.md promises nothing that no test proves."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "capabilities.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", TEXT)))
ASKED_FOR = [
    *(f"S0-{n:02}" for n in (1, 2, 3, *range(5, 45))),
    *("S1-19", "S1-20", "S3-05"),
    *(f"S4-{n:02}" for n in (11, 12, 13, *range(16, 22), *range(24, 29))),
]


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_every_test_named_exists(file: str, test: str) -> None:
    path = ROOT / file
    assert path.is_file()
    assert not test or test in functions_of(path)


@cache
def functions_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_capability_asked_for_has_one_row_with_a_proof() -> None:
    rows = [line for line in TEXT.splitlines() if re.match(r"\| S\d-\d", line)]
    numbers = [number for row in rows for number in re.findall(r"S\d-\d\d", row.split("|")[1])]
    assert numbers == ASKED_FOR
    for row in rows:
        _, _, _, state, proof, _ = row.split("|")
        assert state.strip().startswith(("works", "partly", "not yet"))
        assert state.strip().startswith("not yet") or "`tests/" in proof
