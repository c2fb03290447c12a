"""The web chat's pages as a browser without JavaScript sees them: forms, redirects, cookies, headers."""

import re
from html import unescape

import httpx
import pytest
from sqlalchemy import select

from storage.tables.base import new_id, now
from storage.tables.intake import Conversation
from storage.uploads import MOST_FILES, NewUpload, begin_upload
from tests.bots.web.conftest import ORIGIN, Made, a_client
from tests.dialogs.driver import PERSON

FORM = re.compile(r'<form[^>]*action="/chat(?:\?embed)?".*?</form>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


class Visitor:
    """Fills in the page's own forms."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.page = ""
        self.answer: httpx.Response

    async def enter(self, door: str = "new", language: str = "it") -> None:
        answer = await self.client.post("/chat/start", data={"language": language, "door": door}, headers={"Origin": ORIGIN})
        assert answer.status_code == 303
        await self.look()

    async def look(self) -> None:
        self.answer = await self.client.get("/chat")
        self.page = self.answer.text

    @property
    def hidden(self) -> dict[str, str]:
        forms = [form for form in FORM.findall(self.page) if 'name="turn"' in form]
        return {name: unescape(value) for name, value in HIDDEN.findall(forms[0])}

    async def send(self, **fields: object) -> httpx.Response:
        answer = await self.client.post("/chat", data=self.hidden | fields, headers={"Origin": ORIGIN})
        if answer.status_code == 303:
            await self.look()
        else:
            self.answer, self.page = answer, answer.text
        return answer

    @property
    def question(self) -> str:
        return self.hidden.get("question", "")


@pytest.fixture
async def visitor(client: httpx.AsyncClient) -> Visitor:
    return Visitor(client)


async def test_the_landing_page_has_two_doors_and_both_languages(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    assert page.count('name="door"') == 2
    assert 'lang="it"' in page
    assert '<html lang="en"' in (await client.get("/?lang=en")).text
    assert '<html lang="en"' in (await client.get("/?lang=EN-us")).text


async def test_an_address_with_a_slash_too_many_leads_nowhere_else(client: httpx.AsyncClient) -> None:
    """A proxy's TLS is not seen here: an absolute address would begin with http."""
    assert (await client.get("/chat/")).headers["location"] == "/chat"
    assert (await client.get("/privacy/")).status_code == 404


async def test_what_the_landing_page_asked_is_not_asked_again(visitor: Visitor) -> None:
    await visitor.enter("new", "en")
    assert '<html lang="en"' in visitor.page
    assert visitor.question not in {"journey.language", "journey.goal"}


async def test_an_existing_client_chooses_what_to_do(visitor: Visitor) -> None:
    await visitor.enter("client")
    assert visitor.question == "journey.goal"


async def test_a_form_sent_twice_is_one_turn(visitor: Visitor) -> None:
    await visitor.enter("client")
    before = visitor.hidden
    assert (await visitor.send(value="register")).status_code == 303
    number = visitor.hidden["turn"]
    again = await visitor.client.post("/chat", data=before | {"value": "register"}, headers={"Origin": ORIGIN})
    assert again.status_code == 303
    await visitor.look()
    assert visitor.hidden["turn"] == number


async def test_a_stale_page_changes_nothing_and_shows_the_present_question(visitor: Visitor) -> None:
    await visitor.enter("client")
    old = visitor.hidden
    await visitor.send(value="register")
    open_now = visitor.question
    answer = await visitor.client.post("/chat", data=old | {"value": "contact"}, headers={"Origin": ORIGIN})
    assert answer.status_code == 200
    assert "Nel frattempo" in answer.text
    await visitor.look()
    assert visitor.question == open_now


async def test_a_refused_answer_stays_in_the_field_under_a_title_that_says_so(visitor: Visitor, read_code) -> None:
    await walk(visitor, "journey.email", read_code)
    await visitor.send(value='rossi@@example"><script>alert(1)</script>')
    assert visitor.answer.status_code == 200
    assert "<title>Errore:" in visitor.page
    assert "<script>alert" not in visitor.page
    assert "rossi@@example&#34;&gt;&lt;script&gt;" in visitor.page
    assert visitor.question == "journey.email"


async def test_a_consent_shows_its_text_hash_and_two_equal_buttons(visitor: Visitor, read_code) -> None:
    await walk(visitor, "modules.electronic_collection.act", read_code)
    assert visitor.page.count('class="button plain" name="value"') == 2
    assert 'class="paper"' in visitor.page
    assert re.search(r"(?:[0-9a-f]{4} ){15}[0-9a-f]{4}", visitor.page)


async def test_every_question_of_a_registration_can_be_answered_by_forms_alone(visitor: Visitor, read_code) -> None:
    await walk(visitor, "journey.goal", read_code)
    assert "R-20" in visitor.page
    assert "example.org" in visitor.page


async def test_a_row_can_be_changed_from_the_card(visitor: Visitor, read_code) -> None:
    await walk(visitor, "registration_person.identity.sex", read_code)
    assert 'name="change" value="registration_person.identity.family_name"' in visitor.page
    await visitor.send(change="registration_person.identity.family_name")
    assert visitor.question == "registration_person.identity.family_name"
    assert 'value="Esempio"' in visitor.page
    await visitor.send(value="Esempi")
    assert visitor.question == "registration_person.identity.sex"


async def test_the_language_changes_in_the_middle(visitor: Visitor) -> None:
    await visitor.enter("client")
    await visitor.send(language="en")
    assert '<html lang="en"' in visitor.page


async def test_a_form_from_elsewhere_is_not_believed(visitor: Visitor) -> None:
    await visitor.enter("client")
    for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        assert (await visitor.client.post("/chat", data=visitor.hidden | {"value": "register"}, headers=headers)).status_code == 404
        assert (await visitor.client.post("/chat/start", data={"language": "it", "door": "new"}, headers=headers)).status_code == 404


async def test_who_has_no_conversation_yet_sends_no_file(client: httpx.AsyncClient) -> None:
    form = {"data": {"language": "it", "door": "new"}, "headers": {"Origin": ORIGIN}}
    assert (await client.post("/chat/start", files={"file": ("a.png", bytes(1_000_000), "image/png")}, **form)).status_code == 413
    assert (await client.post("/chat/start", **form)).status_code == 303


async def test_without_a_conversation_the_chat_leads_to_the_start(client: httpx.AsyncClient) -> None:
    assert (await client.get("/chat")).headers["location"] == "/"
    client.cookies.set("chat", "0193a000-0000-7000-8000-000000000000." + "x" * 32)
    assert (await client.get("/chat")).headers["location"] == "/"
    assert (await client.get("/chat/transcript")).status_code == 404


async def test_pages_carry_the_headers_that_protect_them(visitor: Visitor) -> None:
    await visitor.enter("client")
    headers = visitor.answer.headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:", visitor.page)


async def test_the_secret_is_in_no_page_and_no_address(visitor: Visitor) -> None:
    await visitor.enter("client")
    secret = visitor.client.cookies["chat"].partition(".")[2]
    assert secret
    assert secret not in visitor.page
    assert secret not in (await visitor.client.get("/chat/transcript")).text
    assert secret not in str(visitor.answer.url)


async def test_nonsense_in_a_form_is_never_our_failure(visitor: Visitor) -> None:
    await visitor.enter("client")
    for fields in (
        {"command": "dance"},
        {"change": "\0"},
        {"language": "xx"},
        {"text": "\0\ud7ff" * 10},
        {"question": "x" * 3000, "value": "y"},
        {"shown": ""},
        {"turn": "-1"},
        {"value": ["a", "b"]},
    ):
        assert (await visitor.send(**fields)).status_code in {200, 303}, fields
        await visitor.look()
        assert visitor.answer.status_code == 200
    for content in (b"%", b"\xff=\xfe", b"a" * 300_000, b"=&=&="):
        answer = await visitor.client.post(
            "/chat", content=content, headers={"Origin": ORIGIN, "content-type": "application/x-www-form-urlencoded"}
        )
        assert answer.status_code < 500


async def test_an_upload_too_large_or_of_another_kind_is_said_in_words(visitor: Visitor, read_code) -> None:
    front = "registration_person.document.document_front"
    await walk(visitor, front, read_code)

    async def upload(content: bytes) -> httpx.Response:
        return await visitor.client.post(
            "/chat", data=visitor.hidden, files={"file": ("a.png", content, "image/png")}, headers={"Origin": ORIGIN}
        )

    assert "troppo grande" in (await upload(b"\x89PNG\r\n\x1a\n" + bytes(10_000_001))).text
    assert "non lo leggo" in (await upload(b"<svg/>")).text
    nothing = await upload(b"")
    assert nothing.status_code == 200
    assert "<title>Errore:" in nothing.text
    assert (await upload(b"\x89PNG\r\n\x1a\n" + bytes(100))).status_code == 303
    await visitor.look()
    assert visitor.question != front


async def test_who_has_sent_too_many_files_is_told_so_in_words(visitor: Visitor, made: Made, read_code) -> None:
    front = "registration_person.document.document_front"
    await walk(visitor, front, read_code)
    content = b"\x89PNG\r\n\x1a\n" + bytes(100)
    async with made.services().database.transaction() as session:
        conversation = await session.scalar(select(Conversation.id).order_by(Conversation.updated_at.desc()).limit(1))
        assert conversation is not None
        for _ in range(MOST_FILES):
            await begin_upload(session, NewUpload(new_id(), conversation, conversation, 1), now(), 1_000)
    answer = await visitor.client.post(
        "/chat", data=visitor.hidden, files={"file": ("a.png", content, "image/png")}, headers={"Origin": ORIGIN}
    )
    assert (answer.status_code, "Riprova domani" in answer.text) == (429, True)
    await visitor.look()
    assert visitor.question == front


async def test_in_another_sites_frame_the_cookie_is_kept_apart(made: Made) -> None:
    services = made.services(embed_origins=("https://broker.example",))
    async with a_client(services) as client:
        page = await client.get("/chat?embed")
        assert "frame-ancestors https://broker.example" in page.headers["content-security-policy"]
        assert 'action="/chat/start?embed"' in page.text
        answer = await client.post("/chat/start?embed", data={"language": "it", "door": "new"}, headers={"Origin": ORIGIN})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-chat=")
        assert all(part in cookie for part in ("Secure", "SameSite=None", "Partitioned", "HttpOnly", "Path=/"))
        assert answer.headers["location"] == "/chat?embed#now"
        assert "frame-ancestors 'none'" in (await client.get("/api/openapi.json")).headers["content-security-policy"]


async def test_over_https_the_cookie_is_bound_to_the_host(made: Made) -> None:
    services = made.services()
    async with a_client(services, headers={"Origin": "https://127.0.0.1"}) as client:
        client.base_url = httpx.URL("https://127.0.0.1")
        answer = await client.post("/chat/start", data={"language": "it", "door": "client"})
        assert answer.headers["set-cookie"].startswith("__Host-chat=")
        assert "Secure" in answer.headers["set-cookie"]


async def test_places_are_proposed_while_typing(client: httpx.AsyncClient) -> None:
    assert "Napoli (NA)" in (await client.get("/chat/places?kind=municipality&q=napo&lang=it")).json()
    assert "Germania" in (await client.get("/chat/places?kind=country&q=germ&lang=it")).json()
    for query in ("", "kind=x&q=na", "kind=country&q=%00", "kind=municipality&q=" + "a" * 5000):
        assert (await client.get(f"/chat/places?{query}")).json() == []


async def test_the_privacy_notice_can_be_read_without_a_conversation(client: httpx.AsyncClient) -> None:
    page = await client.get("/privacy?lang=en")
    assert page.status_code == 200
    assert 'class="paper"' in page.text
    assert "version 1, in force since 1 November 2026" in page.text


async def test_an_unknown_receipt_is_unknown_and_says_nothing_more(client: httpx.AsyncClient) -> None:
    for address in ("/verify/R-2026-000001/0123456789abcdef", "/verify/nonsense/x", "/verify/P-2026-000001/0123456789abcdef"):
        answer = await client.get(address)
        assert answer.status_code == 404
        assert "Nessuna ricevuta" in answer.text


async def walk(visitor: Visitor, until: str, read_code) -> None:
    """Answers by forms until a question is open."""
    await visitor.enter("new")
    for _ in range(120):
        path = visitor.question
        if path == until:
            return
        if path == "journey.email_code":
            await visitor.send(value=await read_code())
        elif path in PERSON:
            await visitor.send(value=as_typed(PERSON[path]))
        elif 'value="true"' in visitor.page:
            await visitor.send(value="true")
        else:
            await visitor.send(command="skip")
        assert visitor.answer.status_code == 200
        assert "<title>Errore" not in visitor.page, (path, re.findall(r'<p class="error".*?</p>', visitor.page))
    raise AssertionError(f"still at {visitor.question}")


def as_typed(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, list) else str(value)
