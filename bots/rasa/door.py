"""Rasa's REST channel: `POST /webhooks/rest/webhook` as a live Rasa answers it."""

import hmac
import uuid
from typing import Any, Final

import msgspec
import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bots.rasa.talks import Said, Talks
from bots.web import problems
from bots.web.bodies import decode
from bots.web.conversations import Conversations
from bots.web.problems import NO_STORE
from bots.web.raw import header
from bots.web.uploads import read_body
from dialogs.services import Services
from rules.languages import preferred

PATH: Final = "/webhooks/rest"
MOST_SENDER: Final = 255


class MessageBody(msgspec.Struct):
    """Other fields of Rasa's form are taken and passed over."""

    sender: str
    message: str
    metadata: dict[str, Any] | None = None  # Any: the client's own


_messages = msgspec.json.Decoder(MessageBody)


class RestChannel:
    def __init__(self, services: Services, conversations: Conversations) -> None:
        secret = services.settings.rasa_secret
        self._secret = secret.get_secret_value().encode() if secret is not None else None
        self._is_open = services.is_demo or secret is not None
        self._conversations = conversations
        self._talks = Talks(services)

    def routes(self) -> list[Route]:
        """None where there is neither a secret nor a demo."""
        if not self._is_open:
            return []
        return [Route(f"{PATH}/webhook", self.take, methods=["POST"]), Route(f"{PATH}/", self.tell_health, methods=["GET"])]

    async def take(self, request: Request) -> Response:
        self._admit(request)
        body = decode(await read_body(request, self._conversations.max_body), _messages)
        if not 0 < len(body.sender) <= MOST_SENDER:
            raise problems.not_of_a_form(f"`sender` is 1 to {MOST_SENDER} characters.")
        said = Said(body.sender, body.message, _id_of(body), self._language(request, body))
        if wait_s := self._conversations.wait_for_sender(request, said.sender, said.id):
            raise problems.too_fast(wait_s)
        answer = await self._talks.answer(said)
        return Response(orjson.dumps(answer), headers=NO_STORE, media_type="application/json")

    async def tell_health(self, _request: Request) -> Response:
        return Response(b'{"status":"ok"}', media_type="application/json")

    def _admit(self, request: Request) -> None:
        scheme, _, given = header(request, b"authorization").partition(" ")
        if self._secret is None:
            return
        if scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), self._secret):
            return
        wait_s = self._conversations.wait_after_guess(request)
        raise problems.too_fast(wait_s) if wait_s else problems.unauthorised()

    def _language(self, request: Request, body: MessageBody) -> str:
        languages = self._conversations.languages
        given = str((body.metadata or {}).get("language") or "").partition("-")[0].lower()
        return given if given in languages else preferred(request.headers.get("accept-language", ""), languages)


def _id_of(body: MessageBody) -> str:
    """The channel has no message ids: a client that sends its own may repeat a message that got no answer."""
    given = (body.metadata or {}).get("message_id")
    return str(given) if given else uuid.uuid4().hex
