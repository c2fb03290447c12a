"""The Maildir: a mail is there whole or not at all, also after a power cut."""

import os
from pathlib import Path

from storage.files import sync_path

FOLDERS = ("tmp", "new", "cur")


def keep(content: bytes, maildir: Path, name: str) -> Path:
    """Writes the mail as `new/<name>` (one that was read lies in `cur` and is not written again); synced, then renamed."""
    for folder in FOLDERS:
        (maildir / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    read = [path for path in (maildir / "cur").glob(f"{name}*") if path.name.split(":")[0] == name]
    if read:
        return read[0]
    draft, kept = maildir / "tmp" / f"{name}.{os.getpid()}", maildir / "new" / name
    try:
        _write_synced(content, draft)
        draft.replace(kept)
    except OSError:
        draft.unlink(missing_ok=True)  # on a disk that is full, half a letter is in the way of a whole one
        raise
    sync_path(kept.parent)
    return kept


def _write_synced(content: bytes, path: Path) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def remove(maildir: Path, name: str) -> None:
    """The mail is gone, read or not; nothing to do = nothing done."""
    for folder in FOLDERS:
        for path in (maildir / folder).glob(f"{name}*"):
            path.unlink(missing_ok=True)
