"""Receipts: printed on one core, made by whole durable workflows, begun after the commit, and beside turns; unsealed, and then with a seal."""

import asyncio
import io
import signal
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from pypdf import PdfReader
from sqlalchemy import text

from bench.house import House, snapshot_at
from bench.measure import ROUNDS, Result, at_most, at_rate, measured
from bots.papers import Press, Record, receipt_paper
from bots.records import read_receipt
from bots.seal_keys import make_seal
from bots.sealing import Seal, sealed
from dialogs.events import Answered
from dialogs.services import agency_of
from dialogs.turn import Incoming
from forms.catalogue import load_catalogue
from forms.papers.model import Paper
from forms.papers.printing import print_paper
from sospeso.worker import WorkerProcess
from storage.acts import NewAct, append_act, read_acts
from storage.parties import create_party, find_party_by_email, open_party, prove_email
from tests.builders import a_visitor
from tests.dialogs.driver import EMAIL, PERSON

CONFIRM = "registration_person.confirm"
IDENTITY, STREET = "registration_person.identity", "registration_person.residence.street"
PRINTED_IN = {"it": "receipt_per_core_per_s", "fa": "receipt_fa_per_core_per_s", "zh": "receipt_zh_per_core_per_s"}
OF_HOME = {"fa": ("نمونه", "دمترا", "خیابان آزادی"), "zh": ("示例", "德美", "长安街")}
PRINTED, JOBS, STARTS, BESIDE = 60, 60, 60, 200
PAGES = 2
LEFT = "select count(*) from dbos.workflow_status where name = 'receipt' and status in ('PENDING', 'ENQUEUED')"
FAILED = "select count(*) from dbos.workflow_status where name = 'receipt' and status not in ('PENDING', 'ENQUEUED', 'SUCCESS')"
WAITED = """
select started_at_epoch_ms - created_at from dbos.workflow_status where name = 'receipt' order by created_at desc limit :latest
"""
LATEST = "select id from receipt order by at desc limit 1"


@dataclass(slots=True)
class Confirming:
    """Customers who stand at the final confirmation of their card, each alike the first who came all the way: confirmed, a submission with its
    receipt."""

    house: House
    shown: str
    snapshot: bytes
    acts: tuple[NewAct, ...]
    """What the first one agreed to on the way."""

    async def stand_ready(self, count: int) -> list[str]:
        ids = [conversation for conversation, _ in await self.house.visitors(count, self.snapshot)]
        for conversation in ids:
            await self._bind(conversation)
        return ids

    async def _bind(self, conversation: str) -> None:
        services = self.house.services
        async with services.database.transaction() as session:
            party = await create_party(session, services.keys, language="it")
            await prove_email(session, party, f"{conversation}@example.org", services.clock())
            for act in self.acts:
                await append_act(session, party, act)
            await services.turn_store.bind(session, conversation, party.id)

    async def confirm(self, conversation: str) -> None:
        said = await self.house.services.turns.take(conversation, Incoming("confirm", Answered(CONFIRM, value=True, shown=self.shown)))
        if b'"kind":"problem"' in said:
            raise RuntimeError("not confirmed")

    async def enqueue(self, count: int) -> None:
        """So many receipts, numbered and waiting for a worker."""
        for conversation in await self.stand_ready(count):
            await self.confirm(conversation)


async def measure(house: House) -> list[Result]:
    confirming = await _confirming(house)
    await confirming.enqueue(1)
    results = await _printed(house)
    async with WorkerProcess(house.settings, house.addresses) as worker:
        await worker.at_work.wait()
        rates = [await _jobs_a_second(confirming, worker) for _ in range(ROUNDS + 1)][1:]
        results.append(at_rate("receipt_jobs_per_s", rates, "receipts/s", floor=20, wished=60))
        results.append(at_most("receipt_start_p95_ms", await _starts_ms(confirming), "ms", floor=500, wished=150))
        latencies = await _turns_meanwhile_ms(confirming, worker)
        results.append(at_most("turn_p99_during_receipts_ms", latencies, "ms", floor=15, wished=15))
    results += await _sealed(house, confirming)
    return results


async def _sealed(house: House, confirming: Confirming) -> list[Result]:
    """What a seal costs: alone, in a processor second of one core, and in whole workflows. No rate is asked for."""
    file = house.settings.home / "bench-seal" / "seal.pem"
    make_seal(file, house.settings.agency_name, datetime.now(UTC))
    paper = print_paper(_two_pages((await _papers(house))["it"]))
    seals = measured("seal_per_core_per_s", await asyncio.to_thread(_sealing_rates, paper, Seal(str(file))), "seals/s")
    async with WorkerProcess(house.settings.model_copy(update={"seal": file}), house.addresses) as worker:
        await worker.at_work.wait()
        rates = [await _jobs_a_second(confirming, worker) for _ in range(ROUNDS + 1)][1:]
    return [seals, measured("receipt_jobs_sealed_per_s", rates, "receipts/s")]


def _sealing_rates(paper: bytes, seal: Seal) -> list[float]:
    rates = []
    for _ in range(ROUNDS + 1):
        begun = time.process_time()
        for _ in range(PRINTED):
            sealed(paper, seal)
        rates.append(PRINTED / (time.process_time() - begun))
    return rates[1:]


async def _printed(house: House) -> list[Result]:
    """The same receipt in each language; of those beside the Italian one no rate is asked for."""
    papers = await _papers(house)
    rates = {language: list(_printing_rates(paper)) for language, paper in papers.items()}
    asked = at_rate(PRINTED_IN["it"], rates["it"], "receipts/s", floor=40, wished=90)
    return [asked, *(measured(PRINTED_IN[language], rates[language], "receipts/s") for language in OF_HOME)]


async def _confirming(house: House) -> Confirming:
    customer = await a_visitor(house.services)
    await customer.play(PERSON, until=CONFIRM)
    services = house.services
    snapshot = await snapshot_at(services, customer.conversation, CONFIRM)
    async with services.database.transaction() as session:
        party = await find_party_by_email(session, services.keys, EMAIL)
        if party is None:
            raise RuntimeError("the customer is nobody")
        given = await read_acts(session, await open_party(session, services.keys, party))
    acts = tuple(NewAct(act.question, act.module, act.version, act.kind, act.answer, act.at, act.facts) for act in given)
    return Confirming(house, str(customer.turn["question"]["shown"]), snapshot, acts)


async def _papers(house: House) -> dict[str, Paper]:
    """The latest receipt, in each of the languages measured."""
    services, settings = house.services, house.services.settings
    press = Press(
        load_catalogue(languages=tuple(PRINTED_IN)), agency_of(settings), settings.zone, settings.currency, settings.public_url or ""
    )
    async with services.database.transaction() as session:
        latest: UUID = await session.scalar(text(LATEST))
        known = await read_receipt(session, services.keys, press, latest)
    if known is None:
        raise RuntimeError("there is no receipt")
    return {language: receipt_paper(press, known.row.kind, known.row.number, _in(language, known.record)) for language in PRINTED_IN}


def _in(language: str, record: Record) -> Record:
    """As of a customer who speaks it, and whose name and street are written in its script."""
    family, given, street = OF_HOME.get(language, ("Esempio", "Demetra", "Via dell’Esempio"))
    written = {f"{IDENTITY}.family_name": family, f"{IDENTITY}.given_name": given, STREET: street}
    parts = tuple(replace(part, answers={**part.answers, **written}) for part in record.parts)
    return replace(record, language=language, name=f"{given} {family}", card={**record.card, **written}, parts=parts)


def _printing_rates(paper: Paper) -> Iterator[float]:
    """Receipts in a processor second of one core, warm. Each has another number: none is a repetition."""
    paper = _two_pages(paper)
    for at in range(ROUNDS + 1):
        begun = time.process_time()
        for number in range(PRINTED):
            print_paper(replace(paper, number=f"R-2026-{at * PRINTED + number:06}"))
        if at:
            yield PRINTED / (time.process_time() - begun)


def _two_pages(paper: Paper) -> Paper:
    """A registration's receipt takes three pages: without its last sections, as many as it takes, it fills two."""
    for kept in range(len(paper.sections), 0, -1):
        shorter = replace(paper, sections=paper.sections[:kept])
        if len(PdfReader(io.BytesIO(print_paper(shorter))).pages) == PAGES:
            return shorter
    raise RuntimeError(f"no receipt of {PAGES} pages")


async def _jobs_a_second(confirming: Confirming, worker: WorkerProcess) -> float:
    """Printed, stored twice, tied and mailed, from a full queue to the last."""
    with _resting(worker):
        await confirming.enqueue(JOBS)
    begun = time.perf_counter()
    await _until_done(confirming.house)
    return JOBS / (time.perf_counter() - begun)


async def _starts_ms(confirming: Confirming) -> list[float]:
    """The 95th percentile of each round, over jobs that come one after the other to a worker with nothing to do."""
    rounds = []
    for _ in range(ROUNDS):
        for conversation in await confirming.stand_ready(STARTS // ROUNDS):
            await confirming.confirm(conversation)
            await _until_done(confirming.house)
        async with confirming.house.services.database.transaction() as session:
            waited = list((await session.scalars(text(WAITED), {"latest": STARTS // ROUNDS})).all())
        rounds.append(statistics.quantiles([float(ms) for ms in waited], n=20)[-1])
    return rounds


async def _turns_meanwhile_ms(confirming: Confirming, worker: WorkerProcess) -> list[float]:
    """The 99th percentile of turns in 8 conversations while 200 receipts render; one sample for each fifth of that time."""
    house = confirming.house
    latencies: list[float] = []
    with _resting(worker):
        await confirming.enqueue(BESIDE)
        forms = iter(await house.conversations(4_000))
    rendering = asyncio.create_task(_until_done(house))
    await asyncio.gather(*(_customer(house, forms, rendering, latencies) for _ in range(8)))
    size = len(latencies) // ROUNDS
    return [statistics.quantiles(latencies[at * size : (at + 1) * size], n=100)[-1] for at in range(ROUNDS)]


async def _customer(house: House, forms: Iterator[str], rendering: asyncio.Task[None], latencies: list[float]) -> None:
    while not rendering.done():
        latencies.extend([ms async for ms in house.timed(next(forms))])


async def _until_done(house: House) -> None:
    """DBOS tells only by its table; asked on a connection of our own, so that asking costs next to nothing."""
    connection = await house.connect()
    try:
        while await connection.fetchval(LEFT):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.02)
        if failed := await connection.fetchval(FAILED):
            raise RuntimeError(f"{failed} jobs failed")
    finally:
        await connection.close()


@contextmanager
def _resting(worker: WorkerProcess) -> Iterator[None]:
    """The worker, as it runs in the program, stands still while its queue is filled."""
    worker.signal(signal.SIGSTOP)
    try:
        yield
    finally:
        worker.signal(signal.SIGCONT)
