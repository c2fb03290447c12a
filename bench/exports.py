"""How fast a list of customers leaves the house, and that our memory does not grow with it."""

import os
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import psutil

from bench.house import House, a_house
from bench.measure import Result
from console.exporting import Asker, NewOrder, make_file
from forms.exports.columns import Mark
from rules.exports import Format, Subject
from storage.exports import Wanted
from storage.sealing import Owner
from storage.tables.base import new_id
from tests.bots.house import answers_of
from tests.dialogs.driver import PERSON

CLIENTS = int(os.environ.get("BENCH_CLIENTS", "100000"))
AT_A_TIME = 5_000
SAMPLED = 100  # pieces between two looks at our memory
AT = datetime(2026, 11, 22, 8, 26, 53, tzinfo=UTC)
CARD = "registration_person"
PARTIES = ("id", "kind", "display_name", "municipality", "province", "language", "wrapped_key")
CARDS = ("party_id", "number", "submission_id", "form", "form_version", "sealed_answers", "typed_by", "channel", "at")


async def measure() -> list[Result]:
    async with a_house() as house:
        await _fill(house)
        return await _exported(house)


async def _fill(house: House) -> None:
    """Customers with a whole card each, sealed with a key of their own."""
    keys, connection = house.services.keys, await house.connect()
    answers = answers_of(PERSON, CARD)
    try:
        for first in range(0, CLIENTS, AT_A_TIME):
            parties, cards = [], []
            for number in range(first, min(first + AT_A_TIME, CLIENTS)):
                (key, wrapped), party, name = keys.new_data_key(), new_id(), f"Esempio {number}"
                owner = Owner(party, None, keys, key)
                sealed = owner.seal_json("card_revision.sealed_answers", f"{party}/1", answers | {f"{CARD}.identity.family_name": name})
                parties.append((party, "person", f"{name} Demetra", "Napoli", "NA", "it", wrapped))
                cards.append((party, 1, None, CARD, "v1", sealed, "customer", "web", AT))
            await connection.copy_records_to_table("party", records=parties, columns=PARTIES)
            await connection.copy_records_to_table("card_revision", records=cards, columns=CARDS)
        await connection.execute("vacuum analyze party")
        await connection.execute("vacuum analyze card_revision")
    finally:
        await connection.close()


async def _exported(house: House) -> list[Result]:
    process, sampled, size, begun = psutil.Process(), [], 0, time.perf_counter()
    async for number, chunk in _pieces(house):
        size += len(chunk)
        if number % SAMPLED == 0:
            sampled.append(process.memory_info().rss / 1e6)
    took = time.perf_counter() - begun
    half = len(sampled) // 2
    growth = max(sampled[half:]) - max(sampled[:half])
    curve = ", ".join(f"{each:.0f}" for each in sampled[:: max(1, half // 10)])
    print(f"{CLIENTS:,} clients, {size / 1e6:,.0f} MB, {took:,.0f} s; our memory on the way, MB: {curve}", flush=True)
    return [
        Result("export_clients_per_s", CLIENTS / took, "clients/s", f"{CLIENTS:,} clients, csv", samples=[CLIENTS / took]),
        Result("export_memory_growth_mb", growth, "MB", "0", samples=sampled),
    ]


async def _pieces(house: House) -> AsyncIterator[tuple[int, bytes]]:
    order = NewOrder(Subject.CLIENTS, Format.CSV, "Measured by the benchmark", Wanted(), "it")
    number = 0
    async for chunk in make_file(house.services, Asker("system"), order, Mark(str(new_id()), "bench", AT, order.purpose)):
        number += 1
        yield number, chunk
