"""What restarts, crashes, outages and Telegram's own limits do not lose."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from bots.telegram import courier
from tests.bots.telegram.house import a_bot
from tests.bots.telegram.robot import TelegramRobot
from tests.bots.web.conftest import Made
from tests.telegram_api import Refusal
from tests.telegram_person import a_person
from tests.telegram_server import PATIENCE_S, TelegramServer

pytestmark = pytest.mark.slow

GOAL = "journey.goal"


async def test_a_redelivered_update_is_known_after_a_restart(made: Made, telegram: TelegramServer) -> None:
    person = a_person(telegram)
    async with a_bot(made, telegram) as house:
        robot = await TelegramRobot(house, person).open()
        opened, chosen = min(telegram.made), await robot.person.tap("Italiano")
        await telegram.until_taken()
        await robot.read()
        before = await house.turns(person)
    heard = len(person.heard)
    async with a_bot(made, telegram) as house:
        for update in (opened, chosen):
            await telegram.redeliver(update)
        await telegram.until_taken()
        robot = await TelegramRobot(house, person).read()
        assert await house.turns(person) == before
        await robot.answer("register")
    assert len(person.heard) == heard + 1


async def test_what_was_stored_and_not_told_is_told_after_a_restart(made: Made, telegram: TelegramServer) -> None:
    person = a_person(telegram)
    async with a_bot(made, telegram) as house:
        robot = await TelegramRobot(house, person).open()
        telegram.answer_429(600, chat=person.chat)
        await person.tap("Italiano")
        await telegram.until_taken()
        await telegram.until(lambda: telegram.limits[0].until)
        assert [turn["question"]["path"] for turn in await house.turns(person)] == ["journey.language", GOAL]
    telegram.limits.clear()
    heard = len(person.heard)
    async with a_bot(made, telegram) as house:
        robot = await TelegramRobot(house, person).read()
        assert robot.path == GOAL
        assert len(person.heard) == heard + 1
        assert robot.question["text"] in person.last.text


async def test_told_but_not_noted_down_is_told_once_more(made: Made, telegram: TelegramServer) -> None:
    """At least once: the crash between the sending and the note of it."""
    person = a_person(telegram)
    async with a_bot(made, telegram) as house:
        robot = await TelegramRobot(house, person).open()
        await robot.answer("it")
    async with made.database.transaction() as session:
        await session.execute(text("update chat set told = told - 1"))
    async with a_bot(made, telegram) as house:
        robot = await TelegramRobot(house, person).read()
        assert len([sent for sent in person.heard if robot.question["text"] in sent.text]) == 2
        await robot.answer("register")
        assert robot.path == "journey.party_kind"


async def test_an_outage_of_telegram_is_waited_out(made: Made, telegram: TelegramServer) -> None:
    async with a_bot(made, telegram) as house:
        robot = await TelegramRobot(house, a_person(telegram)).open()
        telegram.is_down = True
        await robot.person.tap("Italiano")
        await telegram.until(lambda: telegram.turned_away)
        telegram.is_down = False
        await telegram.until_taken()
        await robot.read()
        assert robot.path == GOAL


async def test_a_text_that_is_refused_twice_is_told_of_and_passed_by(made: Made, telegram: TelegramServer) -> None:
    async with a_bot(made, telegram) as house:
        robot = await TelegramRobot(house, a_person(telegram)).open()
        telegram.refusal = lambda name, asked: Refusal.bad("no") if name == "sendMessage" and "Che cosa vuoi fare" in asked.text else None
        await robot.person.tap("Italiano")
        await robot.person.until_hears("/web")
        assert (await robot.read()).path == GOAL
        await robot.say("/help")
        assert robot.turn["number"] == 3


async def test_what_is_new_in_a_chat_does_not_wait_for_what_is_tried_again(
    made: Made, telegram: TelegramServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "AGAIN_S", (2.0 * PATIENCE_S,))
    failed = []

    def fail_once(name: str, asked: Any) -> Refusal | None:
        if name != "sendMessage" or failed:
            return None
        failed.append(asked)
        return Refusal(500, "Internal Server Error")

    async with a_bot(made, telegram) as house:
        robot = await TelegramRobot(house, a_person(telegram)).open()
        telegram.refusal = fail_once
        await robot.person.tap("Italiano")
        await telegram.until(lambda: failed)
        await robot.say("/help")
        assert robot.path == GOAL


async def test_told_to_wait_one_chat_waits_and_the_others_do_not(made: Made, telegram: TelegramServer) -> None:
    async with a_bot(made, telegram) as house:
        slow, quick = [await TelegramRobot(house, a_person(telegram)).open() for _ in range(2)]
        telegram.answer_429(1, chat=slow.person.chat)
        await slow.person.tap("Italiano")
        await telegram.until(lambda: telegram.limits[0].until)
        await quick.answer("it")
        assert quick.path == GOAL
        await slow.read()
        assert slow.path == GOAL
    assert telegram.disobeyed == 0


async def test_told_to_wait_in_two_chats_all_wait(made: Made, telegram: TelegramServer) -> None:
    async with a_bot(made, telegram) as house:
        robots = [await TelegramRobot(house, a_person(telegram)).open() for _ in range(3)]
        telegram.answer_429(1, times=2)
        for robot in robots:
            await robot.person.tap("Italiano")
        await telegram.until_taken()
        for robot in robots:
            await robot.read()
            assert robot.path == GOAL


async def test_updates_that_overtook_each_other_are_all_taken(made: Made, telegram: TelegramServer) -> None:
    async with a_bot(made, telegram) as house:
        robots = [await TelegramRobot(house, a_person(telegram)).open() for _ in range(4)]
        with telegram.reordered():
            for robot in robots:
                await robot.person.tap("Italiano")
        async with telegram.changed:
            telegram.changed.notify_all()
        await telegram.until_taken()
        for robot in robots:
            assert (await robot.read()).path == GOAL


async def test_a_token_that_telegram_does_not_know_ends_the_bot_and_nothing_else(
    made: Made, telegram: TelegramServer, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.token = "4242:another"
    async with a_bot(made, telegram, telegram_token="4242:wrong") as house:
        async with asyncio.timeout(PATIENCE_S):
            while "does not know the token" not in caplog.text:  # noqa: ASYNC110 - a log tells nobody
                await asyncio.sleep(0.01)
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(f"{house.url}/")).status_code == 200
    assert "wrong" not in caplog.text
