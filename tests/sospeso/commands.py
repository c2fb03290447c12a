"""The command line in this process: what a command says and its exit status. A process of its own takes seconds to start."""

import sys
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from sospeso.cli import main


@dataclass(frozen=True, slots=True)
class Done:
    status: int
    out: str
    err: str


type Run = Callable[..., Done]


def commands(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], database_url: str, home: Path) -> Run:
    """With the keys of `tests.bots.house.a_house`."""
    own = {"SOSPESO_HOME": str(home), "SOSPESO_DATABASE_URL": database_url, "SOSPESO_SECRET_KEY": "s" * 40}
    for name, value in (own | {"SOSPESO_MASTER_KEY": b64encode(b"m" * 32).decode()}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(home.parent)  # away from a .env

    def run(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["sospeso", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return Done(int(ended.value.code or 0), told.out, told.err)

    return run
