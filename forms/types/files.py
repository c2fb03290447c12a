"""Uploaded files: told by their content, never by their name or by what the browser says."""

from forms.types.base import Asked, Read, Reading, Wire
from forms.types.showing import file_size, listed
from rules.refusals import Reason, Refused

_KILO = 1024
_NAME_LENGTH = 120
_HEADER = 32
_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_KINDS = ("image/jpeg", "image/png", "image/webp", "image/heic", "application/pdf")
_KEYS = {"document": str, "name": str, "media_type": str, "bytes": int, "sha256": str}


class FileType:
    name = "file"
    input = "file"

    def read_text(self, text: str, asked: Asked) -> Reading:  # noqa: ARG002 - the protocol's shape
        return Refused(Reason.FILE_EXPECTED)

    def read_value(self, value: object, asked: Asked) -> Reading:
        """A stored file's wire value, made by our own intake: one that a customer sent as JSON must never come here."""
        if not isinstance(value, dict):
            return Refused(Reason.FILE_EXPECTED)
        if set(value) != set(_KEYS) or not all(type(value[key]) is kind for key, kind in _KEYS.items()):
            return Refused(Reason.FILE_EXPECTED)
        return refused_file(value["media_type"], value["bytes"], asked) or Read(dict(value))

    def show(self, value: Wire, asked: Asked) -> str:
        if not isinstance(value, dict):
            return str(value)
        return f"{value.get('name', '')} ({file_size(int(value.get('bytes', 0)), asked.language, _KILO)})"


def sniff(data: bytes) -> str | None:
    """The media type that the first bytes show, of those we may keep; None for anything else, archives and programs included."""
    head = bytes(data[:_HEADER])
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return "image/heic" if head[4:8] == b"ftyp" and head[8:12] in _BRANDS else None


def refused_file(media_type: str | None, size: int, asked: Asked) -> Refused | None:
    """Why the question does not take a file of this kind and size, None where it does. What the house takes at most its doors have judged."""
    most = asked.max_bytes
    if size <= 0:
        return Refused(Reason.FILE_EMPTY)
    if most is not None and size > most:
        return Refused(Reason.FILE_TOO_LARGE, bytes=file_size(size, asked.language, _KILO), max=file_size(most, asked.language, _KILO))
    accept = asked.accept or _KINDS
    if media_type not in accept:
        return Refused(Reason.FILE_KIND, accept=listed(sorted({kind.rpartition("/")[2].upper() for kind in accept}), asked.language))
    return None


def file_name(given: str) -> str:
    """The last part of a sent name without anything that a path, a header or a terminal could take for its own."""
    last = given.replace("\\", "/").rpartition("/")[2]
    safe = "".join(sign if sign.isalnum() or sign in " ._-()" else "_" for sign in last).strip(" .")
    stem, dot, ending = safe[-200:].rpartition(".")
    return (f"{stem[: _NAME_LENGTH - 10]}{dot}{ending[:9]}" if dot else safe[:_NAME_LENGTH]) or "file"
