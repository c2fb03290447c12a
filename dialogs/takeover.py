"""A colleague in the conversation: takes it over, writes, gives it back. While they have it the house asks nothing."""

from collections.abc import Mapping

from msgspec.structs import replace

from dialogs import commands, phrases, understanding
from dialogs.desk import Desk
from dialogs.effects import GiveBack, KeepAnswered, ReachColleague, TakeOver
from dialogs.events import Commanded, Edited, TextSaid
from dialogs.journey import LANGUAGE, Stop
from dialogs.state import Colleague, State
from forms.types.base import Wire
from rules.refusals import Reason

type Facts = Mapping[str, Wire]

MOST_WRITTEN = 1_000
"""Characters of what a colleague writes at once: it stays in the snapshot, and Telegram takes it as one message."""
_LEAVING = frozenset({"back", "cancel", "menu"})
"""Commands that lead out of an aside everywhere."""
_ALWAYS = frozenset({"language", "menu", "pause"})


def is_silent(state: State) -> bool:
    """Whether a colleague speaks and the house does not. A language that is being chosen is still asked for."""
    return state.colleague is not None and state.redo != LANGUAGE


# the customer


def hear(desk: Desk, stop: Stop, event: TextSaid | Edited | Commanded) -> None:
    """Words are the colleague's, never an answer; what leads out of the talk, and another language, always works."""
    colleague = desk.state.colleague
    assert colleague is not None  # noqa: S101 - only then is the house silent
    if not isinstance(event, Commanded):
        if not event.text.strip():
            desk.problem(Reason.EMPTY)
            return
        desk.customer_said = event.text
    command = event if isinstance(event, Commanded) else _typed(event.text, desk.language)
    if command is not None:
        _obey(desk, stop, command, colleague)
        return
    desk.effects.append(ReachColleague(desk.now))
    if not colleague.told:
        desk.set(colleague=replace(colleague, told=True))
        desk.say("reaches_colleague", colleague=colleague.name)


def _typed(text: str, language: str) -> Commanded | None:
    """To a colleague "help" and "back" are words like others; with a slash they are commands."""
    if understanding.goes_on_alone(text, language):
        return Commanded("cancel")
    command = phrases.typed(text, language)
    is_known = command is not None and command.command in phrases.COMMANDS
    return command if is_known and (phrases.is_slashed(text) or command == Commanded("language")) else None


def _obey(desk: Desk, stop: Stop, said: Commanded, colleague: Colleague) -> None:
    if said.command in _LEAVING:
        desk.effects.append(GiveBack(desk.now))
        desk.set(colleague=None, detour=None)
        desk.say("goes_on_alone", colleague=colleague.name)
    if said.command in _ALWAYS:
        commands.obey(desk, stop, said)
    elif said.command not in _LEAVING:
        desk.say("colleague_has_it", colleague=colleague.name)


# the colleague


def take_over(desk: Desk, facts: Facts) -> None:
    colleague = Colleague(str(facts["colleague_id"]), str(facts["colleague"]), desk.now.timestamp())
    desk.effects.append(TakeOver(colleague.id, str(facts.get("party", "")), desk.now))
    desk.set(colleague=colleague, detour=None)
    desk.say("taken_over", colleague=colleague.name, agency=desk.circumstances.agency_name)


def write(desk: Desk, facts: Facts) -> None:
    desk.effects.append(KeepAnswered(str(facts["colleague_id"])))
    desk.say("colleague_wrote", colleague=str(facts["colleague"]), agency=desk.circumstances.agency_name, text=str(facts["text"]))


def give_back(desk: Desk, facts: Facts) -> None:
    """By whoever has it, or a manager for them."""
    desk.effects.append(GiveBack(desk.now, str(facts["colleague_id"])))
    desk.set(colleague=None, detour=None)
    desk.say("given_back", colleague=str(facts["colleague"]))
