"""`sospeso export` as people run it: what the contract says, in a file or on standard output."""

import csv
import json
import os
import stat
import subprocess
from base64 import b64encode
from io import StringIO
from pathlib import Path

import pytest

from tests import warm
from tests.bots.house import a_house
from tests.builders import a_suspended_registration
from tests.forms.content.shipped import catalogue

pytestmark = pytest.mark.slow

BARE = {name: value for name, value in os.environ.items() if not name.startswith("SOSPESO_")}


async def test_lists_are_written_from_the_command_line(database_url: str, tmp_path: Path) -> None:
    async with a_house(database_url, tmp_path / "home", catalogue()) as services:
        case = await a_suspended_registration(services, street="=1+1")

    def sospeso(*arguments: str) -> subprocess.CompletedProcess[str]:
        own = {"SOSPESO_HOME": str(tmp_path / "home"), "SOSPESO_DATABASE_URL": database_url, "SOSPESO_SECRET_KEY": "s" * 40}
        own["SOSPESO_MASTER_KEY"] = b64encode(b"m" * 32).decode()
        return warm.run(["export", *arguments], BARE | own)

    told = sospeso("clients", "--format", "json")
    assert (told.returncode, told.stderr) == (0, "")
    (client,) = json.loads(told.stdout)
    assert (client["id"], client["state"], client["street"]) == (str(case.party), "suspended", "=1+1")
    out = tmp_path / "acts.csv"
    assert sospeso("acts", "--format", "csv", "--since", "2026-01-01", "--out", str(out), "--purpose", "Verifica di prova").returncode == 0
    acts = list(csv.DictReader(StringIO(out.read_bytes().decode(), newline="")))
    assert {act["party"] for act in acts} == {str(case.party)}
    assert {act["export_purpose"] for act in acts} == {"Verifica di prova"}
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob("*acts*")] == ["acts.csv"]
    wrong = sospeso("acts", "--format", "vcf")
    assert (wrong.returncode, wrong.stdout, wrong.stderr.count("\n")) == (2, "", 1)
    assert "acts come as csv" in wrong.stderr
