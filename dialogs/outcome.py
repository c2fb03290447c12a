"""What one step comes to, and what it found out on the way that the next one need not find out again."""

from collections.abc import Mapping
from datetime import date

import msgspec

from dialogs.asking import Presented
from dialogs.desk import Desk
from dialogs.effects import Effect
from dialogs.journey import Stop
from dialogs.messages import Ask, Message
from dialogs.state import Act, State
from forms.catalogue import Catalogue
from forms.steps import Walk


class Left(msgspec.Struct, frozen=True):
    """A state with its open question and what found it: all of it follows from the state, the catalogue and the day."""

    state: State
    catalogue: Catalogue
    today: date
    stop: Stop
    presented: Presented
    walks: Mapping[tuple[str, bool], Walk]
    met: Mapping[str, Mapping[str, Act]]

    def fits(self, desk: Desk) -> bool:
        return self.state is desk.state and self.catalogue is desk.catalogue and self.today == desk.today


class Outcome(msgspec.Struct, frozen=True):
    """One step's result. `conflict` = the answer was for something no longer open: `state` is unchanged, `ask` is what is open."""

    state: State
    messages: tuple[Message, ...]
    ask: Ask | None
    effects: tuple[Effect, ...] = ()
    conflict: bool = False
    left: Left | None = None
    """For the next step of this conversation, should it come while this is still in memory."""
