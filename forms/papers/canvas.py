"""Pages of A4 as drawing commands, in points from the top left corner. Text is written as escaped code units: it can never be a command."""

from dataclasses import dataclass, field
from functools import cache

from forms.papers.fonts import Cut, bold, code, regular
from forms.papers.scripts import FACES, OTHER, Codes, Run, line_width, runs

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
FONT_NUMBERS = {face: number for number, face in enumerate((*CUTS, *FACES), 1)}
MIDDLE = 0.36  # half of a capital's height, in sizes: puts a line's text in the middle of its leading


@cache
def paint(colour: Colour, operator: str) -> bytes:
    red, green, blue = (f"{part / 255:.3f}".rstrip("0").rstrip(".") for part in colour)
    return f"{red} {green} {blue} {operator}".encode()


def _literal(line: str) -> bytes:
    """A PDF string of code units: two bytes a character, with the four that mean something escaped."""
    units = line.encode("utf-16-be")
    return b"(" + units.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)").replace(b"\r", b"\\r") + b")"


def _baseline(top: float, pen: Pen) -> float:
    return PAGE_HEIGHT - (top + pen.leading / 2 + pen.size * MIDDLE)


@dataclass(slots=True)
class Page:
    """One page's commands and the characters it uses, by face. Places are told from the edge where lines begin: on a page that is read from
    the right, everything is mirrored."""

    codes: dict[str, Codes]
    """The paper's own codes for the glyphs of other scripts, by face."""
    is_from_right: bool = False
    commands: list[bytes] = field(default_factory=list)
    used: dict[str, set[int]] = field(default_factory=dict)
    _ink: Colour | None = None  # as last set on this page: said again only when it changes
    _font: tuple[str, float] | None = None

    def text(self, x: float, top: float, line: str, pen: Pen) -> None:
        """One line that `broken` has made (every character has a glyph)."""
        if not line:
            return
        if self.is_from_right or OTHER.search(line):
            self._runs(x, top, line, pen)
        else:
            self._plain(x, top, line, pen)

    def start(self, x: float, width: float) -> float:
        """The left edge of what is `width` wide and begins at `x`."""
        return PAGE_WIDTH - x - width if self.is_from_right else x

    def _plain(self, x: float, top: float, line: str, pen: Pen) -> None:
        self.used.setdefault(pen.face, set()).update(map(ord, line))
        self._set_pen(pen, pen.face)
        self.commands.append(b"BT %.2f %.2f Td %b Tj ET" % (x, _baseline(top, pen), _literal(line)))

    def _runs(self, x: float, top: float, line: str, pen: Pen) -> None:
        x = self.start(x, line_width(line, pen.cut) * pen.size / 1000)
        for run in runs(line, pen.cut, is_from_right=self.is_from_right):
            if run.face:
                self._set_pen(pen, run.face)
                self.commands.append(b"BT %.2f %.2f Td %b ET" % (x, _baseline(top, pen), self._glyphs(run, pen.size)))
            else:
                self._plain(x, top, run.text, pen)
            x += run.width * pen.size / 1000

    def _glyphs(self, run: Run, size: float) -> bytes:
        """The run's glyphs by their codes; a mark is moved to its place and back, and a letter as near to the next as shaping wants it."""
        codes, told, shown = self.codes.setdefault(run.face, {}), list[bytes](), list[bytes]()
        for glyph in run.glyphs:
            code = codes.setdefault((glyph.number, glyph.text), len(codes) + 1)
            self.used.setdefault(run.face, set()).add(code)
            moved = b"%d <%04X>" % (-glyph.right, code) if glyph.right else b"<%04X>" % code
            nearer, room = glyph.right + max(0, glyph.own - glyph.advance), max(0, glyph.advance - glyph.own)
            if nearer:
                moved += b" %d" % nearer
            if room or glyph.up:  # room is not moved over: a reader of the file would take it for a blank
                kept = b"".join(shown), room * size / 1000, glyph.up * size / 1000, moved
                told.append(b"[%b] TJ %.2f Tc %.2f Ts [%b] TJ 0 Tc 0 Ts" % kept)
                shown.clear()
            else:
                shown.append(moved)
        return b" ".join([*told, b"[%b] TJ" % b"".join(shown)])

    def fill(self, x: float, top: float, width: float, height: float, *, colour: Colour) -> None:
        self._set_ink(colour)
        self.commands.append(b"%.2f %.2f %.2f %.2f re f" % (self.start(x, width), PAGE_HEIGHT - top - height, width, height))

    def frame(self, x: float, top: float, width: float, height: float) -> None:
        stroke = paint(PETROL, "RG")
        self.commands.append(
            b"%b 1.2 w %.2f %.2f %.2f %.2f re S" % (stroke, self.start(x, width), PAGE_HEIGHT - top - height, width, height)
        )

    def rule(self, x: float, top: float, width: float) -> None:
        x, y = self.start(x, width), PAGE_HEIGHT - top
        self.commands.append(b"%b 0.6 w %.2f %.2f m %.2f %.2f l S" % (paint(LINE, "RG"), x, y, x + width, y))

    def draw(self, commands: str) -> None:
        """Paths of our own making; they leave the page's colours as they were."""
        self.commands.append(b"q %b Q" % commands.encode("ascii"))

    def _set_pen(self, pen: Pen, face: str) -> None:
        self._set_ink(pen.colour)
        if self._font != (face, pen.size):
            self._font = (face, pen.size)
            self.commands.append(b"/F%d %g Tf" % (FONT_NUMBERS[face], pen.size))

    def _set_ink(self, colour: Colour) -> None:
        if self._ink != colour:
            self._ink = colour
            self.commands.append(paint(colour, "rg"))
