"""From the area into the conversation: what changes a card or a consent is said there, where it is shown, recorded and receipted."""

from collections.abc import Collection
from hashlib import sha256
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bots.web.client_area.visits import Visits
from dialogs.chat_view import ChatView
from dialogs.events import Answered, Commanded
from dialogs.turn import QuestionChanged
from storage.accounts import Guest
from storage.parties import conversations_of


async def conversation_of(visits: Visits, guest: Guest) -> str | None:
    """The one the customer talked in last; None where all were closed."""
    async with visits.services.database.transaction("party", party=guest.party) as session:
        found = await conversations_of(session, guest.party)
    return str(found[0]) if found else None


async def into_chat(visits: Visits, request: Request, guest: Guest, conversation: str | None) -> Response:
    if conversation is None:
        return RedirectResponse("/", 303)
    return await _with_chat(visits, request, RedirectResponse("/chat#now", 303), conversation, guest.session)


async def held_chat(visits: Visits, request: Request) -> str | None:
    """The conversation that this browser has open."""
    held = await visits.conversations.held(request)
    return held.conversation if held is not None else None


async def after_ending(
    visits: Visits, request: Request, response: Response, *, ended: Collection[UUID], held: str | None, area: UUID | None
) -> Response:
    """Once it has been committed that no secret opens the customer's conversations any more. The browser that asked for it, and held one
    of them open, goes on with a new one where it is in the area."""
    for conversation in ended:
        visits.services.turn_store.forget(str(conversation))
    if held is None or area is None or UUID(held) not in ended:
        return response
    return await _with_chat(visits, request, response, held, area)


async def open_goal(visits: Visits, request: Request, conversation: str, goal: str, change: str = "") -> None:
    """The goal stands open, with one answer of the card to be changed. While a colleague has the conversation, or has sent an answer
    back, it stays as it is: that comes first."""
    view = await visits.conversations.view(conversation)
    if view.scene == "person":
        return
    if view.returned:
        await open_returned(visits, request, conversation)
        return
    last = await visits.conversations.last(conversation)
    key = f"{conversation} {last.number} {goal} {change}"
    conversations = visits.conversations
    try:
        await conversations.take(request, conversation, message_id(key, "menu"), Commanded("menu"))
        await conversations.take(request, conversation, message_id(key, "goal"), Answered("journey.goal", goal))
    except QuestionChanged:
        return
    if change:
        await conversations.take(request, conversation, message_id(key, "change"), Commanded("change", change))


async def view_of(visits: Visits, guest: Guest) -> ChatView | None:
    """How the conversation stands that the customer talked in last."""
    conversation = await conversation_of(visits, guest)
    return await visits.conversations.view(conversation) if conversation else None


async def returned_to(visits: Visits, guest: Guest) -> str:
    """What a colleague has sent back, as the conversation tells it; empty where nothing waits there."""
    view = await view_of(visits, guest)
    return view.returned if view else ""


async def open_returned(visits: Visits, request: Request, conversation: str) -> None:
    """Asked, and said again with its reason: by way of the menu, where it is the first choice."""
    conversations = visits.conversations
    if not (await conversations.view(conversation)).returned:
        return
    key = f"{conversation} {(await conversations.last(conversation)).number} returned"
    try:
        await conversations.take(request, conversation, message_id(key, "menu"), Commanded("menu"))
        await conversations.take(request, conversation, message_id(key, "goal"), Answered("journey.goal", "returned"))
    except QuestionChanged:
        return


def message_id(*parts: str) -> str:
    """A button pressed twice is one message."""
    return "a" + sha256(" ".join(parts).encode()).hexdigest()[:40]


async def _with_chat(visits: Visits, request: Request, response: Response, conversation: str, area: UUID) -> Response:
    """The browser gets a secret of its own, as for a one-time link; it ends with this session of the area."""
    entered = await visits.conversations.enter(await visits.conversations.make_link(conversation, area=area))
    if entered is not None:
        visits.conversations.doors.set_cookie(request, response, entered)
    return response
