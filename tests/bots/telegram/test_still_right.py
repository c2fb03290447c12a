"""Asked in their Telegram chat whether the card is still right (S4-26): one tap says so; a bot that was blocked raises it by mail."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from bots.card_checks import ask_who_is_due
from storage.checks import find_check
from storage.parties import Contact, keep_contact, open_party
from storage.tables.checks import CardCheck
from tests.bots.telegram.house import House
from tests.bots.telegram.robot import TelegramRobot
from tests.bots.telegram.test_talking import at
from tests.bots.test_card_checks import asked_by_mail
from tests.dialogs.driver import PERSON

pytestmark = pytest.mark.slow
CONFIRM = "registration_person.confirm"
TYPED = {path: value for path, value in PERSON.items() if not path.startswith("registration_person.bank.")}


async def a_customer(house: House) -> tuple[TelegramRobot, UUID]:
    """Registered in their chat, where they want to be written to."""
    robot = await at(house, "registration_person.residence.province")
    await robot.walk(TYPED, CONFIRM)
    await robot.answer(value=True)
    loaded = await house.services.turn_store.load((await house.chat(robot.person)).conversation, fresh=True)
    assert loaded is not None
    assert loaded.party is not None
    party = UUID(loaded.party)
    async with house.services.database.transaction() as session:
        await keep_contact(session, await open_party(session, house.services.keys, party), Contact("messenger", "any"))
    return robot, party


async def check_of(house: House, party: UUID) -> CardCheck:
    async with house.services.database.transaction() as session:
        check = await find_check(session, party)
    assert check is not None
    return check


def at_noon(house: House, check: CardCheck, **later: float) -> Any:  # the services at another time
    noon: datetime = check.confirmed_at.astimezone(ZoneInfo("Europe/Rome")).replace(hour=12) + timedelta(**later)
    return replace(house.services, clock=lambda: noon)


async def test_s4_26_they_are_asked_in_their_chat_and_one_tap_says_that_all_is_right(house: House) -> None:
    robot, party = await a_customer(house)
    before = await check_of(house, party)
    assert await ask_who_is_due(at_noon(house, before, days=367)) == 1
    await robot.person.until_hears("sono ancora giusti?")
    await robot.read()
    assert robot.path == "update_card.confirm"
    await robot.answer(value=True)
    assert (await check_of(house, party)).confirmed_at > before.confirmed_at
    assert await asked_by_mail(house.services, party) == []


async def test_r4_whoever_has_blocked_the_bot_is_asked_by_mail(house: House) -> None:
    robot, party = await a_customer(house)
    await robot.person.block()
    await house.until_taken()
    check = await check_of(house, party)
    assert check.doubted_by == "messenger"
    assert await ask_who_is_due(at_noon(house, check, days=1)) == 1
    assert await asked_by_mail(house.services, party) == ["way_closed"]
