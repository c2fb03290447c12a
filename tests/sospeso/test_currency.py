"""A house whose questionnaire and prices are in one currency does not open in another: every amount would be a wrong one."""

import os
from pathlib import Path

import pytest

from tests import warm

pytestmark = pytest.mark.slow


def test_another_currency_than_the_catalogue_s_is_refused_at_the_start(database_url: str, tmp_path: Path) -> None:
    given = os.environ | {"SOSPESO_CURRENCY": "IRR", "SOSPESO_DATABASE_URL": database_url}
    done = warm.run(["demo", "--home", str(tmp_path / "var"), "--port", "0"], given)
    assert done.returncode == 2
    [told] = done.stderr.splitlines()
    assert told.startswith("SOSPESO_CURRENCY is IRR, and these name amounts in another currency: quote_home/form.yaml (EUR), ")
