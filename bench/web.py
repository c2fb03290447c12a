"""Turns over HTTP: one process serves, another makes the load, both on this machine only."""

import asyncio
import os
import statistics
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import msgspec

from bench.house import ANSWERS, House
from bench.load import Order, Report
from bench.measure import ROUNDS, Result, at_most, beside
from bench.processes import cpu_s

FORMS_AT_ONCE, FORMS_ALONE = 96, 24


@dataclass(frozen=True, slots=True)
class Served:
    house: House
    url: str
    pid: int

    async def load(self, visitors: list[tuple[str, str]], *, at_once: int) -> Report:
        """A twelve-turn form by each visitor, so many at a time."""
        order = Order(self.url, visitors, ANSWERS, at_once)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.load", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        told, _ = await process.communicate(msgspec.json.encode(order))
        if process.returncode:
            raise RuntimeError("the load ended early")
        return msgspec.json.decode(told, type=Report)

    def cpu_s(self) -> float:
        """Ours and PostgreSQL's; the benchmark's own connections rest meanwhile."""
        return cpu_s(self.pid) + cpu_s(self.house.postmaster)


async def measure(house: House) -> list[Result]:
    async with serving(house) as served:
        costs: list[float] = []

        async def together() -> float:
            visitors = await house.visitors(FORMS_AT_ONCE)
            before = served.cpu_s()
            report = await served.load(visitors, at_once=16)
            costs.append((served.cpu_s() - before) / len(report.latencies_ms) * 1e6)
            return len(report.latencies_ms) / report.seconds

        async def sixteen_clients() -> float:
            return await house.baseline.rate(16)

        rate = await beside("turn_http_per_s", "turns/s", together, "pgbench, 16 clients", sixteen_clients, at_least=0.20, wished=0.45)
        alone = [await served.load(await house.visitors(FORMS_ALONE), at_once=1) for _ in range(ROUNDS)]
        slowest = [statistics.quantiles(report.latencies_ms, n=20)[-1] for report in alone]
        return [
            rate,
            at_most("turn_http_cpu_us", costs[-ROUNDS:], "µs", floor=650, wished=230),
            at_most("turn_http_serial_p95_ms", slowest, "ms", floor=5, wished=1),
        ]


@asynccontextmanager
async def serving(house: House, **settings: str) -> AsyncIterator[Served]:
    """`sospeso serve --role web` as its own process on the house's database."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sospeso", "serve", "--role", "web", "--port", "0"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, **house.environment(), **settings},
    )
    try:
        assert process.stdout
        line = (await process.stdout.readline()).decode()
        if not line.startswith("ready "):
            raise RuntimeError("the server did not start")
        yield Served(house, line.split()[1].rstrip("/"), process.pid)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
