"""Words for what was refused or doubted: the form's own where it has them, else the house's."""

from collections.abc import Mapping

from dialogs import summaries, wording
from dialogs.desk import Desk
from dialogs.journey import Stop
from dialogs.state import Pending
from forms.flow import Step
from forms.types.base import Doubt, Wire
from forms.types.characters import asks
from rules.refusals import Fact, Reason, Refused

MOST_TEXT = 4_000
"""Characters of one answer: more than any question takes, and little enough that reading it holds nobody else up."""


def sentence(desk: Desk, stop: Stop, reason: Reason, facts: Mapping[str, Fact], value: Wire) -> str:
    """A doubt, put as a sentence or a question."""
    own = own_words(desk, stop, {"code": reason.value, **facts}, value)
    if own is not None:
        return own
    branch = "doubts" if reason.value in wording.words(desk.language, "doubts") else "refusals"
    return wording.say(desk.language, f"{branch}.{reason.value}", worded_facts(desk, stop, facts))


def doubted(desk: Desk, stop: Stop, reading: Doubt) -> Pending:
    """The value waits for a yes to the doubt, put as a question."""
    text = sentence(desk, stop, reading.reason, reading.facts, reading.value)
    if not asks(text[-1:]):
        text = f"{text} {wording.say(desk.language, 'is_it_right')}"
    return Pending("doubt", stop.path, stop.key, reading.value, text)


def own_words(desk: Desk, stop: Stop, facts: Mapping[str, Fact], value: Wire | None = None) -> str | None:
    """`problems.<code>` of the question, with `{this}` and the names of other answers filled in as shown."""
    step = stop.step
    code = facts.get("code")
    if step is None or step.question is None or not isinstance(code, str):
        return None
    template = desk.words(step.form).questions[step.question.name].problems.get(code)
    if template is None:
        return None
    if value is not None:
        template = template.replace("{this}", _escaped(summaries.shown(desk, step, value)))
    told = {name: wording.worded(desk.language, fact) for name, fact in facts.items()}
    return summaries.with_answers(desk, step.form, template, told)


def worded_facts(desk: Desk, stop: Stop, facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """The name of an answer among the facts (`what`) becomes its label, and two values of it are shown as its own."""
    what = facts.get("what")
    step = _question_called(stop, what) if isinstance(what, str) else None
    if step is None:
        return dict(facts)
    values = {name: summaries.shown(desk, step, str(facts[name])) for name in ("in_code", "given") if name in facts}
    return {**facts, "what": summaries.label(desk, step), **values}


def _question_called(stop: Stop, name: str) -> Step | None:
    """As seen from the open question: of the same item of a group, else outside of groups."""
    asks = stop.step.of.find(name, stop.step) if stop.step is not None else None
    return asks.step if asks is not None else None


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def refuse_unreadable(desk: Desk, text: str) -> bool:
    """Words that are too many or that nothing could store; True = refused, in one sentence."""
    refused = unreadable(text)
    if refused is not None:
        desk.refuse(refused)
    return refused is not None


def unreadable(text: str) -> Refused | None:
    if len(text) > MOST_TEXT:
        return Refused(Reason.TOO_LONG, max_length=MOST_TEXT)
    return None if _is_readable(text) else Refused(Reason.UNREADABLE_CHARACTERS)


def _is_readable(text: str) -> bool:
    """False of lone surrogates: nothing that stores text takes them."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
