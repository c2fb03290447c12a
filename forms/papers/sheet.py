"""The flow of a paper: where the next line goes, when a page is full, what stands on every page."""

from collections.abc import Callable, Sequence

from forms.papers.canvas import MM, PAGE_HEIGHT, PAGE_WIDTH, QUIET, Page, Pen
from forms.papers.lines import broken
from forms.papers.marks import draw_mark
from forms.papers.model import Paper
from forms.papers.scripts import Codes, line_width
from forms.papers.wording import PaperWords
from forms.types.showing import in_digits
from rules.languages import RIGHT_TO_LEFT

LEFT = 18 * MM
WIDTH = PAGE_WIDTH - 2 * LEFT
TOP = 29 * MM
BOTTOM = PAGE_HEIGHT - 25 * MM

HEAD_NAME = Pen("bold", 12, 15)
HEAD_UNDER = Pen("regular", 8, 11, QUIET)
FOOT_END = Pen("regular", 8, 11, QUIET)
FOOT_STAMP_SIZES = (7.5, 7, 6.5, 6, 5.5)  # several addresses shrink before they wrap: the stamp is best read on one line
MARK_SIZE = 9 * MM


class Sheet:
    """Pages being filled. `top` is where the next thing goes."""

    def __init__(self, paper: Paper, words: PaperWords) -> None:
        self.paper = paper
        self.words = words
        self.pages: list[Page] = []
        self.codes: dict[str, Codes] = {}
        self.turn()

    @property
    def page(self) -> Page:
        return self.pages[-1]

    def turn(self) -> None:
        """Opens the next page with its head."""
        self.pages.append(Page(self.codes, self.paper.language in RIGHT_TO_LEFT))
        self.top = TOP
        draw_mark(self.page, LEFT, 10 * MM, MARK_SIZE, self.paper.state)
        left, width = LEFT + 12 * MM, WIDTH - 12 * MM
        name = broken(self.paper.agency.name, HEAD_NAME.cut, HEAD_NAME.size, width)[0]
        self.page.text(left, 9.6 * MM, name, HEAD_NAME)
        under = broken(self.paper.agency.under, HEAD_UNDER.cut, HEAD_UNDER.size, width)[0]
        self.page.text(left, 14.8 * MM, under, HEAD_UNDER)
        self.page.rule(LEFT, 22.5 * MM, WIDTH)

    def room(self, height: float) -> bool:
        """Makes room; true where that took a new page."""
        if self.top + height <= BOTTOM or self.top <= TOP:
            return False
        self.turn()
        return True

    def write(self, text: str, pen: Pen, *, left: float = LEFT, width: float = WIDTH) -> None:
        """A paragraph, broken into lines and over pages."""
        for line in broken(text, pen.cut, pen.size, width):
            self.room(pen.leading)
            self.page.text(left, self.top, line, pen)
            self.top += pen.leading

    def beside(self, columns: list[tuple[float, Sequence[str], Pen]], *, turned: Callable[[], None]) -> None:
        """Columns of lines side by side, over pages where they must; `turned` is called after each page turn."""
        leading = max(pen.leading for _, _, pen in columns)
        done, total = 0, max(len(lines) for _, lines, _ in columns)
        while done < total:
            if self.room(leading):
                turned()
            fitting = max(1, int((BOTTOM - self.top) // leading))
            for left, lines, pen in columns:  # column by column: so a value is extracted in one piece
                for number, line in enumerate(lines[done : done + fitting]):
                    self.page.text(left, self.top + number * leading, line, pen)
            self.top += min(fitting, total - done) * leading
            done += fitting

    def finish(self) -> list[Page]:
        """The pages, each with its foot: number, stamp, what the paper is not, page x of y."""
        stamp = f"{self.paper.number}  {self.paper.proof.stamp}" if self.paper.proof else self.paper.number
        end = self.words.ends[self.paper.occasion if self.paper.occasion in self.words.ends else "receipt"]
        pen, lines = _fitting(stamp, WIDTH)
        for number, page in enumerate(self.pages, 1):
            top = PAGE_HEIGHT - 20 * MM - pen.leading * (len(lines) - 1)
            page.rule(LEFT, top - 2 * MM, WIDTH)
            for line in lines:
                page.text(LEFT, top, line, pen)
                top += pen.leading
            of = in_digits(self.words.page.format(page=number, pages=len(self.pages)), self.paper.language)
            of_width = line_width(of, FOOT_END.cut) * FOOT_END.size / 1000
            page.text(LEFT + WIDTH - of_width, top + 1 * MM, of, FOOT_END)
            for line in broken(end, FOOT_END.cut, FOOT_END.size, WIDTH - of_width - 6 * MM):
                page.text(LEFT, top + 1 * MM, line, FOOT_END)
                top += FOOT_END.leading
        return self.pages


def _fitting(text: str, width: float) -> tuple[Pen, Sequence[str]]:
    """The largest foot pen in which the text is one line; the smallest, wrapped to at most three lines, where none is."""
    for size in FOOT_STAMP_SIZES:
        pen = Pen("code", size, size * 1.4, QUIET)
        lines = broken(text, pen.cut, size, width)
        if len(lines) == 1:
            break
    return pen, lines
