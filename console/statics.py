"""The libraries' own files, some 4 MB of script a page: packed once, and kept by the browser. Bokeh's server packs nothing and names no age."""

import asyncio
import gzip
import hashlib
from dataclasses import dataclass, field
from posixpath import normpath

from console.gate import App, Event, Receive, Scope, Send

# Where the address names a version the file at it never changes. Else it is asked for each time, and costs nothing where it is the same.
LASTING, ASKED = b"private, max-age=31536000, immutable", b"private, no-cache"


@dataclass(frozen=True, slots=True)
class _File:
    media_type: bytes
    tag: bytes
    packed: bytes


@dataclass(slots=True)
class Statics:
    """`inner` answers once for each file; what it does not have, it says itself each time."""

    inner: App
    files: dict[str, _File] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        is_plain = path == normpath(path)  # there are endless other ways to write it, and each would be kept
        if is_plain and path not in self.files and (found := await self._found(scope, receive)) is not None:
            self.files[path] = found
        if (file := self.files.get(path)) is None:
            await self.inner(scope, receive, send)
        else:
            await _answer(scope, send, file)

    async def _found(self, scope: Scope, receive: Receive) -> _File | None:
        events: list[Event] = []

        async def collect(event: Event) -> None:
            events.append(event)

        await self.inner({**scope, "method": "GET"}, receive, collect)
        if not events or events[0].get("status") != 200:
            return None
        body = b"".join(event.get("body", b"") for event in events)
        media_type = dict(events[0]["headers"])[b"content-type"]
        tag = b'"' + hashlib.sha256(body).hexdigest()[:32].encode() + b'"'
        return _File(media_type, tag, await asyncio.to_thread(gzip.compress, body, 6, mtime=0))


async def _answer(scope: Scope, send: Send, file: _File) -> None:
    asked = dict(scope["headers"])
    headers = [(b"cache-control", LASTING if scope["query_string"] else ASKED), (b"etag", file.tag), (b"vary", b"accept-encoding")]
    if file.tag in asked.get(b"if-none-match", b""):
        status, body = 304, b""
    else:
        is_packed = b"gzip" in asked.get(b"accept-encoding", b"")
        status, body = 200, file.packed if is_packed else await asyncio.to_thread(gzip.decompress, file.packed)
        headers += [(b"content-type", file.media_type), (b"content-length", str(len(body)).encode())]
        headers += [(b"content-encoding", b"gzip")] if is_packed else []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
