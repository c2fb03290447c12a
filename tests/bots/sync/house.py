"""A house with one target, its customers, and a receiver on 127.0.0.1 that verifies what it gets as the specification says."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from bots.sync.looking import look
from bots.sync.sending import send_batch
from dialogs.services import Services
from forms.exports.targets import KINDS, Target
from forms.imports.sources import Pickup
from forms.programs import Programs
from storage.parties import keep_card, open_party, read_cards
from storage.tables.sync import SyncBatch, SyncRecord
from tests.bots.house import AT, EMAIL, a_customer, a_registration

PURPOSE = "Programma di prova dell’agenzia"
NAME, SOURCE = "crm", "gestionale-in"
SECRET_NAME, SECRET = "DEMO_CRM_SECRET", b"demo secret of 24 bytes."


def with_target(services: Services, kind: str, *, name: str = NAME, **told: Any) -> Services:
    given = {"kind": kind, "purpose": PURPOSE, **({} if kind == "carddav" else {"list": "clients"}), **told}
    target: Target = KINDS[kind].model_validate(given)
    return replace(services, programs=Programs({**services.targets, name: target}, services.sources))


def with_source(services: Services, folder: Path, **told: Any) -> Services:
    source = Pickup.model_validate({"kind": "pickup", "purpose": PURPOSE, "folder": str(folder), **told})
    return replace(services, programs=Programs(services.targets, {**services.sources, SOURCE: source}))


async def a_client(services: Services, email: str = EMAIL) -> UUID:
    return await a_customer(services, *a_registration(), emails=(email,))


async def changed(services: Services, party: UUID, **answers: str) -> None:
    """A colleague types other values of the card, by question."""
    async with services.database.transaction() as session:
        owner = await open_party(session, services.keys, party)
        (card,) = await read_cards(session, owner)
        told = {path: answers.get(path.rpartition(".")[2], value) for path, value in card.answers.items()}
        about = {"form": card.form, "form_version": card.form_version, "submission": card.submission}
        await keep_card(session, owner, told, **about, typed_by="customer", channel="web", at=services.clock())


async def synced(services: Services, name: str = NAME, retries_s: tuple[float, ...] = ()) -> float | None:
    """One look and one try of what is due, without the jobs; after how many seconds it is to be tried again."""
    await look(services, name)
    async with services.database.transaction() as session:
        batch = await session.scalar(select(SyncBatch.id).where(SyncBatch.target == name, SyncBatch.state == "sending"))
    return None if batch is None else await send_batch(services, batch, 0, retries_s)


def dropped(folder: Path, number: int, name: str = NAME) -> Path:
    """The file of a batch."""
    (found,) = folder.glob(f"{name}-*-{number:08}.*")
    return found


async def records(services: Services, name: str = NAME) -> list[SyncRecord]:
    async with services.database.transaction() as session:
        return list(await session.scalars(select(SyncRecord).where(SyncRecord.target == name).order_by(SyncRecord.id)))


async def batches(services: Services, name: str = NAME) -> list[SyncBatch]:
    async with services.database.transaction() as session:
        return list(await session.scalars(select(SyncBatch).where(SyncBatch.target == name).order_by(SyncBatch.number)))


async def is_somebody_held_up(services: Services) -> bool:
    """By another's lock."""
    waiting = "from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()"
    async with services.database.transaction() as session:
        return bool(await session.scalar(text(f"select exists (select {waiting})")))


@dataclass
class Receiver:
    """`answers`: what it says next, by status, headers and body; then 200."""

    url: str = ""
    got: list[tuple[Mapping[str, str], dict[str, Any]]] = field(default_factory=list)
    answers: list[tuple[int, Mapping[str, str], bytes]] = field(default_factory=list)
    clock: Callable[[], float] = AT.timestamp
    tolerance_s: float = 300
    drips: bool = False
    """It begins to answer, and goes on for ever."""
    held: asyncio.Event | None = None
    """Set when a message has arrived whose sender is left without an answer; from then on all are answered."""

    @property
    def told(self) -> list[dict[str, Any]]:
        return [body["data"] for _, body in self.got]

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """As the reference does: over the raw bytes, any of the signatures, five minutes either way."""
        at = int(headers["webhook-timestamp"])
        assert abs(self.clock() - at) <= self.tolerance_s
        signed = f"{headers['webhook-id']}.{at}.".encode() + body
        expected = base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
        given = [one.removeprefix("v1,") for one in headers["webhook-signature"].split() if one.startswith("v1,")]
        assert any(hmac.compare_digest(one, expected) for one in given)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.verify(headers, body)
        self.got.append(({**headers, ":path": head[0].split()[1]}, json.loads(body)))
        if self.held is not None and not self.held.is_set():
            self.held.set()
            await reader.read()  # until the sender has gone
            writer.close()
            return
        if self.drips:
            writer.write(b"HTTP/1.1 200 Demo\r\n")
            with suppress(ConnectionError):
                while True:
                    writer.write(b"x: y\r\n")
                    await writer.drain()
                    await asyncio.sleep(0.02)
            writer.close()
            return
        status, more, content = self.answers.pop(0) if self.answers else (200, {}, b"")
        lines = [f"HTTP/1.1 {status} Demo", f"content-length: {len(content)}", "connection: close", *(f"{k}: {v}" for k, v in more.items())]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def a_receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    async with server:
        receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook?agency=demo"
        yield receiver
