"""The glossary: what the words of the trade mean, a file a language; a broker's entries stand beside ours or in their place."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from forms.files import CatalogueError, read_model
from forms.model import Glossary, Term

type Terms = Mapping[str, Term]


def glossary_files(folders: Sequence[Path]) -> dict[str, list[Path]]:
    """By language, later folders last."""
    found: dict[str, list[Path]] = {}
    for folder in folders:
        for path in sorted((folder / "glossary").glob("*.yaml")):
            if path.is_file():
                found.setdefault(path.stem, []).append(path)
    return found


def load_glossary(folders: Sequence[Path], languages: Sequence[str]) -> dict[str, Terms]:
    """The terms of every language there is, by their keys. Raises CatalogueError where a language of the house has none."""
    files = glossary_files(folders)
    for language in languages:
        if language not in files:
            raise CatalogueError(folders[0] / "glossary", 1, f"there is no {language}.yaml with the glossary")
    return {
        language: {key: term for path in paths for key, term in read_model(path, Glossary).terms.items()}
        for language, paths in files.items()
    }


def glossary_sha256(glossary: Mapping[str, Terms]) -> str:
    told = {language: {key: term.model_dump(mode="json") for key, term in terms.items()} for language, terms in glossary.items()}
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
