"""A customer is erased by two: one orders it with a reason, another agrees; nobody else, not alone, and not while a policy runs."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from bots.erasing import House, erase
from bots.records import press_of
from console import actions
from console.acting import Actor
from console.erasing import agree_to_erasure, list_erasures, order_erasure, withdraw_erasure, write_certificate
from console.pages.erasures import show_erasures
from console.pages.fragment import Fragment
from console.reading import open_submission
from dialogs.services import Services
from dialogs.state import State
from rules.access import Role
from rules.refusals import Reason, Refused
from storage.erasures import open_erasure, request_erasure
from storage.ledger.keys import Signer
from storage.parties import conversations_of
from storage.receipts import receipts_of
from storage.tables.evidence import AuditEvent
from storage.tables.intake import Conversation
from tests.bots.house import EMAIL
from tests.console.house import Clock, Request, a_colleague, audited, issue_requested
from tests.console.views import Desk, click

pytestmark = pytest.mark.slow
WHY = "Il cliente lo chiede per lettera"


@pytest.fixture
async def auditor(house: Services) -> Actor:
    return await a_colleague(house, Role.AUDITOR, "Demo Revisione")


async def the_erasure(house: Services, actor: Actor) -> UUID:
    (row,) = await list_erasures(house, actor)
    return row.id


def refused_as(state: str) -> object:
    return pytest.raises(Refused, check=lambda error: error.facts.get("state") == state)


async def test_a_code_in_the_reason_is_covered(house: Services, request_: Request, manager: Actor) -> None:
    await order_erasure(house, manager, str(request_.party), f"{WHY}: IT60X0542811101000000123456")
    (row,) = await list_erasures(house, manager)
    assert row.reason == f"{WHY}: \u2066···· 3456\u2069"


async def test_one_orders_another_agrees_and_the_certificate_is_there(
    house: Services, request_: Request, manager: Actor, auditor: Actor
) -> None:
    async with house.database.transaction() as session:
        number = (await receipts_of(session, request_.party))[0].number
        asked = await request_erasure(session, request_.party, by="customer", at=house.clock())
    await order_erasure(house, manager, f" {number} ", WHY)
    (row,) = await list_erasures(house, manager)
    assert (row.id, row.customer, row.asked_by, row.ordered_by, row.can_agree, row.can_order) == (
        asked.id, "Esempio Demetra", "customer", manager.name, False, False,
    )  # fmt: skip
    with refused_as("erasure_ordered"):
        await order_erasure(house, manager, str(request_.party), WHY)
    with refused_as("own_erasure"):
        await agree_to_erasure(house, manager, row.id)
    async with house.database.transaction() as session:
        (conversation,) = await conversations_of(session, request_.party)
    assert await house.turn_store.load(str(conversation)) is not None
    assert (row.email, row.receipt) == (EMAIL, number)

    await agree_to_erasure(house, auditor, row.id)
    closed = await house.turn_store.load(str(conversation))
    assert closed is not None
    assert (closed.key, State.from_json(closed.snapshot).ended) == (None, "erased")
    with refused_as("erasure_ended"):
        await agree_to_erasure(house, auditor, row.id)
    with pytest.raises(Refused):
        await write_certificate(house, auditor, row.id)

    await erase(House(house, press_of(house), Signer(house.settings.ledger_folder)), row.id)
    (row,) = await list_erasures(house, auditor)
    assert (row.customer, row.number, row.agreed_by) == (str(request_.party), "E-2026-000001", auditor.name)
    assert (row.email, row.receipt) == (None, None)
    content, named = await write_certificate(house, auditor, row.id)
    assert (content[:5], named) == (b"%PDF-", "E-2026-000001")
    with pytest.raises(Refused):
        await open_submission(house, manager, request_.card, "it")
    assert await audited(house, manager) == [
        "order_erasure", "list_erasures", "order_erasure.refused", "agree_to_erasure.refused", "read_submission.refused",
    ]  # fmt: skip


async def test_who_may_not_and_what_is_not_there_is_refused(house: Services, request_: Request, agent: Actor, auditor: Actor) -> None:
    for actor in (agent, auditor):
        with pytest.raises(Refused, check=lambda error: error.reason is Reason.NOT_ALLOWED):
            await order_erasure(house, actor, str(request_.party), WHY)
    with pytest.raises(Refused, check=lambda error: error.reason is Reason.NOT_ALLOWED):
        await list_erasures(house, agent)
    manager = await a_colleague(house, Role.MANAGER, "Demo Altra")
    for nobody in ("", "\x00", "R-2026\x00\ud800", "R-2026-999999", str(request_.card)):
        with refused_as("customer_unknown"):
            await order_erasure(house, manager, nobody, WHY)
    with refused_as("erasure_reason"):
        await order_erasure(house, manager, str(request_.party), "x")


async def test_an_order_nobody_agreed_to_ends_and_is_given_again(
    house: Services, request_: Request, manager: Actor, auditor: Actor, clock: Clock
) -> None:
    await order_erasure(house, manager, str(request_.party), WHY)
    clock.now += timedelta(days=8)
    erasure = await the_erasure(house, auditor)
    with refused_as("erasure_ended"):
        await agree_to_erasure(house, auditor, erasure)
    await order_erasure(house, manager, str(request_.party), WHY)
    await agree_to_erasure(house, auditor, erasure)


async def test_not_while_a_policy_runs(house: Services, request_: Request, manager: Actor) -> None:
    await issue_requested(house, manager, request_)
    await actions.issue(house, manager, request_.quote)
    with refused_as("policy_runs"):
        await order_erasure(house, manager, str(request_.party), WHY)
    async with house.database.transaction() as session:
        assert await session.scalar(select(func.count()).where(Conversation.wrapped_key.is_(None))) == 0


async def test_a_double_click_agrees_once_and_tells_of_success(house: Services, request_: Request, manager: Actor, auditor: Actor) -> None:
    await order_erasure(house, manager, str(request_.party), WHY)
    desk = Desk(house, auditor)
    await show_erasures(desk.frame)
    (orders,) = (each for each in desk.all() if isinstance(each, Fragment) and "data-press" in each.html)
    erasure = str(await the_erasure(house, auditor))
    await asyncio.gather(click(orders, erasure), click(orders, erasure))
    assert desk.told == desk.frame.render("notice.html", text=desk.frame.words.say("told.agree_to_erasure"), is_problem=False)
    assert [each for each in await audited(house, auditor) if each.startswith("agree")] == ["agree_to_erasure"]


async def test_who_ordered_it_by_mistake_takes_it_back_before_another_agrees(
    house: Services, request_: Request, manager: Actor, auditor: Actor
) -> None:
    another = await a_colleague(house, Role.MANAGER, "Demo Altra")
    await order_erasure(house, manager, str(request_.party), WHY)
    ((row),) = await list_erasures(house, manager)
    assert (row.can_withdraw, row.can_agree) == (True, False)
    assert not (await list_erasures(house, another))[0].can_withdraw
    with refused_as("erasure_of_other"):
        await withdraw_erasure(house, another, row.id)
    with pytest.raises(Refused, check=lambda error: error.reason is Reason.NOT_ALLOWED):
        await withdraw_erasure(house, auditor, row.id)
    assert not await withdraw_erasure(house, manager, row.id)
    assert await list_erasures(house, manager) == ()
    for act in (agree_to_erasure, withdraw_erasure):
        with refused_as("erasure_ended"):
            await act(house, another, row.id)
    assert [each for each in await audited(house, manager) if "erasure" in each and each != "list_erasures"] == [
        "order_erasure", "withdraw_erasure",
    ]  # fmt: skip
    await order_erasure(house, another, str(request_.party), WHY)  # and is ordered again
    assert (await the_erasure(house, auditor), (await list_erasures(house, manager))[0].ordered_by) == (row.id, another.name)
    await agree_to_erasure(house, auditor, row.id)
    with refused_as("erasure_ended"):
        await withdraw_erasure(house, another, row.id)


async def test_a_customers_own_request_is_not_withdrawn_by_a_colleague(
    house: Services, request_: Request, manager: Actor, auditor: Actor, clock: Clock
) -> None:
    async with house.database.transaction() as session:
        await request_erasure(session, request_.party, by="customer", at=house.clock())
    await order_erasure(house, manager, str(request_.party), WHY)
    assert await withdraw_erasure(house, manager, await the_erasure(house, manager))
    (row,) = await list_erasures(house, manager)
    assert (row.asked_by, row.ordered_by, row.reason, row.can_order, row.can_withdraw) == ("customer", None, None, True, False)


async def test_a_customer_asks_after_a_colleague_has_withdrawn(house: Services, request_: Request, manager: Actor, clock: Clock) -> None:
    await order_erasure(house, manager, str(request_.party), WHY)
    await withdraw_erasure(house, manager, await the_erasure(house, manager))
    clock.pass_(days=3)
    async with house.database.transaction() as session:
        assert await open_erasure(session, request_.party) is None
        await request_erasure(session, request_.party, by="customer", at=house.clock())
        assert await open_erasure(session, request_.party) is not None
        requested = await session.scalars(select(AuditEvent.party_id).where(AuditEvent.action == "erasure.requested"))
        assert list(requested) == [request_.party]
    (row,) = await list_erasures(house, manager)
    assert (row.asked_by, row.asked_at, row.can_order) == ("customer", house.clock(), True)


async def test_an_order_is_taken_back_on_its_page(house: Services, request_: Request, manager: Actor) -> None:
    await order_erasure(house, manager, str(request_.party), WHY)
    desk = Desk(house, manager)
    await show_erasures(desk.frame)
    (orders,) = (each for each in desk.all() if isinstance(each, Fragment) and "data-press" in each.html)
    pressed = f"withdraw {await the_erasure(house, manager)}"
    assert f'data-press="{pressed}"' in orders.html
    await click(orders, pressed)
    assert desk.frame.words.say("told.withdraw_erasure") in desk.told
    assert desk.frame.words.say("erasures.none") in desk.html
