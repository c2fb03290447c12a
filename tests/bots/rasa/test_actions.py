"""The action server: what a live Rasa 3.6.21 sent it (recorded), through the SDK's own executor and server, to our own."""

import asyncio
import json
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bots.messengers.wording import say
from bots.rasa.project import action_files
from bots.web.app import create_app
from dialogs.wording import aliases
from tests.bots.rasa.sdk import RECORDED, an_executor, python_with_sdk
from tests.bots.web.conftest import Made
from tests.browser.serving import serving
from tests.program import READY_S

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("rasa")]
SECRET = "demo-rasa-secret"


@pytest_asyncio.fixture
async def address(made: Made) -> AsyncIterator[str]:
    async with serving(create_app(made.services(rasa_secret=SECRET))) as url:
        yield url


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, content in action_files(("it", "en")).items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def told(address: str, secret: str = SECRET) -> dict[str, str]:
    return {"SOSPESO_PUBLIC_URL": address, "SOSPESO_RASA_SECRET": secret}


async def run_actions(project: Path, address: str, calls: list[dict[str, Any]]) -> list[Any]:
    """What the SDK's executor made of them."""
    async with an_executor(project, told(address)) as executor:
        return [await executor.run(call) for call in calls]


async def test_each_message_of_a_live_rasa_is_a_turn(project: Path, address: str) -> None:
    first, second, third = await run_actions(project, address, RECORDED)
    assert [result["events"] for result in (first, second, third)] == [[], [], []]
    *_, asked, custom = first["responses"]
    assert [button["title"] for button in asked["buttons"]] == ["Italiano", "English"]
    assert custom["custom"]["question"] == "journey.language"
    assert {response["custom"].get("question") for response in (second["responses"][-1], third["responses"][-1])} == {"journey.language"}


async def test_the_same_request_again_is_the_same_turn(project: Path, address: str) -> None:
    first, again = await run_actions(project, address, [RECORDED[0], RECORDED[0]])
    assert again == first


async def test_a_button_pressed_in_rasa_answers(project: Path, address: str) -> None:
    [first] = await run_actions(project, address, RECORDED[:1])
    pressed = json.loads(json.dumps(RECORDED[1]))
    pressed["tracker"]["latest_message"]["text"] = first["responses"][-2]["buttons"][0]["payload"]
    [answered] = await run_actions(project, address, [pressed])
    assert answered["responses"][-1]["custom"]["question"] == "journey.goal"


async def test_a_wrong_secret_takes_no_turn(project: Path, address: str) -> None:
    async with an_executor(project, told(address, "wrong")) as executor:
        assert await executor.run(RECORDED[0]) is None
        assert "401" in await executor.complaint()


@asynccontextmanager
async def a_server_that_answers(status: int) -> AsyncIterator[str]:
    async def answer(_request: Request) -> Response:
        return Response(status_code=status)

    async with serving(Starlette(routes=[Route("/webhooks/rest/webhook", answer, methods=["POST"])])) as url:
        yield url


@asynccontextmanager
async def a_server_that_is_silent() -> AsyncIterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield f"http://127.0.0.1:{silent.getsockname()[1]}"


@pytest.mark.parametrize("server", [a_server_that_answers(429), a_server_that_answers(503), a_server_that_is_silent()])
async def test_where_we_do_not_answer_one_sentence_is_said(project: Path, server: AbstractAsyncContextManager[str]) -> None:
    actions = project / "actions.py"
    actions.write_text(actions.read_text(encoding="utf-8").replace("WAIT_S = 10.0", "WAIT_S = 1.0"), encoding="utf-8")
    in_english = json.loads(json.dumps(RECORDED[1]))
    in_english["tracker"]["latest_message"]["metadata"] = {"language": "en-GB"}
    async with server as url:
        said = [result["responses"] for result in await run_actions(project, url, [RECORDED[0], in_english])]
    assert [[response["text"] for response in responses] for responses in said] == [[say("it", "unanswered")], [say("en", "unanswered")]]


async def test_where_nobody_listens_it_is_said_too(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    [answered] = await run_actions(project, f"http://127.0.0.1:{port}", RECORDED[:1])
    assert answered["responses"][0]["text"] == say("it", "unanswered")


@pytest.mark.parametrize("language", ["it", "en", "es", "ru", "fa", "zh"])
def test_what_is_said_then_names_a_word_that_is_understood(language: str) -> None:
    assert any(alias in say(language, "unanswered") for alias in aliases(language, "commands.help"))


async def test_the_server_is_reached_from_this_machine_only(project: Path, address: str) -> None:
    python = await asyncio.to_thread(python_with_sdk)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        python, "actions.py", "--port", str(port), cwd=project, env={"PATH": os.environ["PATH"], **told(address)}, start_new_session=True,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            await until_answers(client)
            listening = [each for each in psutil.net_connections("tcp") if each.status == psutil.CONN_LISTEN and each.laddr.port == port]
            answer = await client.post("/webhook", json=RECORDED[0])
        assert {each.laddr.ip for each in listening} == {"127.0.0.1"}
        assert answer.json()["responses"][-1]["custom"]["question"] == "journey.language"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def until_answers(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(READY_S):
        while True:
            try:
                await client.get("/health")
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return
