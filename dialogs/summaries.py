"""What is shown to be checked: rows of answers with their paths, acts with their validation strings."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from msgspec.structs import replace

from dialogs import proposals, wording
from dialogs.desk import Desk, local_day
from dialogs.journey import Stop
from dialogs.messages import Message, Notice, Row, Summary
from dialogs.state import Act
from forms.cards import CARD_EMAILS
from forms.covering import by_its_end
from forms.flow import Step, standing
from forms.modules import PublishedModule
from forms.showing import CODES, label_of
from forms.types import TYPES
from forms.types.base import Wire
from forms.types.showing import isolated
from rules.consents import LAPSED, WITHDRAWN


def rows_of_section(desk: Desk, form: str, section: str) -> Iterator[Row]:
    return rows_of_steps(desk, form, (step for step in desk.walk(form).steps if step.section == section))


def rows_of_steps(desk: Desk, form: str, steps: Iterable[Step]) -> Iterator[Row]:
    walk, words = desk.walk(form), desk.words(form)
    for step in steps:
        if step.kind == "more" and desk.state.answers.get(step.key) is False:
            told = words.groups[step.group or ""]
            title = told.no_more if told.no_more and step.number != 1 else told.title.format(number="").strip()
            yield Row(step.path, title, shown(desk, step, False))
        if step.question is not None and step.question.type not in {"confirm", "code"}:
            value = walk.values.get(step.key)
            if value is not None or step.key in desk.state.skipped:
                is_code = value is not None and step.question.type in CODES
                name = label_of(step, words, desk.language)
                whole = wording.say(desk.language, "not_given") if value is None else _whole(desk, step, value)
                covered = by_its_end(whole) if value is not None and step.question.sensitive else ""
                yield Row(_path(step), name, whole, is_code, proposals.told_origin(desk, step.key), covered)


def shown(desk: Desk, step: Step, value: Wire) -> str:
    """The value as a person reads it; inside a messenger a sensitive one by its end."""
    told = _whole(desk, step, value)
    is_sensitive = step.question is not None and step.question.sensitive
    return by_its_end(told) if is_sensitive and desk.circumstances.messenger else told


def _whole(desk: Desk, step: Step, value: Wire) -> str:
    known = standing(step, desk.environment, desk.words(step.form), desk.language)
    return TYPES[known.type].show(value, known)


def label(desk: Desk, step: Step) -> str:
    return label_of(step, desk.words(step.form), desk.language)


def with_answers(desk: Desk, form: str, text: str, facts: Mapping[str, str] | None = None) -> str:
    """A form's sentence with the shown values of the answers it names, and with facts of its own."""
    if "{" not in text:
        return text
    walk = desk.walk(form)
    told = {**(facts or {})}
    told |= {
        step.question.name: shown(desk, step, walk.values[step.key]) for step in walk.steps if step.question and step.key in walk.values
    }
    return text.format_map(_Blank({name: isolated(value, desk.language) for name, value in told.items()}))


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def section_summary(desk: Desk, form: str, section: str) -> Summary:
    title = desk.words(form).sections[section].title
    return Summary("section", tuple(rows_of_section(desk, form, section)), {"title": title})


def form_summary(desk: Desk, form: str) -> tuple[Message, ...]:
    """Everything that is confirmed at the end: all answers, and the acts given on the way."""
    rows = all_rows(desk, form)
    return (Summary("form", (*rows, *act_rows(desk, _given(desk))), {"title": desk.words(form).title}),)


def acts_to_confirm(desk: Desk, stop: Stop) -> Iterator[Row]:
    """The acts shown with a form's confirmation; before a quote all there are, with their stamps."""
    if stop.kind == "card":
        return act_rows(desk, desk.state.acts, with_stamps=True)
    return act_rows(desk, _given(desk))


def _given(desk: Desk) -> dict[str, Act]:
    return {question: desk.state.acts[question] for question in desk.state.given if question in desk.state.acts}


def all_rows(desk: Desk, form: str) -> tuple[Row, ...]:
    return tuple(row for section in desk.form(form).sections for row in rows_of_section(desk, form, section.name))


def so_far(desk: Desk, form: str, rows: tuple[Row, ...]) -> Summary:
    return Summary("so_far", rows, {"title": desk.words(form).title})


def facts_summary(desk: Desk, facts: Iterable[tuple[str, Wire]]) -> Summary:
    """What was understood of one message, in its words' order; nothing in it is changed by its path."""
    return Summary("facts", tuple(_fact_row(desk, key, value) for key, value in facts))


def _fact_row(desk: Desk, key: str, value: Wire) -> Row:
    step = desk.step(key)
    if step is None:  # the address of the journey
        return Row("", wording.say(desk.language, "view.email"), str(value), ltr=True)
    is_code = step.question is not None and step.question.type in CODES
    return Row("", label(desk, step), shown(desk, step, value), is_code)


def card_summary(desk: Desk) -> tuple[Message, ...]:
    """The whole card and all acts with their validation strings, before a quote (S0-35)."""
    form = desk.card.form
    rows = all_rows(desk, form)
    return (Summary("card", (*rows, *act_rows(desk, desk.state.acts, with_stamps=True)), {"title": desk.words(form).title}),)


def consents_summary(desk: Desk, acts: Mapping[str, Act]) -> tuple[Message, ...]:
    """What was agreed to and what not, with the validation strings; nothing in it is changed by its path."""
    rows = tuple(replace(row, question="") for row in act_rows(desk, acts, with_stamps=True))
    return (Summary("consents", rows),) if rows else ()


def act_rows(desk: Desk, acts: Mapping[str, Act], *, with_stamps: bool = False) -> Iterator[Row]:
    for question, act in acts.items():
        told = _act_words(desk, question, act)
        if told is None:
            continue
        act_label, answer = told
        if with_stamps and act.stamp:
            answer = wording.say(desk.language, "act_with_stamp", {"answer": answer, "stamp": act.stamp})
        yield Row("" if act.kind == "notice" else question, act_label, answer)


def _act_words(desk: Desk, question: str, act: Act) -> tuple[str, str] | None:
    """Label and answer as worded by the module, in the version that was answered where it is still there."""
    name = question.rpartition(".")[2]
    try:
        module = desk.catalogue.module(act.module, act.version)
    except KeyError:
        return None
    told = module.words[desk.language].acts.get(name)
    if told is None:
        return None
    of_its_own = {WITHDRAWN: "act_answers.withdrawn", LAPSED: "act_answers.lapsed"}
    if act.answer in of_its_own:
        return told.label, wording.say(desk.language, of_its_own[act.answer])
    return told.label, told.answers.get(act.answer, act.answer)


def before_confirmation(desk: Desk, step: Step) -> tuple[Message, ...]:
    """What a confirmation inside a form is about: the needs left unanswered, or the value computed just before it."""
    walk = desk.walk(step.form)
    if step.question is not None and step.question.name == "unanswered_ok":
        rows = tuple(Row(_path(need), label(desk, need), wording.say(desk.language, "not_given")) for need in walk.unanswered_needs)
        return (Summary("unanswered", rows),)
    at = walk.steps.index(step)
    computed = [one for one in walk.steps[max(at - 1, 0) : at] if one.question is not None and one.question.type == "computed"]
    rows = tuple(rows_of_steps(desk, step.form, computed))
    return (Summary("computed", rows),) if rows else ()


def short_privacy_notice(desk: Desk) -> tuple[Message, ...]:
    """Who we are and what for, before the first personal datum; the full text is one tap away."""
    module = privacy_module(desk)
    if module is None:
        return ()
    told = module.words[desk.language]
    return (Notice(told.lead, told.title),)


def privacy_module(desk: Desk) -> PublishedModule | None:
    return next((module for module in desk.catalogue.modules(desk.today) if module.module.code == "privacy_insurance"), None)


def day_of(desk: Desk, posix: float) -> str:
    return wording.day(desk.language, local_day(datetime.fromtimestamp(posix, UTC), desk.circumstances.timezone))


def _path(step: Step) -> str:
    """The path for "change this one"."""
    return step.path if is_changeable(step) else ""


def is_changeable(step: Step) -> bool:
    """Not what was computed, nor the address that a code has proved."""
    return step.key not in CARD_EMAILS and not (step.question is not None and step.question.type == "computed")
