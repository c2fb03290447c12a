"""The gate before the console, over its real door: passwords, cookies, Origin, limits, forged identity, and sockets that die with the session."""

import asyncio
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import text

from bots.web.limits import brake_by
from console.entry import SignInPages, StoredDoor
from console.gate import DEVICE, NAMED, TICKET_HEADER, Gate, Tickets
from rules.access import Role
from rules.refusals import Refused
from storage.audit import read_audit
from storage.staff import SignInFailed, disable_colleague, sign_in
from tests.console.house import a_colleague
from tests.storage.builders import PASSWORD

pytestmark = pytest.mark.slow

HOST = "demo.example.org"
ORIGIN = f"https://{HOST}"
EMAIL = "agent@example.org"


class Inner:
    """What lies behind the gate: it tells what reached it."""

    def __init__(self):
        self.scopes = []

    async def __call__(self, scope, receive, send):
        self.scopes.append(scope)
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            while (await receive())["type"] != "websocket.disconnect":
                pass
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-frame-options", b"ALLOWALL")]})
        await send({"type": "http.response.body", "body": b"inside"})


class Browser:
    """One person's requests; keeps the cookies that it is given."""

    def __init__(self, gate):
        self.gate, self.cookie, self.device = gate, None, None

    def _scope(self, kind, path, headers, **more):
        kept = "; ".join(each for each in (self.cookie, self.device) if each)
        given = {"host": HOST, **({"cookie": kept} if kept else {}), **headers}
        parts = urlsplit(path)
        return {
            "type": kind,
            "path": parts.path,
            "query_string": parts.query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
            "client": ("203.0.113.7", 1),
            **more,
        }

    async def ask(self, path, *, method="GET", form=None, origin=ORIGIN, **headers):
        """Status, headers and body."""
        body = urlencode(form or {}).encode()
        sent = []

        async def receive():
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(event):
            sent.append(event)

        named = {name.replace("_", "-"): value for name, value in headers.items()} | ({"origin": origin} if origin else {})
        await self.gate(self._scope("http", path, named, method=method), receive, send)
        got = sent[0]["headers"]
        self.set_cookies = [value.decode() for name, value in got if name == b"set-cookie"]
        for name, value in got:
            if name == b"set-cookie":
                jar = SimpleCookie(value.decode())
                ((key, morsel),) = jar.items()
                pair = f"{key}={morsel.value}" if morsel.value else None
                if key == DEVICE:
                    self.device = pair
                else:
                    self.cookie = pair
        return sent[0]["status"], {name.decode(): value.decode() for name, value in got}, b"".join(event.get("body", b"") for event in sent)

    async def sign_in(self, password=PASSWORD, email=EMAIL, **more):
        return await self.ask("/console/sign-in", method="POST", form={"email": email, "password": password, **more})

    def connect(self, origin=ORIGIN):
        """An open websocket: what the server sends, and a way to send to it."""
        heard, told = asyncio.Queue(), asyncio.Queue()
        told.put_nowait({"type": "websocket.connect"})
        scope = self._scope("websocket", "/console/ws", {"origin": origin})
        serving = asyncio.ensure_future(self.gate(scope, told.get, heard.put))
        return heard, told, serving


@pytest.fixture
def inner():
    return Inner()


def a_gate(house, inner, **more):
    return Gate(inner, StoredDoor(house), SignInPages("Agenzia Demo", "/console"), Tickets(), public_url=ORIGIN, **more)


@pytest.fixture
def gate(house, inner):
    """It looks after open pages far more often than a real one, which `test_a_leaver_loses_the_open_page_at_once` has."""
    return a_gate(house, inner, recheck_s=0.05)


@pytest.fixture
async def colleague(house):
    return await a_colleague(house, email=EMAIL)


@pytest.fixture
def browser(gate, colleague):
    return Browser(gate)


@pytest.mark.parametrize("odd", ['prefs={"a":"b,c"}', "x y=1", "consent=a[1]=2; [z]=3", "é=1", "=", ";;", 'a="', "no name"])
async def test_whatever_other_cookie_a_browser_holds_a_colleague_is_inside(browser, odd):
    await browser.sign_in()
    browser.cookie = f"{odd}; {browser.cookie}; {odd}"
    assert (await browser.ask("/console/"))[0] == 200


@pytest.mark.parametrize(
    "path", ["/console/", "/console", "/console/ws", "/console/static/js/bokeh.js", "/console/documents/x", "/console/x"]
)
async def test_without_a_session_every_address_leads_to_the_sign_in_page(browser, inner, path):
    status, headers, body = await browser.ask(path)
    assert (status, headers["location"], body) == (303, "/console/sign-in", b"")
    assert inner.scopes == []


async def test_an_invented_cookie_is_no_session(browser, inner):
    browser.cookie = "__Host-console=invented"
    assert (await browser.ask("/console/"))[0] == 303
    assert inner.scopes == []


async def test_who_signs_in_gets_a_cookie_that_only_this_host_and_no_script_reads(browser):
    status, headers, _ = await browser.sign_in()
    assert (status, headers["location"]) == (303, "/console/")
    parts = headers["set-cookie"].split("; ")
    assert parts[0].startswith("__Host-console=")
    assert parts[1:] == ["Path=/", "HttpOnly", "SameSite=Strict", "Secure"]
    assert (await browser.ask("/console/"))[2] == b"inside"


async def test_the_session_cookie_never_reaches_what_may_show_it(browser, inner):
    await browser.sign_in()
    secret = browser.cookie.partition("=")[2]
    await browser.ask("/console/")
    headers = inner.scopes[-1]["headers"]
    assert b"cookie" not in dict(headers)
    assert all(secret.encode() not in value for _, value in headers)


async def test_a_forged_ticket_header_is_stripped(browser, inner, gate, house):
    await a_colleague(house, Role.MANAGER, "Demo Capo", "boss@example.org")
    boss = Browser(gate)
    await boss.sign_in(email="boss@example.org")
    await boss.ask("/console/")
    (foreign,) = [value for name, value in inner.scopes[-1]["headers"] if name == TICKET_HEADER]
    await browser.sign_in()
    await browser.ask("/console/", x_console_ticket=foreign.decode())
    tickets = [value for name, value in inner.scopes[-1]["headers"] if name == TICKET_HEADER]
    assert len(tickets) == 1
    assert tickets[0] != foreign


@pytest.mark.parametrize(("password", "email"), [("wrong", EMAIL), (PASSWORD, "nobody@example.org"), ("", ""), (PASSWORD, f"{EMAIL}\x00")])
async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(browser, password, email):
    status, headers, body = await browser.sign_in(password, email)
    assert status == 403
    assert "set-cookie" not in headers
    assert "E-mail o password non corrispondono" in body.decode()


async def test_a_wrong_password_leaves_the_address_that_was_typed_and_no_markup_of_it(browser):
    assert f'value="{EMAIL}"' in (await browser.sign_in("wrong"))[2].decode()
    page = (await browser.sign_in("wrong", '"><img src=x>'))[2].decode()
    assert 'value="&#34;&gt;&lt;img src=x&gt;"' in page
    assert "<img" not in page
    assert "wrong" not in page


async def test_after_five_wrong_passwords_the_right_one_waits_a_quarter_of_an_hour(browser, clock):
    for _ in range(5):
        await browser.sign_in("wrong")
    assert (await browser.sign_in())[0] == 403
    clock.pass_(minutes=15)
    assert (await browser.sign_in())[0] == 303


async def test_a_lock_out_does_not_say_that_there_is_such_an_address(browser):
    known = [await browser.sign_in("wrong") for _ in range(6)] + [await browser.sign_in()]
    unknown = [await browser.sign_in("wrong", "nobody@example.org") for _ in range(6)] + [await browser.sign_in(email="nobody@example.org")]
    assert known == [(status, headers, body.replace(b"nobody@example.org", EMAIL.encode())) for status, headers, body in unknown]
    assert "un quarto d’ora" in known[0][2].decode()


async def test_who_guesses_at_an_address_keeps_nobody_out_who_has_been_in_before(browser, gate, clock):
    await browser.sign_in()
    stranger = Browser(gate)
    for _ in range(6):
        await stranger.sign_in("wrong")
    assert (await stranger.sign_in())[0] == 403
    assert (await browser.sign_in())[0] == 303
    for _ in range(5):
        assert (await browser.sign_in("wrong"))[0] == 403
    assert (await browser.sign_in())[0] == 403, "a device's own guesses are counted too"
    clock.pass_(minutes=15)
    assert (await browser.sign_in())[0] == 303


async def test_what_a_device_keeps_is_read_by_no_script_and_goes_to_the_console_alone(browser, gate):
    await browser.sign_in()
    (set_by_server,) = [value for value in browser.set_cookies if value.startswith(DEVICE)]
    assert set_by_server.split("; ")[1:] == ["Max-Age=31536000", "Path=/console", "HttpOnly", "SameSite=Strict", "Secure"]
    kept = browser.device
    await browser.sign_in()
    assert browser.device == kept
    await browser.ask("/console/sign-out", method="POST")
    assert browser.device == kept


async def test_a_device_is_one_colleagues_and_an_invented_one_nobodys(browser, gate, house):
    await a_colleague(house, Role.MANAGER, "Demo Capo", "boss@example.org")
    await browser.sign_in()
    theirs = browser.device
    stranger = Browser(gate)
    for email, device in (("boss@example.org", theirs), (EMAIL, f"{DEVICE}=invented")):
        stranger.device = device
        for _ in range(5):
            await stranger.sign_in("wrong", email)
        assert (await stranger.sign_in(email=email))[0] == 403
    assert (await browser.sign_in())[0] == 303


async def test_guesses_from_one_address_are_slowed_down_but_not_a_colleague_at_their_own_device(house, inner, browser):
    await browser.sign_in()
    settings = house.settings.model_copy(update={"limit_conversations": "3/min"})
    gate = a_gate(house, inner, brake=brake_by(settings))
    stranger, browser.gate = Browser(gate), gate
    answers = [await stranger.sign_in("wrong", "nobody@example.org") for _ in range(5)]
    assert [status for status, _, _ in answers] == [403, 403, 403, 429, 429]
    _, headers, body = answers[-1]
    assert int(headers["retry-after"]) <= 20
    assert "tra un minuto" in body.decode()
    assert (await browser.sign_in())[0] == 303


async def test_a_colleague_at_their_own_device_waits_behind_no_guess(house, browser, gate):
    await browser.sign_in()
    async with house.database.transaction() as session:
        await sign_in(session, EMAIL, "wrong", house.clock())  # and is not over: it holds what a guess holds
        async with asyncio.timeout(60):
            assert (await browser.sign_in())[0] == 303


async def test_guesses_leave_connections_for_everybody_else(house, monkeypatch):
    begun, over = asyncio.Event(), asyncio.Event()

    async def sign_in_slowly(*_):
        begun.set()
        await over.wait()
        return SignInFailed("wrong")

    monkeypatch.setattr("console.entry.sign_in", sign_in_slowly)
    door = StoredDoor(house)
    guesses = [asyncio.create_task(door.enter(EMAIL, "wrong", "")) for _ in range(30)]  # more than there are connections
    await begun.wait()
    async with house.database.transaction() as session:
        assert await session.scalar(text("select 1")) == 1
    over.set()
    assert {type(each) for each in await asyncio.gather(*guesses, return_exceptions=True)} == {Refused}


async def test_sign_ins_and_refused_ones_are_audited_without_the_address(browser, house, colleague):
    await browser.sign_in("wrong")
    await browser.sign_in()
    async with house.database.transaction() as session:
        events = await read_audit(session)
    assert [(event.action, event.colleague_id) for event in events] == [("sign_in", colleague.id), ("sign_in.refused", None)]
    assert events[1].detail == {"why": "wrong"}


@pytest.mark.parametrize("origin", ["https://evil.example.net", "null", f"http://{HOST}", f"{ORIGIN}.evil.example.net", None])
async def test_a_form_sent_from_elsewhere_is_refused(browser, origin):
    form = {"email": EMAIL, "password": PASSWORD}
    assert (await browser.ask("/console/sign-in", method="POST", form=form, origin=origin))[0] == 403
    await browser.sign_in()
    assert (await browser.ask("/console/sign-out", method="POST", origin=origin))[0] == 403
    assert (await browser.ask("/console/"))[0] == 200


@pytest.mark.parametrize("origin", ["https://evil.example.net", "null", f"{ORIGIN}.evil.example.net"])
async def test_a_socket_opened_from_elsewhere_is_refused(browser, inner, origin):
    await browser.sign_in()
    heard, _, serving = browser.connect(origin)
    assert (await heard.get())["type"] == "websocket.close"
    await serving
    assert inner.scopes == []


async def test_a_socket_without_a_session_is_refused(browser, inner):
    heard, _, serving = browser.connect()
    assert await heard.get() == {"type": "websocket.close", "code": 4401}
    await serving
    assert inner.scopes == []


async def test_an_idle_session_ends_and_a_used_one_lasts_until_its_last_hour(browser, clock):
    await browser.sign_in()
    for _ in range(25):
        clock.pass_(minutes=28)
        assert (await browser.ask("/console/"))[0] == 200
    clock.pass_(minutes=28)  # more than twelve hours since it began
    assert (await browser.ask("/console/"))[0] == 303
    await browser.sign_in()
    clock.pass_(minutes=30)
    assert (await browser.ask("/console/"))[0] == 303


async def closed(heard):
    """The close event: R12 gives it five seconds."""
    async with asyncio.timeout(5):
        while (event := await heard.get())["type"] != "websocket.close":
            pass
    return event["code"]


async def test_who_signs_out_loses_the_open_page(browser):
    await browser.sign_in()
    heard, _, serving = browser.connect()
    assert (await heard.get())["type"] == "websocket.accept"
    status, headers, _ = await browser.ask("/console/sign-out", method="POST")
    assert (status, headers["location"]) == (303, "/console/sign-in")
    assert await closed(heard) == 4401
    await serving
    assert (await browser.ask("/console/"))[0] == 303


async def test_a_leaver_loses_the_open_page_at_once(house, inner, colleague):
    browser = Browser(a_gate(house, inner))
    await browser.sign_in()
    heard, _, serving = browser.connect()
    assert (await heard.get())["type"] == "websocket.accept"
    async with house.database.transaction() as session:
        assert await disable_colleague(session, EMAIL, house.clock())
    assert await closed(heard) == 4401
    await serving
    assert (await browser.sign_in())[0] == 403


async def test_an_open_page_nobody_works_in_ends_with_the_session(browser, clock):
    await browser.sign_in()
    heard, _, serving = browser.connect()
    assert (await heard.get())["type"] == "websocket.accept"
    clock.pass_(minutes=31)
    assert await closed(heard) == 4401
    await serving


async def test_a_page_that_is_closed_ends_its_socket(browser):
    await browser.sign_in()
    heard, told, serving = browser.connect()
    assert (await heard.get())["type"] == "websocket.accept"
    told.put_nowait({"type": "websocket.disconnect", "code": 1001})
    async with asyncio.timeout(5):
        await serving


async def test_the_sign_in_page_runs_no_script_and_cannot_be_framed(browser):
    status, headers, body = await browser.ask("/console/sign-in")
    assert status == 200
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert (headers["x-frame-options"], headers["cache-control"]) == ("DENY", "no-store")
    assert b"<script" not in body
    assert b" style=" not in body
    assert b" on" + b"click" not in body


async def test_pages_behind_the_gate_cannot_be_framed_kept_or_talk_to_others(browser):
    await browser.sign_in()
    _, headers, _ = await browser.ask("/console/")
    assert (headers["x-frame-options"], headers["cache-control"], headers["x-content-type-options"]) == ("DENY", "no-store", "nosniff")
    assert "connect-src 'self' blob:;" in headers["content-security-policy"]


@pytest.mark.parametrize("named", NAMED)
async def test_what_the_address_names_is_shown_after_signing_in_and_nothing_else(browser, named):
    wanted = "01a202f1-42bb-7521-b032-0b85d5baf71e"
    location = (await browser.ask(f"/console/?{named}={wanted}"))[1]["location"]
    assert location == f"/console/sign-in?{named}={wanted}"
    for page in (location, f"/console/sign-in?ended&{named}={wanted}"):
        assert f'name="{named}" value="{wanted}"' in (await browser.ask(page))[2].decode()
    assert f'value="{wanted}"' in (await browser.sign_in("wrong", **{named: wanted}))[2].decode()
    for crooked in ("../../etc/passwd", "//evil.example.net", '"><script>', "x%0d%0aSet-Cookie:a=b"):
        assert (await browser.ask(f"/console/?{named}={crooked}"))[1]["location"] == "/console/sign-in"
        assert (await browser.sign_in(**{named: crooked}))[1]["location"] == "/console/"
        browser.cookie = None
    assert (await browser.ask(f"/console/?next={wanted}"))[1]["location"] == "/console/sign-in"
    assert (await browser.sign_in(**{named: wanted}))[1]["location"] == f"/console/?{named}={wanted}"


async def test_an_ended_session_says_so_and_how_to_go_on(browser):
    assert "La sessione è finita" in (await browser.ask("/console/sign-in?ended"))[2].decode()
    assert "Your session has ended" in (await browser.ask("/console/sign-in?ended", accept_language="en-GB"))[2].decode()


async def test_only_the_sign_in_pages_own_files_are_given_out(browser):
    assert (await browser.ask("/console/assets/desk.css"))[0] == 200
    for path in ("fragment.js", "../words/it.yaml", "..%2fwords%2fit.yaml", "", "/etc/passwd"):
        assert (await browser.ask(f"/console/assets/{path}"))[0] == 404


async def test_a_form_far_too_long_is_no_sign_in(browser):
    assert (await browser.sign_in("x" * 5_000_000))[0] == 403


async def test_a_crooked_cookie_is_no_session_and_no_error(browser):
    for cookie in ("=;=;", "__Host-console", '__Host-console="', "a" * 9_000, "__Host-console=\x00"):
        browser.cookie = cookie
        assert (await browser.ask("/console/"))[0] == 303


async def test_a_demo_without_https_takes_its_own_host_as_origin(house, inner, colleague):
    plain = Browser(Gate(inner, StoredDoor(house), SignInPages("Demo", "/console"), Tickets(), public_url="http://127.0.0.1:8080"))
    status, headers, _ = await plain.ask(
        "/console/sign-in", method="POST", form={"email": EMAIL, "password": PASSWORD}, origin=f"http://{HOST}"
    )
    assert status == 303
    assert headers["set-cookie"].startswith("console=")
    assert "Secure" not in headers["set-cookie"]
