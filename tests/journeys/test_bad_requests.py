"""What a hostile or broken client sends to the real server: refused in kind, never a failure of ours, nothing stored, memory bounded."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from uuid import uuid4

import psutil
import pytest
from sqlalchemy import text

from tests.journeys.rows import the
from tests.program import Customer, Program, looking_into

pytestmark = pytest.mark.slow

MEGABYTE = 1_000_000
FILE = "registration_person.document.document_front"


async def turns_of(customer: Customer) -> int:
    answer = await customer.http.get(f"{customer.program.url}{customer.api}", headers=customer.headers)
    return len(answer.json()["turns"])


async def still_well(customer: Customer, *, turns: int = 1) -> bool:
    """Nothing was stored, and the conversation goes on."""
    assert await turns_of(customer) == turns
    await customer.send(command="help")
    return True


async def stream(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 65_536):
        yield b"x" * 65_536


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"null",
        b"[]",
        b"\xff\xfe\x00",
        b'{"id": "a", "text": "\xc3\x28"}',
        b'{"id": "a", "text": "x"} trailing',
        b'{"id": "a", "text": "x", "question": "journey.language", "value": "it"}',
        b'{"id": "a", "text": "x", "card_id": "someone else"}',
        b'{"id": "", "text": "x"}',
        b'{"id": 7, "text": "x"}',
        b'{"id": "' + b"a" * 65 + b'", "text": "x"}',
        b'{"id": "a", "text": ["a", "b"]}',
        b'{"id": "a", "command": "delete"}',
        b'{"id": "a", "question": "journey.language"}',
        b'{"id": "a", "question": "journey.language", "value": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b'{"id": "a", "question": "journey.language", "value": NaN}',
        b'{"id": "a\\u0000", "text": "x"}',
    ],
    ids=lambda body: body[:40].decode("latin-1"),
)
async def test_a_body_of_no_form_is_a_422(customer: Customer, body: bytes) -> None:
    answer = await customer.post(content=body)
    assert (answer.status_code, answer.json()["type"]) == (422, "invalid-body")
    assert await still_well(customer)


@pytest.mark.parametrize(
    "value", [["a", "b"], {"a": 1}, 1e308, -1, True, None, "x" * 200_000, [[[[]]]], 10**30, "\ud800", "\0", {"$ne": ""}]
)
async def test_a_value_of_the_wrong_type_is_answered_with_a_sentence(customer: Customer, value: object) -> None:
    assert the("wrong type").expected == "reject_reask"
    answer = await customer.post(content=json.dumps({"id": "a", "question": customer.path, "value": value}))
    assert answer.status_code == 200, answer.text
    assert [message["kind"] for message in answer.json()["messages"]] == ["problem"]
    assert answer.json()["question"]["path"] == customer.path
    assert await still_well(customer, turns=2)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "", "multipart/form-data", "x" * 5000]
)
async def test_another_content_type_is_no_failure(customer: Customer, kind: str) -> None:
    answer = await customer.post(content=b'{"id": "a", "nonsense": 1}', headers={"content-type": kind})
    assert answer.status_code == 422
    assert await still_well(customer)


async def test_ten_megabytes_of_text_are_a_413_at_once(customer: Customer) -> None:
    began = time.monotonic()
    answer = await customer.post(content=json.dumps({"id": "a", "text": "x" * 10 * MEGABYTE}))
    assert answer.status_code == 413
    assert time.monotonic() - began < 30  # bounded, not measured
    assert await still_well(customer)


@pytest.mark.parametrize("is_declared", [True, False])
async def test_an_upload_of_fifty_megabytes_is_a_413_and_leaves_memory_as_it_was(customer: Customer, is_declared: bool) -> None:
    process = psutil.Process(customer.program.pid)
    before = process.memory_info().rss
    head = b'--b\r\nContent-Disposition: form-data; name="id"\r\n\r\na\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    size = 50 * MEGABYTE

    async def body() -> AsyncIterator[bytes]:
        yield head
        async for chunk in stream(size):
            yield chunk
        yield b"\r\n--b--\r\n"

    headers = {"content-type": "multipart/form-data; boundary=b"}
    if is_declared:
        headers["content-length"] = str(len(head) + size // 65_536 * 65_536 + len(b"\r\n--b--\r\n"))
    answer = await customer.post(content=body(), headers=headers)
    assert answer.status_code == 413
    assert process.memory_info().rss - before < 30 * MEGABYTE
    assert await still_well(customer)


async def test_a_chunked_body_is_a_body(customer: Customer) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b'{"id": "a", '
        yield b'"command": "help"}'

    assert (await customer.post(content=body())).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/api/chat/conversations/../../etc/passwd",
        "/api/chat/conversations/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/api/chat/conversations/%00",
        "/api/chat/conversations/" + "a" * 4000,
        "/static/../../sospeso/cli.py",
        "/static/%2e%2e%2f%2e%2e%2fpyproject.toml",
        "/static/..%5c..%5cpyproject.toml",
        "/static/%00",
        "/mail/../secrets.json",
        "/mail/%2e%2e%2fsecrets.json",
        "/verify/R-2026-000001/%27",
        "/verify/%00/%00",
        "/console/assets/../../pyproject.toml",
        "/console/assets/%2e%2e%2fapp.py",
        "/console/documents/..%2f..%2f",
        "/console?card=../../",
        "/chat?embed=%00",
        "/chat/places?kind=../..&q=%00%ff",
        "/%ff%fe",
        "//evil.example/",
        "/.env",
        "/..",
    ],
)
async def test_a_path_leads_nowhere_it_should_not(program: Program, path: str) -> None:
    status, body = await raw(
        program, f"GET {path} HTTP/1.1\r\nHost: {program.url.removeprefix('http://')}\r\nConnection: close\r\n\r\n".encode()
    )
    assert status < 500
    for secret in (b"root:", b"master_key", b"[project]", b"import typer", b"def create_console"):
        assert secret not in body


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "NONSENSE"])
async def test_other_methods_are_refused(customer: Customer, method: str) -> None:
    for path in (f"{customer.api}/turns", "/api/chat/conversations", "/", "/chat", "/console/sign-in", "/mail"):
        answer = await customer.http.request(method, f"{customer.program.url}{path}", headers=customer.headers)
        assert answer.status_code < 500, path
        assert "set-cookie" not in answer.headers
    assert await still_well(customer)


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"POST /api/chat/conversations HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/chat/conversations HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /api/chat/conversations HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nCookie: " + b"chat=x; " * 20_000 + b"\r\n\r\n",
        b"GET /chat HTTP/1.1\r\nHost: a\r\nCookie: chat=\xff\xfe.\x80\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nAccept-Language: \xff;q=x,,;;\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n",
    ],
    ids=lambda request_: request_[:50].decode("latin-1"),
)
async def test_what_is_hardly_http_gets_no_failure_of_ours(customer: Customer, request_: bytes) -> None:
    status, body = await raw(customer.program, request_)
    assert status < 500
    assert b"evil.example" not in body
    assert await still_well(customer)


async def test_a_guessed_secret_or_id_is_the_same_404(customer: Customer) -> None:
    assert the("IDOR").expected == "unauthorised"
    stranger = {"Authorization": "Bearer " + "A" * len(customer.secret)}
    url = f"{customer.program.url}/api/chat/conversations"
    bodies = set()
    for conversation, headers in (
        (customer.conversation, stranger),
        (str(uuid4()), customer.headers),
        (customer.conversation, {}),
        ("x", stranger),
    ):
        for answer in (
            await customer.http.get(f"{url}/{conversation}", headers=headers),
            await customer.http.get(f"{url}/{conversation}/events", headers=headers),
            await customer.http.get(f"{url}/{conversation}/documents/{uuid4()}", headers=headers),
            await customer.http.post(f"{url}/{conversation}/turns", headers=headers, json={"id": "a", "text": "x"}),
        ):
            assert answer.status_code == 404
            bodies.add(answer.content)
    assert len(bodies) == 1
    assert await still_well(customer)


async def test_a_step_cannot_be_skipped(customer: Customer) -> None:
    assert the("skip a step").expected == "stale_step"
    for path in (
        "registration_person.confirm",
        "modules.electronic_collection.act",
        "offer.act",
        "quote_home.confirm",
        "journey.email_code",
        "__class__",
    ):
        answer = await customer.post(json={"id": uuid4().hex, "question": path, "value": True})
        assert (answer.status_code, answer.json()["question"]["path"]) == (409, customer.path)
    assert await still_well(customer)


async def test_without_a_cookie_a_browser_starts_afresh(customer: Customer) -> None:
    assert the("no session").expected == "new_session"
    answer = await customer.http.get(f"{customer.program.url}/chat")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert customer.conversation not in (await customer.http.get(f"{customer.program.url}/")).text


async def raw(program: Program, request: bytes) -> tuple[int, bytes]:
    """Status and body of whatever comes back; 0 = the connection was closed without an answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", program.port)
    try:
        writer.write(request)
        with_timeout = asyncio.wait_for(reader.read(1_000_000), 20)
        try:
            answer = await with_timeout
        except (TimeoutError, ConnectionError):
            answer = b""
    finally:
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return (int(head.split()[1]) if head.startswith(b"HTTP/") else 0), body


async def test_a_secret_ended_in_another_process_opens_nothing_though_nobody_was_told(customer: Customer, program: Program) -> None:
    """The program holds the conversation in memory under the secret that was."""
    await customer.send(command="help")
    ended = text("update conversation set secret_sha256 = sha256(uuid_send(gen_random_uuid())) where id = :id")
    async with looking_into(program) as inside, inside.database.transaction() as session:
        await session.execute(ended, {"id": customer.conversation})
    taken = await customer.post(json={"id": uuid4().hex, "command": "help"})
    read = await customer.http.get(f"{program.url}{customer.api}", headers=customer.headers)
    assert (taken.status_code, read.status_code) == (404, 404)
