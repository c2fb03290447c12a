"""Any event in any state: the engine never raises, always leaves an open question, a colleague or an ended conversation, and nothing is
consented, confirmed or submitted but by an explicit act on what was shown."""

from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs import rendering
from dialogs.effects import ConfirmCard, DecideOffer, Effect, KeepRefusalOnly, RecordAct, Suspend
from dialogs.events import Answered, Commanded, Event, OpenOffer, StaffSaid, TextSaid, TimePassed, Uploaded
from dialogs.takeover import is_silent
from dialogs.view import view
from forms.types.base import Wire
from tests.dialogs.driver import EMAIL, HOME, NOW, PERSON, Talk
from tests.forms.content import shipped

FORMS = shipped.catalogue()
BINDING = (RecordAct, Suspend, ConfirmCard, DecideOffer, KeepRefusalOnly)
SCRIPTS = {**PERSON, **HOME}
COMMANDS = [
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
    "nonsense",
]
ARGUMENTS = [None, "section", "en", "it", "xx", *SCRIPTS, "cap", "il cellulare", "\ud800", "premium", "modules.x.y"]
TEXTS = [
    "", " ", "sì", "no", "ok", "👍", "indietro", "/annulla", "/start consent_yes", "Sì, ma solo la privacy assicurativa", "il cap è 10121",
    "no, l'appartamento è 95 mq", "salta", "10-12-1985", "NaN", "99999999999999999999", "x" * 4000, "a\x00b", "\ud800", "<script>alert(1)</script>",
    "{email}", "%s", "cambia", "cambia il cognome", "confermo", "accetto", "rifiuto", "operatore", "246810", EMAIL, "Back", "indietro\ud800", "Back\ud800", "indietro\x00", "\u202e", "1²",
]  # fmt: skip
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 3000), st.floats(allow_nan=True), st.text(max_size=20), st.sampled_from(TEXTS),
    st.lists(st.text(max_size=5), max_size=3), st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)  # fmt: skip

MOVES = st.one_of(
    st.tuples(st.just("play"), st.integers(1, 12)),
    st.tuples(st.just("value"), VALUES),
    st.tuples(st.just("scripted"), st.sampled_from(sorted(SCRIPTS))),
    st.tuples(st.just("choice"), st.integers(0, 12)),
    st.tuples(st.just("stale"), VALUES),
    st.tuples(st.just("text"), st.sampled_from(TEXTS)),
    st.tuples(st.just("text without shown"), st.sampled_from(TEXTS)),
    st.tuples(st.just("command"), st.tuples(st.sampled_from(COMMANDS), st.sampled_from(ARGUMENTS))),
    st.tuples(st.just("upload"), st.just(None)),
    st.tuples(
        st.just("staff"),
        st.sampled_from(
            ["returned", "accepted", "rejected", "quoted", "issued", "expired", "still_right", "taken_over", "wrote", "given_back"]
        ),
    ),
    st.tuples(st.just("time"), st.integers(0, 40)),
)
STAFF = {
    "returned": {"questions": ["registration_person.identity.mobile"], "submission": "s1", "reason": "r", "colleague": "Giulia"},
    "quoted": {"offer": "o1", "submission": "s1", "premium_cents": 30000, "valid_until": "2026-12-22", "document": "d1"},
    "expired": {"offer": "o1"},
    "still_right": {"kind": "still_right", "day": "2026-11-22"},
    **{key: {"colleague": "Demo Due", "colleague_id": "c1", "text": "Eccomi."} for key in ("taken_over", "wrote", "given_back")},
}


def script_for(talk: Talk) -> dict[str, Wire]:
    return {**SCRIPTS, "journey.goal": "quote_home" if talk.state.client.registration else "register"}


def event_of(talk: Talk, kind: str, what: object) -> Event:
    ask = talk.outcome.ask
    path, shown = (ask.path, ask.shown) if ask else ("journey.language", None)
    match kind, what:
        case "value", _:
            return Answered(path, what, shown)
        case "scripted", str():
            return Answered(what, SCRIPTS[what], shown)
        case "choice", int():
            choices = (ask.choices if ask else None) or ({"value": "x"},)
            return Answered(path, choices[what % len(choices)]["value"], shown)
        case "stale", _:
            return Answered(path, what, "0" * 64)
        case "text", str():
            return TextSaid(what, shown)
        case "text without shown", str():
            return TextSaid(what)
        case "command", (str(command), argument):
            return Commanded(command, argument)
        case "staff", str():
            return StaffSaid(what, STAFF.get(what, {}))  # type: ignore[arg-type]
        case "time", int():
            talk.wait(days=what)
            return TimePassed()
    return Uploaded(path, {"document": "d", "name": "a.jpg", "media_type": "image/jpeg", "bytes": 10, "sha256": "0" * 64})


def check_effects(talk: Talk, event: Event, asked_before: tuple[str, str | None] | None, effects: tuple[Effect, ...]) -> None:
    """What binds came from the open question, from somebody who was shown exactly it."""
    if not any(isinstance(effect, BINDING) for effect in effects):
        return
    assert isinstance(event, Answered | TextSaid)
    assert asked_before is not None
    assert event.shown == asked_before[1], "an act without what was shown"
    if isinstance(event, Answered):
        assert event.question == asked_before[0]
        assert event.value in {"accept", "refuse", "seen", "confirm", True}
    else:
        assert event.text not in {"ok", "👍", "Sì, ma solo la privacy assicurativa"}
    for effect in effects:
        if isinstance(effect, RecordAct):
            assert effect.question == asked_before[0]
            assert effect.shown == asked_before[1]


@settings(max_examples=60)
@given(st.lists(MOVES, min_size=1, max_size=25), st.integers(0, 110))
def test_whatever_happens_a_question_stands_open_and_nothing_binds_by_itself(moves: list[tuple[str, object]], start: int) -> None:
    talk = Talk(FORMS)
    for _ in range(start):
        if talk.outcome.ask is not None:
            talk._play_one(talk.ask, script_for(talk))
    if talk.email and talk.state.client.registration:
        talk.registry.offer(EMAIL, OpenOffer("o9", "s9", 100, NOW.date()))
    for kind, what in moves:
        if kind == "play":
            for _ in range(what if isinstance(what, int) else 0):
                if talk.outcome.ask is not None:
                    talk._play_one(talk.ask, script_for(talk))
            continue
        before = (talk.ask.path, talk.ask.shown) if talk.outcome.ask else None
        state = talk.state
        event = event_of(talk, kind, what)
        outcome = talk.send(event)
        check_effects(talk, event, before, outcome.effects)
        assert (outcome.ask is None) == (bool(talk.state.ended) or is_silent(talk.state))
        if outcome.conflict:
            assert outcome.state == state
            assert outcome.effects == ()
        rendering.render(outcome.messages, talk.state.language, {"receipt": "R-1", "before": 2})
        rendering.question(outcome.ask)
        if not outcome.conflict:
            page = view(talk.state, FORMS, talk.circumstances)
            assert (page.ask and page.ask.path) == (outcome.ask and outcome.ask.path)
