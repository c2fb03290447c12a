"""A house whose questionnaire and prices are in one currency does not open in another: every amount would be a wrong one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def test_another_currency_than_the_catalogue_s_is_refused_at_the_start(open_folder: Path) -> None:
    command = [sys.executable, "-m", "sospeso", "demo", "--home", str(open_folder / "var"), "--port", "0"]
    done = subprocess.run(
        command, env={**os.environ, "SOSPESO_CURRENCY": "IRR"}, cwd=open_folder, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 2
    [told] = done.stderr.splitlines()
    assert told.startswith("SOSPESO_CURRENCY is IRR, and these name amounts in another currency: quote_home/form.yaml (EUR), ")
