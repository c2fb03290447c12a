"""What costs the tests far more than it tells them anything: every process under test spares itself these."""

import pickle
from functools import cache
from typing import Any

import yaml
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from storage import passwords

HASHES = passwords._hashes
"""As the house makes them: a quarter of a second of processor each."""


def be_cheaper() -> None:
    yaml.load = _read_once()
    passwords._hashes = cheap_hashes


def _read_once() -> Any:
    """Our catalogue is loaded or linted by some hundred tests."""
    known: dict[tuple[str, type], bytes] = {}
    read = yaml.load

    def load(stream: Any, Loader: type) -> object:  # noqa: N803 - yaml's name for it
        if not isinstance(stream, str):
            return read(stream, Loader)
        if (stream, Loader) not in known:
            known[stream, Loader] = pickle.dumps(read(stream, Loader))
        return pickle.loads(known[stream, Loader])

    return load


@cache
def cheap_hashes() -> PasswordHash:
    """At the least that argon2 can cost: a check costs what the hash was made with."""
    return PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
