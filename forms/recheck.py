"""What a correction makes wrong: answers further on that were right beside the old answer and are not beside the new one."""

from collections.abc import Mapping

from forms.flow import Environment, Step, asked, check
from forms.model import Words
from forms.types import TYPES
from forms.types.base import Doubt, Read, Reading, Wire
from rules.refusals import Refused


def no_longer_right(
    changed: Step, before: Mapping[str, Wire], after: Mapping[str, Wire], env: Environment, *, words: Words, language: str
) -> tuple[tuple[Step, Refused | Doubt], ...]:
    """Steps whose answers `after` are refused by their bounds or checks, or doubted where they were not doubted `before`.

    Only those that look at the changed answer, or at something computed from it; in order. They should be asked again."""
    touched = changed.of.dependents(changed)
    found = []
    for step in changed.of.walk(after, env).steps:
        if step.key == changed.key or step.key not in after or not touched & changed.of.reads(step):
            continue
        now = _judged(step, after, env, words, language)
        if isinstance(now, Refused) or (isinstance(now, Doubt) and not _was_doubted(step, before, env, words, language)):
            found.append((step, now))
    return tuple(found)


def _was_doubted(step: Step, before: Mapping[str, Wire], env: Environment, words: Words, language: str) -> bool:
    return step.key in before and isinstance(_judged(step, before, env, words, language), Doubt)


def _judged(step: Step, answers: Mapping[str, Wire], env: Environment, words: Words, language: str) -> Reading:
    one = asked(step, answers, env, words, language)
    reading = TYPES[one.type].read_value(answers[step.key], one)
    return check(step, reading.value, answers, env) if isinstance(reading, Read) else reading
