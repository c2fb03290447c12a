"""How fast a list of customers is read in, and that our memory does not grow with it."""

import asyncio
import csv
import os
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from bench.house import House, a_house
from bench.measure import Result
from console.importing import read_in_for_operator
from dialogs.importing import Incoming, Reading
from forms.exports.subjects import columns
from forms.imports.files import Handed
from rules.exports import Format, Subject
from tests.bots.house import answers_of
from tests.dialogs.driver import PERSON

CLIENTS = int(os.environ.get("BENCH_CLIENTS", "100000"))
SAMPLED_S = 2.0
CARD = "registration_person"


async def measure() -> list[Result]:
    with TemporaryDirectory() as folder:
        async with a_house() as house:
            path = Path(folder) / "clients.csv"
            _write(house, path)
            return await _read(house, path)


def _write(house: House, path: Path) -> None:
    """Customers with a whole card each, whom nobody knows yet."""
    listed = [column for column in columns(Subject.CLIENTS, house.services.catalogue) if column.keys and not column.is_place_name]
    answers = answers_of(PERSON, CARD)
    known = {column.name: answers[key] for column in listed for key in column.keys if key in answers}
    names = [*known, "email"]
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(names)
        for number in range(CLIENTS):
            own = {**known, "email": f"demo{number}@example.org", "family_name": f"Esempio {number}"}
            rows.writerow([own[name] for name in names])


async def _read(house: House, path: Path) -> list[Result]:
    services = replace(house.services, settings=house.settings.model_copy(update={"max_import": 1_000_000_000}))
    sampled: list[float] = []
    sampling = asyncio.create_task(_sample(sampled))
    begun = time.perf_counter()
    with path.open("rb") as file:
        incoming = Incoming(Handed(file, Format.CSV), "Measured by the benchmark", "it")
        reading: Reading = await read_in_for_operator(services, incoming, is_dry=False)
    took = time.perf_counter() - begun
    sampling.cancel()
    half = len(sampled) // 2
    growth = max(sampled[half:]) - max(sampled[:half])
    curve = ", ".join(f"{each:.0f}" for each in sampled[:: max(1, len(sampled) // 12)])
    size = path.stat().st_size / 1e6
    print(f"{CLIENTS:,} rows, {size:,.0f} MB, {took:,.0f} s, {dict(reading.counts)}; our memory on the way, MB: {curve}", flush=True)
    return [
        Result("import_rows_per_s", CLIENTS / took, "rows/s", f"{CLIENTS:,} rows, csv", samples=[CLIENTS / took]),
        Result("import_memory_growth_mb", growth, "MB", "0", samples=sampled),
    ]


async def _sample(sampled: list[float]) -> None:
    process = psutil.Process()
    while True:
        sampled.append(process.memory_info().rss / 1e6)
        await asyncio.sleep(SAMPLED_S)
