"""A folder of vCards that a CardDAV server serves: a file for each customer, its UID for good, and what somebody else wrote stays theirs."""

import os
import tracemalloc
from pathlib import Path

import pytest

from bots.sync.cards import MOST_READ
from bots.sync.looking import look
from dialogs.services import Services
from tests.bots.house import SECOND
from tests.bots.sync.house import NAME, a_client, batches, changed, records, synced, with_target

pytestmark = pytest.mark.slow


@pytest.fixture
def house(house: Services, folder: Path) -> Services:
    return with_target(house, "carddav", folder=str(folder))


async def test_each_customer_is_a_card_with_its_uid_for_good(house: Services, folder: Path) -> None:
    first, second = await a_client(house), await a_client(house, SECOND)
    await synced(house)
    assert sorted(path.name for path in folder.iterdir()) == sorted([f"{first}.vcf", f"{second}.vcf", ".Radicale.props"])
    card = (folder / f"{first}.vcf").read_bytes().decode()
    assert card.startswith("BEGIN:VCARD\r\nVERSION:4.0\r\n")
    for line in (f"UID:urn:uuid:{first}", "N:Esempio;Demetra;;;", "TEL;VALUE=uri;TYPE=cell:tel:+393331234567", "BDAY:19800312"):
        assert f"\r\n{line}\r\n" in card
    assert "IT60X0542811101000000123456" not in card

    before = (folder / f"{second}.vcf").read_bytes()
    await changed(house, first, family_name="Prova")
    await synced(house)
    assert "N:Prova;Demetra;;;" in (folder / f"{first}.vcf").read_bytes().decode()
    assert (folder / f"{second}.vcf").read_bytes() == before
    await changed(house, first, iban="IT60X0542811101000000123457")  # nothing an address book is told
    await synced(house)
    assert len(await batches(house)) == 2


@pytest.mark.parametrize("theirs", [b"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Altra\r\nTEL:1\r\nTEL:\r\n 2\r\nEND:VCARD\r\n", None])
async def test_a_file_that_somebody_else_changed_or_deleted_is_a_conflict(house: Services, folder: Path, theirs: bytes | None) -> None:
    party = await a_client(house)
    await synced(house)
    path = folder / f"{party}.vcf"
    if theirs is None:
        path.unlink()
    else:
        path.write_bytes(theirs)
    await synced(house)
    assert {record.state for record in await records(house)} == {"sent"}, "nothing of ours has changed"
    await changed(house, party, family_name="Prova")
    await synced(house)
    (record,) = await records(house)
    assert (record.state, record.problem) == ("conflict", "file_changed" if theirs else "file_gone")
    assert (path.read_bytes() if path.exists() else None) == theirs
    assert (record.sealed_theirs is None) == (theirs is None)


async def test_a_file_that_stood_there_before_is_not_written_over(house: Services, folder: Path) -> None:
    party = await a_client(house)
    (folder / f"{party}.vcf").write_bytes(b"theirs")
    await synced(house)
    assert (folder / f"{party}.vcf").read_bytes() == b"theirs"
    assert [record.problem for record in await records(house)] == ["file_changed"]


@pytest.mark.parametrize("kind", ["link", "pipe"])
async def test_of_a_link_or_a_pipe_nothing_is_read(house: Services, folder: Path, tmp_path: Path, kind: str) -> None:
    party, other = await a_client(house), tmp_path / "settings"
    other.write_text("SECRET:of another folder\n")
    path = folder / f"{party}.vcf"
    path.symlink_to(other) if kind == "link" else os.mkfifo(path)
    await synced(house)
    (record,) = await records(house)
    assert (record.problem, record.sealed_theirs) == ("file_changed", None)
    assert other.read_text() == "SECRET:of another folder\n"


async def test_of_a_file_that_somebody_made_huge_only_the_beginning_is_read(house: Services, folder: Path) -> None:
    party = await a_client(house)
    with (folder / f"{party}.vcf").open("wb") as file:
        file.truncate(100 * MOST_READ)
    await look(house, NAME)
    tracemalloc.start()
    await synced(house)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [record.problem for record in await records(house)] == ["file_changed"]
    assert most < 50 * MOST_READ


async def test_a_folder_that_is_not_there_is_waited_for(house: Services, folder: Path) -> None:
    house = with_target(house, "carddav", folder=str(folder / "away"))
    await a_client(house)
    assert await synced(house, retries_s=(60,)) == 60
    (folder / "away").mkdir()
