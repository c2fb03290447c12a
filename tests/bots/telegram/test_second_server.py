"""Another's Bot API server takes what we send as ours does: `pip install lo-bot-api-emulator` (tried: 0.3.6), without it this is skipped."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from bots.messengers.buttons import Button, Place
from storage.chats import Known, index_of
from tests.bots.telegram.house import House, a_bot, turns_of
from tests.bots.web.conftest import Made
from tests.dialogs.driver import PERSON
from tests.telegram_server import PATIENCE_S, TOKEN

pytestmark = pytest.mark.slow

emulator = pytest.importorskip("lo_bot_api_emulator", reason="optional: pip install lo-bot-api-emulator")
web = pytest.importorskip("aiohttp.web")  # what it stands on
USER = {"id": 70_001, "is_bot": False, "first_name": "Demetra", "language_code": "it"}
CHAT = {"id": 70_001, "type": "private", "first_name": "Demetra"}
BOT_ID = TOKEN.partition(":")[0]
_numbers = count(10_001)  # after whatever number it gives what we send


class Server(emulator.LoBotApiEmulator):  # type: ignore[misc]  # installed where somebody wants this test
    """Made for another messenger that speaks Telegram's API, it refuses what that one has not: a preview of links, which we switch off."""

    async def read_request(self, request: web.Request) -> tuple[dict[str, Any], Any]:
        fields, uploads = await super().read_request(request)
        return {name: given for name, given in fields.items() if name != "link_preview_options"}, uploads


@dataclass
class Customer:
    """By updates made by hand: this server keeps nothing of what is said in a chat."""

    server: Any
    house: House

    async def say(self, **what: Any) -> None:
        await self._send("message", {"message_id": next(_numbers), "date": 1, "chat": CHAT, "from": USER, **what})

    async def tap(self, button: Button) -> None:
        message = {"message_id": 1, "date": 1, "chat": CHAT, "text": "…"}
        await self._send(
            "callback_query", {"id": str(next(_numbers)), "from": USER, "chat_instance": "1", "data": button.data, "message": message}
        )

    async def answer(self, turn: dict[str, Any], place: Place) -> None:
        question = turn["question"]
        value = PERSON.get(question["path"], True)
        match question["type"]:
            case "code":
                await self.say(text=await self.house.code())
            case "choice":
                at = [choice["value"] for choice in question["choices"]].index(value)
                await self.tap(place.button("", "c", str(at)))
            case "confirm" | "yes_no":
                await self.tap(place.button("", "y" if value else "n"))
            case "phone":
                await self.say(contact={"phone_number": str(value), "first_name": "Demetra", "user_id": USER["id"]})
            case _:
                await self.say(text=str(value))

    async def stands(self, after: int = 0) -> tuple[dict[str, Any], Place]:
        """The latest turn, once it was told."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                chat: Known | None = await self.house.chats.find(index_of(self.house.services.keys, f"telegram:{BOT_ID}", CHAT["id"]))
                loaded = await self.house.services.turn_store.load(chat.conversation, fresh=True) if chat else None
                if chat and loaded and chat.told == loaded.version > after:
                    [turn] = await turns_of(self.house.services, chat.conversation, chat.told - 1)
                    return turn, Place(chat.conversation, chat.told)
                await asyncio.sleep(0.01)

    async def _send(self, kind: str, what: dict[str, Any]) -> None:
        await self.server.enqueue_update({kind: what}, token=TOKEN)


@asynccontextmanager
async def serving(server: Any) -> AsyncIterator[str]:
    runner = web.AppRunner(server.app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_another_server_refuses_nothing_that_we_send(made: Made) -> None:
    server = Server()
    async with serving(server) as url, a_bot(made, SimpleNamespace(token=TOKEN, url=url)) as house:  # type: ignore[arg-type]  # all it asks of it
        customer = Customer(server, house)
        await customer.say(text="/start")
        turn, place = await customer.stands()
        while turn["question"]["path"] != "registration_person.identity.landline":
            await customer.answer(turn, place)
            turn, place = await customer.stands(after=place.turn)
    assert {asked["method"] for asked in server.requests} >= {
        "getMe",
        "getUpdates",
        "sendMessage",
        "editMessageText",
        "answerCallbackQuery",
        "setMyCommands",
    }
    assert [asked for asked in server.requests if asked["status"] != 200] == []
