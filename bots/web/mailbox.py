"""The demo's outgoing mail, read from its Maildir: a list, one mail, its HTML part in a sandbox, its attachments."""

import email.policy
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bots.web.frame import Frames
from bots.web.rendering import page
from storage.settings import Settings

MOST_LETTERS: Final = 200
# a mail's own styles, and nothing that loads or runs
LETTER_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"
SHOWN_AS: Final = frozenset({"application/pdf", "image/png", "image/jpeg"})


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    media_type: str
    content: bytes

    @property
    def bytes(self) -> int:
        return len(self.content)


@dataclass(frozen=True, slots=True)
class Letter:
    key: str
    subject: str
    sender: str
    to: str
    date: str
    text: str
    html: str | None
    attachments: tuple[Attachment, ...]

    @property
    def has_html(self) -> bool:
        return self.html is not None


def read_letters(maildir: Path) -> list[Letter]:
    """The newest first."""
    paths = sorted(_files(maildir), key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)
    return [read_letter(path) for path in paths[:MOST_LETTERS]]


def find_letter(maildir: Path, key: str) -> Letter | None:
    # compared with what is there, never joined to a path
    return next((read_letter(path) for path in _files(maildir) if path.name == key), None)


def read_letter(path: Path) -> Letter:
    message = BytesParser(policy=email.policy.default).parsebytes(path.read_bytes())
    return Letter(
        key=path.name,
        subject=str(message["subject"] or "—"),
        sender=str(message["from"] or ""),
        to=str(message["to"] or ""),
        date=_date(message),
        text=_part(message, "plain") or "",
        html=_part(message, "html"),
        attachments=tuple(_attachments(message)),
    )


def _files(maildir: Path) -> Iterator[Path]:
    for folder in ("new", "cur"):
        if (maildir / folder).is_dir():
            yield from (path for path in (maildir / folder).iterdir() if path.is_file())


def _date(message: EmailMessage) -> str:
    try:
        return parsedate_to_datetime(str(message["date"])).strftime("%d/%m/%Y %H:%M:%S %z")
    except (TypeError, ValueError):
        return ""


def _part(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body((kind,))
    return None if part is None else str(part.get_content())


def _attachments(message: EmailMessage) -> Iterator[Attachment]:
    for part in message.iter_attachments():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield Attachment(part.get_filename() or "file", part.get_content_type(), content)


class Mailbox:
    """Served in `demo` only."""

    def __init__(self, settings: Settings, frames: Frames) -> None:
        self._maildir = settings.mail_folder
        self._frames = frames

    def routes(self) -> list[Route]:
        return [
            Route("/mail", self.list_letters),
            Route("/mail/{key}", self.show_letter),
            Route("/mail/{key}/html", self.show_html),
            Route("/mail/{key}/attachments/{number:int}", self.send_attachment),
        ]

    async def list_letters(self, request: Request) -> Response:
        letters = await run_in_threadpool(read_letters, self._maildir)
        frame = self._frames.plain(request)
        return page("mailbox", frame.language, {"page": frame, "letters": letters})

    async def show_letter(self, request: Request) -> Response:
        letter = await self._letter(request)
        if letter is None:
            return self._frames.lost(request)
        frame = self._frames.plain(request)
        return page("letter", frame.language, {"page": frame, "letter": letter})

    async def show_html(self, request: Request) -> Response:
        letter = await self._letter(request)
        if letter is None or letter.html is None:
            return self._frames.lost(request)
        return Response(letter.html, headers={"content-security-policy": LETTER_POLICY}, media_type="text/html")

    async def send_attachment(self, request: Request) -> Response:
        letter = await self._letter(request)
        number = request.path_params["number"]
        if letter is None or number >= len(letter.attachments):
            return self._frames.lost(request)
        return attachment(letter.attachments[number])

    async def _letter(self, request: Request) -> Letter | None:
        return await run_in_threadpool(find_letter, self._maildir, request.path_params["key"])


def attachment(file: Attachment) -> Response:
    """A download; only kinds we make ourselves keep their media type."""
    kind = file.media_type if file.media_type in SHOWN_AS else "application/octet-stream"
    return Response(file.content, headers={"content-disposition": disposition(file.name)}, media_type=kind)


def disposition(name: str) -> str:
    """`attachment` with the name for every browser: quoted ASCII, and RFC 8187 for the rest."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_. ") else "_" for c in name) or "file"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='', errors='replace')}"
