"""The program as people run it: demo, commands beside it, refusals, ends."""

import json
import os
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests import warm

pytestmark = pytest.mark.slow

BARE = {name: value for name, value in os.environ.items() if not name.startswith("SOSPESO_")}


def sospeso(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A command; how long Python takes to read the program is not asked here."""
    return warm.run(arguments, BARE | {"SOSPESO_HOME": str(home)} | more)


@contextmanager
def a_demo(home: Path, *arguments: str, is_cold: bool = False) -> Iterator[tuple[warm.Started | subprocess.Popen[str], str, list[str]]]:
    """The running demo, its address, and what it had said before it was ready. `is_cold`: started as people do."""
    start = warm.start_cold if is_cold else warm.start
    with Path(os.devnull).open("w") as nowhere:
        running = start(["demo", "--home", str(home), "--port", "0", *arguments], BARE, nowhere)
    assert running.stdout is not None
    with running.stdout:
        try:
            said = []
            for line in running.stdout:
                said.append(line)
                if line.startswith("ready "):
                    break
            yield running, said[-1].split()[1], said
        finally:
            running.kill()
            running.wait(30)


def answer(url: str, body: object = None) -> tuple[int, bytes]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        return response.status, response.read()


def database_of(running: warm.Started | subprocess.Popen[str]) -> psutil.Process:
    return next(child for child in psutil.Process(running.pid).children() if child.name() == "postgres")


def ended(process: psutil.Process) -> bool:
    _, alive = psutil.wait_procs([process], timeout=20)
    return all(each.status() == psutil.STATUS_ZOMBIE for each in alive)


def test_the_demo_answers_keeps_its_data_and_ends_with_its_database(open_folder: Path) -> None:
    with a_demo(open_folder / "home", is_cold=True) as (running, url, said):
        server = database_of(running)
        assert answer(f"{url}healthz")[0] == 200
        assert answer(url)[0] == 200
        status, opened = answer(f"{url}api/chat/conversations", {"language": "it"})
        assert status == 201
        assert b'type="password"' in answer(f"{url}console/")[1]
        assert answer(f"{url}mail")[0] == 200
        assert "agent@example.org" in "".join(said)
        listed = sospeso(open_folder / "home", "staff", "list", "--json")
        assert {each["role"] for each in json.loads(listed.stdout)} == {"admin", "agent", "manager", "auditor"}
        again = sospeso(open_folder / "home", "demo", "--port", "0")
        assert (again.returncode, again.stderr.count("\n")) == (2, 1)
        running.send_signal(signal.SIGINT)
        assert running.wait(30) == 0
        assert ended(server)
    conversation, secret = (json.loads(opened)[name] for name in ("conversation", "secret"))
    with a_demo(open_folder / "home") as (running, url, said_again):
        request = urllib.request.Request(f"{url}api/chat/conversations/{conversation}", headers={"authorization": f"Bearer {secret}"})
        with urllib.request.urlopen(request, timeout=30) as response:
            assert len(json.load(response)["turns"]) == 1
        assert said_again[4:-1] == said[4:-1]  # the colleagues' passwords
        server = database_of(running)
        running.kill()
        assert ended(server)
    with a_demo(open_folder / "home", "--fresh") as (running, url, said_fresh):
        assert said_fresh[4:-1] != said[4:-1]
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0


def test_commands_start_the_database_for_their_own_time(open_folder: Path) -> None:
    added = sospeso(open_folder, "staff", "add", "demo@example.org", "--name", "Demo Uno", SOSPESO_STAFF_PASSWORD="a long password")
    assert (added.returncode, added.stderr) == (0, "")
    twice = sospeso(open_folder, "staff", "add", "demo@example.org", "--name", "Demo Due", SOSPESO_STAFF_PASSWORD="a long password")
    assert (twice.returncode, twice.stderr.count("\n")) == (2, 1)
    short = sospeso(open_folder, "staff", "add", "x@example.org", "--name", "X", SOSPESO_STAFF_PASSWORD="short")
    must_be_one_sentence(short, "12 characters")
    must_be_one_sentence(sospeso(open_folder, "staff", "add", "demo", "--name", "X", SOSPESO_STAFF_PASSWORD="a long password"), "e-mail")
    must_be_one_sentence(sospeso(open_folder, "staff", "assign", "demo@example.org", "R-2026-000009"), "receipts")
    assert sospeso(open_folder, "staff", "disable", "demo@example.org").returncode == 0
    must_be_one_sentence(sospeso(open_folder, "staff", "disable", "nobody@example.org"), "staff list")
    assert [each["is_active"] for each in json.loads(sospeso(open_folder, "staff", "list", "--json").stdout)] == [False]
    assert sospeso(open_folder, "db", "status").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "more", "says"),
    [
        (["serve"], {}, "SOSPESO_SECRET_KEY"),
        (["db", "status"], {"SOSPESO_DATABASE_URL": "postgresql://someone@127.0.0.1:1/none"}, "SOSPESO_DATABASE_URL"),
        (["demo", "--fresh"], {"SOSPESO_DATABASE_URL": "postgresql://someone@127.0.0.1:1/none"}, "--fresh"),
        (["settings"], {"SOSPESO_PORT": "many"}, "SOSPESO_PORT"),
        (["forms", "list"], {"SOSPESO_TRUSTED_PROXIES": "notanip"}, "10.0.0.5"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_status_2(open_folder: Path, arguments: list[str], more: dict[str, str], says: str) -> None:
    must_be_one_sentence(sospeso(open_folder, *arguments, **more), says)


@pytest.mark.parametrize("command", [["settings"], ["forms", "list"], ["staff", "list"], ["demo", "--port", "0"]])
def test_no_command_stumbles_over_damaged_secrets(open_folder: Path, command: list[str]) -> None:
    (open_folder / "secrets.json").write_text('{"secret_key": "abc')
    must_be_one_sentence(sospeso(open_folder, *command), "put a copy of it back")


def test_a_port_that_is_taken_is_said(open_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        must_be_one_sentence(sospeso(open_folder, "demo", "--port", str(taken.getsockname()[1])), "--port")


def must_be_one_sentence(done: subprocess.CompletedProcess[str], says: str) -> None:
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert says in done.stderr
