"""S0-43, S0-44: a folder that another program writes lists into: each is read once, whole, and waits for a colleague as every list does."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import func, select

from bots.clock import Clock
from bots.sync.arriving import TAKEN, Folders
from dialogs.services import Services
from forms.programs import Programs
from storage.imports import end_import, find_same, import_owner, open_row, read_source
from storage.incoming import REFUSED, Refusal, refused_files
from storage.tables.evidence import Act, AuditEvent, CardRevision
from storage.tables.imports import ClientImport, ImportRow, IncomingFile
from storage.tables.messages import OutgoingMail
from storage.tables.parties import Party
from tests import warm
from tests.bots.house import AT, EMAIL
from tests.bots.sync.house import PURPOSE, SOURCE, a_client, is_somebody_held_up, with_source
from tests.console.house import Clock as Standing

pytestmark = pytest.mark.slow

LIST = "email;family_name;given_name\nnuova@example.org;Nuovissima;Demo\n"
WRONG = "email;family_name;SEGRETO\nnuova@example.org;Nuovissima;x\n"


async def looked(services: Services, folders: Folders | None = None, times: int = 2) -> Folders:
    folders = folders or Folders(services)
    for _ in range(times):
        await folders.look()
    return folders


async def lists(services: Services) -> list[ClientImport]:
    async with services.database.transaction() as session:
        return list(await session.scalars(select(ClientImport).order_by(ClientImport.id)))


async def arrived(services: Services) -> list[IncomingFile]:
    async with services.database.transaction() as session:
        return list(await session.scalars(select(IncomingFile).order_by(IncomingFile.at, IncomingFile.id)))


async def counted(services: Services) -> list[int | None]:
    async with services.database.transaction() as session:
        return [await session.scalar(select(func.count()).select_from(each)) for each in (Party, CardRevision, Act, OutgoingMail)]


async def refused(services: Services) -> list[Refusal]:
    folders = {name: source.folder for name, source in services.sources.items()}
    async with services.database.transaction() as session:
        return list((await refused_files(session, services.keys, folders)).get(SOURCE, ()))


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


async def test_what_a_program_leaves_waits_for_a_colleague_and_nothing_of_it_counts(house: Services, folder: Path) -> None:
    house = with_source(house, folder, mapping=[{"name": "MAIL", "from": "email"}, {"name": "COGNOME", "from": "family_name"}])
    await a_client(house)
    before = await counted(house)
    (folder / "clienti.csv").write_text(f"MAIL;COGNOME\n{EMAIL};Altra\nnuova@example.org;Nuovissima\n")
    await looked(house)
    (row,) = await lists(house)
    assert (row.colleague_id, row.program, row.format, row.counts) == (None, SOURCE, "csv", {"same": 0, "new": 1, "changed": 1})
    assert read_source(house.keys, row) == PURPOSE
    assert names(folder) == []
    async with house.database.transaction() as session:
        told = [open_row(import_owner(house.keys, row), each).values for each in await session.scalars(select(ImportRow))]
        assert sorted(value for values in told for value in values.values()) == ["Altra", "Nuovissima", "nuova@example.org"]
        (event,) = await session.scalars(select(AuditEvent).where(AuditEvent.action == "import"))
    assert await counted(house) == before
    assert (event.who, event.subject_id, event.detail["source"]) == ("clock", row.id, SOURCE)


async def test_a_file_that_is_still_being_written_is_not_read(house: Services, folder: Path) -> None:
    house = with_source(house, folder)
    folders = Folders(house)
    with (folder / "clienti.csv").open("w") as file:
        for line in LIST.splitlines(keepends=True):
            file.write(line)
            file.flush()
            await folders.look()
    assert await lists(house) == []
    for name in (".clienti.csv", "clienti.csv.part", "clienti.csv.TMP"):
        (folder / name).write_text(LIST)
    (folder / "link.csv").symlink_to(folder / ".clienti.csv")
    (folder / "sub").mkdir()
    await looked(house, folders)
    (row,) = await lists(house)
    assert row.counts == {"same": 0, "new": 1}
    assert names(folder) == [".clienti.csv", "clienti.csv.TMP", "clienti.csv.part", "link.csv"]


async def test_a_file_that_changes_while_it_is_taken_waits_for_another_look(house: Services, folder: Path) -> None:
    house = with_source(house, folder)
    folders = Folders(house)
    path = folder / "clienti.csv"
    with path.open("w") as file:  # their program holds it open, and goes on after it was taken
        file.write(LIST)
        file.flush()
        await folders.look()
        path.rename(folder / f"{TAKEN}clienti.csv")
        await folders.look()
        file.write("altra@example.org;Altra;Demo\n")
    path.write_text("email;family_name\nterza@example.org;Terza\n")
    await looked(house, folders)
    assert [row.counts["new"] for row in await lists(house)] == [2]
    await looked(house, folders)
    assert [row.counts["new"] for row in await lists(house)] == [2, 1]
    assert names(folder) == []


async def test_the_very_same_file_is_read_once_whatever_it_is_called(house: Services, folder: Path, clock: Standing) -> None:
    """Also where a colleague has dropped all of it: a program that writes its whole list every night would bring it back every day."""
    house = with_source(house, folder, afterwards="keep")
    folders = Folders(house)
    for name in ("lunedì.csv", "martedì.csv"):
        clock.pass_(days=1)
        (folder / name).write_text(LIST)
        await looked(house, folders)
        async with house.database.transaction() as session:
            for row in await session.scalars(select(ClientImport).where(ClientImport.ended_at.is_(None))):
                await end_import(session, row, house.clock())
    assert len(await lists(house)) == 1
    assert names(folder) == ["done/20261123T082653Z-lunedì.csv", "done/20261123T082653Z-martedì.csv"]
    for path in folder.glob("done/*"):
        os.utime(path, (0, house.clock().timestamp() - 31 * 86_400))
    await folders.look()
    assert names(folder) == [], "what was put aside does not lie there for ever"


async def test_a_refused_file_is_put_aside_with_its_reason_and_no_value(house: Services, folder: Path) -> None:
    house = with_source(house, folder)
    (folder / "rossi mario.csv").write_text(WRONG)
    await looked(house)
    assert await lists(house) == []
    put, reason = names(folder)
    assert (put, reason) == (f"{REFUSED}/20261122T082653Z-rossi mario.csv", f"{put}.reason.txt")
    assert (folder / reason).read_text() == "import_unknown_columns\n"
    (row,) = await arrived(house)
    assert (row.problem, row.import_id, row.is_settled) == ("import_unknown_columns", None, True)
    facts = {"state": "import_unknown_columns", "fields": ["SEGRETO"]}
    assert await refused(house) == [Refusal("rossi mario.csv", AT, "import_unknown_columns", facts, is_settled=True)]
    assert b"SEGRETO" not in row.sealed_told
    assert b"rossi" not in row.sealed_told

    mended = with_source(house, folder, leave_out_unknown=True)  # and put back
    (folder / put).rename(folder / "rossi mario.csv")
    await looked(mended, Folders(mended))
    assert [row.counts["new"] for row in await lists(house)] == [1]


async def test_the_source_says_whether_a_row_is_taken_without_a_refused_cell(house: Services, folder: Path) -> None:
    house = with_source(house, folder, take_the_rest=True)
    (folder / "clienti.csv").write_text("email;family_name;postcode\nnuova@example.org;Nuovissima;185\n")
    await looked(house)
    assert [row.counts for row in await lists(house)] == [{"same": 0, "new": 1}]


async def test_what_a_colleague_has_read_in_is_not_read_again(house: Services, folder: Path) -> None:
    first = folder / "first"
    first.mkdir()
    (first / "clienti.csv").write_text(LIST)
    await looked(with_source(house, first))
    (folder / "clienti.csv").write_text(LIST)
    other = replace(house, programs=Programs({}, {"another": with_source(house, folder).sources[SOURCE]}))
    await looked(other)
    assert len(await lists(house)) == 1
    assert [(row.source, row.problem) for row in await arrived(house)] == [(SOURCE, None), ("another", None)]
    assert names(folder) == []


async def test_a_folder_out_of_reach_stops_no_other(house: Services, folder: Path) -> None:
    away = with_source(house, folder / "mounted").sources[SOURCE]
    house = with_source(house, folder)
    house = replace(house, programs=Programs({}, {"away": away, **house.sources}))
    (folder / "clienti.csv").write_text(LIST)
    await looked(house)
    assert len(await lists(house)) == 1


BREAKS = """
create function break_import() returns trigger language plpgsql as $$ begin raise exception 'Nuovissima' using errcode = '{code}'; end $$;
create trigger break_import before insert on import_row for each row when (new.line = 3) execute function break_import();
"""
"""Of each list with a second row."""


async def execute(url: str, statements: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statements)
    await connection.close()


def two_lists(folder: Path) -> None:
    """The first one will break the database."""
    (folder / "broken.csv").write_text(f"{LIST}altra@example.org;Altra;Demo\n")
    os.utime(folder / "broken.csv", (0, 0))
    (folder / "clienti.csv").write_text(LIST)


async def test_an_outage_over_one_list_holds_up_no_other_and_is_waited_out(house: Services, database_url: str, folder: Path) -> None:
    house = with_source(house, folder)
    await execute(database_url, BREAKS.format(code="53100"))  # the disk is full
    two_lists(folder)
    folders = await looked(house, times=3)
    assert [row.counts["new"] for row in await lists(house)] == [1]
    assert (names(folder), [row.problem for row in await arrived(house)]) == ([f"{TAKEN}broken.csv"], [None])
    await execute(database_url, "drop trigger break_import on import_row")
    await looked(house, folders)
    assert ([row.counts["new"] for row in await lists(house)], names(folder)) == ([1, 2], [])


async def test_a_list_that_the_database_cannot_hold_is_refused(
    house: Services, database_url: str, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    house = with_source(house, folder)
    await execute(database_url, BREAKS.format(code="22003"))  # a number out of range
    two_lists(folder)
    await looked(house)
    assert [row.counts["new"] for row in await lists(house)] == [1]
    put = f"{REFUSED}/20261122T082653Z-broken.csv"
    assert names(folder) == [put, f"{put}.reason.txt"]
    assert [each.problem for each in await refused(house)] == ["import_unforeseen"]
    assert "Nuovissima" not in caplog.text


async def test_a_refusal_that_cannot_be_kept_as_it_is_told_is_kept_without_what_it_told(
    house: Services, database_url: str, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    house = with_source(house, folder)
    trigger = "create trigger break_keeping before insert on incoming_file for each row when (new.problem = 'import_unknown_columns')"
    await execute(database_url, BREAKS.format(code="22003").replace("create trigger", "-- create trigger"))
    await execute(database_url, f"{trigger} execute function break_import()")
    (folder / "clienti.csv").write_text(WRONG)
    await looked(house)
    assert [(each.problem, each.facts) for each in await refused(house)] == [("import_unforeseen", {})]
    assert "SEGRETO" not in caplog.text


@pytest.mark.parametrize("content", ['[{"\\ud800": "x", "email": "a@example.org"}]', '[{"email": "a@example.org", "street": "\\udc00"}]'])
async def test_half_a_character_in_a_list_of_objects_puts_it_aside(house: Services, folder: Path, content: str) -> None:
    house = with_source(house, folder, format="json")
    (folder / "bad.json").write_text(content)
    await looked(house)
    put = f"{REFUSED}/20261122T082653Z-bad.json"
    assert names(folder) == [put, f"{put}.reason.txt"]
    assert [(each.name, each.problem) for each in await refused(house)] == [("bad.json", "import_nul")]


async def test_what_nobody_foresaw_in_one_source_holds_up_no_other(house: Services, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    house = with_source(house, folder)
    nul = house.sources[SOURCE].model_copy(update={"folder": Path("/srv/\0")})
    house = replace(house, programs=Programs({}, {"a": nul, **house.sources}))
    (folder / "clienti.csv").write_text(LIST)
    await looked(house)
    assert len(await lists(house)) == 1
    assert "of a failed: ValueError in " in caplog.text


async def test_a_name_as_long_as_names_can_be_is_put_aside(house: Services, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    house = with_source(house, folder)
    (folder / ("à" * 118 + ".csv")).write_text(WRONG)
    (folder / os.fsdecode(b"luned\xec.csv")).write_text(WRONG)
    (folder / ("x" * 250)).write_text(LIST)
    await looked(house)
    assert [name for name in names(folder) if not name.startswith(REFUSED)] == ["x" * 250]
    assert [each.name for each in await refused(house)] == ["luned\N{REPLACEMENT CHARACTER}.csv", "à" * 118 + ".csv"]
    assert "cannot be taken: File name too long" in caplog.text


async def test_nothing_is_deleted_but_what_we_put_aside(house: Services, folder: Path, tmp_path: Path) -> None:
    """What a program keeps beside it, under a name of ours or behind a link, is not ours."""
    house = with_source(house, folder, afterwards="keep")
    ours, theirs, elsewhere = folder / "done" / "20200101T000000Z-clienti.csv", folder / "done" / "2020.csv", tmp_path / "elsewhere"
    for path in (ours, theirs, elsewhere / ours.name):
        path.parent.mkdir(exist_ok=True)
        path.write_text(LIST)
        os.utime(path, (0, 0))
    (folder / "done" / f"{ours.name}.folder").mkdir()
    os.utime(folder / "done" / f"{ours.name}.folder", (0, 0))
    (folder / REFUSED).symlink_to(elsewhere, target_is_directory=True)
    (folder / "clienti.csv").write_text(WRONG)
    await looked(house)
    assert (ours.exists(), theirs.exists()) == (False, True)
    assert [path.name for path in elsewhere.iterdir()] == [ours.name]
    assert names(folder) == [f"{TAKEN}clienti.csv", "done/2020.csv"]


async def test_several_who_look_at_once_read_each_file_once(house: Services, folder: Path) -> None:
    house = with_source(house, folder)
    for number in range(4):
        (folder / f"{number}.csv").write_text(LIST.replace("nuova", f"nuova{number}"))
    await asyncio.gather(*(looked(house, times=3) for _ in range(3)))
    assert len(await lists(house)) == 4
    assert names(folder) == []


@contextmanager
def a_looker(database_url: str, home: Path, folder: Path) -> Iterator[None]:
    """A process that looks again and again; killed in the end."""
    process = warm.start_python("-m", "tests.bots.sync.looker", database_url, str(home), str(folder))
    try:
        yield
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


async def test_killed_at_any_moment_it_loses_nothing_and_reads_nothing_twice(
    house: Services, database_url: str, folder: Path, tmp_path: Path
) -> None:
    """kill -9 while a list is read; then each time one more is committed, before its file is out of the way or just after."""
    for number in range(4):
        (folder / f"{number}.csv").write_text(LIST.replace("nuova", f"nuova{number}"))
    (folder / "wrong.csv").write_text(WRONG)
    fingerprint = house.keys.blind_index("import", sha256((folder / "0.csv").read_bytes()).hexdigest())
    async with house.database.transaction() as session, asyncio.timeout(120):
        await find_same(session, fingerprint)
        with a_looker(database_url, tmp_path / "home", folder):
            while not await is_somebody_held_up(house):  # noqa: ASYNC110 - over a process
                await asyncio.sleep(0.01)
    assert await lists(house) == []
    for done in (1, 2, 3):
        with a_looker(database_url, tmp_path / "home", folder):
            async with asyncio.timeout(120):
                while len(await lists(house)) < done:  # noqa: ASYNC110 - over a process
                    await asyncio.sleep(0)
    with a_looker(database_url, tmp_path / "home", folder):
        async with asyncio.timeout(120):
            while [name for name in names(folder) if not name.startswith(REFUSED)]:  # noqa: ASYNC110 - over a process
                await asyncio.sleep(0.05)
    assert [row.counts for row in await lists(house)] == 4 * [{"same": 0, "new": 1}]
    files = await arrived(house)
    assert sorted(row.problem or "" for row in files) == [*4 * [""], "import_unknown_columns"], "nothing is noted twice"
    assert len(names(folder)) == 2


async def test_a_source_that_is_added_while_the_program_runs_is_looked_into(house: Services, folder: Path) -> None:
    (folder / "clienti.csv").write_text(LIST)
    async with Clock(house, look_s=0.01), asyncio.timeout(180):
        told = house.settings.catalogue_folder / "sync"
        told.mkdir(parents=True)
        (told / f"{SOURCE}.yaml").write_text(f"kind: pickup\npurpose: {PURPOSE}\nfolder: {folder}\n")
        while not await lists(house):  # noqa: ASYNC110 - until the clock has looked
            await asyncio.sleep(0.01)
    assert list(house.sources) == [SOURCE]
