"""Every row of the list of bad inputs gets its class wherever its channel exists; the rest is listed, so that nobody forgets it."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import orjson
import pytest
import pytest_asyncio

from bots.web.app import create_app
from dialogs.rendering import question, render
from dialogs.services import Services
from dialogs.state import State
from forms.catalogue import Catalogue
from storage.database import Database
from storage.turns import TurnStore
from tests.bots.web.conftest import KEYS, ORIGIN, Made, Robot
from tests.dialogs.driver import HOME, PERSON, Talk, registered
from tests.journeys.rows import ANSWERS, LITERAL, NOT_YET, QUESTIONS, ROWS, Row, standing

TODAY = datetime.now(UTC)
IDENTITY = "registration_person.identity"
PLAYED = {
    **PERSON,
    # of whom the tax codes among the rows tell
    f"{IDENTITY}.family_name": "Rossi",
    f"{IDENTITY}.given_name": "Mario",
    f"{IDENTITY}.sex": "male",
    f"{IDENTITY}.birth_date": "1985-12-10",
    f"{IDENTITY}.birth_municipality": "A562",
    f"{IDENTITY}.tax_code": "RSSMRA85T10A562S",
    "registration_person.work.employment": "self_employed",
}
ASKED = {**HOME, "quote_home.needs.starts_on": (TODAY + timedelta(days=10)).date().isoformat()}


def test_each_row_is_tested_on_its_channels_or_stands_in_the_list_of_what_is_missing() -> None:
    counted = Counter((channel, standing(row, channel)) for row in ROWS for channel in row.channels)
    assert {why for _, why in counted} <= {"tested", *NOT_YET}
    assert counted == {
        ("webchat", "tested"): 47,
        ("console", "tested"): 44,
        ("email", "tested"): 44,
        ("export", "tested"): 47,
        ("email", "inbound"): 6,
        ("email", "ledger"): 1,
        ("export", "script"): 1,
        ("telegram", "tested"): 61,
        ("import", "tested"): 45,
        ("import", "quotes"): 7,
    }


@pytest.fixture(scope="session")
def stands(catalogue: Catalogue) -> dict[str, Talk]:
    """A conversation for each kind of field, its question open."""
    made = {}
    for path in QUESTIONS.values():
        talk = registered(catalogue, now=TODAY) if path.startswith("quote_home.") else Talk(catalogue, now=TODAY)
        talk.play(ASKED if path.startswith("quote_home.") else PLAYED, until=path)
        assert talk.ask.path == path
        made[path] = talk
    return made


@pytest_asyncio.fixture(scope="module")
async def services(shared_database: Database, catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Services]:
    async with TurnStore(shared_database, KEYS) as store:
        yield Made(shared_database, store, catalogue, tmp_path_factory.mktemp("home")).services()


@pytest.fixture
def client(services: Services) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(create_app(services), raise_app_exceptions=False), base_url=ORIGIN)


async def stood(services: Services, client: httpx.AsyncClient, talk: Talk) -> Robot:
    """A new conversation of this kind, as the store would have it."""
    turn = {"number": 1, "id": None, "messages": render(talk.outcome.messages, talk.state.language, {}), "question": question(talk.ask)}
    made = await services.turn_store.create(language="it", channel="web", snapshot=talk.state.to_json(), replies=orjson.dumps(turn))
    return Robot(client, made.conversation, made.secret, turn)


async def state_of(services: Services, robot: Robot) -> State:
    loaded = await services.turn_store.load(robot.conversation, fresh=True)
    assert loaded is not None
    return State.from_json(loaded.snapshot)


async def classes(services: Services, robot: Robot, row: Row, before: State) -> set[str]:
    """What the answer made of the row: as the API told it and as the store has it."""
    path, state = QUESTIONS[row.field], await state_of(services, robot)
    problems = [message for message in robot.turn["messages"] if message["kind"] == "problem"]
    if robot.question["path"] == path:
        assert problems, robot.turn
        assert state.answers == before.answers
        return {"reject_reask"}
    if robot.question["path"] == f"{path}.sure":
        assert state.answers == before.answers
        assert state.pending is not None
        is_literal = row.field == "name" and state.pending.value == row.text  # somebody may be called so: kept to the letter after a yes
        return {"flag_review", "accept", "store_literal"} if is_literal else {"flag_review"}
    assert not problems
    if path == "journey.email":
        kept: object = state.proof.email if state.proof else None
    else:
        kept = state.answers[path]
    return {"accept", "store_literal"} if kept == row.text else {"accept_normalised"}


@pytest.mark.parametrize("row", ANSWERS, ids=str)
async def test_a_typed_answer_gets_its_class(services: Services, client: httpx.AsyncClient, stands: dict[str, Talk], row: Row) -> None:
    robot = await stood(services, client, stands[QUESTIONS[row.field]])
    before = await state_of(services, robot)
    answer = await robot.post(content=json.dumps({"id": "a", "text": row.text}))
    assert answer.status_code == 200, answer.text
    assert row.expected in await classes(services, robot, row, before), robot.turn


@pytest.mark.parametrize("row", ANSWERS, ids=str)
async def test_a_structured_answer_is_never_taken_for_more_than_it_is(
    services: Services, client: httpx.AsyncClient, stands: dict[str, Talk], row: Row
) -> None:
    """As typed; where a program must send the normal form, anything else is refused with a sentence."""
    robot = await stood(services, client, stands[QUESTIONS[row.field]])
    before, asked = await state_of(services, robot), robot.question
    answer = await robot.post(content=json.dumps({"id": "a", "question": asked["path"], "value": row.text, "shown": asked["shown"]}))
    assert answer.status_code == 200, answer.text
    found = await classes(services, robot, row, before)
    assert row.expected in found or found == {"reject_reask"}, robot.turn


@pytest.mark.parametrize("row", [row for row in ANSWERS if row.expected == "flag_review"], ids=str)
async def test_what_is_doubtful_is_taken_only_after_a_yes(
    services: Services, client: httpx.AsyncClient, stands: dict[str, Talk], row: Row
) -> None:
    robot = await stood(services, client, stands[QUESTIONS[row.field]])
    await robot.send(text=row.text)
    assert (robot.question["type"], robot.question["path"]) == ("confirm", f"{QUESTIONS[row.field]}.sure")
    assert (await robot.answer(value=False)).status_code == 200
    assert robot.question["path"] == QUESTIONS[row.field]


@pytest.mark.parametrize("row", LITERAL, ids=str)
async def test_what_is_kept_to_the_letter_is_inert_on_every_page(
    services: Services, client: httpx.AsyncClient, stands: dict[str, Talk], row: Row
) -> None:
    robot = await stood(services, client, stands[QUESTIONS[row.field]])
    await robot.send(text=row.text)
    client.cookies.set("chat", f"{robot.conversation}.{robot.secret}")
    pages = [await client.get(path) for path in ("/chat", "/chat/transcript")]
    assert [page.status_code for page in pages] == [200, 200]
    for page in pages:
        assert page.text.count("<script") <= 1
        assert "<script>" not in page.text
        assert "javascript:alert" not in page.text.replace("(javascript:alert(1))", "")
    assert len((await robot.client.get(robot.path, headers=robot.headers)).json()["turns"]) == 2
