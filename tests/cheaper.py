"""What costs the tests far more than it tells them anything: every process under test spares itself these."""

import hashlib
import pickle
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from forms import catalogue
from storage import passwords

HASHES = passwords._hashes
"""As the house makes them: a quarter of a second of processor each."""


def be_cheaper() -> None:
    yaml.load = _read_once()
    catalogue.load_packs = _made_once(catalogue.load_packs, lambda folders, countries: (_below(folders, "packs"), tuple(countries)))
    # packs made once are the same objects, and stay
    catalogue._load_edition = _made_once(
        catalogue._load_edition, lambda files, languages, packs: (_said(files.values()), languages, tuple(map(id, packs)))
    )
    catalogue._load_frozen = _made_once(catalogue._load_frozen, lambda folder: _below([folder] if folder else [], "."))
    catalogue.load_modules = _made_once(catalogue.load_modules, lambda folders: _below(folders, "modules"))
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


def _made_once(make: Callable[..., Any], key_of: Callable[..., object]) -> Callable[..., Any]:
    """Of files that say the same."""
    made: dict[object, Any] = {}

    def once(*given: Any) -> Any:
        key = key_of(*given)
        if key not in made:
            made[key] = make(*given)
        return dict(made[key]) if isinstance(made[key], dict) else made[key]

    return once


def _below(folders: Iterable[Path], name: str) -> bytes:
    return _said(path for folder in folders for path in sorted((folder / name).rglob("*")) if path.is_file())


def _said(files: Iterable[Path]) -> bytes:
    said = hashlib.sha256()
    for path in files:
        text = path.read_bytes()
        said.update(f"{len(text)} {path.parent.parent.name}/{path.parent.name}/{path.name}\n".encode() + text)
    return said.digest()


@cache
def cheap_hashes() -> PasswordHash:
    """At the least that argon2 can cost: a check costs what the hash was made with."""
    return PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
