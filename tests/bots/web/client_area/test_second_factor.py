"""The second factor: switched on with its first code, wanted at every sign-in, recovered from by a code that is good once."""

import re
from base64 import b32decode
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from storage.passwords import MOST_FAILURES
from tests.bots.web.client_area.conftest import PASSWORD, Browser, another
from tests.bots.web.client_area.test_entrance import at

pytestmark = pytest.mark.slow


def code_of(page: str, browser: Browser, *, steps: int = 0) -> str:
    """What an app shows that has read the key from the page."""
    (secret,) = re.findall(r'class="code">((?:[A-Z2-7]{4} ?)+)</bdi>', page)
    app = TOTP(b32decode(secret.replace(" ", "")), 6, SHA1(), 30)
    return app.generate(int((browser.services.clock() + timedelta(seconds=30 * steps)).timestamp())).decode()


async def switched_on(browser: Browser) -> tuple[str, list[str]]:
    """The page with the key, and the recovery codes."""
    page = await browser.look("/security/second")
    assert "<svg" in page
    await browser.send("/security/second", second=code_of(page, browser))
    codes = re.findall(r'class="code">([0-9a-f-]{14})</bdi>', browser.page)
    assert len(codes) == 10
    return page, codes


async def test_with_it_the_password_alone_opens_nothing(entered):
    page, _ = await switched_on(entered)
    assert len(await entered.mails("account_second_on")) == 1
    later = another(entered, at(entered.services, seconds=60))
    assert (await later.sign_in()).headers["location"] == "/area/second"
    assert await later.mails("account_device") == []
    for path in ("", "/security", "/security/second"):
        await later.look(path)
        assert later.at == "/area/second"
    assert (await later.send("/second", second="000000")).status_code == 403
    code = code_of(page, later)
    assert (await later.send("/second", second=f"{code[:3]} {code[3:]}")).status_code == 303
    assert "Buongiorno, Demetra." in await later.look()
    assert len(await later.mails("account_device")) == 1


async def test_no_code_is_good_twice(entered):
    page, recovery = await switched_on(entered)
    used = code_of(page, entered)
    other = another(entered)
    await other.sign_in()
    assert (await other.send("/second", second=used)).status_code == 403
    assert (await other.send("/second", second=recovery[0].upper())).status_code == 303
    third = another(entered)
    await third.sign_in()
    assert (await third.send("/second", second=recovery[0])).status_code == 403
    assert "9" in await other.look("/security")


async def test_wrong_codes_lock_as_wrong_passwords_do(entered):
    _, recovery = await switched_on(entered)
    other = another(entered)
    await other.sign_in()
    for _ in range(MOST_FAILURES):
        await other.send("/second", second="000000")
    assert (await other.send("/second", second=recovery[0])).status_code == 403
    assert "15 minuti" in other.page


async def test_who_knows_the_password_cannot_guess_the_second_for_ever(entered):
    _, recovery = await switched_on(entered)
    other = another(entered)
    for _ in range(MOST_FAILURES):
        await other.sign_in()
        await other.send("/second", second="000000")
    assert (await other.sign_in()).status_code == 403
    assert (await other.send("/second", second=recovery[0])).status_code == 403


async def test_a_code_is_read_as_it_is_typed(entered):
    page = await entered.look("/security/second")
    persian = code_of(page, entered).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    await entered.send("/security/second", second=f"{persian[:3]} {persian[3:]}")
    assert len(re.findall(r'class="code">([0-9a-f-]{14})</bdi>', entered.page)) == 10


async def test_a_new_password_by_mail_does_not_pass_it_over(entered):
    await switched_on(entered)
    other = another(entered)
    await other.set_password("un’altra frase tutta mia")
    assert other.at == "/area/sign-in"
    assert (await other.sign_in(password="un’altra frase tutta mia")).headers["location"] == "/area/second"


async def test_it_is_removed_with_a_code_only(entered):
    _, recovery = await switched_on(entered)
    assert (await entered.send("/security/second/off", second="000000")).status_code == 403
    assert (await entered.send("/security/second/off", second=recovery[3])).status_code == 303
    assert len(await entered.mails("account_second_off")) == 1
    assert (await another(entered).sign_in()).headers["location"] == "/area"


async def test_it_wants_the_password_fresh(entered):
    later = another(entered, at(entered.services, minutes=6))
    later.client.cookies = entered.client.cookies
    await later.look("/security/second")
    assert later.at == "/area/again?to=second"
    assert (await later.send("/again?to=second", password="sbagliata davvero")).status_code == 403
    assert (await later.send("/again?to=second", password=PASSWORD)).headers["location"] == "/area/security/second"
    assert "<svg" in await later.look("/security/second")
    assert (await later.send("/again?to=//evil.example", password=PASSWORD)).headers["location"] == "/area"
