"""Pages of A4 as drawing commands, in points from the top left corner. Text is written as code units: it can never be a command."""

from dataclasses import dataclass, field

from forms.papers.fonts import Cut, bold, code, regular

PAGE_WIDTH, PAGE_HEIGHT = 595.28, 841.89
MM = 72 / 25.4

type Colour = tuple[int, int, int]
# The light scheme of the house's colours (docs: look); paper is always white.
INK: Colour = (18, 38, 42)
QUIET: Colour = (66, 86, 90)
LINE: Colour = (203, 214, 212)
PETROL: Colour = (10, 85, 94)
CREMA: Colour = (104, 64, 0)
CREMA_SOFT: Colour = (255, 240, 210)
CREMA_DOT: Colour = (199, 119, 0)
BASIL: Colour = (23, 89, 46)
BASIL_SOFT: Colour = (224, 241, 228)
BRICK: Colour = (142, 29, 22)
BRICK_SOFT: Colour = (253, 234, 231)
PETROL_SOFT: Colour = (224, 239, 239)


@dataclass(frozen=True, slots=True)
class Pen:
    """How a run of text looks. `leading` is the distance from line to line."""

    face: str  # regular, bold, code
    size: float
    leading: float
    colour: Colour = INK

    @property
    def cut(self) -> Cut:
        return CUTS[self.face]()


CUTS = {"regular": regular, "bold": bold, "code": code}
FONT_NUMBERS = {"regular": 1, "bold": 2, "code": 3}
MIDDLE = 0.36  # half of a capital's height, in sizes: puts a line's text in the middle of its leading


def paint(colour: Colour, operator: str) -> str:
    red, green, blue = (f"{part / 255:.3f}".rstrip("0").rstrip(".") for part in colour)
    return f"{red} {green} {blue} {operator}"


@dataclass(slots=True)
class Page:
    """One page's commands and the characters it uses, by face."""

    commands: list[str] = field(default_factory=list)
    used: dict[str, set[int]] = field(default_factory=dict)

    def text(self, x: float, top: float, line: str, pen: Pen) -> None:
        """One line that `broken` has made (every character has a glyph)."""
        if not line:
            return
        self.used.setdefault(pen.face, set()).update(map(ord, line))
        baseline = PAGE_HEIGHT - (top + pen.leading / 2 + pen.size * MIDDLE)
        hexed = line.encode("utf-16-be").hex()
        self.commands.append(
            f"BT {paint(pen.colour, 'rg')} /F{FONT_NUMBERS[pen.face]} {pen.size:g} Tf {x:.2f} {baseline:.2f} Td <{hexed}> Tj ET"
        )

    def fill(self, x: float, top: float, width: float, height: float, *, colour: Colour) -> None:
        self.commands.append(f"{paint(colour, 'rg')} {x:.2f} {PAGE_HEIGHT - top - height:.2f} {width:.2f} {height:.2f} re f")

    def frame(self, x: float, top: float, width: float, height: float) -> None:
        self.commands.append(f"{paint(PETROL, 'RG')} 1.2 w {x:.2f} {PAGE_HEIGHT - top - height:.2f} {width:.2f} {height:.2f} re S")

    def rule(self, x: float, top: float, width: float) -> None:
        y = PAGE_HEIGHT - top
        self.commands.append(f"{paint(LINE, 'RG')} 0.6 w {x:.2f} {y:.2f} m {x + width:.2f} {y:.2f} l S")
