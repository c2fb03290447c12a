"""`sospeso sync` as people run it: listed, run now, released; and a file with a mistake in it."""

import asyncio
import json
from pathlib import Path

import pytest
import yaml
from sqlalchemy import NullPool, create_engine, make_url, text

from tests.bots.house import a_house
from tests.bots.sync.house import NAME, PURPOSE, a_client
from tests.forms.content.shipped import catalogue
from tests.sospeso.commands import Run, commands

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "theirs"
    made.mkdir()
    return made


@pytest.fixture
def sospeso(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    async def begin() -> None:
        async with a_house(database_url, tmp_path / "home", catalogue()) as services:
            await a_client(services)

    asyncio.run(begin())
    return commands(monkeypatch, capsys, database_url, tmp_path / "home")


def a_target(home: Path, folder: Path, *, name: str = NAME, **more: object) -> None:
    file = home / "catalog" / "sync" / f"{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    told = {"kind": "drop", "list": "clients", "purpose": PURPOSE, "folder": str(folder), "format": "jsonl", **more}
    file.write_text(yaml.safe_dump(told))


def test_a_target_is_run_now_and_listed(sospeso: Run, tmp_path: Path, folder: Path) -> None:
    done = sospeso("sync", "list")
    assert (done.status, done.err) == (0, "")
    assert "no target yet" in done.out
    a_target(tmp_path / "home", folder)
    done = sospeso("sync", "run", NAME)
    assert (done.status, done.err, done.out.split()) == (0, "", ["crm", "drop", "clients", "auto", "batch", "1", "sent"])
    assert len(list(folder.iterdir())) == 1
    assert sospeso("sync", "run", NAME).status == 0
    assert len(list(folder.iterdir())) == 1
    (row,) = json.loads(sospeso("sync", "list", "--json").out)
    assert (row["name"], row["number"], row["state"], row["waiting"]) == (NAME, 1, "sent", 0)


def released_by(database_url: str) -> list[tuple[str, bool, dict[str, object]]]:
    """Who released something, whether it was one customer's, and what is told of it."""
    told = "select who, party_id is not null, detail from audit_event where action = 'release_sync' order by number"
    engine = create_engine(make_url(database_url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.connect() as connection:
        return [(who, is_ones, detail) for who, is_ones, detail in connection.execute(text(told))]


def test_a_controlled_target_sends_what_was_released(sospeso: Run, database_url: str, tmp_path: Path, folder: Path) -> None:
    a_target(tmp_path / "home", folder, mode="controlled")
    done = sospeso("sync", "run", NAME)
    assert (done.status, "1 waiting" in done.out, list(folder.iterdir())) == (0, True, [])
    assert "1 released" in sospeso("sync", "release", NAME).out
    assert released_by(database_url) == [("operator", False, {"rows": 1, "target": NAME}), ("operator", True, {})]
    assert sospeso("sync", "run", NAME).status == 0
    assert len(list(folder.iterdir())) == 1


def test_one_target_or_every_one_is_released(sospeso: Run, tmp_path: Path, folder: Path) -> None:
    for name in ("altro", NAME, "terzo"):
        a_target(tmp_path / "home", folder, name=name, mode="controlled")
        assert sospeso("sync", "run", name).status == 0
    assert sospeso("sync", "release", NAME).out.startswith(f"{NAME}: 1 released")
    waiting = {row["name"]: row["waiting"] for row in json.loads(sospeso("sync", "list", "--json").out)}
    assert waiting == {"altro": 1, NAME: 0, "terzo": 1}
    lines = sospeso("sync", "release").out.splitlines()
    assert [line.partition(";")[0] for line in lines] == ["altro: 1 released", f"{NAME}: 0 released", "terzo: 1 released"]


def test_without_a_target_nothing_is_released(sospeso: Run) -> None:
    done = sospeso("sync", "release")
    assert (done.status, done.err, "no target yet" in done.out) == (0, "", True)


def test_what_is_not_taken_stays_for_the_jobs(sospeso: Run, tmp_path: Path, folder: Path) -> None:
    a_target(tmp_path / "home", folder / "mounted")
    done = sospeso("sync", "run", NAME)
    assert (done.status, "batch 1 sending (folder)" in done.out) == (1, True)
    (folder / "mounted").mkdir()
    done = sospeso("sync", "run", NAME)
    assert (done.status, "batch 1 sent" in done.out) == (0, True)


def test_a_list_that_lies_there_is_read_now_and_a_refused_one_is_listed(sospeso: Run, tmp_path: Path, folder: Path) -> None:
    file = tmp_path / "home" / "catalog" / "sync" / "gestionale-in.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(yaml.safe_dump({"kind": "pickup", "purpose": PURPOSE, "folder": str(folder)}))
    done = sospeso("sync", "list")
    assert (done.status, done.out.split()) == (0, ["gestionale-in", "pickup", "no", "file", "of", "late"])
    (folder / "clienti.csv").write_text("email;family_name\nnuova@example.org;Nuova\n")
    done = sospeso("sync", "run", "gestionale-in")
    assert (done.status, done.err, "last file" in done.out, list(folder.iterdir())) == (0, "", True, [])
    (folder / "clienti.csv").write_bytes("email;family_name\nnuova@example.org;Però\n".encode("cp1252"))
    assert sospeso("sync", "run", "gestionale-in").status == 1
    done = sospeso("sync", "list", "--json")
    (row,) = json.loads(done.out)
    assert (done.status, row["name"], row["error"]) == (1, "gestionale-in", "import_encoding")
    (folder / "clienti.csv").write_text("email;family_name\naltra@example.org;Altra\n")
    assert sospeso("sync", "run", "gestionale-in").status == 1, "the refused one is looked after by nobody yet"
    for put in folder.glob("refused/*"):
        put.unlink()
    assert sospeso("sync", "list").status == 0
    folder.rename(folder.with_name("away"))
    assert "(folder)" in sospeso("sync", "list").out
    done = sospeso("sync", "run", "gestionale-in")
    assert (done.status, done.err) == (2, f"The folder of gestionale-in is out of reach: {folder}\n")


def test_an_unknown_name_and_a_wrong_file_are_one_sentence(sospeso: Run, tmp_path: Path, folder: Path) -> None:
    a_target(tmp_path / "home", folder)
    for command in ("run", "release"):
        done = sospeso("sync", command, "gestionale")
        assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
        assert "there is crm" in done.err
    a_target(tmp_path / "home", Path("relative"))
    done = sospeso("sync", "list")
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert "must be a whole path" in done.err
    assert "crm.yaml" in done.err
