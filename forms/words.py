"""A form's words as files: one a language, and beside it what a kind of customer is told otherwise, laid over it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from forms.files import CatalogueError, read_yaml_text, validated
from forms.model import Words

# What a broker's own form may have left out of ours: nothing is then told otherwise of it.
_NAMED = ("sections", "questions", "groups")


def read_words(files: Mapping[str, Path]) -> dict[str, Words]:
    """By language (`it`), and whole by language and kind of customer (`it.company`). Raises CatalogueError."""
    paths = {path.stem: path for name, path in sorted(files.items()) if name != "form.yaml" and path.suffix == ".yaml"}
    data = {which: read_yaml_text(path.read_text(encoding="utf-8"), path) for which, path in paths.items()}
    return {which: validated(_whole(which, data, path), Words, path) for which, path in paths.items()}


def _whole(which: str, data: Mapping[str, object], path: Path) -> object:
    language = which.partition(".")[0]
    if language not in data:
        raise CatalogueError(path, 1, f"there is no {language}.yaml that it could differ from")
    return data[which] if which == language else told_otherwise(data[language], data[which])


def told_otherwise(plain: object, over: object) -> object:
    """The plain words with the others over them, mapping by mapping; a list or a sentence takes the place of the one below it."""
    if not isinstance(plain, dict) or not isinstance(over, dict):
        return over
    return _laid_over(plain, {branch: _known(plain.get(branch), told) if branch in _NAMED else told for branch, told in over.items()})


def unknown_to(plain: object, over: object) -> Iterator[tuple[str, str]]:
    """Branch and name of what is told otherwise and is not in the plain words."""
    if isinstance(plain, dict) and isinstance(over, dict):
        named = {branch: told for branch in _NAMED if isinstance(told := over.get(branch), dict)}
        for branch, told in named.items():
            yield from ((branch, str(name)) for name in told.keys() - _known(plain.get(branch), told).keys())


def _known(plain: Any, told: Any) -> Any:  # as YAML gives them
    return {name: one for name, one in told.items() if name in (plain or ())} if isinstance(told, dict) else told


def _laid_over(under: object, over: object) -> object:
    if not isinstance(under, dict) or not isinstance(over, dict):
        return over
    return {**under, **{key: _laid_over(under.get(key), told) for key, told in over.items()}}


def words_wanted(files: Mapping[str, Path], languages: Sequence[str]) -> list[str]:
    """What there must be in each language: its words, and those of every kind of customer that some language tells otherwise."""
    return [which for language in languages for which in (language, *(f"{language}.{kind}" for kind in kinds_told(files)))]


def kinds_told(files: Mapping[str, Path]) -> list[str]:
    return sorted({Path(name).stem.partition(".")[2] for name in files if name.endswith(".yaml") and name.count(".") == 2})
