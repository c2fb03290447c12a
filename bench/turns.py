"""Turns in process: durable and sealed, beside pgbench and beside the peers' volatile memory."""

import asyncio
import time
from collections.abc import Iterator

from bench.house import ANSWERS, House
from bench.measure import Result, beside
from bench.peer_aiogram import aiogram_in_memory
from bench.peer_ptb import ptb_in_memory

TURNS = len(ANSWERS)


async def turns_a_second(house: House, *, at_once: int, forms: int) -> float:
    """`forms` forms of twelve turns, `at_once` conversations at a time."""
    waiting = iter(await house.conversations(forms))

    async def customer(ids: Iterator[str]) -> None:
        for conversation in ids:
            await house.talk(conversation)

    begun = time.perf_counter()
    await asyncio.gather(*(customer(waiting) for _ in range(at_once)))
    return forms * TURNS / (time.perf_counter() - begun)


async def measure(house: House) -> list[Result]:
    async def together() -> float:
        return await turns_a_second(house, at_once=16, forms=160)

    async def alone() -> float:
        return await turns_a_second(house, at_once=1, forms=24)

    async def sixteen_clients() -> float:
        return await house.baseline.rate(16)

    async def one_client() -> float:
        return await house.baseline.rate(1)

    return [
        await beside("turn_inprocess_per_s", "turns/s", together, "pgbench, 16 clients", sixteen_clients, at_least=0.50, wished=1.20),
        await beside("turn_serial_per_s", "turns/s", alone, "pgbench, 1 client", one_client, at_least=0.50, wished=0.75),
        await beside("turn_vs_aiogram_memory", "turns/s", together, "aiogram FSM in memory", aiogram_in_memory, at_least=2.5, wished=5),
        await beside("turn_vs_ptb_memory", "turns/s", together, "ConversationHandler in memory", ptb_in_memory, at_least=1.2, wished=2.2),
    ]
