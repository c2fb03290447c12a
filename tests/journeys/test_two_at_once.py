"""Two browsers, two connections, two servers: the first wins, the other sees what is open now, and nothing happens twice."""

import asyncio
import re
from collections.abc import AsyncIterator
from secrets import token_bytes
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import update

from storage.entries import enter, make_link
from storage.tables.intake import Conversation
from storage.turns import TurnStore
from tests.bots.web.conftest import KEYS, ORIGIN, Made, Robot, a_client
from tests.dialogs.driver import PERSON

IDENTITY = "registration_person.identity"


@pytest_asyncio.fixture
async def neighbour(made: Made) -> AsyncIterator[httpx.AsyncClient]:
    """A second server on the same database: its own memory, its own connections."""
    async with TurnStore(made.database, KEYS) as store:
        second = Made(made.database, store, made.catalogue, made.home).services()
        async with a_client(second) as client:
            yield client


def elsewhere(robot: Robot, client: httpx.AsyncClient) -> Robot:
    """The same conversation in another browser."""
    return Robot(client, robot.conversation, robot.secret, robot.turn)


async def kept(robot: Robot) -> list[dict[str, object]]:
    return list((await robot.client.get(robot.path, headers=robot.headers)).json()["turns"])


async def test_of_two_answers_at_once_one_is_taken_and_the_other_sees_what_is_open(
    robot: Robot, neighbour: httpx.AsyncClient, read_code
) -> None:
    await robot.walk(PERSON, f"{IDENTITY}.family_name", read_code)
    before, asked = len(await kept(robot)), robot.question
    robots = [robot, elsewhere(robot, robot.client), elsewhere(robot, neighbour), elsewhere(robot, neighbour)]
    answers = await asyncio.gather(
        *(one.send(question=asked["path"], value=f"Prova {'ABCD'[n]}", shown=asked["shown"]) for n, one in enumerate(robots))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    won = next(answer.json() for answer in answers if answer.status_code == 200)
    for lost in (answer.json() for answer in answers if answer.status_code == 409):
        assert (lost["type"], lost["question"]) == ("question-changed", won["question"])
    turns = await kept(robot)
    assert len(turns) == before + 1
    assert turns[-1] == won


async def test_the_same_message_at_the_same_moment_from_two_servers_is_one_turn(
    robot: Robot, neighbour: httpx.AsyncClient, read_code
) -> None:
    await robot.walk(PERSON, "journey.email_code", read_code)
    before, asked = len(await kept(robot)), robot.question
    body = {"id": "same", "question": asked["path"], "value": await read_code(), "shown": asked["shown"]}
    answers = await asyncio.gather(
        *(client.post(f"{robot.path}/turns", headers=robot.headers, json=body) for client in [robot.client, neighbour] * 4)
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len(await kept(robot)) == before + 1


async def test_what_one_server_took_the_other_knows(robot: Robot, neighbour: httpx.AsyncClient) -> None:
    there = elsewhere(robot, neighbour)
    for turn in range(6):
        one = (robot, there)[turn % 2]
        answer = await one.send(command="help")
        assert answer.json()["number"] == turn + 2


async def test_nobody_confirms_what_is_no_longer_shown(robot: Robot, neighbour: httpx.AsyncClient, read_code) -> None:
    await robot.walk(PERSON, f"{IDENTITY}.confirm", read_code)
    asked, there = robot.question, elsewhere(robot, neighbour)
    await there.send(command="change", argument=f"{IDENTITY}.family_name")
    await there.answer("Altra")
    while there.question["path"].endswith(".sure"):
        await there.answer(value=True)
    assert there.question["path"] == asked["path"]
    assert there.question["shown"] != asked["shown"]
    stale = await robot.send(question=asked["path"], value=True, shown=asked["shown"])
    assert stale.status_code == 409
    assert stale.json()["question"]["shown"] == there.question["shown"]
    typed = await robot.send(text="sì", shown=asked["shown"])
    assert typed.json()["question"]["path"] == asked["path"]
    assert (await there.answer(value=True)).json()["question"]["path"] != asked["path"]


async def test_a_stale_pages_button_shows_the_present_question_and_gives_no_consent(made: Made, read_code) -> None:
    async with a_client(made.services(), headers={"origin": ORIGIN}, follow_redirects=True) as client:
        robot = Robot(client)
        await robot.open()
        client.cookies.set("chat", f"{robot.conversation}.{robot.secret}")
        await robot.walk(PERSON, "modules.electronic_collection.act", read_code)
        page = (await client.get("/chat")).text
        shown = re.search(r'name="shown" value="([0-9a-f]{64})"', page)
        assert shown is not None
        await robot.send(command="language", argument="en")
        before = len(await kept(robot))
        form = {"question": "modules.electronic_collection.act", "value": "accept", "shown": shown[1]}
        answer = await client.post("/chat", data=form)
        assert answer.status_code == 200
        assert "modules.electronic_collection.act" in answer.text
        assert len(await kept(robot)) == before


@pytest.mark.parametrize("times", [2, 12, 90])
async def test_a_conversation_takes_many_messages_at_once_in_some_order(robot: Robot, neighbour: httpx.AsyncClient, times: int) -> None:
    robots = [robot if n % 2 else elsewhere(robot, neighbour) for n in range(times)]
    answers = await asyncio.gather(*(one.send(id=uuid4().hex, command="help") for one in robots))
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(answer.json()["number"] for answer in answers) == list(range(2, times + 2))


async def end_secret(made: Made, robot: Robot) -> None:
    """As a new password does on a third server, and nobody is told: what is proved must not hang on being told."""
    async with made.database.transaction() as session:
        nobodys = update(Conversation).where(Conversation.id == UUID(robot.conversation)).values(secret_sha256=token_bytes(32))
        await session.execute(nobodys.execution_options(synchronize_session=False))


async def test_a_secret_ended_on_one_server_opens_nothing_on_another(robot: Robot, neighbour: httpx.AsyncClient, made: Made) -> None:
    """S0-10: neither turn, repetition, file, transcript nor stream, though its memory holds the conversation under the old one."""
    there = elsewhere(robot, neighbour)
    first = {"id": "first", "command": "help"}
    assert (await there.post(json=first)).status_code == 200  # and its memory holds it from now on
    before = len(await kept(robot))
    await end_secret(made, robot)
    asked = {"question": there.question["path"], "value": "it", "shown": there.question["shown"]}
    file = {"files": {"file": ("a.pdf", b"%PDF-1.4", "application/pdf")}, "data": {"id": "f", "question": there.question["path"]}}
    answers = [
        await there.post(json=first),
        await there.post(json={"id": "changed", "question": "journey.email", "value": "a@example.org", "shown": "0" * 64}),
        await there.post(json={"id": "second"} | asked),
        await there.send(command="help"),
        await there.post(**file),
        *[await neighbour.get(f"{there.path}{part}", headers=there.headers) for part in ("", "/documents/x")],
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert (await neighbour.get(f"{there.path}/events", headers=there.headers)).status_code == 404
    assert len(await made.store.read_turns(robot.conversation)) == before


async def test_who_comes_by_a_new_secret_is_let_in_where_memory_holds_the_old_one(
    robot: Robot, neighbour: httpx.AsyncClient, made: Made
) -> None:
    there = elsewhere(robot, neighbour)
    await there.send(command="help")
    await end_secret(made, robot)
    now = made.services().clock()
    async with made.database.transaction() as session:
        entered = await enter(session, await make_link(session, UUID(robot.conversation), now), now)
    assert entered is not None
    there.secret = entered[1]
    assert (await there.send(command="help")).status_code == 200
