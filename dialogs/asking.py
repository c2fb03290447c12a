"""The open question as a channel shows it: worded, bounded, with what must be read before it, and the hash of all that."""

from collections.abc import Sequence
from hashlib import sha256

import msgspec
import orjson
from msgspec.structs import replace

from dialogs import consents, proposals, renewals, returning, summaries, withdrawals, wording
from dialogs.desk import QUOTE, Desk
from dialogs.journey import EMAIL_CODE, UPDATE, Stop, goals
from dialogs.messages import Ask, Message, Notice, Summary
from dialogs.pricing import offer_summary, price_messages, price_now
from forms.cards import CARDS
from forms.flow import Step, asked, prefilled
from forms.model import QuestionWords
from forms.types.base import Asked, Choice, Wire


class Presented(msgspec.Struct, frozen=True):
    """`before` is shown anew whenever the question is: nobody confirms what they did not see."""

    ask: Ask
    asked: Asked
    before: tuple[Message, ...] = ()


def present(desk: Desk, stop: Stop, *, plainly: bool = False) -> Presented:
    """`plainly` = to read an answer only: what need not be worded, summed up or hashed for that is left out."""
    if plainly and stop.step is not None and stop.step.question is not None and stop.kind == "question":
        return _to_read(desk, stop, stop.step)
    presented = _PRESENT[stop.kind](desk, stop)
    offered = desk.state.offered
    if offered is not None and offered.key == stop.key:
        presented = _narrowed(presented, tuple(Choice(value, label) for value, label in offered.choices))
    if presented.ask.shown:
        return presented
    return Presented(replace(presented.ask, shown=_hash(presented)), presented.asked, presented.before)


def _to_read(desk: Desk, stop: Stop, step: Step) -> Presented:
    known = asked(step, desk.state.answers, desk.environment, desk.words(step.form), desk.language)
    ask = Ask(stop.path, stop.form, step.section, known.name, known.type, "", known.required, desk.state.shown, 0, 0)
    offered = desk.state.offered
    if offered is not None and offered.key == stop.key:
        known = replace(known, choices=tuple(Choice(value, label) for value, label in offered.choices))
    return Presented(ask, known)


def _narrowed(presented: Presented, choices: tuple[Choice, ...]) -> Presented:
    narrowed = replace(presented.asked, choices=choices)
    return Presented(replace(presented.ask, choices=_choices(choices), shown=""), narrowed, presented.before)


def _hash(presented: Presented) -> str:
    """SHA-256 over everything displayed: text, hint, choices, bounds, today's value, rows to check, text of a module."""
    ask = presented.ask
    displayed = [
        ask.path, ask.text, ask.hint, ask.choices, ask.min, ask.max, ask.max_length, ask.unit, ask.accept, ask.value,
        [_displayed(message) for message in presented.before],
    ]  # fmt: skip
    return sha256(orjson.dumps(displayed)).hexdigest()


def _displayed(message: Message) -> object:
    match message:
        case Notice():
            return [message.title, sha256(message.text.encode()).hexdigest()]
        case Summary():
            return [
                message.key,
                [[row.question, row.label, row.value, *([row.origin] if row.origin else [])] for row in message.rows],
                {k: str(v) for k, v in message.facts.items()},
            ]
        case _:
            return None


# the questions of a form


def _of_form(desk: Desk, stop: Stop) -> Presented:
    step = stop.step
    assert step is not None  # noqa: S101 - a question of a form has its step
    words = desk.words(step.form)
    known = asked(step, desk.state.answers, desk.environment, words, desk.language)
    if step.question is None:  # another one of a group?
        told = words.groups[step.group or ""]
        return _simple(desk, stop, known, text=told.more)
    told_question = words.questions[step.question.name]
    now = value = desk.state.answers.get(step.key)
    hint = told_question.hint
    before: tuple[Message, ...] = ()
    if step.question.type == "confirm":
        before = summaries.before_confirmation(desk, step)
    elif (prepared := proposals.proposal(desk, step.key)) is not None:
        value, hint = prepared, _with_origin(desk, step, told_question.hint, prepared, now)
    elif value is None:
        value = prefilled(step, desk.environment, desk.state.answers)
    if value is None and not before and "{" not in told_question.ask and not step.of.reads(step):
        return _alone(desk, stop, step, known, told_question)
    text = summaries.with_answers(desk, step.form, told_question.ask)
    ask = _ask(desk, stop, known, text, hint=hint, why=told_question.why, value=value)
    if proposals.is_open(desk, step.key):  # the card stays as it is
        ask = replace(ask, required=False)
    return Presented(ask, known, before)


def _with_origin(desk: Desk, step: Step, hint: str | None, prepared: Wire, now: Wire | None) -> str:
    known = None if now is None else summaries.shown(desk, step, now)
    told = proposals.hint(desk, step, summaries.shown(desk, step, prepared), known)
    return f"{hint}\n{told}" if hint else told


def _alone(desk: Desk, stop: Stop, step: Step, known: Asked, told: QuestionWords) -> Presented:
    """A question without an answer, in which no other answer shows, stands there for everybody alike but for the progress."""
    made: tuple[Asked, Ask] | None = step.memo.get(id(told))  # words live as long as the catalogue
    if made is None or made[0] is not known:
        ask = _ask(desk, stop, known, told.ask, hint=told.hint, why=told.why)
        made = step.memo[id(told)] = (known, replace(ask, shown=_hash(Presented(ask, known))))
    answered, total = progress(desk)
    return Presented(replace(made[1], answered=answered, total=total), known)


def _section(desk: Desk, stop: Stop) -> Presented:
    step = stop.step
    assert step is not None  # noqa: S101 - a section's confirmation is a step
    known = asked(step, desk.state.answers, desk.environment, desk.words(step.form), desk.language)
    text = desk.words(step.form).sections[step.section].confirm
    return _simple(desk, stop, known, text=text, before=(summaries.section_summary(desk, step.form, step.section),))


def _form(desk: Desk, stop: Stop) -> Presented:
    words = desk.words(stop.form)
    before = summaries.form_summary(desk, stop.form)
    if stop.form == QUOTE and (priced := price_now(desk)) is not None:
        before = (*before, *price_messages(desk, priced))
    return _simple(desk, stop, _confirm(desk, stop), text=words.confirm, hint=_with_whom_for(desk, words.declaration), before=before)


def _card(desk: Desk, stop: Stop) -> Presented:
    before = summaries.card_summary(desk)
    if stop.form == UPDATE:
        return _of_journey(desk, stop, "confirm", key="update_card", before=before, is_act=True)
    return _of_journey(desk, stop, "confirm", key="card_confirm", before=before, is_act=True)


# the conversation's own


def _language(desk: Desk, stop: Stop) -> Presented:
    names = [
        Choice(code, wording.say(code, "language_name"), aliases=wording.aliases(code, "language_aliases"))
        for code in desk.circumstances.languages
    ]
    return _of_journey(desk, stop, "choice", key="language", choices=names, value=desk.language)


def _goal(desk: Desk, stop: Stop) -> Presented:
    choices = [_choice(desk, "goals", goal) for goal in goals(desk)]
    if desk.state.waiting is not None:  # called by its own words too
        first, *rest = choices
        choices = [replace(first, aliases=(*first.aliases, *returning.labels(desk))), *rest]
    return _of_journey(desk, stop, "choice", key="goal", choices=choices)


def _party_kind(desk: Desk, stop: Stop) -> Presented:
    return _of_journey(desk, stop, "choice", key="party_kind", choices=[_choice(desk, "party_kinds", kind) for kind in CARDS])


def _email(desk: Desk, stop: Stop) -> Presented:
    before = summaries.short_privacy_notice(desk)
    return _of_journey(desk, stop, "email", key="email", before=before, max_length=254)


def _code(desk: Desk, stop: Stop) -> Presented:
    email = desk.state.proof.email if desk.state.proof is not None else ""
    if stop.path == EMAIL_CODE:
        return _of_journey(desk, stop, "code", key="email_code", email=email)
    return _of_form(desk, stop)


def _phone(desk: Desk, stop: Stop) -> Presented:
    return _of_journey(desk, stop, "phone", key="phone", value=desk.state.answers.get(desk.card.phone), required=False)


def _offer(desk: Desk, stop: Stop) -> Presented:
    offer = desk.state.client.offers[0]
    choices = [_choice(desk, "offer_answers", answer) for answer in ("accept", "refuse")]
    return _of_journey(desk, stop, "choice", key="offer", choices=choices, before=(offer_summary(desk, offer),), is_act=True)


def _consents(desk: Desk, stop: Stop) -> Presented:
    before = summaries.consents_summary(desk, dict(consents.known(desk)))
    return _of_journey(desk, stop, "choice", key="consents", choices=consents.choices(desk), before=before)


def _which(desk: Desk, stop: Stop) -> Presented:
    return _of_journey(desk, stop, "choice", key="withdrawal_which", choices=withdrawals.choices(desk))


def _withdrawal(desk: Desk, stop: Stop) -> Presented:
    choices = [_choice(desk, "withdrawals", answer) for answer in (withdrawals.WITHDRAW, withdrawals.KEEP)]
    return _of_journey(desk, stop, "choice", key="withdrawal", choices=choices, before=(withdrawals.summary(desk),), is_act=True)


def _sure(desk: Desk, stop: Stop) -> Presented:
    pending = desk.state.pending
    assert pending is not None  # noqa: S101 - only then is it asked
    before = (summaries.facts_summary(desk, pending.facts),) if pending.facts else ()
    return _simple(desk, stop, _confirm(desk, stop), text=pending.text, before=before)


def _act(desk: Desk, stop: Stop) -> Presented:
    """The act's question under the module's full text; nothing is preselected and both answers are worded alike."""
    module, act = stop.module, stop.act
    assert module is not None  # noqa: S101 - an act's stop has both
    assert act is not None  # noqa: S101
    told = module.words[desk.language]
    told_act = told.acts[act.name]
    choices = tuple(Choice(value, told_act.answers[value]) for value in act.values)
    known = Asked(stop.path, "choice", desk.language, desk.today, choices=choices, name=act.name)
    before = (*renewals.difference_notice(desk, stop), Notice(module.text(desk.language), told.title))
    ask = _ask(desk, stop, known, told_act.ask, hint=_with_whom_for(desk, told_act.hint), why=told.lead)
    return Presented(ask, known, before)


_PRESENT = {
    "language": _language,
    "goal": _goal,
    "party_kind": _party_kind,
    "email": _email,
    "code": _code,
    "phone": _phone,
    "question": _of_form,
    "more": _of_form,
    "sure": _sure,
    "section": _section,
    "form": _form,
    "card": _card,
    "act": _act,
    "offer": _offer,
    "consents": _consents,
    "which": _which,
    "withdrawal": _withdrawal,
}

# how they are put together


def _choice(desk: Desk, branch: str, value: str) -> Choice:
    return choice(desk.language, branch, value)


def choice(language: str, branch: str, value: str) -> Choice:
    return Choice(
        value,
        wording.say(language, f"{branch}.{value}.label"),
        wording.say(language, f"{branch}.{value}.description"),
        wording.aliases(language, f"{branch}.{value}.aliases"),
    )


def _confirm(desk: Desk, stop: Stop) -> Asked:
    return Asked(stop.path, "confirm", desk.language, desk.today)


def _of_journey(
    desk: Desk,
    stop: Stop,
    kind: str,
    *,
    key: str,
    choices: Sequence[Choice] = (),
    value: Wire | None = None,
    before: tuple[Message, ...] = (),
    max_length: int | None = None,
    required: bool = True,
    is_act: bool = False,
    **facts: str,
) -> Presented:
    known = Asked(stop.path, kind, desk.language, desk.today, choices=tuple(choices), max_length=max_length, name=key, required=required)
    told = wording.words(desk.language, f"ask.{key}")
    text = wording.fill(desk.language, told["text"], facts)
    value = desk.state.answers.get(stop.key) if value is None else value
    hint = _with_whom_for(desk, told.get("hint")) if is_act else told.get("hint")
    return Presented(_ask(desk, stop, known, text, hint=hint, why=told.get("why"), value=value), known, before)


def _with_whom_for(desk: Desk, hint: str | None) -> str | None:
    """Whoever acts for the customer reads for whom and in which capacity, as far as the card tells it (docs/decisions/0013)."""
    card, answers = desk.card, desk.state.answers
    if card.powers not in answers:
        return hint
    facts = {"name": card.name_in(answers), "signer": card.signer_in(answers), "powers": str(answers[card.powers])}
    told = wording.say(desk.language, "on_behalf", facts)
    return f"{hint} {told}" if hint else told


def _simple(desk: Desk, stop: Stop, known: Asked, *, text: str, hint: str | None = None, before: tuple[Message, ...] = ()) -> Presented:
    return Presented(_ask(desk, stop, known, text, hint=hint), known, before)


def _ask(
    desk: Desk, stop: Stop, known: Asked, text: str, *, hint: str | None = None, why: str | None = None, value: Wire | None = None
) -> Ask:
    answered, total = progress(desk)
    step = stop.step
    return Ask(
        path=stop.path,
        form=stop.form,
        section=step.section if step is not None else stop.path.split(".")[1],
        name=stop.path.rpartition(".")[2],
        type=known.type,
        text=text,
        required=known.required,
        shown="",
        answered=answered,
        total=total,
        hint=hint,
        why=why,
        choices=_choices(known.choices),
        min=known.min,
        max=known.max,
        max_length=known.max_length,
        unit=known.unit,
        accept=known.accept or None,
        value=value,
    )


def _choices(choices: tuple[Choice, ...]) -> tuple[dict[str, str], ...] | None:
    if not choices:
        return None
    return tuple(
        {"value": choice.value, "label": choice.label, **({"description": choice.description} if choice.description else {})}
        for choice in choices
    )


def kind_of(stop: Stop) -> str:
    """The type of the open question, without wording it."""
    if stop.step is None or stop.step.question is None:
        return stop.kind
    return stop.step.question.type


def form_of(desk: Desk) -> str | None:
    """The form the conversation is busy with."""
    state = desk.state
    if state.returned is not None:
        return state.returned.form
    return desk.form_of(state.goal)


def progress(desk: Desk) -> tuple[int, int]:
    form = form_of(desk)
    if form is None:
        return 0, 0
    walk = desk.walk(form, quick_only=form == QUOTE and desk.state.priced is None)
    return walk.answered, walk.total
