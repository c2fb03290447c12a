"""Sign-in to the client area (S0-30, S0-31, S0-10): the password alone opens it, and nothing else does."""

import asyncio
import itertools
import re
import threading
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.event import listen, remove

from bots.web.client_area.choosing import problem_of_password
from dialogs.applying import MOST_WRONG
from storage import passwords
from storage.accounts import LIMITS
from storage.entries import enter, make_link
from storage.passwords import GUESSES_AT_ONCE, LOCKED_FOR, MOST_FAILURES
from storage.tables.accounts import Account, AccountSession
from storage.tables.parties import Party
from tests.bots.house import a_customer, a_registration
from tests.bots.web.client_area.conftest import PASSWORD, Browser, another, entered_as
from tests.bots.web.conftest import ORIGIN, Robot, a_client

pytestmark = pytest.mark.slow
PAGES = (
    *("", "/card", "/consents", "/documents", "/documents/x", "/policies", "/contact", "/data"),
    *("/security", "/security/password", "/security/second", "/again"),
)


async def test_a_code_mailed_to_the_proved_address_sets_the_password_and_lets_in(browser):
    assert (await browser.set_password()).status_code == 303
    assert browser.at == "/area"
    assert "Buongiorno, Demetra." in await browser.look()
    (told,) = await browser.mails("account_password")
    assert told["to"] == browser.email
    assert await browser.mails("account_device") == []  # said by the other mail already


async def test_no_page_opens_without_the_password(browser):
    """A chat in which the very customer proved the address is not enough, whichever way it is reached."""
    chat = await Robot(browser.client).open()
    await chat.walk(
        {"journey.language": "it", "journey.goal": "modules", "journey.email": browser.email}, "consents.act", browser.read_chat_code
    )
    browser.client.cookies.set("chat", f"{chat.conversation}.{chat.secret}")
    assert (await browser.client.get("/chat")).status_code == 200
    for path in PAGES:
        await browser.look(path)
        assert (browser.answer.status_code, browser.at) == (303, "/area/sign-in"), path


async def test_what_is_kept_is_sealed_or_hashed(entered):
    async with entered.services.database.transaction() as session:
        account = await session.get_one(Account, entered.party)
        visit = await session.scalar(select(AccountSession).where(AccountSession.party_id == entered.party))
    kept = b"".join([account.sealed_name, account.sealed_password, account.name_index, visit.token_sha256, visit.sealed_browser])
    assert not any(
        secret in kept for secret in (PASSWORD.encode(), entered.email.encode(), b"argon2", entered.client.cookies["area"].encode())
    )


async def test_a_stranger_learns_nothing_of_an_address(browser):
    await browser.send("/password", email="nessuno@example.org")
    unknown = browser.page.replace("nessuno@example.org", browser.email).replace(browser.asked, "")
    assert await browser.mails("account_code") == []
    await browser.send("/password", email=browser.email)
    assert browser.page.replace(browser.asked, "") == unknown
    assert len(await browser.mails("account_code")) == 1
    await browser.send("/sign-in", name="nessuno", password="sbagliata davvero")
    no_account = browser.page.replace("nessuno", browser.email)
    assert (await browser.sign_in(password="sbagliata davvero")).status_code == 403
    assert browser.page == no_account


async def test_the_code_is_mailed_to_the_address_as_it_was_proved_however_it_is_spelt_here(browser):
    await browser.send("/password", email=browser.email.upper())
    (told,) = await browser.mails("account_code")
    assert told["to"] == browser.email
    answer = await browser.send("/password/new", email=browser.email.upper(), code=told["code"], new_password=PASSWORD)
    assert answer.status_code == 303


async def test_who_has_not_registered_gets_no_code(house):
    services = house.services()
    party = await a_customer(services, emails=("nuova@example.org",))
    newcomer = Browser(services, a_client(services), "nuova@example.org", party)
    await newcomer.send("/password", email="nuova@example.org")
    assert await newcomer.mails("account_code") == []


async def test_a_password_that_would_not_hold_is_refused_in_words(browser):
    await browser.send("/password", email=browser.email)
    code = await browser.read_code()
    for password, said in (
        ("undici11111", "almeno 12"),
        ("ab" * 65, "al massimo 128"),
        ("password1234", "si indovina"),
        ("demetra.esempio", "si indovina"),
        ("Agenzia2026!!", "si indovina"),
        ("qwertyuiop12", "si indovina"),
        ("juventus1897", "si indovina"),
        ("CorrectHorseBatteryStaple", "si indovina"),
        ("йцукенгшщзхъ", "si indovina"),
        ("una frase lunga\x07 davvero", "carattere"),
    ):
        answer = await browser.send("/password/new", email=browser.email, code=code, new_password=password)
        assert answer.status_code == 422, password
        assert said in browser.page
        assert re.search(
            r'<input class="input" id="new_password"[^>]* aria-invalid="true" aria-describedby="new_password-error"', browser.page
        )
        assert password not in browser.page
    assert (await browser.send("/password/new", email=browser.email, code=code, new_password=PASSWORD)).status_code == 303


async def test_a_password_in_any_script_of_up_to_128_characters_opens(browser):
    for password in ("گربه‌ام روی بام خوابیده است", "x" * 5 + "kT9$vQz7&Lm2" * 10 + "abc"):
        assert (await browser.set_password(password)).status_code == 303
        assert (await another(browser).sign_in(password=password)).status_code == 303
        assert (await another(browser).sign_in(password=password[:-1])).status_code == 403


async def test_a_user_name_is_ones_own(browser):
    assert (await browser.set_password(name="Demetra.E")).status_code == 303
    assert (await another(browser).sign_in("DEMETRA.e")).status_code == 303
    assert (await another(browser).sign_in()).status_code == 403
    for name, said in (("altra@example.org", "non è tra quelli"), ("ab", "da 3 a 64"), ("de metra", "non ha spazi")):
        assert (await browser.set_password(name=name)).status_code == 422
        assert said in browser.page
    party = await a_customer(browser.services, *a_registration(), emails=("omonima@example.org",))
    namesake = Browser(browser.services, a_client(browser.services), "omonima@example.org", party)
    assert (await namesake.set_password(name="demetra.e")).status_code == 422
    assert "di un’altra persona" in namesake.page


async def test_an_address_is_ones_name_however_it_is_written(house):
    browser = await entered_as(house, *a_registration(), email=f"Mario.Demo.{uuid4().hex[:8]}@example.org")
    for name in (browser.email, browser.email.lower()):
        assert (await another(browser).sign_in(name)).status_code == 303


async def test_a_new_password_ends_each_browsers_way_into_the_chat(house):
    """Whoever had come in by a stolen session keeps nothing."""
    browser = await entered_as(house, *a_registration())
    opened = await browser.services.turn_store.create(language="it", channel="web", snapshot=b"{}", replies=b"{}")
    async with browser.services.database.transaction() as session:
        await browser.services.turn_store.bind(session, opened.conversation, browser.party)
        entry = await enter(
            session, await make_link(session, UUID(opened.conversation), browser.services.clock()), browser.services.clock()
        )
        assert entry
    conversation, secret = entry
    assert await browser.services.turn_store.opens(str(conversation), secret, browser.services.clock())
    await another(browser).set_password("un’altra frase tutta mia")
    assert not await browser.services.turn_store.opens(str(conversation), secret, browser.services.clock())


@dataclass(frozen=True)
class Talk:
    """A chat of the customer's, as any browser has it that knows a secret of it."""

    conversation: str
    secret: str


async def a_talk(browser) -> Talk:
    opened = await browser.services.turns.open("it", "web")
    async with browser.services.database.transaction() as session:
        await browser.services.turn_store.bind(session, opened.conversation, browser.party)
    return Talk(opened.conversation, opened.secret)


def hold(browser, talk: Talk) -> None:
    """As the server's own cookie, whose place the next one takes."""
    (of_area,) = (cookie for cookie in browser.client.cookies.jar if cookie.name == "area")
    browser.client.cookies.set("chat", f"{talk.conversation}.{talk.secret}", of_area.domain)


def held_by(browser) -> Talk:
    (kept,) = (cookie.value for cookie in browser.client.cookies.jar if cookie.name == "chat")
    return Talk(*str(kept).split("."))


async def knows(services, talk: Talk) -> int:
    async with a_client(services) as client:
        path = f"/api/chat/conversations/{talk.conversation}"
        return (await client.get(path, headers={"Authorization": f"Bearer {talk.secret}"})).status_code


async def test_a_new_password_ends_the_chats_own_secret_and_its_browser_goes_on(entered):
    talk = await a_talk(entered)
    hold(entered, talk)
    assert await knows(entered.services, talk) == 200  # and memory holds it from now on
    assert (await entered.send("/security/password", password=PASSWORD, new_password="un’altra frase tutta mia")).status_code == 303
    assert await knows(entered.services, talk) == 404
    held = held_by(entered)
    assert held.conversation == talk.conversation
    assert await knows(entered.services, held) == 200


async def test_a_password_by_mail_ends_the_chats_own_secret(entered):
    talk = await a_talk(entered)
    assert await knows(entered.services, talk) == 200
    assert (await another(entered).set_password("un’altra frase tutta mia")).status_code == 303
    assert await knows(entered.services, talk) == 404


async def test_signing_out_all_others_ends_their_chats_and_keeps_ones_own(entered):
    talk = await a_talk(entered)
    hold(entered, talk)
    await entered.send("/security/sessions", session="others")
    assert await knows(entered.services, talk) == 404
    held = held_by(entered)
    assert await knows(entered.services, held) == 200


async def test_a_session_ended_ends_the_chat_that_was_entered_from_it(entered):
    talk, other = await a_talk(entered), another(entered)
    await other.sign_in()
    await other.send("/card")
    assert other.at == "/chat#now"
    held = held_by(other)
    assert await knows(entered.services, held) == 200
    (named,) = re.findall(r'name="session" value="([0-9a-f-]{36})"', await entered.look("/security"))
    await entered.send("/security/sessions", session=named)
    assert await knows(entered.services, held) == 404
    assert await knows(entered.services, talk) == 200  # not opened from there


async def test_a_code_is_good_once_and_for_ten_minutes_and_guesses_end(browser):
    assert (await browser.set_password(code="000000")).status_code == 403
    assert re.search(r'id="code-error">.*?</p>\s*<input class="input" id="code"[^>]* aria-invalid="true"', browser.page, re.DOTALL)
    right = await browser.read_code()
    assert (await browser.set_password(code=right)).status_code in {303, 403}  # a new one was mailed meanwhile
    used = await browser.read_code()
    assert (await browser.send("/password/new", email=browser.email, code=used, new_password=PASSWORD)).status_code == 303
    assert (await browser.send("/password/new", email=browser.email, code=used, new_password=PASSWORD)).status_code == 403
    await browser.send("/password", email=browser.email)
    code = await browser.read_code()
    later = another(browser, at(browser.services, minutes=10))
    later.asked = browser.asked
    assert (await later.send("/password/new", email=browser.email, code=code, new_password=PASSWORD)).status_code == 403
    for _ in range(5):
        await browser.send("/password/new", email=browser.email, code="000000", new_password=PASSWORD)
    assert (await browser.send("/password/new", email=browser.email, code=code, new_password=PASSWORD)).status_code == 403


async def test_a_guess_costs_nobody_but_the_form_that_asked(browser):
    await browser.send("/password", email=browser.email)
    code, stranger = await browser.read_code(), another(browser)
    for asks in (False, True):
        if asks:
            await stranger.send("/password", email=browser.email)
        for _ in range(25):
            assert (await guessed(stranger, "000000")).status_code == 403
    assert (await guessed(stranger, code)).status_code == 403
    assert (await guessed(browser, code)).status_code == 303


async def test_guesses_here_do_not_lock_an_address_out_of_the_chat(browser):
    stranger = another(browser)
    for _ in range(MOST_WRONG + 1):
        await guessed(stranger, "000000")
    chat = await Robot(browser.client).open()
    await chat.walk(
        {"journey.language": "it", "journey.goal": "modules", "journey.email": browser.email}, "consents.act", browser.read_chat_code
    )


async def test_a_wrong_code_is_as_much_work_at_any_address(browser, house):
    done = []
    engine = house.database.engine.sync_engine

    def note(_connection, _cursor, statement, *_):
        done.append(statement)

    works = []
    for email, asks in itertools.product((browser.email, "nessuno@example.org"), (True, False)):
        guesser = another(browser)
        if asks:
            await guesser.send("/password", email=email)
        listen(engine, "before_cursor_execute", note)
        await guesser.send("/password/new", email=email, code="000000", new_password=PASSWORD)
        remove(engine, "before_cursor_execute", note)
        works.append(tuple(done))
        done.clear()
    asked, unasked, nobodys, nobodys_unasked = works
    assert (asked, unasked) == (nobodys, nobodys_unasked)
    assert any(statement.startswith("UPDATE account_code") for statement in asked)
    assert all(statement.startswith("SELECT") for statement in unasked)


async def guessed(browser, code):
    return await browser.send("/password/new", email=browser.email, code=code, new_password=PASSWORD)


async def test_five_wrong_passwords_lock_the_account_for_a_quarter_of_an_hour(entered):
    stranger = another(entered)
    for _ in range(MOST_FAILURES):
        assert (await stranger.sign_in(password="non la conosco mica")).status_code == 403
    assert "15 minuti" in stranger.page
    assert (await stranger.sign_in()).status_code == 403
    locked, nobody = stranger.page.replace(entered.email, ""), "nessuno@example.org"
    await stranger.sign_in(nobody)
    assert stranger.page.replace(nobody, "") == locked  # a lock does not say that there is such a user name
    await entered.look()
    assert entered.answer.status_code == 200  # who is in stays in
    later = another(entered, at(entered.services, seconds=LOCKED_FOR.total_seconds()))
    assert (await later.sign_in()).status_code == 303


async def test_a_new_password_by_mail_ends_lock_and_all_sessions(entered):
    stranger = another(entered)
    for _ in range(MOST_FAILURES):
        await stranger.sign_in(password="non la conosco mica")
    again = another(entered)
    assert (await again.set_password("un’altra frase tutta mia")).status_code == 303
    await entered.look()
    assert entered.at == "/area/sign-in"
    assert (await another(entered).sign_in(password="un’altra frase tutta mia")).status_code == 303


async def test_the_password_is_changed_by_the_old_one_alone(entered):
    other = another(entered)
    await other.sign_in()
    assert (
        await entered.send("/security/password", password="non è questa qui", new_password="un’altra frase tutta mia")
    ).status_code == 403
    assert (await entered.send("/security/password", password=PASSWORD, new_password="un’altra frase tutta mia")).status_code == 303
    assert "Dispositivi" in await entered.look("/security")
    await other.look()
    assert other.at == "/area/sign-in"
    assert (await another(entered).sign_in()).status_code == 403


class Watched:
    """The hashes, and how many connections were held at each."""

    def __init__(self, pool):
        self._pool, self._hashes = pool, passwords._hashes()
        self.held, self.at_once, self.most = [], 0, 0
        self._counting = threading.Lock()

    def verify(self, password, hashed):
        return self._noted(self._hashes.verify, password, hashed)

    def hash(self, password):
        return self._noted(self._hashes.hash, password)

    def judge(self, password, known):
        return self._noted(problem_of_password, password, known)

    def _noted(self, work, *told):
        with self._counting:
            self.held.append(self._pool.checkedout())
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        try:
            return work(*told)
        finally:
            with self._counting:
                self.at_once -= 1


@pytest.fixture
def watched(house, monkeypatch):
    watched = Watched(house.database.engine.pool)
    monkeypatch.setattr(passwords, "_hashes", lambda: watched)
    monkeypatch.setattr("bots.web.client_area.passwords.problem_of_password", watched.judge)
    return watched


async def test_no_connection_waits_for_a_password_of_whoever_is_in(entered, watched):
    fresh = "un’altra frase tutta mia"
    await entered.send("/again", password=PASSWORD)
    await entered.send("/again", password="non è questa qui")
    assert (await entered.send("/security/password", password=PASSWORD, new_password=fresh)).status_code == 303
    assert (await another(entered).set_password("una terza frase tutta mia")).status_code == 303
    assert watched.held == [0] * 7


async def test_guesses_of_whoever_is_in_are_counted_to_the_last_however_many_come_at_once(entered, watched):
    async def guess(password):
        return (await entered.client.post("/area/again", data={"password": password}, headers={"Origin": ORIGIN})).status_code

    wrong = ["non è questa qui"] * (MOST_FAILURES - 1)
    assert await asyncio.gather(*map(guess, wrong)) == [403] * (MOST_FAILURES - 1)
    assert await guess(PASSWORD) == 303
    assert await asyncio.gather(*map(guess, [*wrong, *wrong, *wrong])) == [403] * 3 * (MOST_FAILURES - 1)
    assert await guess(PASSWORD) == 403
    assert watched.most <= GUESSES_AT_ONCE


async def test_a_new_device_is_mailed_and_a_known_one_is_not(entered):
    other = another(entered)
    other.client.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    await other.sign_in()
    (told,) = await other.mails("account_device")
    assert told["browser"] == "Firefox, Linux"
    await other.send("/sign-out")
    await other.sign_in()
    assert len(await other.mails("account_device")) == 1


async def test_sessions_are_listed_and_ended(entered):
    other = another(entered)
    other.client.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    await other.sign_in()
    page = await entered.look("/security")
    assert "Firefox, Linux" in page
    (named,) = re.findall(r'name="session" value="([0-9a-f-]{36})"', page)
    stranger = await other.look("/security")
    assert named not in stranger
    await entered.send("/security/sessions", session=named)
    await other.look()
    assert other.at == "/area/sign-in"
    await other.sign_in()
    await entered.send("/security/sessions", session="others")
    await other.look()
    assert other.at == "/area/sign-in"
    assert "Dispositivi" in await entered.look("/security")
    for nonsense in ("", "x", "0193a000-0000-7000-8000-000000000000"):
        assert (await entered.send("/security/sessions", session=nonsense)).status_code == 303


async def test_a_session_idles_out_and_ends_in_any_case(entered):
    later = another(entered, at(entered.services, seconds=LIMITS.idle.total_seconds()))
    later.client.cookies = entered.client.cookies
    await later.look()
    assert later.at == "/area/sign-in"


async def test_signing_out_ends_the_session_and_takes_the_chat_along(entered):
    token = entered.client.cookies["area"]
    await entered.send("/sign-out")
    assert any(cookie.startswith("chat=;") for cookie in entered.answer.headers.get_list("set-cookie"))
    entered.client.cookies.set("area", token)
    await entered.look()
    assert entered.at == "/area/sign-in"


async def test_who_was_erased_is_signed_out_and_cannot_come_back(entered):
    await entered.send("/password", email=entered.email)
    code = await entered.read_code()
    async with entered.services.database.transaction() as session:
        await session.execute(update(Party).where(Party.id == entered.party).values(wrapped_key=None))
    await entered.look("/card")
    assert entered.at == "/area/sign-in"
    assert (await entered.sign_in()).status_code == 403
    assert (await entered.send("/password/new", email=entered.email, code=code, new_password=PASSWORD)).status_code == 403
    assert (await entered.send("/password", email=entered.email)).status_code == 200


async def test_a_form_from_elsewhere_is_not_believed(entered):
    paths = ("/sign-in", "/password", "/password/new", "/sign-out", "/security/password", "/security/sessions", "/security/second")
    for path in (*paths, "/card", "/card/still", "/consents", "/policies", "/contact", "/data/file", "/data/erasure"):
        for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
            assert (await entered.client.post(f"/area{path}", headers=headers)).status_code == 404, path
    assert "Dispositivi" in await entered.look("/security")


async def test_nonsense_is_never_our_failure(entered):
    headers = {"Origin": ORIGIN, "content-type": "application/x-www-form-urlencoded"}
    nonsense = (b"%", b"\xff=\xfe", b"name=%00&password=%00&code=%00&email=%00&second=%00&session=%00&to=%00")
    for path in ("/sign-in", "/again", "/password", "/password/new", "/security/second", "/security/sessions"):
        for content in nonsense:
            answer = await entered.client.post(f"/area{path}", content=content, headers=headers)
            assert answer.status_code < 500, (path, content)
    assert (await entered.client.post("/area/sign-in", content=b"a" * 20_000, headers=headers)).status_code == 413
    assert (await entered.client.get("/area/nowhere")).status_code == 404


async def test_cookies_and_headers_guard_the_area(browser, house):
    await browser.set_password()
    for cookie in browser.answer.headers.get_list("set-cookie"):
        assert all(part in cookie for part in ("HttpOnly", "SameSite=Lax", "Path=/"))
    await browser.look("/security")
    policy = browser.answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert browser.answer.headers["cache-control"] == "no-store"
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?! type=\"module\" src=)", browser.page)
    framed = another(browser, house.services(embed_origins=("https://broker.example",)))
    assert "frame-ancestors 'none'" in (await framed.client.get("/area/sign-in")).headers["content-security-policy"]


async def test_the_language_asked_for_stays_until_somebody_is_in(browser):
    await browser.look("?lang=en")
    assert browser.at == "/area/sign-in?lang=en"
    page = await browser.look("/sign-in?lang=en")
    assert 'action="/area/sign-in?lang=en"' in page
    assert 'href="/area/password?lang=en"' in page
    await browser.send("/password?lang=en", email=browser.email)
    assert "The code and the new password" in browser.page


async def test_attempts_from_one_address_are_slowed_down(house, browser):
    services = house.services(limit_loopback=True, limit_conversations="3/min")
    hasty = another(browser, services)
    answers = [(await hasty.sign_in("nessuno", "sbagliata davvero")).status_code for _ in range(4)]
    assert answers == [403, 403, 403, 429]


def at(services, **later):
    now = services.clock
    return replace(services, clock=lambda: now() + timedelta(**later))
