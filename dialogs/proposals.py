"""What somebody has prepared for the customer: shown question by question, kept or changed by their own answer, told with its origin."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from msgspec.structs import replace

from dialogs import wording
from dialogs.desk import Desk, local_day
from dialogs.effects import EndPrepared
from dialogs.journey import Stop
from dialogs.state import Prepared
from forms.flow import Step
from forms.types.base import Wire
from rules.origins import Origin


def take_up_prepared(desk: Desk) -> None:
    """What storage has found. The customer's own answers stay; of a card the agency holds, what differs waits to be looked at.

    One that has ended meanwhile, or made room for a newer one, proposes nothing more; what was answered by it is from it still."""
    found, held = desk.circumstances.prepared, desk.state.prepared
    if found is None:
        if held is not None:
            desk.set(prepared=_answered(desk, held))
        return
    is_of_another = desk.is_registered and found.form != desk.card.form  # an address is for one card
    if is_of_another or (held is not None and held.card == found.card):
        return
    if held is not None:
        desk.set(prepared_before=(*desk.state.prepared_before, _answered(desk, held)))
    answers = desk.state.answers
    new = {key: value for key, value in found.values.items() if key not in answers or (desk.is_registered and answers[key] != value)}
    waiting = tuple(new) if desk.is_registered else ()
    desk.set(prepared=Prepared(found.card, found.form, found.colleague, found.file, found.at.timestamp(), new, open=waiting))


def _answered(desk: Desk, held: Prepared) -> Prepared:
    answered = {key: value for key, value in held.values.items() if key in desk.state.answers and key not in held.open}
    return replace(held, values=answered, open=())


def tell(desk: Desk, stop: Stop) -> None:
    """Once, at the first question it has a value for; at the menu, where it is about a card already sent."""
    held = desk.state.prepared
    if held is None or held.told or not held.values:
        return
    if held.open:
        key = "prepared_update" if stop.kind == "goal" else ""
    elif stop.form in {held.form, desk.card.form} and stop.step is not None:
        key = "prepared" if stop.form == held.form else "prepared_other_kind"
    else:
        key = ""
    if key:
        kind = wording.say(desk.language, f"prepared_kinds.{held.form}")
        desk.say(key, who=_who(desk, held), day=_day(desk, held), count=len(held.values), kind=kind)
        desk.set(prepared=replace(held, told=True))


def proposal(desk: Desk, key: str) -> Wire | None:
    """The value to be kept or changed. None where the customer has answered, unless what the agency holds is to be looked at again."""
    held = desk.state.prepared
    if held is None or (key in desk.state.answers and key not in held.open):
        return None
    return held.values.get(key)


def hint(desk: Desk, step: Step, shown: str, now: str | None) -> str:
    """Who has prepared it; its value too, as not every channel has a field to show it in, and `now`, that of a card already sent.

    Not in other people's hands where the question is never asked there."""
    held = desk.state.prepared
    assert held is not None  # noqa: S101 - the proposal is from there
    facts = {"who": _who(desk, held), "value": shown, "now": now or ""}
    if desk.circumstances.messenger and step.question is not None and step.question.sensitive:
        return wording.say(desk.language, "proposed.hidden", facts)
    return wording.say(desk.language, "proposed.plain" if now is None else "proposed.update", facts)


def is_open(desk: Desk, key: str) -> bool:
    return desk.state.prepared is not None and key in desk.state.prepared.open


def settle(desk: Desk, key: str, *, is_declined: bool) -> None:
    """The customer has decided on it; declined, the answer has nothing to do with it."""
    held = desk.state.prepared
    if held is not None and key in held.open:
        values = {path: value for path, value in held.values.items() if path != key or not is_declined}
        desk.set(prepared=replace(held, values=values, open=tuple(one for one in held.open if one != key)))


def forget(desk: Desk, key: str) -> None:
    """Of a card already sent, an answer given anew of the customer's own accord is theirs."""

    def without(held: Prepared) -> Prepared:
        return replace(held, values={path: value for path, value in held.values.items() if path != key})

    held = desk.state.prepared
    if held is not None:
        desk.set(prepared=without(held), prepared_before=tuple(map(without, desk.state.prepared_before)))


def end(desk: Desk, *, is_used: bool) -> None:
    """The customer has confirmed: what was prepared is destroyed; who had prepared it stays with the answers.

    One for the other kind of card was not looked at and waits."""
    held = desk.state.prepared
    if held is not None and held.form == desk.card.form:
        desk.effects.append(EndPrepared(held.card, "used" if is_used else "declined"))


def origins(desk: Desk, keys: Iterable[str]) -> dict[str, Origin]:
    return {key: found for key in keys if (found := _origin(desk, key)) is not None}


def told_origin(desk: Desk, key: str) -> str:
    """Beside the answer, before it is confirmed; empty where the customer has typed it unprompted."""
    found = _origin(desk, key)
    return origin_told(desk.language, found, desk.circumstances.agency_name) if found is not None else ""


def origin_told(language: str, origin: Origin, agency: str) -> str:
    """As the customer reads it."""
    key = "origins.kept" if origin.is_kept else "origins.changed"
    return wording.say(language, key, {"who": who_prepared(language, origin.colleague, origin.file, agency)})


def who_prepared(language: str, colleague: str, file: str, agency: str) -> str:
    key = "prepared_by.file" if file else "prepared_by.colleague"
    return wording.say(language, key, {"colleague": colleague, "file": file, "agency": agency})


def _origin(desk: Desk, key: str) -> Origin | None:
    held, value = desk.state.prepared, desk.state.answers.get(key)
    if held is None or value is None or key in held.open:
        return None
    found = next((one for one in (held, *reversed(desk.state.prepared_before)) if key in one.values), None)
    if found is None:
        return None
    at = datetime.fromtimestamp(found.at, UTC).isoformat()
    return Origin(found.colleague, found.file, at, is_kept=found.values[key] == value)


def _who(desk: Desk, held: Prepared) -> str:
    return who_prepared(desk.language, held.colleague, held.file, desk.circumstances.agency_name)


def _day(desk: Desk, held: Prepared) -> date:
    return local_day(datetime.fromtimestamp(held.at, UTC), desk.circumstances.timezone)
