"""The intake inside somebody's own bot: behind a router of aiogram's, or among the handlers of python-telegram-bot's."""

from typing import TYPE_CHECKING, Any

from aiogram import Router
from aiogram.types import TelegramObject, Update

from bots.telegram.station import Station

if TYPE_CHECKING:
    from telegram.ext import TypeHandler


class Mounted:
    """Whatever comes by the router, or to the handlers, out of a private chat is taken as a message of the conversation; what their bot answers
    itself must not. Groups and channels are theirs."""

    def __init__(self, station: Station) -> None:
        self._station = station

    def mount(self, router: Router) -> Router:
        """The same router, for `include_router`: the last of theirs."""
        for observer in (router.message, router.edited_message, router.callback_query, router.my_chat_member):
            observer.register(self._take)
        return router

    def handlers(self) -> "list[TypeHandler[Any, Any, Any]]":  # Any: their application's own context
        """For `add_handlers`, after those of theirs."""
        import telegram
        from telegram.ext import TypeHandler

        async def take(update: telegram.Update, _context: object) -> None:
            await self._station.take(update.to_dict())

        return [TypeHandler(telegram.Update, take)]

    async def _take(self, _event: TelegramObject, event_update: Update) -> None:
        await self._station.take(event_update.model_dump(mode="json", exclude_none=True, by_alias=True))
