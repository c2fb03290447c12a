"""A Rasa that is asked only where our rules are undecided: over real HTTP, with what a live Rasa answered (recorded)."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bots.rasa.nlu import MOST_FAILURES, REST_S, Interpreter
from dialogs.events import Answered, Commanded, TextSaid
from dialogs.turn import Incoming, Turns
from tests.bots.rasa.sdk import ROOT
from tests.bots.web.conftest import KEYS, Made
from tests.browser.serving import serving

pytestmark = pytest.mark.slow

RECORDED = {each["request"]["text"]: each["response"] for each in json.loads((ROOT / "tests/data/rasa/model_parse.json").read_text())}
GENEROUS_S = 60.0  # this machine may be busy


@dataclass
class Rasa:
    """Answers as recorded; anything else as the intent it is told to see."""

    intent: str = "why"
    confidence: float = 0.95
    status: int = 200
    heard: list[str] = field(default_factory=list)
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""

    async def parse(self, request: Request) -> Response:
        text = (await request.json())["text"]
        self.heard.append(text)
        await self.answers.wait()
        seen = RECORDED.get(text, {"text": text, "intent": {"name": self.intent, "confidence": self.confidence}})
        return JSONResponse(seen, self.status)


@pytest_asyncio.fixture
async def rasa() -> AsyncIterator[Rasa]:
    made = Rasa()
    made.answers.set()
    async with serving(Starlette(routes=[Route("/model/parse", made.parse, methods=["POST"])])) as url:
        made.url = url
        yield made
        made.answers.set()


async def at_the_goal(made: Made, interpreter: Interpreter) -> tuple[Turns, str]:
    turns = Turns(made.database, made.store, made.catalogue, made.services().settings, keys=KEYS, interpret=interpreter)
    opened = await turns.open("it", "web")
    await turns.take(opened.conversation, Incoming("1", Answered("journey.language", "it")))
    return turns, opened.conversation


async def said(made: Made, rasa: Rasa, words: str) -> dict[str, object]:
    turns, conversation = await at_the_goal(made, Interpreter(rasa.url, wait_s=GENEROUS_S))
    return dict(json.loads(await turns.take(conversation, Incoming("2", TextSaid(words)))))


async def test_words_that_our_rules_do_not_know_are_asked_about(made: Made, rasa: Rasa) -> None:
    rasa.intent = "go_back"
    turn = await said(made, rasa, "portami dove ero un attimo fa")
    assert rasa.heard == ["portami dove ero un attimo fa"]
    assert turn["question"]["path"] == "journey.language"


@pytest.mark.parametrize("words", ["registrarmi", "torna indietro", "perché?"])
async def test_what_our_rules_understand_is_never_asked_about(made: Made, rasa: Rasa, words: str) -> None:
    await said(made, rasa, words)
    assert rasa.heard == []


@pytest.mark.parametrize("intent", ["affirm", "deny", "inform", "skip", "start_over", "cancel", "nlu_fallback", "nonsense"])
async def test_it_answers_and_discards_nothing_on_a_strangers_word(made: Made, rasa: Rasa, intent: str) -> None:
    rasa.intent = intent
    turn = await said(made, rasa, "boh fate un po’ voi")
    assert (turn["question"]["path"], turn["messages"][0]["kind"]) == ("journey.goal", "problem")


async def test_what_it_is_not_sure_of_counts_for_nothing(rasa: Rasa) -> None:
    rasa.confidence = 0.79
    assert await Interpreter(rasa.url, wait_s=GENEROUS_S)("mah") is None
    rasa.confidence = 0.8
    assert await Interpreter(rasa.url, wait_s=GENEROUS_S)("mah") == Commanded("why")


async def test_a_live_rasas_answers_are_read(rasa: Rasa) -> None:
    interpreter = Interpreter(rasa.url, wait_s=GENEROUS_S)
    assert await interpreter("torna indietro") == Commanded("back")
    assert await interpreter("voglio parlare con una persona") == Commanded("human")
    assert await interpreter("sì") is None
    assert await interpreter("xyz qwerty") is None


@pytest.mark.parametrize("words", ["RSSMRA80A01H501U", "demo@example.org", "il 12 marzo", "x" * 201, ""])
async def test_what_looks_like_a_value_stays_in_the_house(rasa: Rasa, words: str) -> None:
    assert await Interpreter(rasa.url, wait_s=GENEROUS_S)(words) is None
    assert rasa.heard == []


async def test_one_that_does_not_answer_in_time_is_not_waited_for(rasa: Rasa) -> None:
    rasa.answers.clear()
    assert await Interpreter(rasa.url, wait_s=0.05)("mah") is None


async def test_after_failures_it_is_left_alone_for_a_while(rasa: Rasa) -> None:
    now = [1000.0]
    interpreter = Interpreter(rasa.url, wait_s=GENEROUS_S, clock=lambda: now[0])
    rasa.status = 500
    for _ in range(MOST_FAILURES + 2):
        assert await interpreter("mah") is None
    assert len(rasa.heard) == MOST_FAILURES
    rasa.status = 200
    now[0] += REST_S
    assert await interpreter("mah") == Commanded("why")


async def test_where_nobody_listens_the_conversation_goes_on(made: Made) -> None:
    turns, conversation = await at_the_goal(made, Interpreter("http://127.0.0.1:1", wait_s=GENEROUS_S))
    turn = json.loads(await turns.take(conversation, Incoming("2", TextSaid("boh fate un po’ voi"))))
    assert turn["messages"][0]["kind"] == "problem"
