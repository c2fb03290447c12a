"""The agency's other programs, each a file of the broker's, `catalog/sync/NAME.yaml`: targets are told what changes here, sources hand lists over."""

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from forms.catalogue import Catalogue
from forms.exports import targets
from forms.exports.mapping import Mapped
from forms.exports.targets import CardDav, Target
from forms.files import CatalogueError, read_model, read_yaml_text
from forms.imports import sources
from forms.imports.sources import Pickup
from rules.exports import Subject

type Program = Target | Pickup
type Stamps = tuple[tuple[Path, int, int], ...] | None
"""Of the files; None = their folder is not there, or cannot be read."""

FOLDER = "sync"
NAME = r"^[a-z][a-z0-9-]{0,39}$"
KINDS: Mapping[str, type[Program]] = {**targets.KINDS, "pickup": Pickup}


@dataclass(slots=True)
class Programs:
    """As their files were when they were looked at last."""

    targets: Mapping[str, Target] = field(default_factory=dict)
    sources: Mapping[str, Pickup] = field(default_factory=dict)
    fault: str = ""
    """Why the files as they are now cannot be used, or their folder is away: what stood in them before goes on."""
    _folder: Path | None = None
    _stamps: Stamps = None

    @classmethod
    def load(cls, overlay: Path, catalogue: Catalogue) -> "Programs":
        """None where there is no folder. Raises CatalogueError for a folder or a file that cannot be used."""
        return cls._read(overlay, catalogue) if has_folder(overlay) else cls(_folder=overlay)

    @classmethod
    def _read(cls, overlay: Path, catalogue: Catalogue) -> "Programs":
        stamps = _stamps(overlay)
        found = {path.stem: read_model(path, kind_of(path)) for path in program_files(overlay)}
        for path, fault in faults_of({overlay / FOLDER / f"{name}.yaml": each for name, each in found.items()}, catalogue):
            raise CatalogueError(path, 1, fault)
        told = {name: each for name, each in found.items() if not isinstance(each, Pickup)}
        return cls(told, {name: each for name, each in found.items() if isinstance(each, Pickup)}, "", overlay, stamps)

    @property
    def is_away(self) -> bool:
        """It is their folder that is gone, or cannot be read."""
        return bool(self.fault) and self._stamps is None

    def refresh(self, catalogue: Catalogue) -> bool:
        """Whether a file has changed, come or gone since. A folder that is gone says nothing of its programs: a disk may be away."""
        if self._folder is None or (stamps := _stamps(self._folder)) == self._stamps:
            return False
        self._stamps = stamps
        try:
            now = Programs._read(self._folder, catalogue)
        except (CatalogueError, OSError, UnicodeError) as error:
            self.fault = str(error)
        else:
            self.targets, self.sources, self.fault = now.targets, now.sources, ""
        return True


def has_folder(overlay: Path) -> bool:
    """Also one that is a link to nowhere."""
    return os.path.lexists(overlay / FOLDER)


def program_files(overlay: Path) -> tuple[Path, ...]:
    """Raises CatalogueError where the folder is not there, or cannot be read."""
    folder = overlay / FOLDER
    try:
        return tuple(sorted(path for path in folder.iterdir() if path.suffix == ".yaml"))
    except OSError as error:
        raise CatalogueError(folder, 1, f"cannot be read: {error.strerror}") from error


def kind_of(path: Path) -> type[Program]:
    data = read_yaml_text(path.read_text(encoding="utf-8"), path)
    kind = data.get("kind") if isinstance(data, dict) else None
    if not isinstance(kind, str) or kind not in KINDS:
        raise CatalogueError(path, 1, f"`kind` says how it is reached: {', '.join(KINDS)}")
    return KINDS[kind]


def faults_of(programs: Mapping[Path, Program], catalogue: Catalogue) -> Iterator[tuple[Path, str]]:
    """What only the questionnaires and the other files can tell, and the names."""
    mapped = mappings({path.stem: each for path, each in programs.items()})
    folders = {path: each.folder.resolve() for path, each in programs.items() if isinstance(each, Pickup)}
    taken = Counter(folders.values())
    taken.update({each.folder.resolve() for each in programs.values() if isinstance(each, targets.Drop | CardDav)})
    for path, each in programs.items():
        if not re.match(NAME, path.stem):
            yield path, f"`{path.stem}` is no name for a program: small letters, digits and hyphens"
        if isinstance(each, Pickup):
            yield from ((path, fault) for fault in sources.faults_of(each, catalogue, mapped))
            if taken[folders[path]] > 1:
                yield path, "`folder` is another program's too: whose a file is could not be told"
            if around := [other.stem for other, folder in folders.items() if folder in folders[path].parents]:
                yield (
                    path,
                    f"`folder` lies in that of {', '.join(around)}: choose one beside it, what is put aside there is deleted after a while",
                )
        else:
            yield from ((path, fault) for fault in targets.faults_of(each, catalogue))


def mappings(programs: Mapping[str, Program]) -> dict[str, tuple[Mapped, ...]]:
    """Of those in whose columns a list of customers can stand."""
    return {
        name: each.mapping
        for name, each in programs.items()
        if not isinstance(each, CardDav) and each.mapping and (isinstance(each, Pickup) or each.list is Subject.CLIENTS)
    }


def _stamps(overlay: Path) -> Stamps:
    """By them a changed file is known; one that goes this very moment has none."""
    found = []
    try:
        for path in program_files(overlay):
            with suppress(FileNotFoundError):
                told = path.stat()
                found.append((path, told.st_size, told.st_mtime_ns))
    except (CatalogueError, OSError):
        return None
    return tuple(found)
