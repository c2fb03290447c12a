"""The page of a conversation (dialogs.chat_view), made from its snapshot alone. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import msgspec

from dialogs import asking, commands, consents, drafts, pricing, proposals, renewals, returning, summaries, wording
from dialogs.asking import Presented
from dialogs.chat_view import ChatView, Consent, CoverPrice, Paper, Price, Progress, RowGroup, Said, Scene, Sent
from dialogs.desk import QUOTE, Desk
from dialogs.events import Circumstances
from dialogs.journey import LANGUAGE, Kind, Stop, act_stops, is_optional, next_stop
from dialogs.messages import Row
from dialogs.state import State
from dialogs.takeover import is_silent
from forms.catalogue import Catalogue
from forms.flow import Step, Walk
from forms.types import TYPES
from forms.types.showing import in_digits, listed
from rules.tariff import CoverPrice as PricedCover
from rules.tariff import Referral


def view(state: State, catalogue: Catalogue, circumstances: Circumstances) -> ChatView:
    """The page of a conversation as it stands."""
    desk = Desk(state, catalogue, circumstances)
    if state.colleague is not None and is_silent(state):
        return replace(_closed(desk), scene="person", colleague=state.colleague.name)
    stop = next_stop(desk)
    if stop is None and not state.ended:
        desk.set(goal=None)  # a goal with nothing left to ask: the next turn says so
        stop = next_stop(desk)
    if stop is None:
        return _closed(desk)
    return _open(desk, stop, asking.present(desk, stop))


def _closed(desk: Desk) -> ChatView:
    return ChatView(
        language=desk.language,
        scene="closed",
        ask=None,
        input="none",
        doing="",
        progress=(),
        card=(),
        can_go_back=False,
        can_skip=False,
        can_skip_section=False,
        example=None,
        thread=_thread(desk),
    )


def _open(desk: Desk, stop: Stop, presented: Presented) -> ChatView:
    scene = _scene(desk, stop)
    ask, declaration = presented.ask, None
    if stop.kind == "form":  # the hint of the chat API's question
        ask, declaration = msgspec.structs.replace(ask, hint=None), ask.hint
    step = stop.step
    return ChatView(
        language=desk.language,
        scene=scene,
        ask=ask,
        input=_input(stop, presented),
        doing=_doing(desk, stop),
        progress=_progress(desk, stop),
        card=_card(desk, stop),
        can_go_back=desk.state.returned is None and commands.target_of_back(desk, stop) is not None,
        can_skip=stop.kind == "phone" or (step is not None and (is_optional(desk, step) or proposals.is_open(desk, step.key))),
        can_skip_section=step is not None and is_optional(desk, step) and _optional_left(desk, step) > 1,
        example=_example(desk, stop),
        thread=_thread(desk),
        paper=_paper(desk, stop),
        price=_price(desk, stop, scene),
        groups=_groups(desk, stop),
        declaration=declaration,
        sent=_sent(desk) if scene == "sent" else None,
        consents=tuple(_consents(desk)) if stop.kind == "consents" else (),
        returned=returning.told_waiting(desk),
        is_quote_begun=drafts.is_begun(desk.state),
    )


def _scene(desk: Desk, stop: Stop) -> Scene:
    if stop.kind == "goal":
        return "sent" if desk.state.closing is not None else "goal"
    if stop.kind in _SCENES:
        return _SCENES[stop.kind]
    priced = desk.state.priced
    return "price" if priced is not None and priced.path == stop.path and stop.form == QUOTE else "ask"


_SCENES: dict[Kind, Scene] = {
    "act": "consent",
    "offer": "offer",
    "section": "review",
    "form": "review",
    "card": "review",
    "consents": "consents",
}


def _input(stop: Stop, presented: Presented) -> str:
    """More than seven choices are a list to select from, but for the menu: of that all is seen at once."""
    wanted = TYPES[presented.asked.type].input
    return "select" if wanted == "radio" and len(presented.asked.choices) > 7 and stop.kind != "goal" else wanted


def _example(desk: Desk, stop: Stop) -> str | None:
    if stop.step is None or stop.step.question is None:
        return None
    return desk.words(stop.form).questions[stop.step.question.name].example


def _thread(desk: Desk) -> tuple[Said, ...]:
    return tuple(Said(line.who, line.name, line.text) for line in desk.state.thread)


# progress


def _walk(desk: Desk) -> Walk | None:
    form = asking.form_of(desk)
    return None if form is None else desk.walk(form, quick_only=form == QUOTE and desk.state.priced is None)


def _asked_in(desk: Desk, walk: Walk, section: str) -> tuple[int, int]:
    """Questions of the section that are done, and all that apply so far."""
    state = desk.state
    steps = [one for one in walk.steps if one.section == section and one.kind != "confirm" and not _is_computed(one)]
    return sum(one.key in state.answers or one.key in state.skipped for one in steps), len(steps)


def _is_computed(step: Step) -> bool:
    return step.question is not None and step.question.type == "computed"


def _doing(desk: Desk, stop: Stop) -> str:
    walk, step = _walk(desk), stop.step
    if walk is None or step is None or step.kind == "confirm" or step not in walk.steps:
        return ""
    steps = [one for one in walk.steps if one.section == step.section and one.kind != "confirm" and not _is_computed(one)]
    if step not in steps:
        return ""
    return wording.say(desk.language, "view.doing", {"number": steps.index(step) + 1, "of": len(steps)})


def _progress(desk: Desk, stop: Stop) -> tuple[Progress, ...]:
    walk = _walk(desk)
    if walk is None:
        return ()
    sections = desk.words(walk.form).sections
    present = stop.step.section if stop.step is not None and stop.form == walk.form else None
    found = dict.fromkeys(step.section for step in walk.steps)
    return tuple(Progress(sections[name].title, *_asked_in(desk, walk, name), is_current=name == present) for name in found)


def _card(desk: Desk, stop: Stop) -> tuple[Row, ...]:
    """The present section's answers; outside a form what was said before it."""
    step = stop.step
    if step is None or stop.kind == "section":
        return _said_before(desk) if stop.kind not in {"section", "form", "card"} else ()
    steps = [one for one in desk.walk(step.form).steps if one.section == step.section and one.key in desk.state.answers and one != step]
    rows = summaries.rows_of_steps(desk, step.form, steps)
    return tuple(sorted(rows, key=lambda row: bool(row.question)))  # the proved e-mail was there before all of them


def _said_before(desk: Desk) -> tuple[Row, ...]:
    state, rows = desk.state, []
    if LANGUAGE in state.answers:
        rows.append(Row(LANGUAGE, wording.say(desk.language, "view.language"), wording.say(desk.language, "language_name")))
    if state.bound and desk.emails:
        rows.append(Row("", wording.say(desk.language, "view.email"), listed(desk.emails, desk.language), ltr=True))
    return tuple(rows)


def _optional_left(desk: Desk, step: Step) -> int:
    state = desk.state
    steps = (one for one in desk.walk(step.form).steps if one.section == step.section and one.kind == "question")
    return sum(is_optional(desk, one) and one.key not in state.answers and one.key not in state.skipped for one in steps)


# papers, prices, reviews


def _paper(desk: Desk, stop: Stop) -> Paper | None:
    module = stop.module
    if module is None:
        return None
    words = module.words[desk.language]
    return Paper(
        title=words.title,
        lead=words.lead,
        text=module.text(desk.language),
        version=in_digits(module.version, desk.language),
        valid_from=wording.day(desk.language, date.fromisoformat(module.module.valid_from)),
        sha256=module.text_sha256(desk.language),
        withdraw=words.withdraw,
        draft_note="",  # the text itself says that it is a draft, and so is hashed with it
        position=_position(desk, stop),
        changes=(changes := renewals.changes_of(desk, stop)),
        before=in_digits(desk.state.acts[stop.path].version, desk.language) if changes else "",
    )


def _position(desk: Desk, stop: Stop) -> str | None:
    assert stop.module is not None  # noqa: S101 - the caller has looked
    paths = [one.path for one in act_stops(desk, stop.module.module.occasion)]
    if len(paths) < 2 or stop.path not in paths:
        return None
    return wording.say(desk.language, "view.position", {"number": paths.index(stop.path) + 1, "of": len(paths)})


def _price(desk: Desk, stop: Stop, scene: Scene) -> Price | None:
    """Where it is news, and once more with all that is confirmed at a quote's end: it is part of that."""
    if scene == "offer":
        return _offered(desk)
    is_confirmed = stop.kind == "form" and stop.form == QUOTE
    priced = pricing.price_now(desk) if scene == "price" or is_confirmed else None
    if priced is None:
        return None
    language = desk.language
    if isinstance(priced, Referral):
        note = " ".join([pricing.told(desk, "referral_note"), *pricing.reasons(desk, priced)])
        tariff = pricing.tariff_of(desk)
        return Price(None, "", note, (), "", "", (), "", tariff.version, tariff.sha256)
    return Price(
        total=pricing.total_of(desk, priced),
        per=pricing.told(desk, "per_year"),
        note=pricing.told(desk, "indicative"),
        covers=tuple(_cover(desk, line) for line in priced.covers),
        net=pricing.money(desk, priced.net),
        tax=pricing.money(desk, priced.tax),
        assumptions=pricing.assumption_rows(desk, priced),
        valid_until=wording.day(language, priced.valid_until),
        tariff_version=priced.tariff_version,
        tariff_sha256=priced.tariff_sha256,
    )


def _cover(desk: Desk, line: PricedCover) -> CoverPrice:
    factors = tuple((row.label, row.value) for row in pricing.factor_rows(desk, line))
    return CoverPrice(pricing.cover_name(desk, line), pricing.money(desk, line.net), factors)


def _offered(desk: Desk) -> Price:
    offer = desk.state.client.offers[0]
    language = desk.language
    return Price(
        total=pricing.money(desk, Decimal(offer.premium_cents) / 100),
        per=pricing.told(desk, "per_year"),
        note=wording.say(language, "price.offer_note"),
        covers=(),
        net="",
        tax="",
        assumptions=(),
        valid_until=wording.day(language, date.fromisoformat(offer.valid_until)),
        tariff_version="",
        tariff_sha256="",
        document=offer.document,
    )


def _groups(desk: Desk, stop: Stop) -> tuple[RowGroup, ...]:
    """What is confirmed, by section, and the acts."""
    if stop.kind == "section" and stop.step is not None:
        return (_group(desk, stop.form, stop.step.section),)
    if stop.kind not in {"form", "card"}:
        return ()
    form = desk.card.form if stop.kind == "card" else stop.form
    groups = [_group(desk, form, section.name) for section in desk.form(form).sections]
    acts = tuple(summaries.acts_to_confirm(desk, stop))
    if acts:
        groups.append(RowGroup(wording.say(desk.language, "view.acts"), acts))
    return tuple(group for group in groups if group.rows)


def _consents(desk: Desk) -> Iterator[Consent]:
    known, standing = dict(consents.known(desk)), consents.standing(desk)
    for row in summaries.act_rows(desk, known):
        yield Consent(row.question, row.label, row.value, known[row.question].stamp, row.question in standing)


def _group(desk: Desk, form: str, section: str) -> RowGroup:
    return RowGroup(desk.words(form).sections[section].title, tuple(summaries.rows_of_section(desk, form, section)))


def _sent(desk: Desk) -> Sent:
    closing = desk.state.closing
    assert closing is not None  # noqa: S101 - only then is it the scene
    steps = wording.aliases(desk.language, f"view.steps.{closing.form}")
    return Sent(closing.form, closing.receipt, closing.stamp, desk.emails, steps)
