"""What is drawn by lines: the house's mark with its drop, and the QR code."""

from collections.abc import Callable

import segno

from forms.papers.canvas import CREMA_DOT, PAGE_HEIGHT, PETROL, Page, paint
from forms.papers.model import PaperState

ROUND = 0.5523  # control points of a quarter circle, in radii
# A fixed mask: choosing the best of eight costs 4 ms a paper, and every mask is valid. 500 codes of our addresses were read back by zxing, none failed.
QR_MASK = 2
QUIET_ZONE = 2  # modules left white by ourselves; the frame round it leaves the rest of the four

DROPS: dict[PaperState, float] = {"suspended": 4.0, "confirmed": 13.2, "quoted": 13.2, "issue_requested": 13.2, "issued": 13.2}
"""Height of the drop in the mark's 24 units: above the cup = suspended, in it = accepted and all that follows, none = refused."""


def draw_mark(page: Page, x: float, top: float, size: float, state: PaperState) -> None:
    """Cup and drop in a square of `size` points; the drop's place tells the state."""
    unit, x = size / 24, page.start(x, size)

    def at(right: float, down: float) -> str:
        return f"{x + right * unit:.2f} {PAGE_HEIGHT - top - down * unit:.2f}"

    def quarter(*points: tuple[float, float]) -> str:
        return " ".join(at(*point) for point in points) + " c"

    k = 7.3 * ROUND
    cup = (
        f"{at(4.7, 10.5)} m {at(4.7, 11.8)} l {quarter((4.7, 11.8 + k), (12 - k, 19.1), (12, 19.1))} "
        f"{quarter((12 + k, 19.1), (19.3, 11.8 + k), (19.3, 11.8))} {at(19.3, 10.5)} l"
    )
    saucer = f"{at(6.5, 22.6)} m {at(17.5, 22.6)} l"
    drop = _drop(at, DROPS[state]) if state in DROPS else ""
    page.draw(f"1 J {paint(PETROL, 'RG').decode()} {2.4 * unit:.2f} w {cup} S {saucer} S {drop}")


def _drop(at: Callable[[float, float], str], down: float) -> str:
    radius, k = 2.8, 2.8 * ROUND
    return (
        f"{paint(CREMA_DOT, 'rg').decode()} {at(12 - radius, down)} m "
        f"{at(12 - radius, down - k)} {at(12 - k, down - radius)} {at(12, down - radius)} c "
        f"{at(12 + k, down - radius)} {at(12 + radius, down - k)} {at(12 + radius, down)} c "
        f"{at(12 + radius, down + k)} {at(12 + k, down + radius)} {at(12, down + radius)} c "
        f"{at(12 - k, down + radius)} {at(12 - radius, down + k)} {at(12 - radius, down)} c f"
    )


def draw_qr(page: Page, x: float, top: float, size: float, content: str) -> None:
    """A QR code, level M, in a square of `size` points with its quiet zone inside it."""
    matrix = segno.make(content, error="m", boost_error=False, micro=False, mask=QR_MASK).matrix
    modules = len(matrix) + 2 * QUIET_ZONE
    step, x = size / modules, page.start(x, size)
    bars = [
        f"{start + QUIET_ZONE} {modules - QUIET_ZONE - 1 - row} {length} 1 re"
        for row, line in enumerate(matrix)
        for start, length in _dark_runs(line)
    ]
    page.draw(f"{step:.4f} 0 0 {step:.4f} {x:.2f} {PAGE_HEIGHT - top - size:.2f} cm 0 g {' '.join(bars)} f")


def _dark_runs(modules: bytearray) -> list[tuple[int, int]]:
    """(start, length) of each run of dark modules."""
    runs: list[tuple[int, int]] = []
    position = modules.find(1)
    while position >= 0:
        end = modules.find(0, position)
        end = len(modules) if end < 0 else end
        runs.append((position, end - position))
        position = modules.find(1, end)
    return runs
