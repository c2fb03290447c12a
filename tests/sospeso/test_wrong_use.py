"""A command used wrongly: status 2 and one sentence on stderr that says where to look, nothing else."""

import os
import re
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "Missing command: see `{}--help`."),
        (["bogus"], "No such command 'bogus': see `{}--help`."),
        (["--nope"], "No such option: --nope: see `{}--help`."),
        (["db"], "Missing command: see `{}db --help`."),
        (["staff", "add"], "Missing argument 'email': see `{}staff add --help`."),
        (
            ["serve", "--role", "king"],
            "Invalid value for '--role': 'king' is not one of 'all', 'web', 'console', 'bots', 'worker': see `{}serve --help`.",
        ),
    ],
)
def test_wrong_use_is_told_in_one_sentence(arguments: list[str], told: str) -> None:
    done = subprocess.run([sys.executable, "-m", "sospeso", *arguments], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", told.format("python -m sospeso ") + "\n")


def test_a_password_that_nobody_types_is_told_in_one_sentence() -> None:
    command = [sys.executable, "-m", "sospeso", "staff", "add", "demo@example.org", "--name", "Demo Agente", "--role", "agent"]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60, start_new_session=True
    )
    assert done.returncode == 2
    assert done.stderr == "Nothing was done: an answer is missing. Type it when asked, or give it as an option (see --help).\n"


def test_help_is_no_wrong_use() -> None:
    done = subprocess.run([sys.executable, "-m", "sospeso", "--help"], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert "demo" in done.stdout


@pytest.mark.slow
def test_a_catalogue_that_cannot_be_used_is_told_in_one_sentence() -> None:
    environment = {**os.environ, "SOSPESO_COUNTRIES": "it,xx"}
    command = [sys.executable, "-m", "sospeso", "forms", "list"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environment)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(
        r".*packs:1: there is no pack `xx`; there are cn, es, ir, it, ru\. `sospeso forms lint` names everything that is wrong\.\n",
        done.stderr,
    )
