"""Our own program builds of Telegram's types what it needs, when it needs it."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

SCRIPT = """
from bots.telegram.lean import import_aiogram
import_aiogram()
from bots.telegram.station import warm_up
from aiogram import methods, types
from pydantic import BaseModel

kinds = [kind for package in (types, methods) for name in package.__all__ if isinstance(kind := getattr(package, name), type)]
models = [kind for kind in kinds if issubclass(kind, BaseModel)]
print(sum(kind.__pydantic_complete__ for kind in models))
warm_up()
print(len(models), sum(kind.__pydantic_complete__ or bool(kind.model_rebuild()) for kind in models))
"""


def test_no_type_is_built_before_it_is_needed_and_each_can_be() -> None:
    run = [sys.executable, "-c", SCRIPT]
    told = subprocess.run(run, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL).stdout.split()
    at_first, known, built = map(int, told)
    assert at_first < known / 3
    assert built == known
