"""The client area's address; what stands behind it is imported when somebody comes, and not while the house starts."""

from functools import cached_property

from starlette.routing import Router
from starlette.types import Receive, Scope, Send

from bots.web.conversations import Conversations
from bots.web.frame import Frames
from dialogs.services import Services


class ClientArea:
    def __init__(self, services: Services, conversations: Conversations, frames: Frames) -> None:
        self._services, self._conversations, self._frames = services, conversations, frames

    @cached_property
    def _router(self) -> Router:
        from bots.web.client_area.app import routes

        return Router(routes(self._services, self._conversations, self._frames))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._router(scope, receive, send)
