"""A small real SMTP server: keeps what it takes, and refuses as a test tells it to."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class SmtpServer:
    """`answers` holds refusals by command (RCPT, DATA, MAIL), used up one by one; an empty one breaks the connection there.

    `taken` holds the mails it answered for with 250, `heard` also those whose 250 never left."""

    answers: dict[str, list[str]] = field(default_factory=dict)
    taken: list[bytes] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    port: int = 0
    on_heard: Callable[[], None] | None = None
    """Called when a mail has come in whole, before it is answered."""
    talks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def hear_out(self) -> None:
        """Until no connection is open: all that dead clients had sent is heard."""
        while self.talks:
            await asyncio.wait(self.talks)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if talk := asyncio.current_task():
            self.talks.add(talk)
            talk.add_done_callback(self.talks.discard)
        try:
            await self._talk(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _say(writer, "220 test ESMTP")
        while line := (await reader.readline()).decode().strip():
            verb = line.split(" ")[0].upper()
            if verb == "QUIT":
                await _say(writer, "221 bye")
                return
            if verb == "DATA" and not self.answers.get("DATA"):
                await _say(writer, "354 go on")
                self.heard.append(await _body(reader))
                if self.on_heard:
                    self.on_heard()
            if not await self._answer(verb, line, writer):
                return

    async def _answer(self, verb: str, line: str, writer: asyncio.StreamWriter) -> bool:
        """False where the connection is to break."""
        key = "END" if verb == "DATA" and self.heard and not self.answers.get("DATA") else verb
        if self.answers.get(key):
            refusal = self.answers[key].pop(0)
            if not refusal:
                return False
            await _say(writer, refusal)
            return True
        if verb == "RCPT":
            self.recipients.append(line.split("<")[1].split(">", maxsplit=1)[0])
        if key == "END":
            self.taken.append(self.heard[-1])
        await _say(writer, "250 ok")
        return True


async def _say(writer: asyncio.StreamWriter, line: str) -> None:
    writer.write(line.encode() + b"\r\n")
    await writer.drain()


async def _body(reader: asyncio.StreamReader) -> bytes:
    lines = []
    while (line := await reader.readline()) not in {b".\r\n", b""}:
        lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
    return b"".join(lines)


@asynccontextmanager
async def smtp_server(**answers: list[str]) -> AsyncIterator[SmtpServer]:
    """A server on a free port of this machine, for as long as the block runs."""
    server = SmtpServer(answers=answers)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, limit=2**22)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await listening.wait_closed()
