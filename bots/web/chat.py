"""The web chat: server-rendered pages over the chat API's own code path. Every form is a turn, answered by a redirect to the present question."""

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bots.web import places
from bots.web.access import Credential
from bots.web.api import download
from bots.web.bodies import COMMANDS
from bots.web.conversations import Admitted, Conversations, TurnHead
from bots.web.fields import kind_asked, said_by_form
from bots.web.frame import Frame, Frames
from bots.web.problems import ApiProblem
from bots.web.rendering import page
from bots.web.scenes import API, LastTurn, show
from bots.web.uploads import Form, Upload, read_form
from bots.web.wording import furniture, word
from dialogs.chat_view import ChatView
from dialogs.events import Answered, Commanded
from dialogs.history import told_by_customer
from dialogs.turn import QuestionChanged
from forms.types.showing import file_size, in_digits, isolated
from storage.turns import StoredTurn

MOST_TURNS_SHOWN: Final = 400
MOST_START: Final = 8_192  # bytes of a form with a language and a door: whoever sends it is nobody yet


class ChatPages:
    def __init__(self, conversations: Conversations, frames: Frames, telegram: Callable[[], str | None]) -> None:
        self._conversations = conversations
        self._frames = frames
        self._telegram = telegram

    def routes(self) -> list[Route]:
        return [
            Route("/", self.landing, methods=["GET"]),
            Route("/chat", self.show_question, methods=["GET"]),
            Route("/chat", self.take_form, methods=["POST"]),
            Route("/chat/start", self.start, methods=["POST"]),
            Route("/chat/transcript", self.transcript, methods=["GET"]),
            Route("/chat/receipts/{number}", self.send_receipt, methods=["GET"]),
            Route("/chat/elsewhere", self.elsewhere, methods=["GET"]),
            Route("/chat/places", self.propose_places, methods=["GET"]),
        ]

    async def landing(self, request: Request) -> Response:
        frame = self._frames.plain(request)
        held = await self._held(request)
        return page("landing", frame.language, {"page": frame, "going_on": held is not None})

    async def start(self, request: Request) -> Response:
        """A new conversation behind one of the two doors."""
        if not self._conversations.doors.is_own_origin(request):
            return self._frames.lost(request)
        form = await read_form(request, MOST_START, 0)
        if self._conversations.wait_to_open(request):
            return self._frames.reading(request, "busy", status=429)
        language = form.first("language") or ""
        spoken = language if language in self._conversations.languages else self._frames.language_of(request)
        opened = await self._conversations.open(spoken)
        await self._through_door(request, opened.conversation, spoken, is_new=form.first("door") == "new")
        response = self._to_question(request)
        credential = Credential(opened.conversation, opened.secret)
        self._conversations.doors.set_cookie(request, response, credential, is_embedded=_is_embedded(request))
        return response

    async def show_question(self, request: Request) -> Response:
        held = await self._held(request)
        if held is None:
            if _is_embedded(request):
                return await self.landing(request)
            return RedirectResponse("/", 303)
        return await self._show(request, held.conversation)

    async def take_form(self, request: Request) -> Response:
        held = await self._held(request)
        if held is None or not self._conversations.doors.is_own_origin(request):
            return self._gone(request)
        try:
            with self._conversations.receiving(request, held.conversation):
                return await self._take(request, held, await self._form(request))
        except QuestionChanged:
            return await self._show(request, held.conversation, problem="stale")
        except ApiProblem as problem:
            return await self._explain(request, held.conversation, problem)

    async def transcript(self, request: Request) -> Response:
        held = await self._held(request)
        if held is None:
            return self._gone(request)
        view = await self._conversations.view(held.conversation)
        turns = list(_spoken(await self._conversations.turns(held.conversation), view.language))[-MOST_TURNS_SHOWN:]
        frame = self._frames.of(view.language, is_embedded=_is_embedded(request))
        documents = f"{API}/{held.conversation}/documents"
        return page("transcript", frame.language, {"page": frame, "turns": turns, "documents": documents})

    async def send_receipt(self, request: Request) -> Response:
        """The receipt's PDF; a moment after the confirmation it may still be in print."""
        held = await self._held(request)
        if held is None:
            return self._gone(request)
        receipt = await self._conversations.receipt(held.conversation, request.path_params["number"])
        if receipt is None:
            return self._frames.lost(request)
        if receipt.document is None:
            frame = self._frames.plain(request)
            link = (frame.action, word(furniture(frame.language), "printing.back"))
            return self._frames.reading(request, "printing", link=link, status=202)
        return download(receipt.document)

    async def elsewhere(self, request: Request) -> Response:
        frame = self._frames.plain(request)
        link = (frame.action, word(furniture(frame.language), "elsewhere_page.open"))
        if self._telegram() is not None:
            link = ("/chat/telegram", word(furniture(frame.language), "to_telegram.title"))
        return self._frames.reading(request, "elsewhere_page", link=link, steps=True)

    async def propose_places(self, request: Request) -> Response:
        query = request.query_params
        found = places.propose(query.get("kind", ""), query.get("q", ""), self._frames.language_of(request))
        return JSONResponse(found, headers={"cache-control": "public, max-age=3600"})

    async def _held(self, request: Request) -> Admitted | None:
        return await self._conversations.held(request)

    async def _form(self, request: Request) -> Form:
        return await read_form(request, self._conversations.max_body, self._conversations.max_upload)

    async def _take(self, request: Request, held: Admitted, form: Form) -> Response:
        conversation = held.conversation
        message = _message_id(conversation, form)
        if form.upload is not None and form.first("command") is None:
            turn = await self._take_upload(request, held, message, form, form.upload)
        else:
            last = await self._conversations.last(conversation)
            said = said_by_form(form, (last.question or {}).get("path"), kind_asked(last.question or {}))
            if isinstance(said, Commanded) and said.command not in COMMANDS:
                return await self._show(request, conversation, problem="stale")
            turn = await self._conversations.take(request, conversation, message, said, held.opened_by)
        messages = orjson.loads(turn)["messages"]
        if any(told["kind"] == "problem" for told in messages):
            return await self._show(request, conversation, given=form.every("value") or None)
        return self._to_question(request)

    async def _take_upload(self, request: Request, held: Admitted, message: str, form: Form, upload: Upload) -> bytes:
        question = form.first("question") or ""
        if not upload.content:
            # a form sent without a file; the engine words it like any other missing answer
            return await self._conversations.take(request, held.conversation, message, Answered(question, ""), held.opened_by)
        return await self._conversations.take_upload(request, held, message, question, upload)

    async def _show(
        self,
        request: Request,
        conversation: str,
        *,
        problem: str | None = None,
        given: list[str] | None = None,
        status: int = 200,
        wait_s: str = "1",
    ) -> Response:
        view, last = await self._conversations.view(conversation), await self._conversations.last(conversation)
        frame = self._frame(request, view)
        if problem == "stale" and view.scene == "person":
            problem = "person.stale"
        facts = {"size": file_size(self._conversations.max_upload, frame.language), "seconds": in_digits(wait_s, frame.language)}
        told = {name: isolated(fact, frame.language) for name, fact in facts.items()}
        problems = [word(furniture(frame.language), problem).format(**told)] if problem else []
        shown = LastTurn(last.number, () if problem else last.messages)
        return show(
            frame, view, shown, conversation=conversation, max_upload=self._conversations.max_upload, problems=problems, given=given, status=status
        )  # fmt: skip

    async def _explain(self, request: Request, conversation: str, problem: ApiProblem) -> Response:
        """What the API tells programs, told to a person, over the question that stays open."""
        wording = {409: "stale", 413: "too_large", 415: "wrong_kind", 429: "too_fast"}.get(problem.status)
        if wording is None:
            return self._gone(request)
        if problem.body["type"] == "too-many-files":
            wording = "too_many_files"
        status, wait_s = problem.status if problem.status != 409 else 200, problem.headers.get("retry-after", "1")
        return await self._show(request, conversation, problem=wording, status=status, wait_s=wait_s)

    def _frame(self, request: Request, view: ChatView) -> Frame:
        return self._frames.of(view.language, is_embedded=_is_embedded(request))

    def _to_question(self, request: Request) -> Response:
        return RedirectResponse(f"/chat{'?embed' if _is_embedded(request) else ''}#now", 303)

    def _gone(self, request: Request) -> Response:
        frame = self._frames.plain(request)
        return self._frames.reading(request, "gone", link=(frame.home, word(furniture(frame.language), "gone.again")), status=404)

    async def _through_door(self, request: Request, conversation: str, language: str, *, is_new: bool) -> None:
        """What the landing page has already asked is not asked again: the language, and whether to register."""
        for number, (path, value) in enumerate((("journey.language", language), ("journey.goal", "register" if is_new else None))):
            last = await self._conversations.last(conversation)
            if value is not None and _offers(last, path, value):
                await self._conversations.take(request, conversation, f"door-{number}", Answered(path, value))


def _offers(last: TurnHead, path: str, value: str) -> bool:
    question = last.question
    return question is not None and question["path"] == path and value in [choice["value"] for choice in question["choices"] or ()]


def _spoken(turns: Iterable[StoredTurn], language: str) -> Iterator[dict[str, object]]:
    """As the transcript shows them: what the customer said or pressed stands before what was answered."""
    asked = None
    for turn in turns:
        said, replies = orjson.loads(turn.incoming) if turn.incoming else {}, orjson.loads(turn.replies)
        yield {**replies, "said": told_by_customer(said, asked, language, turn.at)}
        asked = replies["question"]


def _message_id(conversation: str, form: Form) -> str:
    """The same form sent twice after the same turn is the same message, whichever button press or tab it comes from;
    another answer typed on a page that the browser kept is another one."""
    file = sha256(form.upload.content).hexdigest() if form.upload is not None else ""
    return "w" + sha256(orjson.dumps([conversation, form.fields, file])).hexdigest()[:40]


def _is_embedded(request: Request) -> bool:
    return "embed" in request.query_params
