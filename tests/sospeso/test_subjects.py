"""`sospeso subject-access` and `sospeso erase` as people run them."""

import asyncio
import stat
import zipfile
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from storage.receipts import receipts_of
from storage.tables.erasures import Erasure
from tests.bots.house import a_house
from tests.builders import a_suspended_registration
from tests.forms.content.shipped import catalogue
from tests.sospeso.commands import commands

pytestmark = pytest.mark.slow
WHY = "Lo chiede il cliente per lettera"


async def registered(url: str, home: Path) -> tuple[UUID, str]:
    """The customer, and the number of their receipt."""
    async with a_house(url, home, catalogue()) as services:
        case = await a_suspended_registration(services)
        async with services.database.transaction() as session:
            return case.party, (await receipts_of(session, case.party))[0].number


async def the_erasure(url: str, home: Path) -> Erasure:
    async with a_house(url, home, catalogue()) as services, services.database.transaction() as session:
        return (await session.scalars(select(Erasure))).one()


def test_a_customer_is_handed_everything_then_erased_then_nothing_is_left_to_hand_out(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home, out = tmp_path / "home", tmp_path / "all.zip"
    party, number = asyncio.run(registered(database_url, home))
    sospeso = commands(monkeypatch, capsys, database_url, home)

    done = sospeso("subject-access", number, "--out", out)
    assert (done.status, done.err) == (0, "")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    with zipfile.ZipFile(out) as packed:
        assert {"data.json", "index.html"} <= set(packed.namelist())

    done = sospeso("erase", party, "--reason", "x", "--yes")
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert "--reason" in done.err
    done = sospeso("erase", party, "--reason", WHY, "--yes")
    assert (done.status, done.err) == (0, "")
    row = asyncio.run(the_erasure(database_url, home))
    assert (row.party_id, row.asked_by, row.reason, row.listed_at is not None) == (party, "operator", None, True)
    assert f"certificate {row.number}" in done.out

    for arguments in (("subject-access", number, "--out", out), ("erase", party, "--reason", WHY, "--yes")):
        done = sospeso(*arguments)
        assert (done.status, done.out, done.err) == (2, "", "This customer was erased: nothing of theirs can be read.\n")
    assert sospeso("evidence", row.number, "--out", out).status == 0  # the mandate alone: there was no contract
    done = sospeso("ledger", "verify", out)
    assert (done.status, "opened    1\n" in done.out, "everything holds" in done.out) == (0, True, True)
