"""The chat API to the letter (bots/web/openapi.yaml), over the real engine and database."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select

from bots.web.conversations import FILES_OF_CONVERSATION
from dialogs import turn
from dialogs.turn import Incoming, Turns
from storage.database import Database
from storage.tables.evidence import Document
from tests.bots.web.conftest import ORIGIN, Made, Robot, a_client
from tests.dialogs.driver import PERSON

PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
FRONT = "registration_person.document.document_front"


@pytest.fixture(scope="module")
def database(shared_database: Database) -> Database:
    return shared_database


def is_problem(answer: httpx.Response, status: int, name: str) -> bool:
    body = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "detail"} <= body.keys()
    return (answer.status_code, body["status"], body["type"]) == (status, status, name)


async def test_opening_tells_id_secret_and_first_turn(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/chat/conversations", json={"language": "en"})
    opened = answer.json()
    assert answer.status_code == 201
    assert opened.keys() == {"conversation", "secret", "turn"}
    assert len(opened["secret"]) >= 22
    assert (opened["turn"]["number"], opened["turn"]["id"], opened["turn"]["question"]["path"]) == (1, None, "journey.language")
    assert "set-cookie" not in answer.headers


async def test_the_language_comes_from_the_body_else_the_browser_else_the_agency(client: httpx.AsyncClient) -> None:
    async def language(headers: dict[str, str], **body: object) -> str:
        opened = (await client.post("/api/chat/conversations", headers=headers, **body)).json()
        read = await client.get(
            f"/api/chat/conversations/{opened['conversation']}", headers={"Authorization": f"Bearer {opened['secret']}"}
        )
        return str(read.json()["language"])

    assert await language({"accept-language": "it"}, json={"language": "en"}) == "en"
    assert await language({"accept-language": "it"}, json={"language": "en-US"}) == "en"
    assert await language({"accept-language": "en"}, json={"language": "it-CH"}) == "it"
    assert await language({"accept-language": "en-GB"}, json={"language": "fr-FR"}) == "en"
    assert await language({"accept-language": "fr, en;q=0.5"}) == "en"
    assert await language({}, json={"language": "xx"}) == "it"


async def test_the_same_id_gives_the_same_bytes_whatever_its_body(robot: Robot) -> None:
    first = await robot.send(id="a", question="journey.language", value="it")
    for body in ({"text": "altro"}, {"command": "restart"}, {"question": "journey.goal", "value": 5}):
        assert (await robot.send(id="a", **body)).content == first.content
    assert first.json()["id"] == "a"


async def test_the_same_id_at_the_same_moment_is_one_turn(robot: Robot) -> None:
    answers = await asyncio.gather(*(robot.send(id="a", question="journey.language", value="it") for _ in range(6)))
    assert len({answer.content for answer in answers}) == 1
    read = (await robot.client.get(robot.path, headers=robot.headers)).json()
    assert [turn["number"] for turn in read["turns"]] == [1, 2]


async def test_reading_gives_all_turns_the_open_question_and_the_language(robot: Robot) -> None:
    await robot.answer("it")
    read = (await robot.client.get(robot.path, headers=robot.headers)).json()
    assert read.keys() == {"turns", "question", "language"}
    assert read["question"] == read["turns"][-1]["question"] == robot.question
    assert read["language"] == "it"


async def test_nobody_learns_whether_a_conversation_exists(robot: Robot) -> None:
    strangers = [
        await robot.client.get(f"/api/chat/conversations/{conversation}{rest}", headers=headers)
        for conversation in (robot.conversation, str(uuid4()), "nonsense", robot.conversation.upper(), "%00", "..%2f..")
        for rest in ("", "/events", f"/documents/{uuid4()}")
        for headers in (
            {},
            {"Authorization": "Bearer " + "x" * 32},
            {"Authorization": f"Basic {robot.secret}"},
            {"Authorization": "Bearer"},
        )
    ]
    assert {answer.status_code for answer in strangers} == {404}
    assert len({answer.content for answer in strangers}) == 1
    answer = await robot.client.post(f"{robot.path}/turns", json={"id": "a", "text": "ciao"})
    assert is_problem(answer, 404, "not-found")


async def test_an_answer_to_another_question_is_a_409_with_the_open_one(robot: Robot) -> None:
    answer = await robot.send(id="late", question="journey.email", value="x")
    assert is_problem(answer, 409, "question-changed")
    assert answer.json()["question"]["path"] == "journey.language"
    stale = await robot.send(id="late", question="journey.language", value="it", shown="0" * 64)
    assert stale.status_code == 409
    assert (await robot.send(id="late", question="journey.language", value="it")).status_code == 200


async def test_a_value_of_the_wrong_type_is_a_problem_and_not_an_error(robot: Robot) -> None:
    for value in (5, None, True, ["it"], {"a": 1}, "\0", "x" * 5000, 10**400, [[[]]]):
        answer = await robot.send(question="journey.language", value=value)
        assert answer.status_code == 200, value
        assert "problem" in [message["kind"] for message in answer.json()["messages"]], value
        assert answer.json()["question"]["path"] == "journey.language"


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff", b'{"id":"1"}', b'{"id":"1","text":"a","command":"back"}', b"[" * 5000])
async def test_a_body_of_no_form_is_a_422(robot: Robot, body: bytes) -> None:
    assert is_problem(await robot.post(content=body), 422, "invalid-body")


async def test_half_a_character_is_answered_with_a_sentence(robot: Robot) -> None:
    answer = await robot.post(content=b'{"id":"1","question":"journey.language","value":"\\ud800"}')
    assert answer.status_code == 200
    assert answer.json()["messages"][0]["kind"] == "problem"
    assert (await robot.post(content=b'{"id":"2","text":"\\ud800\\u0000"}')).status_code == 200


async def test_a_body_of_ten_megabytes_is_a_413(robot: Robot) -> None:
    assert is_problem(await robot.post(content=json.dumps({"id": "1", "text": "x" * 10_000_000}).encode()), 413, "too-large")


async def test_unknown_addresses_and_methods_are_problems_too(client: httpx.AsyncClient) -> None:
    assert is_problem(await client.get("/api/nothing"), 404, "not-found")
    assert is_problem(await client.delete("/api/chat/conversations"), 405, "method-not-allowed")


class FailingTurns(Turns):
    async def take(self, conversation: str, incoming: Incoming) -> bytes:
        raise ZeroDivisionError


async def test_our_own_failures_are_told_logged_without_words_and_dressed_like_any_answer(
    made: Made, caplog: pytest.LogCaptureFixture
) -> None:
    services = made.services()
    turns = FailingTurns(made.database, made.store, made.catalogue, services.settings, keys=services.keys)
    async with a_client(replace(services, turns=turns)) as client:
        robot = await Robot(client).open()
        answer = await client.post(f"{robot.path}/turns", headers=robot.headers, json={"id": "1", "text": "Segretissima"})
    assert is_problem(answer, 500, "failed")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert robot.conversation in caplog.records[-1].getMessage()
    assert "Segretissima" not in caplog.records[-1].getMessage()


async def test_where_others_were_faster_each_time_the_answer_says_when_to_come_back(
    robot: Robot, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn, "ATTEMPTS", 0)
    answer = await robot.send(id="a", command="help")
    assert is_problem(answer, 503, "crowded")
    assert answer.headers["retry-after"] == "1"
    monkeypatch.undo()
    assert (await robot.send(id="a", command="help")).json()["number"] == 2


async def test_a_turn_is_dressed_like_any_answer(robot: Robot) -> None:
    taken = await robot.send(id="a", question="journey.language", value="it")
    refused = await robot.send(id="b", question="journey.nothing", value="it")
    others = (await robot.client.get(robot.path, headers=robot.headers)).headers.multi_items()
    wanted = {name for name, _ in others} - {"content-length", "content-type"}
    assert (taken.status_code, refused.status_code) == (200, 409)
    assert "x-content-type-options" in wanted
    for answer in (taken, refused):
        dressed = [pair for pair in answer.headers.multi_items() if pair[0] in wanted]
        assert sorted(dressed) == sorted(pair for pair in others if pair[0] in wanted)


async def test_openapi_names_every_route(client: httpx.AsyncClient) -> None:
    document = (await client.get("/api/openapi.json")).json()
    served = {(path, method) for path, methods in document["paths"].items() for method in methods if method != "parameters"}
    one = "/api/chat/conversations/{conversation}"
    assert served == {
        ("/api/chat/conversations", "post"), (one, "get"), (f"{one}/turns", "post"), (f"{one}/events", "get"), (f"{one}/documents/{{document}}", "get"),
    }  # fmt: skip
    references = json.dumps(document).split('"$ref": "#/')[1:]
    for reference in references:
        found = document
        for part in reference.split('"')[0].split("/"):
            found = found[part]


async def test_turns_are_of_the_shape_that_openapi_promises(robot: Robot) -> None:
    document = (await robot.client.get("/api/openapi.json")).json()["components"]["schemas"]
    assert set(document["Turn"]["required"]) == robot.turn.keys()
    assert set(document["Question"]["required"]) == robot.question.keys()


async def test_a_cookie_is_believed_from_our_own_pages_only(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/chat/conversations", headers={"Origin": ORIGIN})
    opened = answer.json()
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("chat=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    path = f"/api/chat/conversations/{opened['conversation']}"
    assert (await client.get(path)).status_code == 200
    body = {"id": "1", "question": "journey.language", "value": "it"}
    for origin in ("https://evil.example", "null", ""):
        assert (await client.post(f"{path}/turns", json=body, headers={"Origin": origin} if origin else {})).status_code == 404
    assert (await client.post(f"{path}/turns", json=body, headers={"Origin": ORIGIN})).status_code == 200


async def test_no_more_files_of_one_conversation_arrive_at_once_than_a_few(robot: Robot) -> None:
    """Each lies in memory until it is all there: thirty that never ended held 370 MB."""
    parts = ('name="id"\r\n\r\na', 'name="question"\r\n\r\nx', 'name="file"; filename="a.png"\r\n\r\nx')
    form = "".join(f"--b\r\nContent-Disposition: form-data; {part}\r\n" for part in parts).encode() + b"--b--\r\n"
    address, headers = f"{robot.path}/turns", robot.headers | {"content-type": "multipart/form-data; boundary=b"}
    let = asyncio.Event()

    async def slowly(asked: asyncio.Event) -> AsyncIterator[bytes]:
        yield form[:50]
        asked.set()
        await let.wait()
        yield form[50:]

    asked = [asyncio.Event() for _ in range(FILES_OF_CONVERSATION)]
    posts = [asyncio.create_task(robot.client.post(address, content=slowly(each), headers=headers)) for each in asked]
    await asyncio.gather(*(each.wait() for each in asked))
    crowded, typed = await robot.client.post(address, content=form, headers=headers), await robot.send(command="help")
    let.set()
    assert {answer.status_code for answer in await asyncio.gather(*posts)} == {409}
    assert is_problem(crowded, 429, "too-fast")
    assert typed.status_code == 200, "what is typed does not wait"
    assert is_problem(await robot.client.post(address, content=form, headers=headers), 409, "question-changed")


async def test_limits_tell_when_to_come_back_and_never_count_a_repeat(made: Made) -> None:
    async with a_client(made.services(limit_turns="1/h burst 2", limit_conversations="2/min"), "203.0.113.9") as client:
        robot = await Robot(client).open()
        first = await robot.send(id="a", question="journey.language", value="it")
        for _ in range(20):
            assert (await robot.send(id="a", text="x")).content == first.content
        assert (await robot.send(id="b", text="x")).status_code == 200
        answer = await robot.send(id="c", text="x")
        assert is_problem(answer, 429, "too-fast")
        assert int(answer.headers["retry-after"]) >= 1
        await client.post("/api/chat/conversations")
        assert (await client.post("/api/chat/conversations")).status_code == 429


async def test_a_repeat_is_answered_even_where_memory_has_forgotten_it(made: Made) -> None:
    services = made.services(limit_turns="1/h burst 1")
    async with a_client(services, "203.0.113.9") as client:
        robot = await Robot(client).open()
        first = await robot.send(id="a", question="journey.language", value="it")
    async with a_client(services, "203.0.113.9") as client:
        robot.client = client  # as after a restart
        await robot.send(id="b", text="x")
        assert (await robot.send(id="a", text="x")).content == first.content


class TestUploads:
    @pytest.fixture
    async def ready(self, robot: Robot, read_code) -> Robot:
        await robot.walk({**PERSON, "journey.email": f"{uuid4().hex}@example.org"}, FRONT, read_code)
        return robot

    async def test_an_upload_answers_its_question_once_and_comes_back_as_given(self, ready: Robot) -> None:
        form = {"data": {"id": "u", "question": FRONT}, "files": {"file": ("../../carta.png", PNG, "text/html")}}
        first = await ready.post(**form)
        assert first.status_code == 200
        assert first.json()["question"]["path"] != FRONT
        assert (await ready.post(**form)).content == first.content
        assert (await ready.client.get(f"{ready.path}/documents/{uuid4()}", headers=ready.headers)).status_code == 404

    async def test_one_that_no_store_has_to_be_read_is_asked_for_again_later(self, ready: Robot, made: Made) -> None:
        form = {"data": {"id": "u", "question": FRONT}, "files": {"file": ("carta.png", PNG, "image/png")}}
        assert (await ready.post(**form)).status_code == 200
        async with made.database.transaction() as session:
            document = await session.scalar(select(Document.id).order_by(Document.created_at.desc()).limit(1))
        address = f"{ready.path}/documents/{document}"
        assert (await ready.client.get(address, headers=ready.headers)).content == PNG
        for file in made.home.rglob(str(document)):
            file.write_bytes(b"x")
        answer = await ready.client.get(address, headers=ready.headers)
        assert is_problem(answer, 503, "out-of-reach")
        assert answer.headers["retry-after"] == "300"

    async def test_a_file_is_judged_by_its_content_and_size(self, ready: Robot) -> None:
        async def upload(name: str, content: bytes, kind: str, **more: str) -> httpx.Response:
            return await ready.post(data={"id": uuid4().hex, "question": FRONT} | more, files={"file": (name, content, kind)})

        assert is_problem(await upload("a.png", b"<svg onload=alert(1)>", "image/png"), 415, "unsupported-type")
        assert is_problem(await upload("a.png", b"MZ" + bytes(100), "image/png"), 415, "unsupported-type")
        assert is_problem(await upload("a.png", PNG + bytes(10_000_000), "image/png"), 413, "too-large")
        assert is_problem(await upload("a.png", PNG + bytes(50_000_000), "image/png"), 413, "too-large")
        assert is_problem(await upload("a.png", PNG, "image/png", question="journey.email"), 409, "question-changed")
        assert is_problem(await upload("a.png", PNG, "image/png", extra="x"), 422, "invalid-body")
        assert ready.question["path"] == FRONT

    @pytest.mark.parametrize("size", [20_000_000, 70_000_000])
    async def test_the_setting_says_how_large_a_file_may_be(self, made: Made, read_code, size: int) -> None:
        async with a_client(made.services(max_upload="100 MB")) as client:
            robot = await Robot(client).open()
            await robot.walk({**PERSON, "journey.email": f"{uuid4().hex}@example.org"}, FRONT, read_code)
            form = {"data": {"id": "u", "question": FRONT}, "files": {"file": ("a.jpg", b"\xff\xd8\xff" + bytes(size), "image/jpeg")}}
            assert (await robot.post(**form)).status_code == 200
            assert robot.question["path"] != FRONT
            over = {"data": {"id": "v", "question": FRONT}, "files": {"file": ("a.jpg", bytes(100_000_001), "image/jpeg")}}
            answer = await robot.post(**over)
            assert is_problem(answer, 413, "too-large")
            assert answer.json()["limit"] == 100_000_000

    async def test_a_form_that_is_broken_is_a_422(self, ready: Robot) -> None:
        headers = ready.headers | {"content-type": "multipart/form-data; boundary=x"}
        for content in (b"", b"--x", b"--x\r\nnonsense\r\n\r\n--x--", b"\xff" * 100):
            answer = await ready.client.post(f"{ready.path}/turns", content=content, headers=headers)
            assert is_problem(answer, 422, "invalid-body")
        headers["content-type"] = "multipart/form-data"
        assert (await ready.client.post(f"{ready.path}/turns", content=b"x", headers=headers)).status_code == 422

    async def test_a_json_value_is_no_file(self, ready: Robot) -> None:
        answer = await ready.send(question=FRONT, value={"document": str(uuid4())})
        assert answer.json()["messages"][0]["kind"] == "problem"
