"""What each published version of a module said, by SHA-256: `record.yaml` beside it. Another text is another version, in a folder of its own."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import yaml

from forms.files import overlaid_folders, read_yaml_text
from forms.model import Module, ModuleWords
from forms.modules import load_module

RECORD = "record.yaml"
_HEAD = "# What this version said when it was published; written by `sospeso forms record`. Another text is another version.\n"


def fingerprints(files: Mapping[str, Path]) -> dict[str, str]:
    """SHA-256 by file name. Comments, the order of keys and line ends do not count, nor does the day on which the version ended.

    Raises CatalogueError where a file cannot be read."""
    published = load_module(files)
    found = {"module.yaml": _canonical(published.module)}
    for language, words in published.words.items():
        found[f"{language}.md"] = f"{_canonical(words)}\n{published.text(language)}"
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in sorted(found.items())}


def _canonical(part: Module | ModuleWords) -> str:
    """Defaults are left out, so that a record holds when the format learns something new."""
    told = part.model_dump(mode="json", exclude_defaults=True, exclude={"valid_until"})
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_record(files: Mapping[str, Path]) -> dict[str, str]:
    """Empty where nothing is recorded yet."""
    if RECORD not in files:
        return {}
    told = read_yaml_text(files[RECORD].read_text(encoding="utf-8"), files[RECORD])
    return {str(name): str(sha256) for name, sha256 in told.items()} if isinstance(told, dict) else {}


def write_records(folders: Iterable[Path], today: date) -> tuple[list[Path], list[Path]]:
    """Records in the last folder what is published by now and not recorded: the records written, and the files that contradict theirs.

    A version that begins later is still being written, and one that nobody is asked is published to nobody."""
    *below, own = folders
    written, changed = [], []
    for files in overlaid_folders([one / "modules" for one in (*below, own)], depth=2):
        if "module.yaml" not in files or not any(path.is_relative_to(own) for path in files.values()):
            continue
        said, recorded = fingerprints(files), read_record(files)
        changed += [files[name] for name, sha256 in recorded.items() if name in files and said.get(name) != sha256]
        place = own / "modules" / files["module.yaml"].parent.parent.name / files["module.yaml"].parent.name / RECORD
        module = load_module(files).module
        is_published = date.fromisoformat(module.valid_from) <= today and module.occasion != "never"
        if is_published and not said.keys() <= recorded.keys():
            place.write_text(_HEAD + yaml.safe_dump({**said, **recorded}), encoding="utf-8")
            written.append(place)
    return written, changed
