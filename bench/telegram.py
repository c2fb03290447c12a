"""Updates by webhook: how long until what they say is stored, and how many a second; a Bot API that only nods takes what is told. And what the
adapter adds to a turn."""

import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import count
from uuid import UUID

import msgspec
from aiogram import Bot
from aiogram.types import Update
from sqlalchemy import func, insert, select

from bench.house import House
from bench.load import LOOPBACK, answered
from bench.measure import ROUNDS, Result, at_most, at_rate
from bench.processes import cpu_s
from bench.web import serving
from bots.telegram.courier import Courier
from bots.telegram.door import PATH
from bots.telegram.intake import Intake
from dialogs.events import TextSaid
from dialogs.turn import Incoming
from storage.chats import Chats, a_row, index_of
from storage.tables.channels import Chat
from storage.tables.intake import Conversation

BOT, SECRET = 4242, "demo-secret"
CONNECTIONS = 40  # as many as Telegram opens unless it is told otherwise
AT_50, CHATS = 250, 2_000
_numbers = count(1)


async def measure(house: House) -> list[Result]:
    async with _nodding() as api, serving(house, **_settings(api)) as served:
        port = int(served.url.rpartition(":")[2])
        await _until_open(port)
        calm = [await _p95_at_50(house, port) for _ in range(ROUNDS + 1)][1:]
        rates = [await _rate(house, port) for _ in range(3)]
    return [
        at_most("telegram_webhook_p95_ms", calm, "ms", floor=15, wished=15),
        at_rate("telegram_updates_per_s", rates, "updates/s", floor=500, wished=500),
        at_most("telegram_overhead_ms", await _overheads_ms(house), "ms", floor=0.5, wished=0.5),
    ]


def _settings(api: str) -> dict[str, str]:
    return {
        "SOSPESO_TELEGRAM_TOKEN": f"{BOT}:demo",
        "SOSPESO_TELEGRAM_API_URL": api,
        "SOSPESO_TELEGRAM_WEBHOOK_SECRET": SECRET,
        "SOSPESO_LIMIT_TURNS": "1000/s, 100000/s",
    }


async def _p95_at_50(house: House, port: int) -> float:
    """Of updates that come every 20 ms, whether or not the last one is answered."""
    chats = await _chats(house, AT_50)
    queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    latencies: list[float] = []
    senders = [asyncio.create_task(_send(port, queue, latencies)) for _ in range(CONNECTIONS)]
    for chat in chats:
        queue.put_nowait((time.perf_counter(), _update(chat, "Esempio")))
        await asyncio.sleep(0.02)
    await queue.join()
    await _ended(senders)
    return statistics.quantiles(latencies, n=20)[-1]


async def _rate(house: House, port: int) -> float:
    """Over 2,000 chats; each update is stored, or this fails."""
    chats = await _chats(house, CHATS)
    queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    for chat in chats:
        queue.put_nowait((0.0, _update(chat, "Esempio")))
    begun = time.perf_counter()
    senders = [asyncio.create_task(_send(port, queue, [])) for _ in range(CONNECTIONS)]
    await queue.join()
    spent = time.perf_counter() - begun
    await _ended(senders)
    indexes = [index_of(house.services.keys, f"telegram:{BOT}", chat) for chat in chats]
    moved_on = select(func.count()).join_from(Chat, Conversation).where(Chat.chat_index.in_(indexes), Conversation.version > 1)
    async with house.services.database.transaction() as session:
        if (stored := await session.scalar(moved_on)) != CHATS:
            raise RuntimeError(f"of {CHATS} updates {stored} were stored")
    return CHATS / spent


async def _overheads_ms(house: House) -> list[float]:
    """Of the processor, ours and PostgreSQL's: an update from what is posted to the stored reply, less the same turn by the engine alone."""
    bot, shown = Bot(f"{BOT}:demo"), msgspec.json.decode(house.start)["shown"]
    async with Chats(house.services.database, house.services.keys) as chats:
        intake = Intake(house.services, bot, chats, Mute(house.services, bot, chats))

        async def adapter(chat: int) -> None:
            await intake.take(Update.model_validate(msgspec.json.decode(_update(chat, "Esempio")), context={"bot": bot}))

        async def engine(conversation: str) -> None:
            await house.services.turns.take(conversation, Incoming("1", TextSaid("Esempio", shown), "telegram"))

        rounds = []
        for _ in range(ROUNDS + 1):
            alone = await _cost_ms(engine, await house.conversations(AT_50))
            rounds.append(await _cost_ms(adapter, await _chats(house, AT_50)) - alone)
    await bot.session.close()
    return rounds[1:]


class Mute(Courier):
    """What is told after the reply was stored is another's cost."""

    def poke(self, conversation: str) -> None: ...


async def _cost_ms[T](work: Callable[[T], Awaitable[None]], each: Sequence[T]) -> float:
    before = cpu_s(os.getpid())  # the database server is a child
    for one in each:
        await work(one)
    return (cpu_s(os.getpid()) - before) / len(each) * 1000


async def _chats(house: House, many: int) -> list[int]:
    """Numbers of fresh chats, at the first of the twelve questions."""
    shown, keys = msgspec.json.decode(house.start)["shown"], house.services.keys
    numbers = [next(_numbers) for _ in range(many)]
    rows = [
        a_row(keys, index_of(keys, f"telegram:{BOT}", number), number, UUID(conversation), opened_by="", told=1) | {"shown": shown}
        for number, conversation in zip(numbers, await house.conversations(many), strict=True)
    ]
    async with house.services.database.transaction() as session:
        await session.execute(insert(Chat), rows)
    return numbers


def _update(chat: int, text: str) -> bytes:
    number = next(_numbers)
    user = {"id": chat, "is_bot": False, "first_name": "Demetra", "language_code": "it"}
    message = {"message_id": number, "date": 1_795_000_000, "chat": {"id": chat, "type": "private"}, "from": user, "text": text}
    return msgspec.json.encode({"update_id": number, "message": message})


async def _send(port: int, queue: "asyncio.Queue[tuple[float, bytes]]", latencies: list[float]) -> None:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    head = f"POST {PATH} HTTP/1.1\r\nHost: {LOOPBACK}\r\nX-Telegram-Bot-Api-Secret-Token: {SECRET}\r\nContent-Length: "
    try:
        while True:
            due, body = await queue.get()
            writer.write(f"{head}{len(body)}\r\n\r\n".encode() + body)
            await answered(reader)
            latencies.append((time.perf_counter() - due) * 1000)
            queue.task_done()
    finally:
        writer.close()


async def _until_open(port: int) -> None:
    """The bot is loaded: a first update is answered. Of no kind that says anything."""
    queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    queue.put_nowait((0.0, msgspec.json.encode({"update_id": next(_numbers)})))
    sender = asyncio.create_task(_send(port, queue, []))
    await queue.join()
    await _ended([sender])


async def _ended(tasks: Sequence["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def _nodding() -> AsyncIterator[str]:
    """A Bot API that says yes to everything."""
    me = {"id": BOT, "is_bot": True, "first_name": "Demo", "username": "demo_bot"}
    sent = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}}

    async def nod(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = next((int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line.startswith(b"content-length:")), 0)
                await reader.readexactly(length)
                said = me if b"/getme" in head else sent if b"/sendmessage" in head or b"/edit" in head else True
                body = msgspec.json.encode({"ok": True, "result": said})
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async with await asyncio.start_server(nod, LOOPBACK, 0) as server:
        yield f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}"
