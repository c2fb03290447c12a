"""What a sender of Rasa's may send: words, a button of ours, `/intent`, `/inform{"slot": "value"}`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from bots.messengers.buttons import Button, Pressed, read_data
from dialogs.events import Answered, Commanded, Event, TextSaid

type Question = Mapping[str, Any]  # the chat API's shape

INFORM, AFFIRM, DENY, GREET = "inform", "affirm", "deny", "greet"
COMMANDS: Final = {
    "go_back": "back", "review": "review", "change": "change", "why": "why", "help": "help", "skip": "skip", "resend": "resend",
    "pause": "pause", "cancel": "cancel", "start_over": "restart", "language": "language", "human": "human", "menu": "menu",
    "consents": "consents", "withdraw": "withdraw", "withdraw_request": "withdraw_request",
}  # fmt: skip
"""Our command for each intent. `back` and `restart` are intents of Rasa's own, which no project may define."""
BUTTON: Final = "button"
_PAYLOAD = re.compile(r"/(?P<intent>\w+)(?:@[\d.]+)?\s*(?P<slots>\{.*\})?\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Payload:
    intent: str
    slots: Mapping[str, object]


def payload_of(button: Button) -> str:
    """As an intent with its slot, which Rasa takes past its own understanding."""
    return f'/{INFORM}{{"{BUTTON}":"{button.data}"}}'


def read(text: str) -> Pressed | Payload | None:
    """None of words."""
    if (pressed := read_data(text)) is not None:
        return pressed
    match = _PAYLOAD.fullmatch(text)
    if match is None or match["intent"] not in {INFORM, AFFIRM, DENY, GREET, *COMMANDS}:
        return None
    payload = Payload(match["intent"], _slots(match["slots"]))
    given = payload.slots.get(BUTTON) if payload.intent == INFORM else None
    return payload if given is None else read_data(str(given)) or payload


def event_of(payload: Payload, question: Question | None) -> Event | None:
    """What it says to the question that the sender saw last; None where it says nothing to that one."""
    if payload.intent in COMMANDS:
        return Commanded(COMMANDS[payload.intent], _first_word(payload))
    if question is None:
        return None
    if payload.intent in {AFFIRM, DENY}:
        is_for = question["type"] in {"yes_no", "confirm"}
        return Answered(question["path"], payload.intent == AFFIRM, question["shown"]) if is_for else None
    return _informed(payload, question)


def _informed(payload: Payload, question: Question) -> Event | None:
    """A slot is for the question of its path, name or type: a value for another question must not become an answer to this one."""
    value = next((payload.slots[name] for name in (question["path"], question["name"], question["type"]) if name in payload.slots), None)
    if value is None:
        return None
    is_worded = isinstance(value, str) and value not in [choice["value"] for choice in question["choices"] or ()]
    if is_worded or (isinstance(value, int | float) and not isinstance(value, bool)):
        return TextSaid(str(value), question["shown"])
    return Answered(question["path"], value, question["shown"])


def _first_word(payload: Payload) -> str | None:
    return next((value for value in payload.slots.values() if isinstance(value, str)), None)


def _slots(given: str | None) -> Mapping[str, object]:
    try:
        read = orjson.loads(given or "{}")
    except orjson.JSONDecodeError:
        return {}
    return read if isinstance(read, dict) else {}
