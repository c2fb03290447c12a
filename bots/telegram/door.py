"""The webhook, and what the web knows of the bot. Imports no aiogram, which takes seconds: what comes meanwhile waits."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bots.web.problems import ApiProblem
from bots.web.raw import header
from bots.web.uploads import read_body
from storage.jobs import is_outage
from storage.settings import Settings

PATH: Final = "/telegram/webhook"
MOST_BODY: Final = 1_000_000  # an update is a message and what it answers

type Take = Callable[[object], Awaitable[None]]


class Station(Protocol):
    username: str

    async def take(self, update: object) -> None:
        """Returns once it is stored. Raises ValueError for what is no update."""


class Door:
    def __init__(self, settings: Settings) -> None:
        secret = settings.telegram_webhook_secret
        self._secret = secret.get_secret_value().encode() if secret is not None else None
        self._station: asyncio.Future[Station] = asyncio.get_running_loop().create_future()

    def open(self, station: Station) -> None:
        self._station.set_result(station)

    def fail(self, error: BaseException) -> None:
        """There is no bot: Telegram is told to come again."""
        self._station.set_exception(error)

    @property
    def username(self) -> str | None:
        """None until Telegram has told it."""
        return self._station.result().username or None if self._station.done() and self._station.exception() is None else None

    def routes(self) -> list[Route]:
        return [] if self._secret is None else [Route(PATH, self.take, methods=["POST"])]

    async def take(self, request: Request) -> Response:
        """200 once the update is stored; Telegram sends again what was answered otherwise."""
        given = header(request, b"x-telegram-bot-api-secret-token").encode()
        if not hmac.compare_digest(given, self._secret or b""):
            return Response(status_code=401)
        try:
            update = orjson.loads(await read_body(request, MOST_BODY))
        except ApiProblem as problem:
            return Response(status_code=problem.status)
        except orjson.JSONDecodeError:
            return Response(status_code=400)
        await asyncio.wait([self._station])
        if self._station.exception() is not None:
            return Response(status_code=503)
        return Response(status_code=await _status(self._station.result(), update))


async def _status(station: Station, update: object) -> int:
    try:
        await station.take(update)
    except ValueError:
        return 400
    except Exception as error:
        if is_outage(error):
            return 503
        raise
    return 200
