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
