"""The gate while the database is away, or something behind it fails: guarded, in words, and nothing of it in the log."""

import logging
from dataclasses import replace

import asyncpg
import pytest

from console.entry import SignInPages, StoredDoor
from console.gate import Gate, Tickets
from console.wording import load_words
from rules.languages import LANGUAGES
from storage.database import Database
from tests.console.house import a_colleague
from tests.console.test_gate import EMAIL, ORIGIN, Browser, Inner, a_gate
from tests.storage.builders import PASSWORD

pytestmark = pytest.mark.slow


FULL = """
create function is_full() returns trigger language plpgsql as $$ begin raise exception 'no space left' using errcode = '53100'; end $$;
create trigger is_full before insert on audit_event execute function is_full();
"""


@pytest.fixture
def inner():
    return Inner()


@pytest.fixture
async def colleague(house):
    return await a_colleague(house, email=EMAIL)


@pytest.fixture
def away(house):
    """The house while its database is away."""
    return replace(house, database=Database("postgresql://nobody@/none?host=/nowhere"))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_while_the_database_is_away_a_page_says_so_in_words_and_is_guarded(away, inner, language):
    browser = Browser(a_gate(away, inner))
    browser.cookie = "__Host-console=any"
    form = {"email": EMAIL, "password": PASSWORD}
    for asked in ({"path": "/console/"}, {"path": "/console/sign-in", "method": "POST", "form": form}):
        status, headers, body = await browser.ask(**asked, accept_language=language)
        assert (status, headers["retry-after"], headers["cache-control"], headers["x-frame-options"]) == (503, "5", "no-store", "DENY")
        assert "default-src 'none'" in headers["content-security-policy"]
        assert load_words(language)["failed"]["lead"] in body.decode()
    assert inner.scopes == []


async def test_while_its_disk_is_full_too(house, inner):
    connection = await asyncpg.connect(house.database.url)
    await connection.execute(FULL)
    await connection.close()
    browser = Browser(a_gate(house, inner))
    form = {"email": EMAIL, "password": PASSWORD}
    status, headers, _ = await browser.ask(path="/console/sign-in", method="POST", form=form)
    assert (status, headers["retry-after"]) == (503, "5")


async def test_while_the_database_is_away_no_socket_opens(away, inner):
    browser = Browser(a_gate(away, inner))
    browser.cookie = "__Host-console=any"
    heard, _, serving = browser.connect()
    await serving
    assert heard.get_nowait() == {"type": "websocket.close", "code": 1013}
    assert inner.scopes == []


async def test_an_open_page_is_closed_where_nobody_can_tell_whether_its_session_stands(house, away, inner, colleague):
    door = StoredDoor(house)
    gate = Gate(inner, door, SignInPages("Agenzia Demo", "/console"), Tickets(), public_url=ORIGIN, recheck_s=0.05)
    browser = Browser(gate)
    await browser.sign_in()
    heard, _, serving = browser.connect()
    assert (await heard.get())["type"] == "websocket.accept"
    door._services = away
    await serving
    assert heard.get_nowait() == {"type": "websocket.close", "code": 1013}


async def test_a_fault_behind_the_gate_is_a_guarded_page_and_its_address_stays_out_of_the_log(house, colleague, caplog):
    async def faulty(_scope, _receive, _send):
        raise ZeroDivisionError

    browser = Browser(a_gate(house, faulty))
    await browser.sign_in()
    with caplog.at_level(logging.ERROR):
        status, headers, body = await browser.ask("/console/paths/typed\nforged.csv", accept_language="en")
        assert (await browser.ask("/console/typed\nforged"))[0] == 500
    assert (status, headers["x-frame-options"]) == (500, "DENY")
    assert b"It is our fault" in body
    told = [record.getMessage() for record in caplog.records if record.name == "console.gate"]
    assert told == ["GET /console/paths of the console failed", "GET /console/… of the console failed"]


async def test_what_has_begun_to_go_out_is_cut_and_not_ended_by_a_page(house, colleague):
    async def breaking(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ZeroDivisionError

    browser = Browser(a_gate(house, breaking))
    await browser.sign_in()
    with pytest.raises(ZeroDivisionError):
        await browser.ask("/console/exports/x")
