"""`sospeso backup` and `sospeso restore-drill` (R17): a copy can be read back, and what is wrong with one is found."""

import asyncio
import json
from base64 import b64encode
from pathlib import Path
from uuid import UUID

import pytest

from bots.ledger import keep_ledger
from storage.ledger.keys import Signer
from tests.bots.house import EMAIL, a_house
from tests.bots.test_erasing import erase_now
from tests.builders import a_suspended_registration
from tests.console.house import a_document
from tests.forms.content.shipped import catalogue
from tests.sospeso.commands import commands

pytestmark = pytest.mark.slow


async def with_a_past(url: str, home: Path) -> tuple[UUID, UUID]:
    """A customer and their document, under a root of the ledger."""
    async with a_house(url, home, catalogue()) as house:
        case = await a_suspended_registration(house)
        document = await a_document(house, case.party)
        await keep_ledger(house, Signer(house.settings.ledger_folder))
        return case.party, document


async def erased(url: str, home: Path, party: UUID) -> None:
    async with a_house(url, home, catalogue()) as house:
        await erase_now(house, party)


def test_a_copy_is_read_back_to_the_last_row_and_whoever_was_erased_since_is_named(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home, copy = tmp_path / "home", tmp_path / "copy"
    party, document = asyncio.run(with_a_past(database_url, home))
    sospeso = commands(monkeypatch, capsys, database_url, home)
    done = sospeso("backup", copy)
    assert (done.status, done.err) == (0, "")
    assert sospeso("backup", copy).err.startswith(f"{copy} is not empty: ")
    whole = b"".join(path.read_bytes() for path in copy.rglob("*") if path.is_file())
    assert not any(word in whole for word in (EMAIL.encode(), b"s" * 40, b64encode(b"m" * 32)))
    assert not list(copy.rglob("*.pem"))

    asyncio.run(erased(database_url, home, party))
    done = sospeso("restore-drill", copy, "--json")
    told = json.loads(done.out)
    assert (done.status, done.err, told["wrong"]) == (0, "", [])
    assert (told["holds"], told["documents"], told["to_erase"]) == (True, 1, 1)
    assert told["ledger"]["opened"] == told["ledger"]["acts"] > 5

    path = copy / "documents" / str(party) / str(document)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    done = sospeso("restore-drill", copy)
    assert done.status == 1
    assert f"WRONG     documents/{party}/{document} was changed" in done.out
    assert f"WRONG     document {document} is not what its row says" in done.out

    (copy / "manifest.json").unlink()
    done = sospeso("restore-drill", copy)
    assert (done.status, done.out) == (2, "")
    assert "holds no whole backup" in done.err
