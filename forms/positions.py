"""Where in a YAML file each value stands, for those who must mend it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import yaml

type Place = tuple[str | int, ...]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Positions:
    """Lines by place (`("sections", 0, "items", 3, "ask_if")`), counted from 1, and keys that stand twice in one mapping."""

    lines: Mapping[Place, int] = field(default_factory=dict)
    repeated: Sequence[tuple[str, int]] = ()
    first_line: int = 1

    def line(self, *place: str | int) -> int:
        """The line of the value, or of the nearest thing around it that is there."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, self.first_line)


def find_positions(text: str, first_line: int = 1) -> Positions:
    """Raises yaml.YAMLError where the text is none."""
    root = yaml.compose(text, Loader=_LOADER)
    lines: dict[Place, int] = {}
    repeated: list[tuple[str, int]] = []
    for place, line, is_repeated in _visit(root, ()) if root is not None else ():
        lines[place] = line + first_line
        if is_repeated:
            repeated.append((str(place[-1]), line + first_line))
    return Positions(lines, tuple(repeated), first_line)


def _visit(node: yaml.Node, place: Place) -> Iterator[tuple[Place, int, bool]]:
    if isinstance(node, yaml.MappingNode):
        yield from _visit_mapping(node, place)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield (*place, number), value.start_mark.line, False
            yield from _visit(value, (*place, number))


def _visit_mapping(node: yaml.MappingNode, place: Place) -> Iterator[tuple[Place, int, bool]]:
    seen: set[str] = set()
    for key, value in node.value:
        yield (*place, key.value), key.start_mark.line, key.value in seen
        seen.add(key.value)
        yield from _visit(value, (*place, key.value))
