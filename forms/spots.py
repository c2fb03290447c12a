"""The questions and groups of a form in order, each with its place in the file and what is answered before it."""

from dataclasses import dataclass

from forms.model import Form, Group, Question
from forms.positions import Place


@dataclass(frozen=True, slots=True)
class Spot:
    """A group itself (`question` None), a question of a group, or a question. `before`: names that conditions here may read."""

    place: Place
    section: str
    group: Group | None
    question: Question | None
    before: frozenset[str]

    @property
    def name(self) -> str:
        if self.question is not None:
            return self.question.name
        return self.group.group if self.group is not None else ""

    @property
    def is_in_group(self) -> bool:
        return self.group is not None and self.question is not None

    @property
    def scope(self) -> str | None:
        """The group whose item's answers are seen here."""
        return self.group.group if self.group is not None and self.question is not None else None

    @property
    def ask_if(self) -> str | None:
        if self.question is not None:
            return self.question.ask_if
        return self.group.ask_if if self.group is not None else None


def spots_of(form: Form) -> list[Spot]:
    spots: list[Spot] = []
    before: frozenset[str] = frozenset()
    for s, section in enumerate(form.sections):
        for i, item in enumerate(section.items):
            place: Place = ("sections", s, "items", i)
            if isinstance(item, Group):
                spots += _group_spots(place, section.section, item, before)
                before |= {item.group}
            else:
                spots.append(Spot(place, section.section, None, item, before))
                before |= {item.name}
    return spots


def _group_spots(place: Place, section: str, group: Group, before: frozenset[str]) -> list[Spot]:
    spots = [Spot(place, section, group, None, before)]
    # a question of the group hides one of the same name outside, also before it is answered
    inside = before - {question.name for question in group.questions}
    for number, question in enumerate(group.questions):
        spots.append(Spot((*place, "questions", number), section, group, question, inside))
        inside |= {question.name}
    return spots
