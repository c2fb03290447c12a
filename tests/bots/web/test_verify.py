"""A paper's address tells whether the paper exists, to whoever holds it, and nothing else."""

from collections.abc import Awaitable, Callable

import httpx
import pytest
from sqlalchemy import select

from bots.web.verify import verify_address
from storage.database import Database
from storage.tables.evidence import Receipt
from tests.bots.web.conftest import ORIGIN, Robot
from tests.dialogs.driver import PERSON

pytestmark = pytest.mark.slow


async def test_a_receipt_is_known_by_its_number_and_its_text(
    client: httpx.AsyncClient, robot: Robot, database: Database, read_code: Callable[[], Awaitable[str]]
) -> None:
    await robot.walk(dict(PERSON), "registration_person.confirm", read_code)
    await robot.answer(value=True)
    async with database.transaction() as session:
        receipt = (await session.scalars(select(Receipt))).one()
    address = verify_address(ORIGIN, receipt.number, receipt.text_sha256.hex()).removeprefix(ORIGIN)
    known = await client.get(address)
    assert known.status_code == 200
    assert PERSON["journey.email"] not in known.text
    assert "Demetra" not in known.text  # the agency's own address, at the foot, has the family name in it
    other = "0" if address[-1] != "0" else "1"
    assert (await client.get(address[:-1] + other)).status_code == 404
    assert (await client.get(address.rpartition("/")[0] + "/")).status_code == 404


async def test_a_receipt_in_print_is_said_to_be_and_a_strangers_is_not_there(
    client: httpx.AsyncClient, robot: Robot, database: Database, read_code: Callable[[], Awaitable[str]]
) -> None:
    await robot.walk(dict(PERSON), "registration_person.confirm", read_code)
    await robot.answer(value=True)
    async with database.transaction() as session:
        number = (await session.scalars(select(Receipt.number))).one()
    client.cookies.set("chat", f"{robot.conversation}.{robot.secret}")
    assert "in stampa" in (await client.get(f"/chat/receipts/{number}")).text
    assert (await client.get("/chat/receipts/R-1999-000001")).status_code == 404
    stranger = await Robot(client).open()
    client.cookies.set("chat", f"{stranger.conversation}.{stranger.secret}")
    assert (await client.get(f"/chat/receipts/{number}")).status_code == 404
