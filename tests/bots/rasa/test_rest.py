"""Rasa's REST channel: the form of a live Rasa, one sender one conversation, buttons, idempotence, what must leave."""

import asyncio
import json
import re
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from bots.web.app import create_app
from dialogs.events import StaffSaid
from dialogs.services import Services
from storage.chats import index_of
from storage.senders import find_sender
from tests.bots.rasa.conftest import WEBHOOK, Person
from tests.bots.rasa.sdk import ROOT
from tests.bots.web.conftest import ORIGIN, Made
from tests.dialogs.driver import PERSON

pytestmark = pytest.mark.slow

IDENTITY = "registration_person.identity"
COLLECTION = "modules.electronic_collection.act"


async def conversation_of(services: Services, person: Person) -> str:
    async with services.database.transaction() as session:
        bound = await find_sender(session, index_of(services.keys, "rasa", person.sender))
    assert bound is not None
    return bound.conversation


async def turns_of(services: Services, person: Person) -> list[dict[str, Any]]:
    conversation = await conversation_of(services, person)
    return [json.loads(turn.replies) for turn in await services.turn_store.read_turns(conversation)]


async def test_the_answer_has_the_form_of_a_live_rasas(person: Person) -> None:
    """Text and buttons are one message, custom the next (recorded from Rasa 3.6.21)."""
    recorded = json.loads((ROOT / "tests/data/rasa/rest_channel.json").read_text())
    live = {frozenset(message) for each in recorded for message in each["response"]}
    *said, asked, custom = await person.say(recorded[0]["request"]["message"])
    assert {frozenset(asked), frozenset(custom)} == live
    assert all(set(message) == {"recipient_id", "text"} for message in said)
    assert all(set(button) == {"title", "payload"} for button in asked["buttons"])
    assert [button["title"] for button in asked["buttons"]] == ["Italiano", "English"]
    assert {message["recipient_id"] for message in person.heard} == {person.sender}
    assert custom["custom"]["question"] == "journey.language"


async def test_a_card_is_filled_in_by_buttons_and_words(person: Person, services: Services, read_code: Any) -> None:
    await person.say("ciao")
    await person.walk({**PERSON}, "registration_person.bank.iban", read_code)
    assert (await turns_of(services, person))[-1]["question"]["path"] == "registration_person.bank.iban"


@pytest.mark.parametrize(
    ("message", "then"),
    [
        ('/inform{"choice":"register"}', "journey.party_kind"),
        ('/inform{"goal": "register"}', "journey.party_kind"),
        ('/inform@1.0{"choice":"register"}', "journey.party_kind"),
        ("register", "journey.party_kind"),
        ('/inform{"municipality": "Torino"}', "journey.goal"),
        ('/inform{"button": "0123456789ab.2.c0"}', "journey.goal"),
        ("/inform{broken", "journey.goal"),
        ("/go_back", "journey.language"),
        ("/language", "journey.language"),
        ("/affirm", "journey.goal"),
        ("/greet", "journey.goal"),
    ],
)
async def test_payloads_say_what_a_rasa_client_means(person: Person, message: str, then: str) -> None:
    await person.say("ciao")
    await person.press("Italiano")
    assert person.asked["question"] == "journey.goal"
    await person.say(message)
    assert person.asked["question"] == then


async def test_affirm_and_deny_answer_only_what_was_shown(person: Person, services: Services, read_code: Any) -> None:
    await person.say("ciao")
    await person.walk({**PERSON}, f"{IDENTITY}.confirm", read_code)
    await person.say("/affirm")
    assert (await turns_of(services, person))[-2]["question"]["path"] == f"{IDENTITY}.confirm"
    assert person.asked["question"] != f"{IDENTITY}.confirm"


async def test_a_stale_button_shows_todays_question_and_says_nothing(person: Person, services: Services) -> None:
    await person.say("ciao")
    language = person.payload("English")
    await person.press("Italiano")
    before = await turns_of(services, person)
    await person.say(language)
    assert person.asked["question"] == "journey.goal"
    assert "andata avanti" in person.texts[0]
    assert await turns_of(services, person) == before


async def test_a_stale_skip_skips_nothing(person: Person, services: Services, read_code: Any) -> None:
    await person.say("ciao")
    await person.walk({**PERSON}, f"{IDENTITY}.landline", read_code)
    skip = person.payload("Salta")
    await person.say(skip)
    assert person.asked["question"] == f"{IDENTITY}.pec"
    before = await turns_of(services, person)
    await person.say(skip)
    assert person.asked["question"] == f"{IDENTITY}.pec"
    assert await turns_of(services, person) == before


async def test_the_same_message_id_is_answered_once_and_the_same(person: Person, services: Services) -> None:
    first = await person.say("ciao", metadata={"message_id": "m-1"})
    assert await person.say("ciao", metadata={"message_id": "m-1"}) == first
    payload = person.payload("Italiano")
    second = await person.say(payload, metadata={"message_id": "m-2"})
    assert await person.say(payload, metadata={"message_id": "m-2"}) == second
    assert len(await turns_of(services, person)) == 2


async def test_two_at_once_of_one_sender_open_one_conversation(person: Person, services: Services) -> None:
    answers = await asyncio.gather(*(person.post("ciao") for _ in range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    async with services.database.transaction() as session:
        assert await session.scalar(text("select count(*) from conversation")) == 1
    assert (await turns_of(services, person))[-1]["question"]["path"] == "journey.language"


async def test_the_second_of_two_at_once_answers_nothing_it_had_not_seen(person: Person, services: Services, read_code: Any) -> None:
    await person.say("ciao")
    await person.walk({**PERSON}, f"{IDENTITY}.family_name", read_code)
    await asyncio.gather(person.post("Esempio"), person.post("Demetra"))
    assert (await turns_of(services, person))[-1]["question"]["path"] == f"{IDENTITY}.given_name"


async def test_senders_have_conversations_of_their_own(client: httpx.AsyncClient, services: Services) -> None:
    one, other = Person(client, "demo-a"), Person(client, "demo-b")
    await one.say("ciao")
    await one.press("Italiano")
    await other.say("ciao")
    assert (one.asked["question"], other.asked["question"]) == ("journey.goal", "journey.language")
    assert await conversation_of(services, one) != await conversation_of(services, other)


async def test_a_button_of_another_senders_conversation_does_nothing(client: httpx.AsyncClient, services: Services) -> None:
    one, other = Person(client, "demo-a"), Person(client, "demo-b")
    await one.say("ciao")
    await other.say("ciao")
    await other.say(one.payload("English"))
    assert len(await turns_of(services, other)) == 1


async def test_nothing_of_a_sender_stands_in_clear(person: Person, services: Services) -> None:
    person.sender = "mario.rossi@example.org"
    await person.say("ciao", metadata={"message_id": "mario.rossi-1"})
    async with services.database.transaction() as session:
        rows = (await session.execute(text("select sender::text from sender"))).scalars().all()
    assert not [row for row in rows if "mario" in row]


async def test_a_sensitive_question_leaves_by_a_one_time_link_and_comes_back(made: Made, read_code: Any) -> None:
    services = made.services()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(services)), base_url=ORIGIN) as client:
        person = Person(client)
        await person.say("ciao")
        await person.walk({**PERSON}, "registration_person.bank.iban", read_code)
        [link] = re.findall(rf"{ORIGIN}/enter/\S+", person.texts[-1])
        assert person.asked["link"] == link
        await person.say("IT60X0542811101000000123456")
        assert person.asked["question"] == "registration_person.bank.iban"
        [link] = re.findall(rf"{ORIGIN}/enter/\S+", person.texts[-1])
        done = person.payload("Fatto")
        entered = await client.post(link, headers={"origin": ORIGIN})
        assert entered.status_code == 303
        conversation = await conversation_of(services, person)
        answer = await client.post(
            f"/api/chat/conversations/{conversation}/turns",
            headers={"origin": ORIGIN},
            json={"id": "web-1", "question": "registration_person.bank.iban", "value": "IT60X0542811101000000123456"},
        )
        assert answer.status_code == 200
        await person.say(done)
        assert "Riprendiamo da qui" in person.texts[0]
        assert person.asked["question"] == answer.json()["question"]["path"]
        before = len(await turns_of(services, person))
        await person.say("Demetra Esempio")
        assert len(await turns_of(services, person)) == before + 1
        assert "domanda di prima" not in person.texts[0]


async def test_what_the_agency_says_meanwhile_comes_with_the_next_answer(person: Person, services: Services) -> None:
    await person.say("ciao")
    await person.press("Italiano")
    conversation = await conversation_of(services, person)
    said = json.loads(await services.turns.say(conversation, StaffSaid("rejected", {"reason": "DEMO", "submission": str(UUID(int=0))})))
    await person.say("perché?")
    assert said["messages"][0]["text"] in person.texts
    await person.say("perché?")
    assert said["messages"][0]["text"] not in person.texts


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"sender": "", "message": "ciao"}', b'{"sender": "x", "message": 3}', b'{"message": "ciao"}']
)
async def test_a_body_of_another_form_is_refused_with_a_problem(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post(WEBHOOK, content=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


@pytest.mark.parametrize("words", ["", "\ud800", "\0", "x" * 30_000, "/", "/{}", "سلام", "/inform{}"])
async def test_any_words_are_answered(person: Person, words: str) -> None:
    await person.say("ciao")
    content = json.dumps({"sender": person.sender, "message": words})
    answer = await person.client.post(WEBHOOK, content=content)
    assert answer.status_code == 200
    assert answer.json()[-1]["custom"]["question"] == "journey.language"


async def test_the_secret_is_required_where_one_is_set(with_secret: httpx.AsyncClient) -> None:
    body = {"sender": "demo", "message": "ciao"}
    for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": "demo-rasa-secret"}):
        assert (await with_secret.post(WEBHOOK, json=body, headers=headers)).status_code == 401
    answer = await with_secret.post(WEBHOOK, json=body, headers={"authorization": "Bearer demo-rasa-secret"})
    assert answer.json()[-1]["custom"]["question"] == "journey.language"


async def test_without_a_secret_only_a_demo_answers(made: Made) -> None:
    app = create_app(replace(made.services(), is_demo=False))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as client:
        assert (await client.post(WEBHOOK, json={"sender": "demo", "message": "ciao"})).status_code == 404


@pytest.mark.parametrize(
    ("given", "greeting"), [({"language": "en-GB"}, "Which language"), ({"language": 7}, "Buongiorno"), ({}, "Buongiorno")]
)
async def test_a_conversation_opens_in_the_language_that_the_client_names(person: Person, given: dict[str, Any], greeting: str) -> None:
    await person.say("hello", metadata=given)
    assert greeting in " ".join(person.texts)
