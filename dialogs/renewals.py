"""Texts that have changed since this customer's last act: the difference where they are asked again, a word where they are not."""

from collections.abc import Iterator

from dialogs import summaries, wording
from dialogs.desk import Desk
from dialogs.effects import RecordAct
from dialogs.journey import Stop, act_stops, counts
from dialogs.messages import Message, Notice
from dialogs.state import Act
from forms.differences import Change, differences, said
from forms.modules import PublishedModule
from forms.types.showing import in_digits
from rules.consents import LAPSED, TOLD


def changes_of(desk: Desk, stop: Stop) -> tuple[Change, ...]:
    """Of an act asked again: what its text says otherwise than the one answered last. Empty where that is not kept, or was no other."""
    module, before = stop.module, desk.state.acts.get(stop.path)
    if module is None or before is None or before.version == module.version:
        return ()
    old = desk.catalogue.published.get((module.code, before.version))
    if old is None or not {desk.language} <= old.texts.keys() & module.texts.keys():
        return ()
    return differences(old.text(desk.language), module.text(desk.language))


def difference_notice(desk: Desk, stop: Stop) -> tuple[Message, ...]:
    """The changed paragraphs in words, so that no sign or colour is needed to tell the old from the new."""
    changes = changes_of(desk, stop)
    if not changes or stop.module is None:
        return ()
    before, language = desk.state.acts[stop.path].version, desk.language
    title = wording.say(
        language, "difference.title", {"before": in_digits(before, language), "after": in_digits(stop.module.version, language)}
    )
    lines = [wording.say(language, f"difference.{side}", {"text": said(told)}) for change in changes for side, told in change.told]
    return (Notice("\n\n".join(lines), title),)


def say_why_again(desk: Desk, stop: Stop) -> None:
    """An act asked again because its text is another now, or the yes too old, says so, once."""
    before, module = desk.state.acts.get(stop.path), stop.module
    if before is None or module is None or desk.state.open == stop.path:
        return
    facts = {"title": module.words[desk.language].title, "day": summaries.day_of(desk, before.at)}
    if before.answer == LAPSED:
        desk.say("consent_lapsed", **facts)
    elif before.version != module.version:
        desk.say("module_changed", **facts)


def tell_rewordings(desk: Desk) -> None:
    """What was only put into other words is told, once, and that it was told is kept. Looked for where a journey begins."""
    for module, before in _reworded(desk):
        question, sha256 = told_question(module.code), module.text_sha256(desk.language)
        title = module.words[desk.language].title
        told_of = {"before": in_digits(before.version, desk.language), "after": in_digits(module.version, desk.language)}
        desk.say("module_reworded", title=title, **told_of)
        desk.effects.append(
            RecordAct(question, module.code, module.version, "notice", TOLD, sha256, sha256, desk.language, desk.now),
        )
        told = Act(module.code, module.version, "notice", TOLD, desk.now.timestamp(), desk.stamp())
        desk.set(acts={**desk.state.acts, question: told})


def told_question(code: str) -> str:
    return f"modules.{code}.told"


def _reworded(desk: Desk) -> Iterator[tuple[PublishedModule, Act]]:
    """Modules in force whose act still counts though their words are others, with that act; not those shown anew at each quote."""
    acts, seen = desk.state.acts, set()
    for stop in act_stops(desk):
        module, act = stop.module, acts.get(stop.path)
        if module is None or act is None or module.module.occasion == "quote" or module.code in seen or act.version == module.version:
            continue
        told = acts.get(told_question(module.code))
        if counts(desk, act, stop) and (told is None or told.version != module.version):
            seen.add(module.code)
            yield module, act
