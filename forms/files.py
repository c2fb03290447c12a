"""The catalogue's files: found in our folder and the broker's over it, read by the safe loader, checked by the format."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml
from pydantic import BaseModel, ValidationError

SHIPPED = Path(__file__).parent / "catalog"

# libyaml reads the whole catalogue in a tenth of the time
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class CatalogueError(ValueError):
    """A file of the catalogue that cannot be used."""

    def __init__(self, path: Path, line: int, what: str) -> None:
        super().__init__(f"{path}:{line}: {what}")
        self.path = path
        self.line = line
        self.what = what


def catalogue_folders(overlay: Path | None) -> tuple[Path, ...]:
    """Ours, then the broker's: a file of the later one takes the place of the earlier one's."""
    return (SHIPPED,) if overlay is None else (SHIPPED, overlay)


def overlaid_folders(roots: Sequence[Path], depth: int) -> list[Mapping[str, Path]]:
    """The files of each folder `depth` levels below the roots, by name, later roots over earlier ones; in the folders' order."""
    found: dict[tuple[str, ...], dict[str, Path]] = {}
    for root in roots:
        for path in sorted(root.glob("/".join(["*"] * (depth + 1)))):
            if path.is_file():
                found.setdefault(path.parts[-depth - 1 : -1], {})[path.name] = path
    return [found[folder] for folder in sorted(found)]


def read_model[M: BaseModel](path: Path, model: type[M]) -> M:
    return validated(read_yaml_text(path.read_text(encoding="utf-8"), path), model, path)


def read_yaml_text(text: str, path: Path) -> object:
    try:
        return yaml.load(text, Loader=_LOADER)  # noqa: S506 - it is the safe loader, in C
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else 1
        raise CatalogueError(path, line, error.problem or "is not YAML") from error
    except yaml.YAMLError as error:
        raise CatalogueError(path, 1, "is not YAML") from error


def validated[M: BaseModel](data: object, model: type[M], path: Path) -> M:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise CatalogueError(path, 1, f"{where}: {first['msg']}") from error
