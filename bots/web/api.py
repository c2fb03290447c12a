"""The chat API's routes (bots/web/openapi.yaml): plain Starlette, msgspec in, stored bytes out."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bots.web import bodies, problems
from bots.web.access import Credential, credential_of
from bots.web.attachments import Fetched
from bots.web.conversations import Admitted, Conversations
from bots.web.headers import FOR_PROGRAMS
from bots.web.mailbox import disposition
from bots.web.openapi import DOCUMENT
from bots.web.uploads import Form, is_multipart, read_body, read_form
from dialogs.turn import QuestionChanged
from rules.languages import preferred

JSON = "application/json"
BASE = "/api/chat/conversations"


class TurnResponse(Response):
    """A stored turn, all its headers put together beforehand."""

    def __init__(self, stored: bytes) -> None:
        self.status_code, self.body, self.background = 200, stored, None
        self.raw_headers = [(b"content-length", str(len(stored)).encode()), *_OF_TURNS]


_OF_TURNS = [(b"content-type", JSON.encode()), *FOR_PROGRAMS]


class ChatApi:
    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations

    def routes(self) -> list[Route]:
        one = BASE + "/{conversation}"
        return [
            Route(BASE, self.open, methods=["POST"]),
            Route(one, self.read, methods=["GET"]),
            Route(one + "/turns", self.take_turn, methods=["POST"]),
            Route(one + "/events", self.events, methods=["GET"]),
            Route(one + "/documents/{document}", self.send_document, methods=["GET"]),
            Route("/api/openapi.json", self.openapi, methods=["GET"]),
            Route("/api", self.to_openapi, methods=["GET"]),
        ]

    async def open(self, request: Request) -> Response:
        conversations = self._conversations
        wait_s = conversations.wait_to_open(request)
        if wait_s:
            raise problems.too_fast(wait_s)
        asked = bodies.read_opening(await read_body(request, conversations.max_body)).language
        languages = conversations.languages
        accepted = preferred(request.headers.get("accept-language", ""), languages)
        opened = await conversations.open(preferred(asked or "", (accepted, *languages)))
        body = b'{"conversation":"%s","secret":"%s","turn":%s}' % (opened.conversation.encode(), opened.secret.encode(), opened.turn)
        response = Response(body, 201, problems.NO_STORE, JSON)
        if conversations.doors.is_own_origin(request):  # a browser; a program keeps the secret itself
            conversations.doors.set_cookie(request, response, Credential(opened.conversation, opened.secret))
        return response

    async def take_turn(self, request: Request) -> Response:
        conversations = self._conversations
        admitted = await conversations.admit_to_speak(self._credential(request))
        if admitted is None:
            raise self._refused(request)
        try:
            if is_multipart(request):
                with conversations.receiving(request, admitted.conversation):
                    turn = await self._take_upload(request, admitted)
            else:
                message, said = bodies.read_turn(await read_body(request, conversations.max_body))
                turn = await conversations.take(request, admitted.conversation, message, said, admitted.opened_by)
        except QuestionChanged as changed:
            raise problems.question_changed(changed.question) from changed
        return TurnResponse(turn)

    async def _take_upload(self, request: Request, admitted: Admitted) -> bytes:
        form = await read_form(request, self._conversations.max_body, self._conversations.max_upload)
        message, question = _upload_form(form)
        if form.upload is None:
            raise problems.not_of_a_form("The form has no part `file`.")
        return await self._conversations.take_upload(request, admitted, message, question, form.upload)

    async def read(self, request: Request) -> Response:
        conversation = await self._admit(request)
        return Response(await self._conversations.read(conversation), 200, problems.NO_STORE, JSON)

    async def events(self, request: Request) -> Response:
        await self._admit(request)
        return await self._conversations.events(request, self._credential(request))

    async def send_document(self, request: Request) -> Response:
        conversation = await self._admit(request)
        stored = await self._conversations.document(conversation, request.path_params["document"])
        if stored is None:
            raise problems.not_found()
        return download(stored)

    async def openapi(self, _request: Request) -> Response:
        return Response(DOCUMENT, 200, {"cache-control": "public, max-age=300"}, JSON)

    async def to_openapi(self, _request: Request) -> Response:
        return RedirectResponse("/api/openapi.json")

    async def _admit(self, request: Request) -> str:
        admitted = await self._conversations.admit(self._credential(request))
        if admitted is None:
            raise self._refused(request)
        return admitted.conversation

    def _credential(self, request: Request) -> Credential:
        credential = credential_of(request, self._conversations.doors, request.path_params["conversation"])
        if credential is None:
            raise self._refused(request)
        return credential

    def _refused(self, request: Request) -> problems.ApiProblem:
        wait_s = self._conversations.wait_after_guess(request)
        return problems.too_fast(wait_s) if wait_s else problems.not_found()


def _upload_form(form: Form) -> tuple[str, str]:
    message, question = form.first("id") or "", form.first("question")
    if not bodies.is_message_id(message) or not question or {name for name, _ in form.fields} - {"id", "question", "shown"}:
        raise problems.not_of_a_form("A multipart form has exactly `id`, `question` and `file`.")
    return message, question


def download(stored: Fetched) -> Response:
    return Response(stored.content, headers={"content-disposition": disposition(stored.name)}, media_type=stored.media_type)
