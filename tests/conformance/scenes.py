"""What a customer does, the same on every channel."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from console.takeovers import give_back, take_over, write
from tests.bots.web.test_api import PNG
from tests.conformance.channels import Channel
from tests.console.house import a_colleague
from tests.dialogs.driver import COMPANY, HOME, PERSON, Script

type Scene = Callable[[Channel], Awaitable[None]]

NAME = "registration_person.identity.family_name"
IBAN = str(PERSON["registration_person.bank.iban"])
QUOTE: Script = {**HOME, "quote_home.needs.starts_on": (datetime.now(UTC) + timedelta(days=9)).date().isoformat()}


async def walk(channel: Channel, path: str, script: Script = PERSON) -> None:
    """As far as that question; whatever is not in the script is confirmed or skipped."""
    for _ in range(150):
        if channel.path == path:
            return
        await _step(channel, script)
    raise AssertionError(f"still at {channel.path}")


async def _step(channel: Channel, script: Script) -> None:
    question = channel.question
    assert question is not None
    if question["type"] == "code":
        await channel.say(await channel.code())
    elif question["path"] == "journey.email":
        await channel.answer(channel.email)
    elif question["path"] in script:
        await channel.answer(script[question["path"]])
    elif question["type"] == "confirm":
        await channel.answer(value=True)
    else:
        await channel.command("skip")


async def to(channel: Channel, path: str, script: Script = PERSON) -> None:
    """Registers to where the scene begins; in a browser without its pages."""
    async with channel.on_the_way() as quick:
        await walk(quick, path, script)


async def register_and_ask_for_a_quote(channel: Channel) -> None:
    await to(channel, "registration_person.work.occupation")
    await walk(channel, "registration_person.bank.iban")
    await channel.command("skip")
    await walk(channel, "journey.goal")
    await channel.answer("quote_home")
    await to(channel, "quote_home.security.door", QUOTE)
    await walk(channel, "journey.goal", QUOTE)


async def register_a_company(channel: Channel) -> None:
    await to(channel, "registration_company.representative.representative_powers", COMPANY)
    await walk(channel, "registration_company.bank.iban", COMPANY)
    await channel.command("skip")
    await walk(channel, "journey.goal", COMPANY)
    await channel.answer("quote_home")


async def leave_for_the_secure_page(channel: Channel) -> None:
    await to(channel, "registration_person.bank.iban")
    await channel.answer_safely(IBAN)
    await channel.answer("Demetra Esempio")
    await channel.answer(value=True)


async def hand_in_photos(channel: Channel) -> None:
    await to(channel, "registration_person.document.document_front")
    await channel.hand_in(PNG)
    await channel.hand_in(PNG + b" ")
    await channel.answer(value=True)


async def go_on_elsewhere_and_come_back(channel: Channel) -> None:
    await to(channel, NAME)
    await channel.answer_elsewhere("Esempio")
    await channel.say("Demetra")


async def talk_to_a_colleague(channel: Channel) -> None:
    await to(channel, NAME)
    await channel.command("human")
    await channel.command("skip")
    services, conversation = channel.services, UUID(channel.conversation)
    agent = await a_colleague(services, name="Demo Due")
    await take_over(services, agent, conversation)
    await channel.look()
    await channel.say("Quanto costa?")
    await write(services, agent, conversation, "Te lo dico subito.", "1")
    await channel.look()
    await channel.say("Grazie")
    await give_back(services, agent, conversation)
    await channel.look()
    await channel.say("Esempio")


async def skip(channel: Channel) -> None:
    await to(channel, "registration_person.identity.pec")
    await channel.command("skip")
    await to(channel, "registration_person.document.document_kind")
    await channel.command("skip")


async def go_back(channel: Channel) -> None:
    await to(channel, "registration_person.identity.sex")
    await channel.command("back")
    await channel.command("back")
    await channel.say("Esempi")


async def press_a_stale_button(channel: Channel) -> None:
    await channel.answer("it")
    await channel.answer_stale("en")
    await channel.answer("register")
    await channel.answer_stale("complaint")
    await channel.answer("person")


async def tap_twice(channel: Channel) -> None:
    await channel.answer_twice("it")
    await channel.answer_twice("register")
    await to(channel, "modules.electronic_collection.act")
    await channel.answer_twice("accept")


async def come_again(channel: Channel) -> None:
    await channel.answer("it")
    await channel.deliver_again()
    await to(channel, NAME)
    await channel.say("Esempio")
    await channel.deliver_again()
    await channel.say("Demetra")


async def say_two_things_at_once(channel: Channel) -> None:
    await to(channel, NAME)
    await channel.say_at_once("Esempio", "Demetra")
    await channel.say("Demetra")


async def change_the_language(channel: Channel) -> None:
    await to(channel, NAME)
    await channel.say("/language en")
    await channel.say("why?")
    await channel.say("Example")


async def ask_for_a_person(channel: Channel) -> None:
    await to(channel, NAME)
    await channel.command("human")
    await channel.say("+39 333 1234567")


async def correct(channel: Channel) -> None:
    await to(channel, "registration_person.residence.municipality")
    await channel.say("no, il civico è 47")
    await channel.answer(value=True)


async def tell_several_facts(channel: Channel) -> None:
    await to(channel, "registration_person.identity.birth_date")
    await channel.say("Nata a Torino il 12 marzo 1980, cellulare: 333 7654321")
    await channel.answer(value=True)


async def misunderstand(channel: Channel) -> None:
    await to(channel, "registration_person.identity.birth_date")
    for words in ("boh", "31/02/1980", "perché?", "12 marzo 1980", "Italia"):
        await channel.say(words)


async def agree_vaguely(channel: Channel) -> None:
    await to(channel, "modules.electronic_collection.act")
    for words in ("ok", "👍", "Sì, ma solo la privacy assicurativa", "accetto"):
        await channel.say(words)


SCENES: tuple[Scene, ...] = (
    skip, go_back, press_a_stale_button, tap_twice, come_again, say_two_things_at_once, change_the_language, ask_for_a_person, correct,
    tell_several_facts, misunderstand, agree_vaguely, leave_for_the_secure_page, hand_in_photos, go_on_elsewhere_and_come_back, talk_to_a_colleague,
    register_and_ask_for_a_quote, register_a_company,
)  # fmt: skip
