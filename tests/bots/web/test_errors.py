"""What a failure of ours leaves in the log, and what it tells."""

import logging
from dataclasses import replace

import asyncpg
import pytest

from dialogs.services import Services
from storage.database import Database
from storage.turns import TurnStore
from tests.bots.web.conftest import KEYS, ORIGIN, a_client

TOKEN = "oneTimeTokenOneTimeToken12345678"
CONVERSATION = "01900000-0000-7000-8000-000000000000"


@pytest.fixture
def without_database(services: Services) -> Services:
    """As while the database is away."""
    away = Database("postgresql://nobody@/none?host=/nowhere")
    return replace(services, database=away, turn_store=TurnStore(away, KEYS))


@pytest.mark.parametrize(
    ("method", "path", "logged"),
    [
        ("POST", f"/enter/{TOKEN}", "POST /enter/{token} failed"),
        ("POST", f"/enter/{TOKEN}%0Aforged", "POST /enter/{token} failed"),
        ("GET", f"/verify/R-2026-000001/{TOKEN}", "GET /verify/{number}/{check} failed"),
        (
            "POST",
            f"/api/chat/conversations/{CONVERSATION}/turns",
            f"POST /api/chat/conversations/{{conversation}}/turns ({CONVERSATION}) failed",
        ),
        ("GET", f"/api/chat/conversations/{CONVERSATION}", f"GET /api/chat/conversations/{{conversation}} ({CONVERSATION}) failed"),
    ],
)
async def test_a_failure_logs_where_it_was_and_no_secret_of_the_address(
    without_database: Services, caplog: pytest.LogCaptureFixture, method: str, path: str, logged: str
) -> None:
    """The database is away: a link that could not be used yet is still good."""
    with caplog.at_level(logging.WARNING):
        async with a_client(without_database, headers={"origin": ORIGIN, "authorization": f"Bearer {TOKEN}"}) as client:
            answer = await client.request(method, path, json={"id": "a", "command": "help"} if path.startswith("/api") else None)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert [record.getMessage() for record in caplog.records if record.name == "bots.web.errors"] == [logged]
    assert TOKEN not in caplog.text
    assert TOKEN not in answer.text


FULL = """
create function is_full() returns trigger language plpgsql as $$ begin raise exception 'no space left' using errcode = '53100'; end $$;
create trigger is_full before insert on conversation execute function is_full();
"""


@pytest.mark.parametrize(
    ("path", "body"), [("/api/chat/conversations", {"language": "it"}), ("/chat/start", {"language": "it", "door": "new"})]
)
async def test_while_the_databases_disk_is_full_whoever_asks_is_told_to_come_again(
    services: Services, *, path: str, body: dict[str, str]
) -> None:
    connection = await asyncpg.connect(services.database.url)
    await connection.execute(FULL)
    await connection.close()
    async with a_client(services, headers={"origin": ORIGIN}) as client:
        answer = await (client.post(path, json=body) if path.startswith("/api") else client.post(path, data=body))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


@pytest.mark.parametrize(
    ("path", "body", "answers"),
    [
        ("/api/chat/conversations", {"language": "it"}, "application/problem+json"),
        ("/chat/start", {"language": "it", "door": "new"}, "text/html; charset=utf-8"),
    ],
)
async def test_a_fault_of_ours_is_a_500_with_its_trace_in_the_log(
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    *,
    path: str,
    body: dict[str, str],
    answers: str,
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise LookupError("of ours")

    monkeypatch.setattr(TurnStore, "create", broken)
    async with a_client(services, headers={"origin": ORIGIN}) as client:
        answer = await (client.post(path, json=body) if path.startswith("/api") else client.post(path, data=body))
    assert (answer.status_code, answer.headers["content-type"]) == (500, answers)
    assert "retry-after" not in answer.headers
    (record,) = [each for each in caplog.records if each.name == "bots.web.errors"]
    assert record.getMessage() == f"POST {path} failed"
    assert record.exc_info
    assert "of ours" not in answer.text
