"""Files that outlive a crash."""

import os
from pathlib import Path


def sync_path(path: Path) -> None:
    """A file, or a folder: what was made, renamed or deleted in it is so after a crash too."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_within_reach(folder: Path) -> bool:
    """Whether files can be taken out of it."""
    return os.access(folder, os.R_OK | os.W_OK | os.X_OK)
