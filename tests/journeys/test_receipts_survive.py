"""Killed while receipts are printed and mailed: another life of the program finishes them, each mail under its one Message-ID."""

import asyncio
import random
from collections import Counter

import pytest

from tests.journeys.test_kill import check_mails, check_receipts, until_jobs_are_done
from tests.program import Program, a_connection, a_customer, a_home, looking_into

pytestmark = pytest.mark.slow

CUSTOMERS = 12
LIVES = 4


async def test_receipts_under_way_when_it_dies_reach_each_address() -> None:
    chance = random.Random(7)
    with a_home() as home, Program(home) as program:
        async with a_connection() as http:
            customers = [a_customer(program, program.mails, http) for _ in range(CUSTOMERS)]
            for customer in customers:
                await customer.open()
            await asyncio.gather(*(customer.register(until="registration_person.confirm") for customer in customers))
            assert {customer.path for customer in customers} == {"registration_person.confirm"}
            await asyncio.gather(*(customer.answer(value=True) for customer in customers))
        for _ in range(LIVES):
            await asyncio.sleep(chance.uniform(0, 0.4))  # somewhere in printing, storing or mailing
            program.restart()
        async with looking_into(program) as inside:
            await until_jobs_are_done(inside)
            assert await check_receipts(inside) == CUSTOMERS
        check_mails(program.mails, customers)
        mailed = Counter(str(mail["To"]) for mail in program.mails.all() if list(mail.iter_attachments()))
        assert {mailed[customer.address] for customer in customers} == {1}
        assert mailed["agenzia@example.org"] == CUSTOMERS


async def test_a_store_that_is_away_for_a_moment_costs_no_receipt() -> None:
    with a_home() as home, Program(home) as program:
        async with a_connection() as http:
            customer = await a_customer(program, program.mails, http).open()
            await customer.register(until="registration_person.confirm")
            store, away = home / "documents", home / "documents.away"
            if store.exists():
                store.rename(away)
            store.write_text("no folder")
            await customer.answer(value=True)
            await until_said(program, "deliver_receipt")
            store.unlink()
            away.rename(store) if away.exists() else store.mkdir()
        async with looking_into(program) as inside:
            await until_jobs_are_done(inside)
            assert await check_receipts(inside) == 1


async def until_said(program: Program, word: str) -> None:
    async with asyncio.timeout(60):
        while word not in program.log.read_text():  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.1)
