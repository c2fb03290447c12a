"""Head and body of an answer leave in one call to the system: uvicorn writes one after the other, and the first alone wakes up who reads."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class OneWrite(HttpToolsProtocol):
    """uvicorn's protocol over a transport that joins."""

    transport: "_Joining"

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self.transport = _Joining(transport)

    def on_response_complete(self) -> None:
        self.transport.flush()  # to HEAD no body follows
        super().on_response_complete()

    def handle_websocket_upgrade(self) -> None:
        self.transport = self.transport.joined  # type: ignore[assignment]  # from here on it is the socket's own
        super().handle_websocket_upgrade()


class _Joining(asyncio.Transport):
    """Holds back a head whose body has a length told and so follows at once. A stream has none: its head and each event leave as they come."""

    def __init__(self, joined: asyncio.Transport) -> None:
        super().__init__()
        self.joined = joined
        self._head = b""

    def write(self, data: Any) -> None:  # Any: whatever a buffer is
        if self._head:
            head, self._head = self._head, b""
            self.joined.write(head + data)
        elif data.startswith(b"HTTP/1.1 ") and b"\r\ncontent-length: " in data:
            self._head = data
        else:
            self.joined.write(data)

    def flush(self) -> None:
        if self._head:
            head, self._head = self._head, b""
            self.joined.write(head)

    def is_closing(self) -> bool:
        return self.joined.is_closing()

    def close(self) -> None:
        self.flush()
        self.joined.close()
