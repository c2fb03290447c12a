"""What a customer does, the same on every channel."""

from collections.abc import Awaitable, Callable

from tests.conformance.channels import Channel
from tests.dialogs.driver import COMPANY, PERSON, Script

type Scene = Callable[[Channel], Awaitable[None]]

NAME = "registration_person.identity.family_name"


async def to(channel: Channel, path: str, script: Script = PERSON) -> None:
    """Registers as far as that question; whatever is not in the script is confirmed or skipped."""
    for _ in range(150):
        question = channel.question
        if question["path"] == path:
            return
        if question["type"] == "code":
            await channel.say(await channel.code())
        elif question["path"] in script:
            await channel.answer(script[question["path"]])
        elif question["type"] == "confirm":
            await channel.answer(value=True)
        else:
            await channel.command("skip")
    raise AssertionError(f"still at {channel.question['path']}")


async def register(channel: Channel) -> None:
    """As far as a messenger may ask."""
    await to(channel, "registration_person.bank.iban")
    await channel.command("skip")
    await to(channel, "journey.goal")


async def register_a_company(channel: Channel) -> None:
    """Likewise; nobody owns a quarter of it."""
    await to(channel, "registration_company.bank.iban", COMPANY)
    await channel.command("skip")
    await to(channel, "journey.goal", COMPANY)
    await channel.answer("quote_home")


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
    misunderstand, agree_vaguely, register, register_a_company,
)  # fmt: skip
