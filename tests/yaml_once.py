"""Each YAML text is read once: our catalogue is loaded or linted by some hundred tests."""

import pickle
from typing import Any

import yaml


def read_yaml_once() -> None:
    known: dict[tuple[str, type], bytes] = {}
    read = yaml.load

    def load(stream: Any, Loader: type) -> object:  # noqa: N803 - yaml's name for it
        if not isinstance(stream, str):
            return read(stream, Loader)
        if (stream, Loader) not in known:
            known[stream, Loader] = pickle.dumps(read(stream, Loader))
        return pickle.loads(known[stream, Loader])

    yaml.load = load
