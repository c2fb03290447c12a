"""What a process does not load: each of these is some 20 MB, or a second, that nothing uses."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

FORMS = "import forms.conditions"
CHECKER = "import storage.ledger.chains"
PRINTER = "from bots import printer; printer.main('0'); import forms.papers.printing"


@pytest.mark.parametrize(
    ("loads", "without"),
    [
        (FORMS, ("typer", "rich", "prompt_toolkit")),
        (PRINTER, ("numpy.", "cryptography.", "typer", "rich")),
        (CHECKER, ("sqlalchemy", "alembic", "pydantic")),
    ],
)
def test_nothing_comes_along_unused(loads: str, without: tuple[str, ...]) -> None:
    told = subprocess.run(
        [sys.executable, "-c", f"{loads}; import sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    assert [name for name in told.stdout.split() if name.startswith(without)] == []
