"""Killed at any moment, the program loses nothing it has acknowledged, does nothing twice, and finishes what it began."""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Row, text

from storage.acts import verify_all
from tests.journeys.talkers import Talkers
from tests.program import Customer, Inside, Mailbox, Program, a_connection, a_customer, a_home, looking_into
from tests.telegram_server import TelegramServer, a_telegram_server

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("SOSPESO_KILLS", "20"))
SEED = int(os.environ.get("SOSPESO_KILL_SEED", "2"))
BOTS = 4 * ["polling"] + 4 * ["webhook"]
"""How the bot gets its updates in the first lives: three kills each with the same way before and after. Later lives have no bot."""
AT_ONCE = 8
JOBS_S = 180

UNFINISHED = "select count(*) from dbos.workflow_status where status in ('PENDING', 'ENQUEUED', 'DELAYED')"
BROKEN = "select name, status from dbos.workflow_status where status not in ('PENDING', 'ENQUEUED', 'DELAYED', 'SUCCESS')"
CONFIRMATIONS = """
select event.submission_id, event.version, count(receipt.id) as receipts
from submission_event event left join receipt on receipt.submission_id = event.submission_id and receipt.submission_version = event.version
where event.act = 'confirm' group by 1, 2
"""
CARDS = "select count(*) from receipt where kind = 'card_confirmation' and submission_id is null"
NUMBERS = "select number from receipt order by number"
MAILS = "select receipt.number, recipient, state, message_id from receipt left join outgoing_mail on receipt_id = receipt.id"
PAPERS = "select receipt.number, count(document.id) as papers from receipt left join document on receipt_id = receipt.id group by 1"


@dataclass
class Crowd:
    """Customers who come until told to stop, register and ask for a quote; each turn acknowledged is kept."""

    program: Program
    chance: random.Random
    customers: list[Customer] = field(default_factory=list)
    is_stopping: bool = False

    @property
    def acknowledged(self) -> int:
        return sum(len(customer.acknowledged) for customer in self.customers)

    async def talk(self) -> None:
        mailbox = self.program.mails
        async with a_connection() as http:
            while not self.is_stopping:
                customer = a_customer(self.program, mailbox, http, language=self.chance.choice(["it", "en"]))
                self.customers.append(await customer.open())
                await customer.register()
                if not self.is_stopping:
                    await customer.quote()
                await self.ask_again(customer)

    async def ask_again(self, customer: Customer) -> None:
        """The same ids again, out of order: the same bytes."""
        for id_ in self.chance.sample(sorted(customer.acknowledged), 5):
            before, kept = customer.acknowledged[id_], dict(customer.acknowledged)
            await customer.send(id=id_, text="qualcos’altro")
            assert customer.acknowledged == kept, "a repeated id was answered otherwise"
            assert customer.acknowledged[id_] == before


async def test_nothing_acknowledged_is_lost_and_nothing_done_twice(capsys: pytest.CaptureFixture[str]) -> None:
    began = time.monotonic()
    async with a_telegram_server() as telegram:
        with a_home() as home, Program(home, **bot_of(0, telegram)) as program:
            crowd, talkers = Crowd(program, random.Random(SEED)), Talkers(telegram)
            talking = [asyncio.create_task(crowd.talk()) for _ in range(AT_ONCE)]
            talkers.begin()
            for life in range(max(KILLS, len(BOTS))):
                await live(crowd, talkers, life)
                program.set(**bot_of(life + 1, telegram))
                await die(program, crowd.chance)
            crowd.is_stopping = True
            await asyncio.gather(*talking)
            async with looking_into(program) as inside:
                await until_jobs_are_done(inside)
                turns = await check_turns(inside, crowd.customers)
                await talkers.check_turns(inside)
                receipts = await check_receipts(inside)
                async with inside.database.transaction() as session:
                    assert await verify_all(session) == {}
            check_mails(program.mails, crowd.customers)
    with capsys.disabled():
        print(  # noqa: T201 - the figures are the result
            f"\n{KILLS} kills, {len(crowd.customers)} conversations, {crowd.acknowledged} turns acknowledged, {turns} kept, 0 lost, 0 twice, "
            f"{sum(customer.resent for customer in crowd.customers)} sent again, {receipts} receipts, {time.monotonic() - began:.0f} s"
        )


def bot_of(life: int, telegram: TelegramServer) -> dict[str, str]:
    if life >= len(BOTS):
        return {}
    settings = {"telegram_token": telegram.token, "telegram_api_url": telegram.url}
    return settings | ({"telegram_webhook_secret": "demo-secret"} if BOTS[life] == "webhook" else {})


async def live(crowd: Crowd, talkers: Talkers, life: int) -> None:
    """Until some more turns were acknowledged, and then somewhere within the next; where there is a bot, until it was busy as well."""
    wanted = crowd.acknowledged + crowd.chance.randint(1, 120)
    if life < len(BOTS):
        await talkers.until_busy()
    if life == len(BOTS) - 1:
        await talkers.end()
    while crowd.acknowledged < wanted:  # noqa: ASYNC110 - counted over eight tasks
        await asyncio.sleep(0.01)
    await asyncio.sleep(crowd.chance.uniform(0, 0.05))


async def die(program: Program, chance: random.Random) -> None:
    """And be born again; now and then killed once more while it is starting."""
    program.kill()
    program.begin()
    if chance.random() < 0.1:
        await asyncio.sleep(chance.uniform(0.5, 4))
        program.kill()
        program.begin()
    await asyncio.to_thread(program.until_ready)


async def until_jobs_are_done(inside: Inside) -> None:
    until = time.monotonic() + JOBS_S
    while (left := (await rows(inside, UNFINISHED))[0][0]) and time.monotonic() < until:  # noqa: ASYNC110 - another process does them
        await asyncio.sleep(0.2)
    assert left == 0, f"{left} jobs were not finished in {JOBS_S} s"
    assert await rows(inside, BROKEN) == []


async def check_turns(inside: Inside, customers: Iterable[Customer]) -> int:
    """Each acknowledged turn is there byte for byte, and no other; how many there are."""
    found = 0
    for customer in customers:
        stored = await inside.store.read_turns(customer.conversation)
        assert [turn.number for turn in stored] == list(range(1, len(stored) + 1))
        assert {turn.incoming_id: turn.replies for turn in stored if turn.incoming_id is not None} == customer.acknowledged
        found += sum(turn.incoming_id is not None for turn in stored)
    return found


async def check_receipts(inside: Inside) -> int:
    """One number to each confirmation, without a gap; one mail to the customer and one to the agency, each with its own id; one paper."""
    confirmations, numbers = await rows(inside, CONFIRMATIONS), [row.number for row in await rows(inside, NUMBERS)]
    assert [row for row in confirmations if row.receipts != 1] == []
    of_submissions = len(numbers) - (await rows(inside, CARDS))[0][0]  # an unchanged card is confirmed and receipted without one
    assert len(confirmations) == of_submissions > 0
    assert [int(number.rpartition("-")[2]) for number in numbers] == list(range(1, len(numbers) + 1))
    mails = await rows(inside, MAILS)
    assert Counter((mail.number, mail.recipient) for mail in mails) == Counter(
        (number, who) for number in numbers for who in ("customer", "agency")
    )
    assert {mail.state for mail in mails} == {"sent"}
    assert len({mail.message_id for mail in mails}) == len(mails)
    assert {row.papers for row in await rows(inside, PAPERS)} == {1}
    return len(numbers)


def check_mails(mailbox: Mailbox, customers: Iterable[Customer]) -> None:
    """What lies in the mailbox is whole: each with its own Message-ID, receipts with their paper."""
    mails = mailbox.all()
    assert max(Counter(mail["Message-ID"] for mail in mails).values()) == 1
    receipts = [mail for mail in mails if "R-20" in mail["Subject"]]
    papers = [part.get_content() for mail in receipts for part in mail.iter_attachments()]
    assert len(papers) == len(receipts)
    assert all(paper.startswith(b"%PDF-") and b"%%EOF" in paper[-32:] for paper in papers)
    for customer in customers:
        confirmed = sum(b'"R-20' in turn or b" R-20" in turn for turn in customer.acknowledged.values())
        assert len([mail for mail in receipts if customer.address in str(mail["To"])]) >= min(confirmed, 1)


async def rows(inside: Inside, query: str) -> list[Row]:  # type: ignore[type-arg]  # of whatever the query selects
    async with inside.database.transaction() as session:
        return list((await session.execute(text(query))).all())
