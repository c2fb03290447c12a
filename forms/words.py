"""A form's words as files: one a language, and beside it what a kind of customer is told otherwise, laid over it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from forms.files import CatalogueError, laid_over, read_yaml_text, validated
from forms.model import Words


def read_words(files: Mapping[str, Path]) -> dict[str, Words]:
    """By language (`it`), and whole by language and kind of customer (`it.company`). Raises CatalogueError."""
    paths = {path.stem: path for name, path in sorted(files.items()) if name != "form.yaml" and path.suffix == ".yaml"}
    data = {which: read_yaml_text(path.read_text(encoding="utf-8"), path) for which, path in paths.items()}
    return {which: validated(_whole(which, data, path), Words, path) for which, path in paths.items()}


def _whole(which: str, data: Mapping[str, object], path: Path) -> object:
    language = which.partition(".")[0]
    if language not in data:
        raise CatalogueError(path, 1, f"there is no {language}.yaml that it could differ from")
    return data[which] if which == language else laid_over(data[language], data[which])


def words_wanted(files: Mapping[str, Path], languages: Sequence[str]) -> list[str]:
    """What there must be in each language: its words, and those of every kind of customer that some language tells otherwise."""
    return [which for language in languages for which in (language, *(f"{language}.{kind}" for kind in kinds_told(files)))]


def kinds_told(files: Mapping[str, Path]) -> list[str]:
    return sorted({Path(name).stem.partition(".")[2] for name in files if name.endswith(".yaml") and name.count(".") == 2})
