"""A command looks seldom for garbage."""

import gc

import pytest

from sospeso.cli import main


def test_how_often_is_said_whatever_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[tuple[int, ...]] = []
    monkeypatch.setattr(gc, "set_threshold", lambda *given: said.append(given))
    monkeypatch.setattr("sys.argv", ["sospeso", "--help"])
    with pytest.raises(SystemExit):
        main()
    assert said == [(20_000, 5, 5)]
