"""Why every questionnaire ends.

A condition reads earlier answers only (F013), so one walk visits each question of the form's order once and never goes back; a group
repeats at most `most` times; a section is confirmed once. The number of steps is therefore bounded by `longest_walk`, whatever is
answered, corrected or reopened: each answer given to the open step leaves fewer than that many to go, until an earlier one is changed.
"""

from forms.conditions import OFFERED, names_in
from forms.flow import CompiledForm
from forms.model import Form, Group, Section
from forms.names import names_checked_by, names_read_by
from forms.spots import Spot, spots_of


def longest_walk(form: CompiledForm) -> int:
    """The most steps that a walk of the form can have, confirmations and "another one?" included."""
    return sum(_longest(section) for section in form.form.sections)


def _longest(section: Section) -> int:
    """Its questions, its groups filled to the brim, its confirmation."""
    return 1 + sum(_most(item) if isinstance(item, Group) else 1 for item in section.items)


def _most(group: Group) -> int:
    asked_before_each = 0 if group.count is not None else 1
    return group.most * (len(group.questions) + asked_before_each)


def forward_references(form: Form) -> list[tuple[str, str]]:
    """(who, whom): conditions, counts, bounds, checks and computations that read an answer not given before. The proof wants none."""
    return [(spot.name, name) for spot in spots_of(form) for name in sorted(_reads(spot) - spot.before - OFFERED.keys())]


def _reads(spot: Spot) -> frozenset[str]:
    if spot.question is not None:
        return names_read_by(spot.question) | names_checked_by(spot.question)
    condition = names_in(spot.ask_if) if spot.ask_if is not None else frozenset()
    return condition | {spot.group.count} if spot.group is not None and spot.group.count is not None else condition
