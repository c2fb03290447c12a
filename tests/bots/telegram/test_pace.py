"""How fast we send and in what order: counted on a loop whose clock stands where the test puts it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import AnswerCallbackQuery, SendMessage

from bots.telegram.courier import AT_ONCE, Courier
from bots.telegram.pace import Pace
from dialogs.lanes import Lanes
from dialogs.services import Services
from storage.chats import Chats, bind_chat, index_of
from tests.bots.web.conftest import Made
from tests.telegram_person import Person, a_person
from tests.telegram_server import PATIENCE_S, TelegramServer

pytestmark = pytest.mark.slow


class QuickLoop(asyncio.SelectorEventLoop):
    """Where nothing is to be done, its clock goes on to the next thing that is."""

    passed = 0.0

    def time(self) -> float:
        return self.passed

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:  # type: ignore[attr-defined]
            self.passed = max(self.passed, self._scheduled[0]._when)  # type: ignore[attr-defined]
        super()._run_once()  # type: ignore[misc]


def on_a_quick_loop(work: Callable[[], Awaitable[None]]) -> None:
    with asyncio.Runner(loop_factory=QuickLoop) as runner:
        runner.run(work())  # type: ignore[arg-type]


def now() -> float:
    return asyncio.get_running_loop().time()


def sent_to(chat: int) -> SendMessage:
    return SendMessage(chat_id=chat, text="x")


def test_at_most_28_start_within_any_second() -> None:
    async def work() -> None:
        pace, starts = Pace(28), []

        async def request(_bot: Any, _method: Any) -> None:
            starts.append(now())

        await asyncio.gather(*(pace(request, None, sent_to(chat)) for chat in range(100)))  # type: ignore[arg-type]
        starts.sort()
        assert len(starts) == 100
        assert all(later - earlier >= 1.0 for earlier, later in zip(starts, starts[28:], strict=False))
        assert starts[-1] <= 4.0

    on_a_quick_loop(work)


def test_told_to_wait_the_chat_waits_and_told_in_a_second_one_all_do() -> None:
    async def work() -> None:
        pace, log, told = Pace(1000), [], {1: 5, 2: 7}

        async def request(_bot: Any, method: Any) -> None:
            if (retry_after := told.pop(method.chat_id, 0)) > 0:
                raise TelegramRetryAfter(method=method, message="", retry_after=retry_after)
            log.append((method.chat_id, now()))

        async def send(chat: int) -> None:
            await pace(request, None, sent_to(chat))  # type: ignore[arg-type]

        first = asyncio.create_task(send(1))
        await asyncio.sleep(0)
        await send(3)
        second = asyncio.create_task(send(2))
        await asyncio.sleep(0)
        await send(3)
        await asyncio.gather(first, second)
        assert sorted(log) == [(1, 7.0), (2, 7.0), (3, 0.0), (3, 7.0)]

    on_a_quick_loop(work)


def test_what_says_nothing_in_a_chat_is_not_counted() -> None:
    async def work() -> None:
        pace = Pace(1)

        async def request(_bot: Any, _method: Any) -> float:
            return now()

        times = [await pace(request, None, AnswerCallbackQuery(callback_query_id="q")) for _ in range(5)]  # type: ignore[arg-type]
        assert times == [0.0] * 5

    on_a_quick_loop(work)


async def test_a_chats_updates_go_one_after_the_other_in_their_order() -> None:
    lanes, done, gate = Lanes(), [], asyncio.Event()

    async def take(chat: int, order: int) -> None:
        async with lanes.one_at_a_time(chat, order):
            await gate.wait()
            done.append((chat, order))

    tasks = [asyncio.create_task(take(chat, order)) for chat, order in [(1, 10), (1, 13), (1, 11), (2, 5), (1, 12)]]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(*tasks)
    assert [order for chat, order in done if chat == 1] == [10, 11, 12, 13]
    assert lanes._waiting == {}


@pytest.mark.parametrize("cancelled", [0, 1, 2])
async def test_one_that_is_cancelled_lets_the_next(cancelled: int) -> None:
    lanes, done, gate = Lanes(), [], asyncio.Event()

    async def take(order: int) -> None:
        async with lanes.one_at_a_time(1, order):
            await gate.wait()
            done.append(order)

    tasks = [asyncio.create_task(take(order)) for order in range(3)]
    await asyncio.sleep(0)
    tasks[cancelled].cancel()
    gate.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert done == [order for order in range(3) if order != cancelled]
    assert lanes._waiting == {}


async def test_only_so_many_chats_are_told_at_the_same_time(made: Made, telegram: TelegramServer, bot: Bot) -> None:
    """Each waits in its first message until it may be sent; the others have not begun."""
    services, gate, held = made.services(), asyncio.Event(), 0

    async def hold(make_request: Any, bot: Bot, method: Any) -> Any:
        nonlocal held
        held += 1
        await gate.wait()
        return await make_request(bot, method)

    bot.session.middleware(hold)
    async with Chats(services.database, services.keys) as chats:
        courier = Courier(services, bot, chats)
        courier.is_on_duty = True
        people = [await begun(services, a_person(telegram)) for _ in range(AT_ONCE + 3)]
        for _, conversation in people:
            courier.poke(conversation)
        async with asyncio.timeout(PATIENCE_S):
            while held < AT_ONCE:  # noqa: ASYNC110 - a request tells nobody
                await asyncio.sleep(0.01)
        for index, _ in people:
            await chats.find(index)  # behind whatever else was asked of the database
        assert held == AT_ONCE
        gate.set()
        await telegram.until(lambda: len(telegram.calls) >= len(people))
        await courier.close()


async def begun(services: Services, person: Person) -> tuple[bytes, str]:
    """A chat in which a conversation waits to be told."""
    opened = await services.turns.open("it", "telegram")
    index = index_of(services.keys, "telegram", person.chat)
    async with services.database.transaction() as session:
        await bind_chat(session, services.keys, index, person.chat, UUID(opened.conversation), opened_by="")
    return index, opened.conversation
