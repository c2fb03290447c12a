"""Files that another program reads: seen whole, or as they were."""

import os
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from storage.files import sync_path


def write_whole(path: Path, content: bytes, target: str) -> None:
    """Under another name, synced, then renamed, and the folder synced: of a crash nothing half is left under its name, and of two who
    write the same at once neither renames the other's."""
    part = path.with_name(f".sospeso-{uuid4().hex}.{target}.part")
    file = os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "wb")  # their program's account is in our group
    try:
        with file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink()  # on a full disk each try would leave one more
        raise
    sync_path(path.parent)


def clear_parts(folder: Path, target: str) -> None:
    """What was left by whoever was killed over it: a customer who is erased is to be in no such file either. One process at a time
    writes for a target; another that was slow finds its part gone, and tries again."""
    for part in folder.glob(f".sospeso-*.{target}.part"):
        part.unlink(missing_ok=True)


def delete_whole(path: Path) -> None:
    """Nothing happens where it is gone already."""
    with suppress(FileNotFoundError):
        path.unlink()
        sync_path(path.parent)
