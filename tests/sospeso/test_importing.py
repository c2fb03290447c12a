"""`sospeso import` as people run it (S0-43): counts and refused cells, no value of anybody's; dry, nothing is kept."""

import asyncio
import json
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.tables.evidence import AuditEvent
from storage.tables.imports import ClientImport, ImportRow
from tests.bots.house import a_house
from tests.builders import a_suspended_registration
from tests.forms.content.shipped import catalogue
from tests.sospeso.commands import commands

pytestmark = pytest.mark.slow

CLIENTS = """email;family_name;given_name;sex;mobile;postcode
demo.nuovo@example.org;Nuovissimo;Demo;M;333 7654321;80134
demo.errore@example.org;Erroneo;Demo;M;333 7654321;185
"""


async def registered(url: str, home: Path) -> None:
    async with a_house(url, home, catalogue()) as services:
        await a_suspended_registration(services)


async def kept(url: str, home: Path) -> tuple[list[ClientImport], list[ImportRow], list[AuditEvent]]:
    async with a_house(url, home, catalogue()) as services, services.database.transaction() as session:
        found = [await session.scalars(select(table)) for table in (ClientImport, ImportRow)]
        events = await session.scalars(select(AuditEvent).where(AuditEvent.action == "import"))
        return list(found[0]), list(found[1]), list(events)  # type: ignore[arg-type]  # one of each


def test_a_list_is_read_dry_and_then_kept(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home, file = tmp_path / "home", tmp_path / "clienti.csv"
    asyncio.run(registered(database_url, home))
    sospeso = commands(monkeypatch, capsys, database_url, home)
    file.write_text(CLIENTS)

    done = sospeso("import", "clients", file, "--dry-run")
    assert (done.status, done.err) == (1, "")
    assert done.out == "new: 1, same: 0, changed: 0, conflict: 0, refused: 1\nline 3, postcode: postcode_form\n"
    lists, rows, events = asyncio.run(kept(database_url, home))
    assert (lists, rows) == ([], [])
    assert [(event.who, event.detail["is_dry"], event.detail["refused"]) for event in events] == [("operator", True, 1)]

    done = sospeso("import", "clients", file, "--dry-run", "--take-the-rest")
    assert (done.status, done.out) == (
        0, "new: 2, same: 0, changed: 0, conflict: 0, refused: 0\nline 3, postcode: postcode_form, taken without\n",
    )  # fmt: skip

    done = sospeso("import", "clients", file, "--json", "--source", "Vecchio gestionale, passaggio")
    told = json.loads(done.out)
    assert (done.status, told["counts"]) == (1, {"same": 0, "new": 1, "refused": 1})
    assert told["refused"] == [{"line": 3, "column": "postcode", "reason": "postcode_form"}]
    lists, rows, events = asyncio.run(kept(database_url, home))
    assert ([str(one.id) for one in lists], sorted(row.outcome for row in rows)) == ([told["id"]], ["new", "refused"])
    assert len(events) == 3

    done = sospeso("import", "clients", file)
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert "was read in on" in done.err


UNREADABLE = (
    ("x.csv", b"PK\x03\x04 anything", "archive"),
    ("x.csv", "email,family_name\ndemo@example.org,Perché".encode("cp1252"), "Line 2 is not UTF-8"),
    ("x.csv", b"email,Codice interno\ndemo@example.org,1", "Codice interno"),
    ("x.xlsx", b"PK\x03\x04", "--format"),
    ("x.csv", b"", "no customer"),
)


def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(kept(database_url, tmp_path / "home"))
    sospeso = commands(monkeypatch, capsys, database_url, tmp_path / "home")
    for name, content, told in UNREADABLE:
        file = tmp_path / name
        file.write_bytes(content)
        done = sospeso("import", "clients", file)
        assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
        assert told in done.err
