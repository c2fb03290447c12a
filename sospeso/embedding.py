"""The conversation inside a program of somebody's own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from sospeso.parts import make_current, open_database, open_services
from sospeso.settings import load_settings
from storage.settings import NotConfigured

if TYPE_CHECKING:
    from bots.telegram.mounting import Mounted


@asynccontextmanager
async def open_intake() -> "AsyncIterator[Mounted]":
    """For a bot that fetches its updates itself: settings as for `sospeso serve`, with that bot's token.

    Raises NotConfigured."""
    from bots.telegram.mounting import Mounted
    from bots.telegram.station import Station

    settings = load_settings()
    if settings.telegram_token is None or settings.public_url is None:
        raise NotConfigured("The bot inside yours needs SOSPESO_TELEGRAM_TOKEN, and SOSPESO_PUBLIC_URL, where its secure pages are.")
    with open_database(settings) as addresses:
        await asyncio.to_thread(make_current, addresses)
        async with open_services(settings, addresses) as services:
            station = Station(services, receives=False)
            async with station.at_work():
                yield Mounted(station)
