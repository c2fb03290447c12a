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
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(kept)
    sync_path(kept.parent)
    return kept


def remove(maildir: Path, name: str) -> None:
    """The mail is gone, read or not; nothing to do = nothing done."""
    for folder in FOLDERS:
        for path in (maildir / folder).glob(f"{name}*"):
            path.unlink(missing_ok=True)
