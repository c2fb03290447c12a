"""`sospeso backup`, `sospeso restore-drill` and `sospeso restore` (R17): a copy can be read back and put back to work, and what is wrong
with one is found."""

import asyncio
import json
import shutil
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from bots.ledger import keep_ledger
from dialogs.services import Services
from rules.refusals import Reason, Refused
from storage.backup import make_backup
from storage.documents import DocumentStores
from storage.embedded import EmbeddedServer
from storage.ledger.checking import Store, check_store
from storage.ledger.keys import Signer
from storage.migrations.schema import SYSTEM
from storage.parties import find_party_by_email, open_party
from storage.receipts import next_number, receipts_of
from storage.sealing import ErasedError
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


@dataclass(frozen=True, slots=True)
class Past:
    """A house with a past in `home`, and its copy."""

    url: str
    home: Path
    copy: Path
    party: UUID
    document: UUID

    def erase(self) -> None:
        asyncio.run(erased(self.url, self.home, self.party))

    def leave(self, new: Path, *, erasures: bool = False) -> None:
        """The keys had a safe place; of the old stores the list of erasures may be left."""
        shutil.copytree(self.home / "ledger-keys", new / "ledger-keys")
        if erasures:
            shutil.copytree(self.home / "documents" / "erasures", new / "documents" / "erasures")
            (new / "documents" / "erasures" / ".DS_Store").touch()  # as some file managers do


@pytest.fixture
def past(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Past:
    home, copy = tmp_path / "home", tmp_path / "copy"
    party, document = asyncio.run(with_a_past(database_url, home))
    assert commands(monkeypatch, capsys, database_url, home)("backup", copy).status == 0
    return Past(database_url, home, copy, party, document)


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


def test_a_copy_is_put_back_to_work_and_whoever_was_erased_since_is_erased_again(
    past: Past, empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    new, copy, party = tmp_path / "elsewhere", past.copy, past.party
    past.erase()
    past.leave(new, erasures=True)
    sospeso = commands(monkeypatch, capsys, empty_database_url, new)
    done = sospeso("restore", copy, "--json")
    told = json.loads(done.out)
    assert (done.status, done.err, told["wrong"]) == (0, "", [])
    assert (told["holds"], told["documents"], told["to_erase"], told["erased_again"]) == (True, 1, 1, 1)
    assert (copy / "versions").is_dir() == (new / "versions").is_dir()
    assert (new / "documents-copy" / "erasures" / str(party)).is_file()  # it lay in one store only
    assert asyncio.run(is_forgotten(empty_database_url, new, party))
    assert sospeso("ledger", "verify").status == 0
    assert sospeso("db", "status").status == 0

    done = sospeso("restore", copy)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("The database holds tables: ")


def test_whoever_could_not_be_erased_again_is_counted(
    past: Past, empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    new = tmp_path / "elsewhere"
    past.erase()
    past.leave(new, erasures=True)

    async def refuse(*_: object, **__: object) -> bool:
        raise Refused(Reason.NOT_POSSIBLE_NOW, state="has_policies")

    monkeypatch.setattr("bots.erasing.erase", refuse)
    done = commands(monkeypatch, capsys, empty_database_url, new)("restore", past.copy)
    assert done.status == 1
    assert "WRONG     1 customers who were erased since stand again" in done.out


def test_a_copy_takes_each_document_where_it_is_whole_and_names_those_that_are_not(
    past: Past, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sospeso, path = commands(monkeypatch, capsys, past.url, past.home), f"{past.party}/{past.document}"
    first, copy = (past.home / store / path for store in ("documents", "documents-copy"))
    whole = first.read_bytes()
    first.write_bytes(whole[:-1] + b"x")
    assert sospeso("backup", tmp_path / "second").status == 0
    assert (tmp_path / "second" / "documents" / path).read_bytes() == whole

    copy.unlink()
    done = sospeso("backup", tmp_path / "third")
    assert (done.status, done.err) == (1, "")
    assert done.out.endswith(f"WRONG     document {path} lies in no store as its row says\n")

    (past.home / "documents").rename(past.home / "unmounted")
    done = sospeso("backup", tmp_path / "fourth", "--json")
    assert (done.status, json.loads(done.out)["wrong"]) == (1, [f"document {path} lies in no store as its row says"])
    assert json.loads(sospeso("restore-drill", tmp_path / "fourth", "--json").out)["wrong"] != []


class RootMeanwhile(DocumentStores):
    """Of a program that makes the day's root while somebody looks at the stores for the second time."""

    def __init__(self, house: Services) -> None:
        super().__init__(house.settings.documents_url, house.settings.documents_copy_url)
        self._house, self._looks = house, 0

    async def list_in_either(self, folder: str) -> set[str]:
        await self._keep()
        return await super().list_in_either(folder)

    async def list_copies(self, folder: str) -> list[str]:
        self._looks += 1
        if self._looks > 1:
            await self._keep()
        return await super().list_copies(folder)

    async def _keep(self) -> None:
        await keep_ledger(self._house, Signer(self._house.settings.ledger_folder))


async def copied_at_midnight(url: str, home: Path, copy: Path) -> None:
    async with a_house(url, home, catalogue()) as house:
        await a_suspended_registration(house)
        _, wrong = await make_backup(url, RootMeanwhile(house), copy, house.clock())
    assert wrong == []
    assert list((home / "documents-copy" / "ledger").glob("*.json"))


def test_a_root_made_while_a_copy_is_made_is_no_root_taken_away(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home, copy = tmp_path / "home", tmp_path / "copy"
    asyncio.run(copied_at_midnight(database_url, home, copy))
    sospeso = commands(monkeypatch, capsys, database_url, home)
    assert json.loads(sospeso("restore-drill", copy, "--json").out)["wrong"] == []


async def checked_at_midnight(url: str, home: Path) -> list[str]:
    async with a_house(url, home, catalogue()) as house:
        await a_suspended_registration(house)
        store = Store(url=url, master=None, documents=RootMeanwhile(house), ledger_folder=house.settings.ledger_folder)
        return [each.what for each in (await check_store(store)).chains.wrong]


def test_a_root_made_while_the_ledger_is_checked_is_no_root_taken_away(database_url: str, tmp_path: Path) -> None:
    assert asyncio.run(checked_at_midnight(database_url, tmp_path / "home")) == []


async def numbered(url: str, home: Path, email: str) -> set[str]:
    """Of the receipts of a customer who comes now."""
    async with a_house(url, home, catalogue()) as house:
        case = await a_suspended_registration(house, email=email)
        async with house.database.transaction() as session:
            return {receipt.number for receipt in await receipts_of(session, case.party)}


async def one_lost(url: str, home: Path) -> None:
    async with a_house(url, home, catalogue()) as house, house.database.transaction() as session:
        await next_number(session, "R", house.clock(), house.settings.timezone)


def test_no_number_that_a_paper_may_have_is_given_again(
    past: Past, empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = asyncio.run(numbered(past.url, past.home, "after@example.org"))  # after the copy was made
    new = tmp_path / "elsewhere"
    past.leave(new)
    sospeso = commands(monkeypatch, capsys, empty_database_url, new)
    passed_over = json.loads(sospeso("restore", past.copy, "--json").out)["passed_over"]
    assert [first[0] for first, _ in passed_over] == ["R", "P", "E"]
    (first, last), year = passed_over[0], passed_over[0][0][:7]
    assert (first, last) == (min(lost), f"{year}{int(first[7:]) + 999:06d}")
    done = sospeso("ledger", "verify")
    assert done.status == 0
    assert "1,000 numbers passed over as a backup was restored" in done.out
    assert min(asyncio.run(numbered(empty_database_url, new, "later@example.org"))) == f"{year}{int(first[7:]) + 1000:06d}"
    assert sospeso("ledger", "verify").status == 0

    asyncio.run(one_lost(empty_database_url, new))
    done = sospeso("ledger", "verify")
    assert done.status == 1
    assert "1 numbers are not there" in done.out


async def is_forgotten(url: str, home: Path, party: UUID) -> bool:
    async with a_house(url, home, catalogue()) as house, house.database.transaction() as session:
        with pytest.raises(ErasedError):
            await open_party(session, house.keys, party)
        return await find_party_by_email(session, house.keys, EMAIL) is None


def test_a_copy_without_erasures_opens_in_an_embedded_database_of_its_own(
    past: Past, open_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    new, copy, path = open_folder / "elsewhere", past.copy, f"{past.party}/{past.document}"
    past.leave(new)
    sospeso = commands(monkeypatch, capsys, "", new)
    monkeypatch.delenv("SOSPESO_DATABASE_URL")
    done = sospeso("restore", copy)
    assert (done.status, done.err) == (0, "")
    assert done.out.endswith("everything can be read back\n")
    # as where the power failed before the program's role was let in
    with EmbeddedServer(new / "database") as server, psycopg.connect(server.url(), autocommit=True) as owner:
        owner.execute(f"alter role {SYSTEM} nologin")
    for store in ("documents", "documents-copy"):
        assert (new / store / path).read_bytes() == (copy / "documents" / path).read_bytes()
    assert sospeso("documents", "scrub", "--json").out == json.dumps({"whole": 1, "mended": 0, "damaged": 0, "unreachable": 0}) + "\n"


def test_nothing_is_restored_over_something_nor_from_a_damaged_copy(
    past: Past, empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    new, copy, party, document = tmp_path / "elsewhere", past.copy, past.party, past.document
    sospeso = commands(monkeypatch, capsys, empty_database_url, new)

    in_the_way = {
        new / "documents" / "something": "The stores of documents are not empty: ",
        new / "documents-copy" / "something": "The stores of documents are not empty: ",
        new / "versions" / "something": f"{new / 'versions'} is not empty: ",
        new / "catalog" / "something": f"{new / 'catalog'} is not empty: ",
    }
    for path, sentence in in_the_way.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("something")
        done = sospeso("restore", copy)
        assert (done.status, done.out) == (2, "")
        assert done.err.startswith(sentence)
        assert done.err.count("\n") == 1
        path.unlink()

    path = copy / "documents" / str(party) / str(document)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    done = sospeso("restore", copy)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"documents/{party}/{document} was changed: nothing was restored; ")
    assert not any(path.is_file() for path in new.rglob("*"))
    assert sospeso("db", "status").status == 1
