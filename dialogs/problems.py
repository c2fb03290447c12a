"""Words for what was refused or doubted: the form's own where it has them, else the house's."""

from collections.abc import Mapping

from dialogs import summaries, wording
from dialogs.desk import Desk
from dialogs.journey import Stop
from forms.types.base import Wire
from rules.refusals import Fact, Reason


def sentence(desk: Desk, stop: Stop, reason: Reason, facts: Mapping[str, Fact], value: Wire) -> str:
    """A doubt, put as a sentence or a question."""
    own = own_words(desk, stop, {"code": reason.value, **facts}, value)
    if own is not None:
        return own
    branch = "doubts" if reason.value in wording.words(desk.language, "doubts") else "refusals"
    return wording.say(desk.language, f"{branch}.{reason.value}", worded_facts(desk, stop, facts))


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
    """Names of answers among the facts (`what`) become their labels."""
    what = facts.get("what")
    if stop.step is None or not isinstance(what, str):
        return dict(facts)
    words = desk.words(stop.step.form).questions
    return {**facts, "what": words[what].label if what in words else what}


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
