"""The console on a real server: real pages, real sockets, real documents, sessions that are freed."""

import asyncio
import base64
import gc
import json
from pathlib import Path

import pytest
from bokeh.settings import settings as bokeh_settings
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from forms.papers.erasure import ErasureRecord
from rules.access import Role
from storage.erasures import request_erasure
from storage.staff import disable_colleague
from tests.bots.house import unreadable
from tests.console.house import a_colleague, a_document, give_to
from tests.console.serving import serving, token_of

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::bokeh.util.warnings.BokehUserWarning")]
EMAIL, MANAGER = "agent@example.org", "manager@example.org"


@pytest.fixture
async def served(house):
    await a_colleague(house, email=EMAIL)
    async with serving(house, unused_s=3) as running:
        yield running


async def open_page(served, client):
    """The page's token, and its socket as the page itself would open it."""
    page = await client.get("/console/")
    assert page.status_code == 200
    token = token_of(page.text)
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    return token, connect(
        served.socket, origin=served.url, subprotocols=["bokeh", token], additional_headers={"cookie": cookie}, max_size=None
    )


async def test_the_session_cookie_never_appears_in_a_page(served):
    async with served.signed_in(EMAIL) as client:
        page = await client.get("/console/")
        told = base64.urlsafe_b64decode(token_of(page.text).partition(".")[0] + "==")
        assert sorted(client.cookies) == ["console", "console_device"]
        for secret in client.cookies.values():
            assert secret not in page.text
            assert secret.encode() not in told
        assert "set-cookie" not in page.headers


async def test_a_page_opens_its_socket_with_its_own_signed_token(served):
    async with served.signed_in(EMAIL) as client:
        _, opening = await open_page(served, client)
        async with opening as line:
            assert "ACK" in str(await asyncio.wait_for(line.recv(), 20))


async def refused(opening):
    """Whether the handshake, or the first word after it, is refused."""
    try:
        async with opening as line:
            await asyncio.wait_for(line.recv(), 20)
    except (InvalidStatus, ConnectionClosed):
        return True
    return False


async def test_an_unsigned_or_altered_session_token_is_refused(served):
    async with served.signed_in(EMAIL) as client:
        token, _ = await open_page(served, client)
        payload = token.partition(".")[0]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        forged = base64.urlsafe_b64encode(json.dumps({**claims, "session_id": "x" * 44}).encode()).decode().rstrip("=")
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        for given in (payload, forged, f"{forged}.{token.partition('.')[2]}", "nonsense"):
            opening = connect(served.socket, origin=served.url, subprotocols=["bokeh", given], additional_headers={"cookie": cookie})
            assert await refused(opening), given[:20]


async def test_a_socket_from_another_origin_or_without_the_cookie_is_refused(served):
    async with served.signed_in(EMAIL) as client:
        token, _ = await open_page(served, client)
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        assert await refused(
            connect(served.socket, origin="https://evil.example.net", subprotocols=["bokeh", token], additional_headers={"cookie": cookie})
        )
        assert await refused(connect(served.socket, origin=served.url, subprotocols=["bokeh", token]))


async def test_a_leavers_open_page_loses_its_line(served):
    async with served.signed_in(EMAIL) as client:
        _, opening = await open_page(served, client)
        async with opening as line:
            await asyncio.wait_for(line.recv(), 20)
            async with served.services.database.transaction() as session:
                assert await disable_colleague(session, EMAIL, served.services.clock())
            await asyncio.wait_for(line.wait_closed(), 20)
            assert line.close_code == 4401
        assert (await client.get("/console/")).status_code == 303


async def test_the_libraries_files_come_packed_and_are_kept_by_the_browser(served):
    script = "/console/static/js/bokeh.min.js"
    whole = Path(bokeh_settings.bokehjs_path(), "js", "bokeh.min.js").read_bytes()
    async with served.signed_in(EMAIL) as client:
        packed = await client.get(script)
        assert packed.content == whole
        assert packed.headers["content-encoding"] == "gzip"
        assert int(packed.headers["content-length"]) < len(whole) / 3
        assert packed.headers["cache-control"] == "private, no-cache"
        assert "connect-src 'self'" in packed.headers["content-security-policy"]
        as_it_is = await client.get(script, headers={"accept-encoding": "identity"})
        assert as_it_is.content == whole
        assert "content-encoding" not in as_it_is.headers
        same = await client.get(script, headers={"if-none-match": packed.headers["etag"]})
        assert (same.status_code, same.content) == (304, b"")
        head = await client.head(script)
        assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", packed.headers["etag"])

        versioned = await client.get(f"{script}?v=1")
        assert versioned.headers["cache-control"] == "private, max-age=31536000, immutable"
        otherwise = await client.get("/console/static/js//bokeh.min.js")
        assert (otherwise.content, otherwise.headers["cache-control"]) == (whole, "no-store")
        missing = await client.get("/console/static/js/no-such-file.js")
        assert (missing.status_code, missing.headers["cache-control"]) == (404, "no-store")
        assert (await client.get("/console/")).headers["cache-control"] == "no-store"
    async with served.client() as stranger:
        assert (await stranger.get(script)).headers["location"].startswith("/console/sign-in")


async def test_documents_need_the_session_and_the_portfolio(served, request_):
    services = served.services
    document = await a_document(services, request_.party, content := b"%PDF- demo")
    address = f"/console/documents/{document}?reason=review"
    async with served.client() as stranger:
        assert (await stranger.get(address)).status_code == 303
    async with served.signed_in(EMAIL) as client:
        answer = await client.get(address)
        assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, content, "application/pdf")
        assert answer.headers["content-disposition"] == f'attachment; filename="{document}"'
        assert answer.headers["x-content-type-options"] == "nosniff"
        with unreadable(services, request_.party, document):
            answer = await client.get(address, headers={"accept-language": "it"})
            assert (answer.status_code, answer.headers["content-type"]) == (503, "text/plain; charset=utf-8")
            assert answer.text.startswith("Il documento non si può aprire in questo momento.")
        for crooked in ("x", "..%2f..%2fetc%2fpasswd", str(request_.party)):
            assert (await client.get(f"/console/documents/{crooked}?reason=review")).status_code == 404
        for unsaid in ("", "?reason=", "?reason=curiosity", "?why=review"):
            assert (await client.get(f"/console/documents/{document}{unsaid}")).status_code == 404
        path = await client.get(f"/console/paths/{request_.party}.csv?language=it&since=2026-01-01")
        assert (path.status_code, path.headers["content-type"]) == (200, "text/csv; charset=utf-8")
        assert "modules.mandate.act" in path.text
        for crooked in ("x.csv", f"{request_.party}.exe", f"{request_.party}.csv?since=soon", f"{document}.csv"):
            assert (await client.get(f"/console/paths/{crooked}")).status_code == 404
        certificate = f"/console/certificates/{await a_certificate(services, request_.party)}"
        assert (await client.get(certificate)).status_code == 404
        await a_colleague(services, Role.MANAGER, "Demo Responsabile", MANAGER)
        async with served.signed_in(MANAGER) as manager:
            answer = await manager.get(certificate)
            assert (answer.status_code, answer.content[:5], answer.headers["content-type"]) == (200, b"%PDF-", "application/pdf")
            assert answer.headers["content-disposition"] == 'attachment; filename="E-2026-000009.pdf"'
            assert (await manager.get("/console/certificates/x")).status_code == 404
        other = await a_colleague(services, Role.AGENT, "Demo Altra", "altra@example.org")
        await give_to(services, request_.party, other)
        assert (await client.get(address)).status_code == 404
        assert (await client.get(f"/console/paths/{request_.party}.csv")).status_code == 404


async def a_certificate(services, party):
    """Of an erasure that was done, as its row says."""
    async with services.database.transaction() as session:
        row = await request_erasure(session, party, by="customer", at=services.clock())
        row.erased_at, row.number, row.record = services.clock(), "E-2026-000009", ErasureRecord("it", 1, 0, 2, 3).as_json()
        return row.id


def frames():
    from console.pages.shell import Frame  # with Panel, as in serving.py

    gc.collect()
    return sum(isinstance(each, Frame) for each in gc.get_objects())


async def test_pages_that_are_closed_are_freed(served):
    import panel as pn

    gone = asyncio.Semaphore(0)
    pn.state.on_session_destroyed(lambda _: gone.release())
    async with served.signed_in(EMAIL) as client:
        for _ in range(5):
            _, opening = await open_page(served, client)
            async with opening as line:
                await asyncio.wait_for(line.recv(), 20)
            async with asyncio.timeout(180):
                await gone.acquire()
    assert frames() <= 1  # the last callback may still hold its own


async def test_a_file_is_called_by_its_id_however_it_was_asked_for(served, request_):
    """PostgreSQL's and Python's readers of ids pass over a blank; a header with a line break in it would drop the connection."""
    assert request_.party.hex.startswith("0")
    async with served.signed_in(EMAIL) as client:
        answer = await client.get(f"/console/paths/%0A{request_.party.hex[1:]}.csv")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="{request_.party}.csv"'
