"""One conversation as the web reaches it: opened, entered, answered, read; for the API and for the pages alike."""

import hmac
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import msgspec
from starlette.requests import Request
from starlette.responses import StreamingResponse

from bots.web import attachments, events, problems
from bots.web.access import Credential, Doors
from bots.web.limits import Limiter, Limits, Rate
from bots.web.uploads import Upload, is_multipart
from dialogs.chat_view import ChatView
from dialogs.events import Uploaded
from dialogs.services import Services
from dialogs.turn import Incoming, Opened
from storage.entries import enter, make_link
from storage.recent import Loaded
from storage.turns import StoredTurn

CHANNEL = "web"
FILES_OF_CONVERSATION: Final = 2
FILES_OF_ADDRESS: Final = 10
"""At a time: each lies in memory until it is all there. Somebody hands in one, and several may share an address."""


class TurnHead(msgspec.Struct):
    """Of a stored turn, what the web itself looks at."""

    number: int
    messages: list[dict[str, Any]]  # shapes of the chat API
    question: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who came with a secret that opens the conversation; `opened_by` as in Incoming."""

    conversation: str
    opened_by: bytes


_heads = msgspec.json.Decoder(TurnHead)


class Conversations:
    def __init__(self, services: Services) -> None:
        settings = services.settings
        self._services = services
        self.doors = Doors(settings.public_url or "", tuple(settings.embed_origins))
        self.max_body, self.max_upload = settings.max_body, settings.max_upload
        self.languages = tuple(settings.languages)
        self._limits = Limits.by(settings)
        self._checking = Limiter(Rate.parse(settings.limit_conversations), time.monotonic)
        self._arriving = Counter[str]()

    async def open(self, language: str) -> Opened:
        return await self._services.turns.open(language, CHANNEL)

    async def admit(self, credential: Credential) -> Admitted | None:
        """None: the secret does not open the conversation. It may be its own, or one that a browser got for a one-time link."""
        opened_by = await self._services.turn_store.opens(credential.conversation, credential.secret, self._services.clock())
        return None if opened_by is None else Admitted(credential.conversation, opened_by)

    async def admit_to_speak(self, credential: Credential) -> Admitted | None:
        """The same for a turn alone. Memory may say so, which spares a look: whether the secret has been ended elsewhere is seen where the
        turn is written. A wrong one takes equally long whether or not there is such a conversation."""
        loaded = await self._services.turn_store.load(credential.conversation)
        expected = loaded.secret_sha256 if loaded is not None else bytes(32)
        if hmac.compare_digest(sha256(credential.secret.encode()).digest(), expected) and loaded is not None:
            return Admitted(credential.conversation, expected)
        return await self.admit(credential)

    async def held(self, request: Request) -> Admitted | None:
        """What the browser holds, where it opens something."""
        held = self.doors.cookie(request)
        return None if held is None else await self.admit(held)

    async def enter(self, token: str) -> Credential | None:
        """What a one-time link is exchanged for; None where it leads nowhere any more."""
        async with self._services.database.transaction() as session:
            entered = await enter(session, token, self._services.clock())
        return None if entered is None else Credential(str(entered[0]), entered[1])

    async def make_link(self, conversation: str, *, area: UUID | None = None) -> str:
        """The token of a one-time link into the conversation; `area`: the session of the client area with which what it opens ends."""
        async with self._services.database.transaction() as session:
            return await make_link(session, UUID(conversation), self._services.clock(), area=area)

    def wait_to_open(self, request: Request) -> int:
        return self._limits.wait_to_open(request)

    def wait_to_check(self, request: Request) -> int:
        """A stranger's file that is to be compared takes a process's time."""
        address = self._limits.address_of(request)
        return 0 if self._limits.is_exempt(address) else self._checking.wait_s(address)

    def wait_after_guess(self, request: Request) -> int:
        """A wrong secret costs its address a turn."""
        address = self._limits.address_of(request)
        return 0 if self._limits.is_exempt(address) else self._limits.address.wait_s(address)

    def wait_for_sender(self, request: Request, sender: str, message: str) -> int:
        """Of a channel whose one address speaks for many senders."""
        address = self._limits.address_of(request)
        return 0 if self._limits.is_exempt(address) else self._limits.turns.wait_s(f"sender {sender}", message)

    @contextmanager
    def receiving(self, request: Request, conversation: str) -> Iterator[None]:
        """While a form is read that may hold a file. Raises ApiProblem where too many arrive at once."""
        address = self._limits.address_of(request)
        most = {conversation: FILES_OF_CONVERSATION} | ({} if self._limits.is_exempt(address) else {address: FILES_OF_ADDRESS})
        if not is_multipart(request):
            most = {}
        if any(self._arriving[key] >= files for key, files in most.items()):
            raise problems.too_fast(1)
        self._arriving.update(most.keys())
        try:
            yield
        finally:
            self._arriving -= Counter(most.keys())  # none of whom nothing arrives

    async def take(
        self,
        request: Request,
        conversation: str,
        message: str,
        said: Any,
        opened_by: bytes | None = None,  # Any: dialogs.events.Event
    ) -> bytes:
        if (again := await self._repeated_when_too_fast(request, conversation, message, opened_by)) is not None:
            return again
        return await self._taken(conversation, Incoming(message, said, CHANNEL, opened_by))

    async def take_upload(self, request: Request, admitted: Admitted, message: str, question: str, upload: Upload) -> bytes:
        conversation, opened_by = admitted.conversation, admitted.opened_by
        if (again := await self._repeated_when_too_fast(request, conversation, message, opened_by)) is not None:
            return again
        if (taken := await self._services.turn_store.find(conversation, message, opened_by)) is not None:
            return taken
        if (await self._loaded(conversation)).secret_sha256 != opened_by:  # ended while the file came
            raise problems.not_found()
        asked = (await self.last(conversation)).question
        if asked is None or asked["path"] != question or asked["type"] != "file":
            raise problems.question_changed(asked)
        if refused := attachments.refusal(upload, asked["accept"] or [], self.max_upload):
            raise refused
        value = await attachments.store(self._services, conversation, message, upload)
        return await self._taken(conversation, Incoming(message, Uploaded(question, value), CHANNEL, opened_by))

    async def _taken(self, conversation: str, incoming: Incoming) -> bytes:
        taken = await self._services.turns.take(conversation, incoming)
        loaded = await self._services.turn_store.load(conversation)
        if loaded is not None and loaded.channel != CHANNEL:
            await self._services.turn_store.wake(conversation)  # its messenger may go on from here
        return taken

    async def read(self, conversation: str) -> bytes:
        """The body of GET: turns as they were stored, and the question open now."""
        turns = await self.turns(conversation)
        loaded = await self._loaded(conversation)
        question = _heads.decode(turns[-1].replies).question if turns else None
        language = msgspec.json.encode(loaded.language)
        return b'{"turns":[%s],"question":%s,"language":%s}' % (
            b",".join(turn.replies for turn in turns), msgspec.json.encode(question), language,
        )  # fmt: skip

    async def turns(self, conversation: str, after: int = 0) -> list[StoredTurn]:
        return await self._services.turn_store.read_turns(conversation, after)

    async def last(self, conversation: str) -> TurnHead:
        loaded = await self._services.turn_store.load(conversation, fresh=True)
        turns = await self.turns(conversation, loaded.version - 1 if loaded else 0)
        return _heads.decode(turns[-1].replies) if turns else TurnHead(0, [], None)

    async def view(self, conversation: str) -> ChatView:
        return await self._services.turns.load_view(conversation)

    async def document(self, conversation: str, document: str) -> attachments.Fetched | None:
        return await attachments.fetch(self._services, await self._loaded(conversation), document)

    async def receipt(self, conversation: str, number: str) -> attachments.FetchedReceipt | None:
        return await attachments.fetch_receipt(self._services, await self._loaded(conversation), number)

    async def events(self, request: Request, credential: Credential) -> StreamingResponse:
        async def is_open() -> bool:
            return await self.admit(credential) is not None

        after = events.after_of(request)
        if after is None:
            after = (await self._loaded(credential.conversation)).version
        return events.stream(self._services.turn_store, credential.conversation, after, is_open)

    async def _loaded(self, conversation: str) -> Loaded:
        # fresh: the console writes from another process too
        loaded = await self._services.turn_store.load(conversation, fresh=True)
        if loaded is None:
            raise problems.not_found()
        return loaded

    async def _repeated_when_too_fast(self, request: Request, conversation: str, message: str, opened_by: bytes | None) -> bytes | None:
        """None = may go on. A repeated message is answered however fast it comes, anything else is told to wait."""
        address = self._limits.address_of(request)
        if self._limits.is_exempt(address):
            return None
        key = f"{conversation}:{message}"
        wait_s = max(self._limits.turns.wait_s(conversation, message), self._limits.address.wait_s(address, key))
        if not wait_s:
            return None
        taken = await self._services.turn_store.find(conversation, message, opened_by)
        if taken is None:
            raise problems.too_fast(wait_s)
        return taken
