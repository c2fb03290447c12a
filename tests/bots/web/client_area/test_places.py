"""The area's other pages: consents, documents, quotes and policies, contact, one's own data (S0-11, S0-25)."""

import io
import json
import re
import zipfile

import pytest
from sqlalchemy import select, update

from bots.web.client_area.visits import PLACES
from console.erasing import list_erasures
from rules.access import Role
from rules.languages import LANGUAGES
from storage.chats import Chats, bind_chat, index_of
from storage.documents import About, Stored, keep_document
from storage.parties import conversations_of, open_party, read_contact
from storage.senders import bind_sender
from storage.tables.evidence import Act
from storage.tables.messages import OutgoingMail
from storage.tables.parties import Party
from tests.bots.house import a_customer, a_quote, a_registration, an_offer, unreadable
from tests.bots.web.client_area.conftest import PASSWORD, Browser, another, entered_as
from tests.bots.web.client_area.test_entrance import at
from tests.bots.web.conftest import Made, a_client
from tests.bots.web.test_pages import Visitor
from tests.builders import a_suspended_registration
from tests.console.house import a_colleague
from tests.dialogs.driver import HOME

pytestmark = pytest.mark.slow
BY_MAIL, BY_POST = "modules.privacy_marketing.act_email", "modules.privacy_marketing.act_post"


async def acts_of(browser: Browser, question: str) -> list[str]:
    async with browser.services.database.transaction() as session:
        theirs = select(Act.answer).where(Act.party_id == browser.party, Act.question == question).order_by(Act.number)
        return list(await session.scalars(theirs))


async def kept(browser: Browser, content: bytes, media_type: str, about: About) -> Stored:
    """A document of the customer's."""
    services = browser.services
    async with services.database.transaction() as session:
        owner = await open_party(session, services.keys, browser.party)
        stored = await services.documents.put(owner, content, media_type=media_type)
        await keep_document(session, owner, stored, about)
    return stored


async def test_a_consent_is_taken_back_with_one_press_and_its_receipt(resident: Browser) -> None:
    """GDPR 7(3): no more presses than giving it took."""
    page = await resident.look("/consents")
    assert re.search(rf'value="{BY_MAIL}">Revoca<', page)
    await resident.send("/consents", question=BY_MAIL)
    assert resident.at == "/area/consents?done"
    assert await acts_of(resident, BY_MAIL) == ["accept", "withdrawn"]
    page = await resident.look("/consents?done")
    assert "la ricevuta arriva per e-mail" in page
    assert re.search(rf'value="{BY_MAIL}">Leggi e decidi<', page)


async def test_a_consent_is_given_where_its_text_stands(resident: Browser) -> None:
    await resident.send("/consents", question=BY_POST)
    assert resident.at == "/chat#now"
    chat = Visitor(resident.client)
    await chat.look()
    assert chat.question == BY_POST
    assert 'class="paper"' in chat.page
    assert await acts_of(resident, BY_POST) == ["refuse"]
    await chat.send(value="accept")
    assert await acts_of(resident, BY_POST) == ["refuse", "accept"]


async def test_what_is_not_free_has_no_button_and_the_path_is_whole(resident: Browser) -> None:
    page = await resident.look("/consents")
    assert "modules.privacy_insurance.act" not in page
    assert "R-20" in page
    for nonsense in ("modules.privacy_insurance.act", "modules.nowhere.act", ""):
        await resident.send("/consents", question=nonsense)
        assert resident.at == "/area/consents"


async def test_documents_are_ones_own_alone(entered: Browser, house: Made) -> None:
    services = entered.services
    async with services.database.transaction() as session:
        owner = await open_party(session, services.keys, entered.party)
    content = b"%PDF-1.7 a document of this test"
    stored = await services.documents.put(owner, content, media_type="application/pdf")
    async with services.database.transaction() as session:
        await keep_document(session, owner, stored, About(kind="receipt", title="Ricevuta R-2026-000001"))
    page = await entered.look("/documents")
    assert "R-2026-000001" in page
    address = f"/documents/{stored.id}"
    await entered.look(address)
    assert entered.answer.content == content
    assert entered.answer.headers["content-disposition"].startswith('attachment; filename="Ricevuta R-2026-000001.pdf"')
    await entered.look(f"{address}?open")
    assert entered.answer.headers["content-disposition"].startswith("inline;")
    stranger = await entered_as(house, *a_registration())
    assert "Non c’è ancora nessun documento" in await stranger.look("/documents")
    for path in (address, "/documents/nonsense", "/documents/0193a000-0000-7000-8000-000000000000"):
        await stranger.look(path)
        assert stranger.answer.status_code == 404


async def test_a_document_that_cannot_be_read_has_a_page_that_says_so(entered: Browser) -> None:
    stored = await kept(entered, b"%PDF-1.7", "application/pdf", About(kind="receipt", title="Ricevuta"))
    with unreadable(entered.services, entered.party, stored.id):
        page = await entered.look(f"/documents/{stored.id}")
        assert entered.answer.status_code == 503
        assert "Il documento non si può aprire in questo momento" in page
        await entered.send("/data/file")
    with zipfile.ZipFile(io.BytesIO(entered.answer.content)) as file:
        told = json.loads(file.read("data.json"))
    assert {each["file"] for each in told["documents"] if each["id"] == str(stored.id)} == {None}


async def test_quotes_show_how_far_they_have_come(house: Made) -> None:
    browser = await entered_as(house, *a_registration(), a_quote())
    page = await browser.look("/policies")
    assert "Prezzo indicativo: 462,87" in page
    assert "In sospeso" in page
    await an_offer(browser.services, browser.party)
    page = await browser.look("/policies")
    assert "Offerta: 480,00" in page
    assert "31 dicembre" in page or "dicembre 2026" in page


async def test_a_quote_that_was_begun_stands_on_the_first_page_and_goes_on_where_it_was(house: Made) -> None:
    services, email, question = house.services(), "iniziato@example.org", "quote_home.needs.role"
    case = await a_suspended_registration(services, email=email)
    browser = Browser(services, a_client(services), email, case.party)
    await browser.set_password()
    assert "preventivo iniziato" not in await browser.look()
    await case.customer.play(HOME, until=question)
    assert "Hai un preventivo iniziato" in await browser.look()
    await browser.send("/policies")
    chat = Visitor(browser.client)
    await chat.look()
    assert chat.question == question


async def test_how_to_be_reached_is_kept_for_the_colleagues(entered: Browser) -> None:
    await entered.send("/contact", channel="phone", time="evening")
    assert entered.at == "/area/contact?saved"
    page = await entered.look("/contact?saved")
    assert 'value="phone" checked' in page
    async with entered.services.database.transaction() as session:
        owner = await open_party(session, entered.services.keys, entered.party)
        contact = read_contact(owner, await session.get_one(Party, entered.party))
    assert contact is not None
    assert (contact.channel, contact.time) == ("phone", "evening")
    await entered.send("/contact", channel="pigeon", time="evening")
    assert entered.at == "/area/contact"


async def test_the_file_holds_all_of_ones_own_and_of_nobody_else(entered: Browser, house: Made) -> None:
    other = f"other.{entered.party}@example.org"
    await a_customer(house.services(), *a_registration(), emails=(other,))
    await entered.send("/data/file")
    assert entered.answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(entered.answer.content)) as file:
        told = json.loads(file.read("data.json"))
        whole = b"".join(file.read(name) for name in file.namelist())
    assert told["customer"]["id"] == str(entered.party)
    assert told["account"]["name"] == entered.email
    assert len(told["account"]["sessions"]) == 1
    assert told["cards"][-1]["answers"]["registration_person.bank.iban"] == "IT60X0542811101000000123456"
    assert other.encode() not in whole
    assert PASSWORD.encode() not in whole
    assert told["looked_at"][-1]["action"] == "access.made"


async def test_erasure_is_asked_for_once_and_colleagues_see_it(entered: Browser) -> None:
    assert "Hai chiesto la cancellazione" not in await entered.look("/data")
    for _ in range(2):
        await entered.send("/data/erasure")
    assert "Hai chiesto la cancellazione" in await entered.look("/data")
    mailed = select(OutgoingMail.recipient).where(OutgoingMail.kind == "erasure_request", OutgoingMail.party_id == entered.party)
    manager = await a_colleague(entered.services, Role.MANAGER)
    (asked,) = [each for each in await list_erasures(entered.services, manager) if each.party == entered.party]
    assert (asked.asked_by, asked.can_order) == ("customer", True)
    async with entered.services.database.transaction() as session:
        assert list(await session.scalars(mailed)) == ["agency"]


async def test_the_area_is_read_in_another_language_from_any_page(entered: Browser) -> None:
    assert re.search(r'<button class="link" name="language" value="en" lang="en">English</button>', await entered.look("/documents"))
    await entered.send("/language", language="en", place="documents")
    assert entered.at == "/area/documents"
    assert '<html lang="en" dir="ltr">' in await entered.look("/documents")
    for language, place in (("xx", "documents"), ("en", "https://example.org"), ("en", "//example.org")):
        await entered.send("/language", language=language, place=place)
        assert entered.at in {"/area", "/area/documents"}
    assert '<html lang="en"' in await entered.look()
    await entered.send("/sign-out")
    page = await entered.look("/sign-in?lang=it")
    assert '<a href="/area/sign-in?lang=en" hreflang="en" lang="en">English</a>' in page


async def test_a_messenger_s_chat_that_knows_the_customer_is_shown_and_disconnected(entered: Browser, resident: Browser) -> None:
    assert "Chat che ti riconoscono" not in await entered.look("/security")
    services = entered.services
    index = index_of(services.keys, "telegram:4242", str(entered.party))
    async with services.database.transaction() as session:
        (conversation,) = await conversations_of(session, entered.party)
        await bind_chat(session, services.keys, index, 70_041, conversation, opened_by="t:m41")
        await bind_sender(session, index_of(services.keys, "rasa", str(entered.party)), conversation, opened_by="r:m41")
    async with Chats(services.database, services.keys) as chats:
        await resident.send("/security/chats", chat=str(conversation))
        assert (await chats.find(index)) is not None, "another customer's stays"
        page = await entered.look("/security")
        assert re.findall(r"<dd><bdi>(Telegram|Un altro servizio di chat)</bdi></dd>", page)
        assert re.search(rf'name="chat" value="{conversation}">Stacca<', page)
        await entered.send("/security/chats", chat=str(conversation))
        assert entered.at == "/area/security"
        assert await chats.find(index) is None
    assert "Chat che ti riconoscono" not in await entered.look("/security")


async def test_what_is_sensitive_or_cannot_be_called_back_wants_the_password_fresh(entered: Browser) -> None:
    later = another(entered, at(entered.services, minutes=6))
    later.client.cookies = entered.client.cookies
    stored = await kept(entered, b"\x89PNG a scan of this test", "image/png", About(kind="upload", title="carta.png"))
    await later.look(f"/documents/{stored.id}")
    assert later.at == "/area/again?to=documents"
    for path in ("/data/file", "/data/erasure"):
        await later.send(path)
        assert later.at == "/area/again?to=data"
    await later.send("/again?to=data", password=PASSWORD)
    assert later.at == "/area/data"


async def test_every_page_speaks_every_language(house: Made) -> None:
    customer = await entered_as(house, *a_registration(), a_quote())
    browser = another(customer, house.services(languages=LANGUAGES))
    browser.client.cookies = customer.client.cookies
    addresses = [
        "",
        *(f"/{place}" for place in PLACES[1:]),
        "/security/second",
        "/security/password",
        "/again",
        "/card?open",
        "/consents?done",
    ]
    for language in LANGUAGES:
        async with customer.services.database.transaction() as session:
            await session.execute(update(Party).where(Party.id == customer.party).values(language=language))
        for address in addresses:
            page = await browser.look(address)
            assert browser.answer.status_code == 200, (language, address)
            assert f'<html lang="{language}"' in page
            assert "{" not in re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL), (language, address)


async def test_a_person_is_greeted_by_the_given_name_and_the_foot_says_how_to_reach_the_agency(resident: Browser) -> None:
    page = await resident.look()
    assert "Buongiorno, Demetra." in page
    settings = resident.services.settings
    foot = page[page.index('<footer class="foot"') :]
    assert all(told in foot for told in (settings.agency_address, f"mailto:{settings.agency_email}", settings.agency_phone))
