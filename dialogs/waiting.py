"""Somebody who wants a person: called into the conversation, with what is known of the wait; or offered, where words fail."""

from zoneinfo import ZoneInfo

from dialogs.desk import Desk
from dialogs.effects import AskForPerson
from dialogs.events import Event, StaffSaid, TimePassed
from dialogs.messages import Later, Problem
from forms.types.showing import in_digits

_IN_A_ROW = 3
"""Refused answers to one question after which a person is offered."""


def ask_for_person(desk: Desk) -> None:
    """A colleague is called into this conversation; a number may be left meanwhile. Of the wait only what is known is told."""
    circumstances = desk.circumstances
    desk.effects.append(AskForPerson(desk.now))
    desk.set(detour="contact")
    desk.say("human", agency=circumstances.agency_name, phone=circumstances.agency_phone)
    desk.say("waiting_before", count=Later("before"))
    _tell_opening(desk)


def _tell_opening(desk: Desk) -> None:
    hours, here = desk.circumstances.hours, desk.now.astimezone(ZoneInfo(desk.circumstances.timezone))
    if hours is None or hours.is_open(here):
        return
    opening = hours.next_opening(here)
    clock = in_digits(f"{opening.hour}:{opening:%M}", desk.language)
    if opening.date() == here.date():
        desk.say("office_opens_today", time=clock)
    else:
        desk.say("office_opens", day=opening.date(), time=clock)


def offer_person(desk: Desk, event: Event | None, path: str) -> None:
    """Counts what was refused at the open question. What is asked in between (why, help) neither counts nor begins anew."""
    if path != desk.state.open:
        if desk.state.failed:
            desk.set(failed=0)
        return
    if isinstance(event, StaffSaid | TimePassed) or not any(isinstance(message, Problem) for message in desk.messages):
        return
    desk.set(failed=desk.state.failed + 1)
    if desk.state.failed == _IN_A_ROW:
        desk.say("offer_person")
