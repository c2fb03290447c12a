"""Lists that another program sends, signed as Standard Webhooks 1.0.0 asks: put into the folder of its source, and read there like any file."""

import asyncio
import re
from collections import Counter
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bots.sync.webhooks import is_now, is_signed, may_be_signed, read_secret
from bots.sync.writing import write_whole
from bots.web import problems
from bots.web.conversations import Conversations
from bots.web.problems import NO_STORE
from bots.web.raw import header
from bots.web.uploads import read_programs_body
from dialogs.services import Services

_ID: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}")
"""It becomes the file's name: the same message again is the same file."""
MOST_AT_ONCE: Final = 4
"""Lists to one name. Each lies in memory until it is all there and its signature is looked at, and anybody may send one to a name they know."""
WITHIN_S: Final = 120.0
"""So long a list may take to arrive: whoever sends without end holds the place of who is expected."""


class Lists:
    def __init__(self, services: Services, conversations: Conversations) -> None:
        self._services, self._conversations = services, conversations
        self._arriving = Counter[str]()

    def routes(self) -> list[Route]:
        return [Route("/webhooks/lists/{name}", self.take, methods=["POST"])]

    async def take(self, request: Request) -> Response:
        """202: it lies in the folder; whether it can be read is told in the console."""
        services, name = self._services, str(request.path_params["name"])
        message, at, signatures = (header(request, f"webhook-{part}".encode()) for part in ("id", "timestamp", "signature"))
        if not (_ID.fullmatch(message) and is_now(at, services.clock().timestamp()) and may_be_signed(signatures)):
            raise self._refused(request)  # nothing was read yet: anybody may send anything
        if self._arriving[name] >= MOST_AT_ONCE:
            raise problems.crowded()
        self._arriving[name] += 1
        try:
            return await self._keep(request, name, message, int(at), signatures)
        finally:
            self._arriving -= Counter((name,))  # none of whom nothing arrives

    async def _keep(self, request: Request, name: str, message: str, at: int, signatures: str) -> Response:
        services = self._services
        services.programs.refresh(services.catalogue)
        source = services.sources.get(name)
        secret = read_secret(source.secret) if source and source.secret else None
        # read to an unknown name too, else what is too long would tell; kept where somebody can have signed it
        try:
            async with asyncio.timeout(WITHIN_S):
                body = await read_programs_body(request, services.settings.max_import, is_kept=secret is not None)
        except TimeoutError as error:
            raise problems.too_slow() from error
        if source is None or secret is None or not is_signed(secret, message, at, body, signatures):
            raise self._refused(request)
        try:
            await asyncio.to_thread(write_whole, source.folder / f"sent-{message}.{source.format}", body, name)
        except OSError as error:
            raise problems.out_of_reach() from error
        return Response(status_code=202, headers=NO_STORE)

    def _refused(self, request: Request) -> problems.ApiProblem:
        """One answer for all: which programs there are is nobody's business."""
        wait_s = self._conversations.wait_after_guess(request)
        return problems.too_fast(wait_s) if wait_s else problems.not_signed()
