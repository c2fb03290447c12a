"""JSON bodies of the chat API, read strictly: exactly one of the forms, or 422."""

import json
import re
from typing import Annotated, Final

import msgspec

from bots.web.problems import not_of_a_form
from dialogs.events import Answered, Commanded, TextSaid

COMMANDS: Final = frozenset(
    [
        "back",
        "review",
        "change",
        "why",
        "help",
        "skip",
        "resend",
        "pause",
        "cancel",
        "restart",
        "language",
        "human",
        "menu",
        "consents",
        "withdraw",
        "withdraw_request",
    ],
)
MAX_DEPTH: Final = 32  # our deepest answer has 2 levels
MAX_INTEGER: Final = 2**63 - 1

type MessageId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class Opening(msgspec.Struct, forbid_unknown_fields=True):
    language: str | None = None


class TurnBody(msgspec.Struct, forbid_unknown_fields=True):
    id: MessageId
    text: str | msgspec.UnsetType = msgspec.UNSET
    question: str | msgspec.UnsetType = msgspec.UNSET
    value: object = msgspec.UNSET
    command: str | msgspec.UnsetType = msgspec.UNSET
    argument: str | None = None
    shown: str | None = None


type Said = TextSaid | Answered | Commanded

_openings = msgspec.json.Decoder(Opening)
_turns = msgspec.json.Decoder(TurnBody)


def read_opening(body: bytes) -> Opening:
    if not body.strip():
        return Opening()
    try:
        return _openings.decode(body)
    except (ValueError, RecursionError) as error:
        raise not_of_a_form('Expected {"language": "it"}, or nothing.') from error


def read_turn(body: bytes) -> tuple[str, Said]:
    """The message's id and what it says."""
    turn = decode(body, _turns)
    if not is_message_id(turn.id):
        raise not_of_a_form("`id` is 1 to 64 printable characters.")
    return turn.id, _event(turn)


def is_message_id(text: str) -> bool:
    return 0 < len(text) <= 64 and text.isprintable()


def _event(turn: TurnBody) -> Said:
    nothing = msgspec.UNSET
    has_text, has_question, has_command = turn.text is not nothing, turn.question is not nothing, turn.command is not nothing
    has_value = turn.value is not nothing
    if has_text + has_question + has_command != 1 or has_value != has_question or (turn.argument is not None and not has_command):
        raise not_of_a_form("Exactly one of `text`, `question` with `value`, or `command`.")
    if isinstance(turn.command, str):
        if turn.command not in COMMANDS:
            raise not_of_a_form(f"`command` is one of: {', '.join(sorted(COMMANDS))}.")
        return Commanded(turn.command, turn.argument)
    if isinstance(turn.question, str):
        return Answered(turn.question, _tame(turn.value), turn.shown)
    return TextSaid(str(turn.text), turn.shown)


def decode[T](body: bytes, form: msgspec.json.Decoder[T]) -> T:
    """Raises ApiProblem where the body is not of this form."""
    try:
        return form.decode(body)
    except msgspec.ValidationError as error:
        raise not_of_a_form(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return _decode_surrogates(body, form, error)
    except RecursionError as error:
        raise not_of_a_form("The body is nested too deeply.") from error


def _decode_surrogates[T](body: bytes, form: msgspec.json.Decoder[T], first: Exception) -> T:
    r"""JSON may escape half a surrogate pair (`"\ud800"`), which msgspec refuses as malformed. A person whose keyboard sent that gets a
    sentence, not a 422: the half becomes NUL, which every question type refuses as an unreadable character."""
    try:
        return msgspec.convert(_tame(json.loads(body, parse_constant=_refuse)), form.type)
    except (ValueError, RecursionError):
        raise not_of_a_form("The body is not JSON in UTF-8.") from first


def _tame(value: object, depth: int = 0) -> object:
    """The same value, storable: no half surrogates, no number beyond 64 bits (its sign and size still say "too large"), no bottomless nesting."""
    if depth > MAX_DEPTH:
        raise not_of_a_form("The value is nested too deeply.")
    match value:
        case str():
            return value if value.isascii() else re.sub("[\ud800-\udfff]", "\0", value)
        case bool() | None:
            return value
        case int():
            return max(-MAX_INTEGER, min(MAX_INTEGER, value))
        case list():
            return [_tame(item, depth + 1) for item in value]
        case dict():
            return {str(_tame(key)): _tame(item, depth + 1) for key, item in value.items()}
    return value


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is not JSON")
