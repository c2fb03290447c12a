"""What a turn costs where much is stored, where much was answered, and what an idle conversation keeps in memory."""

import asyncio
import gc
import json
import os
import statistics
import time
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta

from bench.house import ANSWERS, Answers, House, a_house, snapshot_at
from bench.measure import ROUNDS, Result, at_most
from bench.processes import cpu_s
from forms.types.base import Wire
from storage.tables.base import new_id
from storage.turns import TurnStore
from tests.builders import a_suspended_registration
from tests.dialogs.driver import HOME

FEW, MANY, AT_A_TIME = 1_000, 100_000, 10_000
FORMS, AT_ONCE = 48, 16
SNAPSHOT_BYTES, REPLY_BYTES = 1_400, 1_500
AT_TEN: Answers = ANSWERS[2:5]  # a choice, a date, a country
AT_SIXTY = ("budget", "starts_on", "duration")  # a choice, a date, a choice
IDLE, KEPT = 2_000, 200
FILL = """
insert into conversation (id, secret_sha256, wrapped_key, snapshot, version, language, channel)
select id, sha256(id::text::bytea), $2, $3, 1, 'it', 'web' from unnest($1::uuid[]) id
"""
FILL_TURNS = "insert into turn (conversation_id, number, replies) select id, 1, $2 from unnest($1::uuid[]) id"


async def measure(house: House) -> list[Result]:
    return [await _by_stored(), await _by_answers(house), await _idle(house)]


async def _by_stored() -> Result:
    """Two houses side by side, so that their rounds alternate."""
    async with a_house() as small, a_house() as large:
        old = await _fill(small, FEW), await _fill(large, MANY)
        rounds = [(await _cost_us(small, next(old[0])), await _cost_us(large, next(old[1]))) for _ in range(ROUNDS + 1)][1:]
    return _growth("turn_cost_growth_1e5", "10³ stored conversations", rounds, floor=1.20, wished=1.05)


async def _fill(house: House, count: int) -> Iterator[list[str]]:
    """Conversations that fill the tables, those of the rounds to come strewn among them."""
    strewn: list[str] = []
    connection = await house.connect()
    try:
        for _ in range(0, count, min(count, AT_A_TIME)):
            ids = [new_id() for _ in range(min(count, AT_A_TIME))]
            async with connection.transaction():
                await connection.execute(FILL, ids, os.urandom(60), os.urandom(SNAPSHOT_BYTES))
                await connection.execute(FILL_TURNS, ids, os.urandom(REPLY_BYTES))
            strewn += await house.conversations(FORMS * (ROUNDS + 1) // max(1, count // AT_A_TIME) + 1)
        await connection.execute("vacuum analyze")
        await connection.execute("checkpoint")
    finally:
        await connection.close()
    return (strewn[at :: ROUNDS + 1][:FORMS] for at in range(ROUNDS + 1))


async def _cost_us(house: House, conversations: list[str]) -> float:
    """Our processor time and PostgreSQL's for one turn, each conversation loaded from the database once."""
    for conversation in conversations:
        house.services.turn_store.forget(conversation)
    return await _turns_us(house, conversations, ANSWERS)


async def _turns_us(house: House, conversations: list[str], answers: Answers) -> float:
    waiting = iter(conversations)

    async def customer() -> None:
        for conversation in waiting:
            async for _ in house.timed(conversation, answers):
                pass

    ours, theirs = time.process_time(), cpu_s(house.postmaster)
    await asyncio.gather(*(customer() for _ in range(AT_ONCE)))
    return (time.process_time() - ours + cpu_s(house.postmaster) - theirs) / len(conversations) / len(answers) * 1e6


async def _by_answers(house: House) -> Result:
    """Questions alike, where some ten are answered and where sixty are."""
    script = _quote_script(house)
    later: Answers = tuple((f"quote_home.needs.{name}", script[f"quote_home.needs.{name}"]) for name in AT_SIXTY)
    ten, sixty = await _snapshot_at_ten(house), await _snapshot_at_sixty(house, script, later[0][0])

    async def cost(snapshot: bytes, answers: Answers) -> float:
        return await _turns_us(house, [conversation for conversation, _ in await house.visitors(FORMS * 4, snapshot)], answers)

    rounds = [(await cost(ten, AT_TEN), await cost(sixty, later)) for _ in range(ROUNDS + 1)][1:]
    return _growth("turn_cost_growth_60", "10 answers", rounds, floor=1.30, wished=1.10)


def _quote_script(house: House) -> dict[str, Wire]:
    begins = house.services.clock() + timedelta(days=9)
    return {**HOME, "quote_home.needs.starts_on": begins.date().isoformat()}


async def _snapshot_at_ten(house: House) -> bytes:
    [conversation] = await house.conversations(1)
    async for _ in house.timed(conversation, ANSWERS[:2]):
        pass
    return await snapshot_at(house.services, conversation, AT_TEN[0][0])


async def _snapshot_at_sixty(house: House, script: dict[str, Wire], question: str) -> bytes:
    case = await a_suspended_registration(house.services, email="sixty@example.org")
    await case.customer.play(script, until=question)
    snapshot = await snapshot_at(house.services, case.customer.conversation, question)
    if not 58 <= (answers := len(json.loads(snapshot)["answers"])) <= 64:
        raise RuntimeError(f"{answers} answers, not some sixty")
    return snapshot


def _growth(name: str, baseline: str, rounds: list[tuple[float, float]], *, floor: float, wished: float) -> Result:
    little, much = (statistics.median(side) for side in zip(*rounds, strict=True))
    ratios = [after / before for before, after in rounds]
    ratio = statistics.median(ratios)
    return Result(
        name, ratio, "times", f"≤ {floor} / {wished}", ratio <= floor, f"CPU a turn at {baseline}, µs", little, much / little, ratios
    )


async def _idle(house: House) -> Result:
    """Bytes of our memory for each conversation that was opened and left, beyond those the cache keeps."""
    services = house.services
    samples = []
    async with TurnStore(services.database, services.keys, cache_entries=KEPT) as store:

        async def leave(count: int) -> None:
            for _ in range(count):
                await store.create(language="it", channel="web", snapshot=house.start, replies=b"{}")

        await leave(KEPT * 2)
        tracemalloc.start()
        try:
            for _ in range(ROUNDS):
                gc.collect()
                before = tracemalloc.get_traced_memory()[0]
                await leave(IDLE // ROUNDS)
                gc.collect()
                samples.append((tracemalloc.get_traced_memory()[0] - before) / (IDLE // ROUNDS))
        finally:
            tracemalloc.stop()
    return at_most("idle_conversation_bytes", samples, "bytes", floor=64, wished=0)
