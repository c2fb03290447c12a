"""Whatever JSON comes as a turn: an answer of the API, never a failure, and the conversation can still be read."""

import asyncio
import json
import os
from itertools import count
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.web.app import create_app
from bots.web.bodies import COMMANDS
from dialogs.services import Services
from forms.catalogue import Catalogue
from tests.bots.web.conftest import ORIGIN
from tests.dialogs.driver import HOME, PERSON, Talk, registered
from tests.journeys.test_nasty_inputs import TODAY, stood

pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("SOSPESO_EXAMPLES", "150"))
PATHS = sorted({*PERSON, *HOME, "registration_person.confirm", "offer.act", ""})
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=60)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4), max_leaves=12
)
words = st.sampled_from(
    ["sì", "no", "ok", "👍", "indietro", "annulla", "12/3/80", "100k", "Napoli", "NA", "IT", "help", "€ 1.000,00", "2026-12-01"]
) | st.text(max_size=80)
bodies = st.one_of(
    st.fixed_dictionaries({"text": words}, optional={"shown": st.text(max_size=64)}),
    st.fixed_dictionaries({"question": st.sampled_from(PATHS), "value": values}, optional={"shown": st.text(max_size=64)}),
    st.fixed_dictionaries({"question": st.none(), "value": values}),  # filled with the open one
    st.fixed_dictionaries(
        {"command": st.sampled_from(sorted(COMMANDS))},
        optional={"argument": st.sampled_from([*PATHS, "section", "it", "en"]) | st.text(max_size=20)},
    ),
    st.dictionaries(st.sampled_from(["id", "text", "question", "value", "command", "argument", "shown", "x"]), values, max_size=4),
)


@pytest.fixture(scope="session")
def stages(catalogue: Catalogue) -> list[Talk]:
    """Conversations of every age."""
    begun = [
        ("journey.party_kind", False),
        ("registration_person.identity.birth_date", False),
        ("registration_person.residence.municipality", False),
    ]
    begun += [("quote_home.needs.need", True), ("quote_home.building.area_m2", True)]
    made = []
    for path, is_quote in begun:
        talk = registered(catalogue, now=TODAY) if is_quote else Talk(catalogue, now=TODAY)
        talk.play(HOME if is_quote else PERSON, until=path)
        made.append(talk)
    return made


async def test_any_json_gets_an_answer_of_the_contract(services: Services, stages: list[Talk]) -> None:
    loop, numbers = asyncio.get_running_loop(), count()
    transport = httpx.ASGITransport(create_app(services), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:

        async def take(talk: Talk, said: list[dict[str, Any]]) -> None:
            robot = await stood(services, client, talk)
            for one in said:
                is_open = "question" in one and one["question"] is None and robot.question
                body = one | {"question": robot.question["path"], "shown": robot.question["shown"]} if is_open else one
                answer = await robot.post(content=json.dumps({"id": f"f{next(numbers)}"} | body))
                assert answer.status_code in {200, 409, 413, 422}, (answer.status_code, answer.text, body)
                assert answer.status_code != 200 or answer.json()["messages"] or answer.json()["question"], body
            read = (await client.get(robot.path, headers=robot.headers)).json()
            assert [turn["number"] for turn in read["turns"]] == list(range(1, len(read["turns"]) + 1))

        @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), deadline=None)
        @given(st.sampled_from(stages), st.lists(bodies, min_size=1, max_size=8))
        def any_conversation(talk: Talk, said: list[dict[str, Any]]) -> None:
            asyncio.run_coroutine_threadsafe(take(talk, said), loop).result()

        await asyncio.to_thread(any_conversation)
