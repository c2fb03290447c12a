"""A colleague's second factor: switched on with its first code, wanted at every sign-in, counted as passwords are, recovered from."""

import re
from base64 import b32decode
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from console.entry import Identity, SignInPages, StoredDoor
from console.gate import Gate, Tickets
from console.second import PATHS, SecondFactor
from rules.languages import LANGUAGES
from storage.audit import read_audit
from storage.passwords import MOST_FAILURES
from storage.staff import change_password, end_second_of
from storage.tables.staff import Colleague
from tests.console.house import a_colleague
from tests.console.test_gate import EMAIL, ORIGIN, Browser, Inner
from tests.storage.builders import PASSWORD

pytestmark = pytest.mark.slow


class Desk(Inner):
    """What lies behind the gate, the pages of the second factor among it."""

    def __init__(self, house, identity):
        super().__init__()
        self.second = SecondFactor(house, identity, "/console")

    async def __call__(self, scope, receive, send):
        path = scope["path"].removeprefix("/console")
        if path in PATHS:
            await self.second(path, scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


@pytest.fixture
async def colleague(house):
    return await a_colleague(house, email=EMAIL)


def a_gate(house):
    door, tickets = StoredDoor(house), Tickets()
    return Gate(Desk(house, Identity(tickets, door)), door, SignInPages("Agenzia Demo", "/console"), tickets, public_url=ORIGIN)


@pytest.fixture
def gate(house, colleague):
    return a_gate(house)


@pytest.fixture
def browser(gate):
    return Browser(gate)


async def post(browser, path, code):
    return await browser.ask(f"/console{path}", method="POST", form={"code": code})


async def switched_on(browser, clock):
    """The app that shows its codes, and the recovery codes."""
    await browser.sign_in()
    page = (await browser.ask("/console/second"))[2].decode()
    assert "<svg" in page
    (secret,) = re.findall(r'class="code">((?:[A-Z2-7]{4} ?)+)</bdi>', page)
    totp = TOTP(b32decode(secret.replace(" ", "")), 6, SHA1(), 30)

    def app():
        return totp.generate(int(clock().timestamp())).decode()

    status, _, body = await post(browser, "/second", app())
    codes = re.findall(r'class="code">([0-9a-f-]{14})</li>', body.decode())
    assert (status, len(codes)) == (200, 10)
    return app, codes


async def is_inside(browser):
    return (await browser.ask("/console/"))[2] == b"inside"


async def audited(house):
    async with house.database.transaction() as session:
        return [(row.action, row.detail.get("why")) for row in await read_audit(session)]


async def test_with_it_the_password_alone_opens_nothing(browser, gate, clock):
    app, _ = await switched_on(browser, clock)
    clock.pass_(seconds=60)
    other = Browser(gate)
    status, headers, _ = await other.sign_in()
    assert (status, headers["location"]) == (303, "/console/sign-in/second")
    assert other.device is None
    assert not await is_inside(other)
    for path in ("/", "/second", "/exports/x", "/documents/x"):
        assert (await other.ask(f"/console{path}"))[1]["location"] == "/console/sign-in"
    heard, _, serving = other.connect()
    assert (await heard.get())["code"] == 4401
    await serving
    assert "Serve anche il codice" in (await other.ask("/console/sign-in/second"))[2].decode()
    before = other.cookie
    assert (await post(other, "/sign-in/second", "000000"))[0] == 403
    status, headers, _ = await post(other, "/sign-in/second", app())
    assert (status, headers["location"]) == (303, "/console/")
    assert await is_inside(other)
    assert other.device
    assert other.cookie != before
    other.cookie = before
    assert not await is_inside(other), "the session that waited is over"


async def test_what_the_address_named_outlasts_both_steps(browser, gate, clock):
    app, _ = await switched_on(browser, clock)
    clock.pass_(seconds=60)
    other, named = Browser(gate), "019d0000-0000-7000-8000-000000000000"
    to = (await other.sign_in(submission=named))[1]["location"]
    assert to == f"/console/sign-in/second?submission={named}"
    page = (await other.ask(to))[2].decode()
    assert f'name="submission" value="{named}"' in page
    answer = await other.ask("/console/sign-in/second", method="POST", form={"code": app(), "submission": named})
    assert answer[1]["location"] == f"/console/?submission={named}"


async def test_no_code_is_good_twice_and_each_recovery_code_once(browser, gate, clock):
    app, (first, *_) = await switched_on(browser, clock)
    clock.pass_(seconds=60)
    other = Browser(gate)
    await other.sign_in()
    code = app()
    assert (await post(other, "/sign-in/second", code))[0] == 303
    again = Browser(gate)
    await again.sign_in()
    assert (await post(again, "/sign-in/second", code))[0] == 403
    assert (await post(again, "/sign-in/second", first.upper()))[0] == 303
    third = Browser(gate)
    await third.sign_in()
    assert (await post(third, "/sign-in/second", first))[0] == 403


async def test_whoever_knows_the_password_cannot_guess_it_for_ever(browser, gate, clock, house):
    app, _ = await switched_on(browser, clock)
    clock.pass_(seconds=60)
    other = Browser(gate)
    for _ in range(MOST_FAILURES):
        await other.sign_in()
        assert (await post(other, "/sign-in/second", "000000"))[0] == 403
    assert (await post(other, "/sign-in/second", app()))[0] == 403
    assert ("sign_in.refused", "second wrong") in await audited(house)
    assert ("sign_in.refused", "second locked") in await audited(house)
    assert (await other.sign_in())[0] == 403
    clock.pass_(minutes=15)
    await other.sign_in()
    assert (await post(other, "/sign-in/second", app()))[0] == 303


async def test_guesses_elsewhere_keep_nobody_from_a_device_of_their_own(browser, gate, clock):
    app, _ = await switched_on(browser, clock)
    clock.pass_(seconds=60)
    other = Browser(gate)
    for _ in range(MOST_FAILURES):
        await other.sign_in("wrong")
    await browser.sign_in()
    assert (await post(browser, "/sign-in/second", app()))[0] == 303


async def test_what_waits_too_long_or_is_ended_begins_anew(browser, gate, clock, house):
    app, _ = await switched_on(browser, clock)
    clock.pass_(minutes=2)
    other = Browser(gate)
    await other.sign_in()
    clock.pass_(minutes=11)
    assert (await post(other, "/sign-in/second", app()))[1]["location"] == "/console/sign-in?ended="
    assert other.cookie is None
    await other.sign_in()
    async with house.database.transaction() as session:
        await change_password(session, EMAIL, f"{PASSWORD} anew", clock())
    assert (await post(other, "/sign-in/second", app()))[1]["location"] == "/console/sign-in?ended="
    assert (await Browser(gate).ask("/console/sign-in/second"))[1]["location"] == "/console/sign-in"


async def test_it_is_switched_off_with_a_code_only(browser, gate, clock, house):
    app, _ = await switched_on(browser, clock)
    assert "è attivo" in (await browser.ask("/console/second"))[2].decode()
    assert (await post(browser, "/second/off", "000000"))[0] == 403
    clock.pass_(seconds=60)
    status, _, body = await post(browser, "/second/off", app())
    assert status == 200
    assert b"<svg" in body
    assert (await Browser(gate).sign_in())[1]["location"] == "/console/"
    assert {"staff.second_on", "staff.second_off"} <= {action for action, _ in await audited(house)}


async def test_a_wrong_first_code_switches_nothing_on_and_keeps_the_key(browser, gate):
    await browser.sign_in()
    first = (await browser.ask("/console/second"))[2].decode()
    status, _, body = await post(browser, "/second", "000000")
    assert status == 403
    assert "Il codice non è giusto" in body.decode()
    assert re.findall(r'class="code">([A-Z2-7 ]+)</bdi>', first) == re.findall(r'class="code">([A-Z2-7 ]+)</bdi>', body.decode())
    assert (await Browser(gate).sign_in())[1]["location"] == "/console/"


async def test_a_form_from_elsewhere_changes_nothing(browser, gate, clock):
    await switched_on(browser, clock)
    for path in ("/second", "/second/off", "/sign-in/second"):
        assert (await browser.ask(f"/console{path}", method="POST", form={"code": "1"}, origin="https://evil.example.net"))[0] == 403


async def test_whoever_lost_the_telephone_is_let_in_by_the_operator(browser, gate, clock, house):
    await switched_on(browser, clock)
    async with house.database.transaction() as session:
        assert await end_second_of(session, EMAIL, clock())
    assert not await is_inside(browser)
    assert (await browser.sign_in())[1]["location"] == "/console/"
    assert await is_inside(browser)


async def test_its_secret_is_sealed(browser, clock, house, colleague):
    _, (code, *_) = await switched_on(browser, clock)
    async with house.database.transaction() as session:
        row = await session.get_one(Colleague, colleague.id)
        assert row.sealed_second is not None
        assert b"secret" not in row.sealed_second
        assert code.encode() not in row.sealed_second


async def test_where_it_is_demanded_nothing_else_opens_before(house, colleague, clock):
    demanding = replace(house, settings=house.settings.model_copy(update={"staff_second_factor": True}))
    browser = Browser(a_gate(demanding))
    await browser.sign_in()
    for path in ("/", "/documents/x", "/second/off", "/static/x"):
        assert (await browser.ask(f"/console{path}"))[1]["location"] == "/console/second"
    heard, _, serving = browser.connect()
    assert (await heard.get())["code"] == 4401
    await serving
    app, _ = await switched_on(browser, clock)
    assert await is_inside(browser)
    clock.pass_(seconds=60)
    await post(browser, "/second/off", app())
    assert not await is_inside(browser)
    await browser.ask("/console/sign-out", method="POST")
    assert (await browser.ask("/console/second"))[1]["location"] == "/console/sign-in"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_is_worded(browser, gate, clock, language):
    await browser.sign_in()
    for path in ("/console/second", "/console/sign-in/second"):
        status, _, body = await browser.ask(path, accept_language=language)
        assert status == 200
        assert f'<html lang="{language}"' in body.decode()
