"""The embedded server: a child that cannot outlive us, and starts again after any end."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import psutil
import psycopg
import pytest

from storage.embedded import EmbeddedServer
from storage.processes import AlreadyRunning, CannotStart

pytestmark = pytest.mark.slow


def run(url: str, statement: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchone() if cursor.description else None


def test_what_was_written_is_there_after_a_restart(open_folder: Path) -> None:
    with EmbeddedServer(open_folder / "database") as server:
        run(server.url("postgres"), "create table kept as select 7 as number")
    with EmbeddedServer(open_folder / "database") as server:
        assert run(server.url("postgres"), "select number from kept") == (7,)
        assert run(
            server.url("postgres"),
            "select current_setting('fsync') || current_setting('full_page_writes') || current_setting('synchronous_commit')",
        ) == ("ononon",)
    assert server.pid is None


def test_a_second_owner_is_refused_and_a_command_joins(open_folder: Path) -> None:
    with EmbeddedServer(open_folder / "database") as server:
        with pytest.raises(AlreadyRunning, match="already running"):
            EmbeddedServer(open_folder / "database").start()
        joined = EmbeddedServer(open_folder / "database").join()
        assert run(joined.url("postgres"), "select 1") == (1,)
        joined.stop()
        assert run(server.url("postgres"), "select 1") == (1,)


def test_a_half_made_cluster_does_not_stay(open_folder: Path) -> None:
    half = open_folder / "database" / "pg.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    with EmbeddedServer(open_folder / "database") as server:
        assert run(server.url("postgres"), "select 1") == (1,)


def test_a_long_path_gets_a_short_socket(open_folder: Path) -> None:
    with EmbeddedServer(open_folder / ("long" * 20) / ("longer" * 10)) as server:
        assert run(server.url("postgres"), "select 1") == (1,)
        assert len(str(server.sockets)) < 80


def test_a_killed_server_starts_again_though_nobody_reaped_it(open_folder: Path) -> None:
    first = EmbeddedServer(open_folder / "database").start()
    assert first.pid is not None
    os.kill(first.pid, signal.SIGKILL)
    while psutil.Process(first.pid).status() != psutil.STATUS_ZOMBIE:
        pass
    assert first._lock is not None
    first._lock.close()  # as if our process had died: the zombie stays where nobody reaps it
    with EmbeddedServer(open_folder / "database") as second:
        assert run(second.url("postgres"), "select 1") == (1,)
    assert first._process is not None
    first._process.wait()


OWNER = textwrap.dedent("""
    import sys, time
    from pathlib import Path
    from storage.embedded import EmbeddedServer
    server = EmbeddedServer(Path(sys.argv[1])).start()
    print(server.pid, flush=True)
    time.sleep(600)
""")


def test_the_server_ends_with_us_however_we_end(open_folder: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER, open_folder / "database"], stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        server = psutil.Process(int(owner.stdout.readline()))
        owner.send_signal(signal.SIGKILL)
        owner.wait()
        _, alive = psutil.wait_procs([server], timeout=20)
        assert all(process.status() == psutil.STATUS_ZOMBIE for process in alive)  # where init reaps nobody
    with EmbeddedServer(open_folder / "database") as again:
        assert run(again.url("postgres"), "select 1") == (1,)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another account")
def test_a_folder_closed_to_nobody_is_refused_with_what_to_do(open_folder: Path) -> None:
    (open_folder / "closed").mkdir(mode=0o700)
    with pytest.raises(CannotStart, match="SOSPESO_HOME"):
        EmbeddedServer(open_folder / "closed" / "database").start()


def test_a_file_in_the_way_is_refused_with_what_to_do(open_folder: Path) -> None:
    (open_folder / "database").write_text("")
    with pytest.raises(CannotStart, match="SOSPESO_HOME"):
        EmbeddedServer(open_folder / "database").start()


async def test_a_thread_may_not_start_it(open_folder: Path) -> None:
    with pytest.raises(RuntimeError, match="main"):
        await asyncio.to_thread(EmbeddedServer(open_folder / "database").start)


def test_no_secret_of_ours_stands_in_the_servers_environment(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOSPESO_MASTER_KEY", "a secret of tests")
    with EmbeddedServer(open_folder / "database") as server:
        environment = psutil.Process(server.pid).environ()
    assert "PATH" in environment
    assert not [name for name in environment if name.startswith("SOSPESO_")]
