"""A paper as PDF bytes. Pure: the same paper gives the same bytes."""

from collections.abc import Iterator, Sequence

from forms.papers.canvas import (
    BASIL,
    BASIL_SOFT,
    BRICK,
    BRICK_SOFT,
    CREMA,
    CREMA_DOT,
    CREMA_SOFT,
    INK,
    MM,
    PETROL,
    PETROL_SOFT,
    QUIET,
    Colour,
    Pen,
)
from forms.papers.container import contained
from forms.papers.lines import broken
from forms.papers.marks import draw_qr
from forms.papers.model import Certificate, Paper, PaperAct, PaperRow, PaperSection, PaperSum, Proof, Signed
from forms.papers.scripts import line_width
from forms.papers.sheet import LEFT, WIDTH, Sheet
from forms.papers.showing import grouped, instant
from forms.papers.wording import ProofWords, paper_words
from forms.types.showing import in_digits, short_day, told_version

TITLE = Pen("bold", 19, 25)
NUMBER = Pen("code", 10.5, 16, QUIET)
HEADING = Pen("bold", 12, 20, PETROL)
LABEL = Pen("regular", 9.5, 14, QUIET)
VALUE = Pen("bold", 10, 14)
NOT_GIVEN = Pen("regular", 10, 14, QUIET)
CODE = Pen("code", 9.5, 14)
HASH = Pen("code", 8, 12)
BODY = Pen("regular", 10, 15)
SMALL = Pen("regular", 8.5, 12, QUIET)
SUM = Pen("bold", 30, 40)

LABEL_WIDTH = 52 * MM
GUTTER = 4 * MM
ROW_PAD = 0.9 * MM
QR_SIZE = 30 * MM
STAMP_SIZES = (11, 10, 9, 8.5)
ACT_COLUMNS = (47 * MM, 41 * MM, 28 * MM)  # the hash takes the rest: 4 groups of 8 in two lines
PROOF_HEIGHT = 62 * MM  # "how it is proved": stays under its stamp
MOST_KEPT = 4  # lines of a row that are never parted over pages

TONES: dict[str, tuple[Colour, Colour, Colour]] = {
    "suspended": (CREMA_SOFT, CREMA_DOT, CREMA),
    "confirmed": (BASIL_SOFT, BASIL, BASIL),
    "quoted": (PETROL_SOFT, PETROL, PETROL),
    "issue_requested": (PETROL_SOFT, PETROL, PETROL),
    "issued": (BASIL_SOFT, BASIL, BASIL),
    "recorded": (BASIL_SOFT, BASIL, BASIL),
    "path": (PETROL_SOFT, PETROL, PETROL),
    "erased": (PETROL_SOFT, PETROL, PETROL),
    "refused": (BRICK_SOFT, BRICK, BRICK),
    "withdrawn": (PETROL_SOFT, PETROL, PETROL),
}


def print_paper(paper: Paper) -> bytes:
    """The paper as PDF/A-3b (A4, embedded fonts, nothing live in it)."""
    sheet = Sheet(paper, paper_words(paper.language))
    _title(sheet)
    for section in paper.parties:
        _section(sheet, section)
    if paper.sum:
        _sum(sheet, paper.sum)
    for section in paper.sections:
        _section(sheet, section)
    if paper.declarations:
        _declarations(sheet)
    if paper.acts:
        _acts(sheet)
    if paper.proof:
        _stamp(sheet, paper.proof)
        _proof(sheet, paper.proof)
    if paper.certificate:
        _certificate(sheet, paper.certificate)
    return contained(sheet.finish(), paper, f"{sheet.words.titles[paper.occasion]} {paper.number}")


def _title(sheet: Sheet) -> None:
    paper, words = sheet.paper, sheet.words
    sheet.write(words.titles[paper.occasion], TITLE)
    sheet.write(paper.number, NUMBER)
    sheet.top += 2 * MM
    ground, edge, ink = TONES[paper.state]
    pen = Pen("bold", 10.5, 15, ink)
    lines = broken(words.states[paper.state], pen.cut, pen.size, WIDTH - 8 * MM)
    height = len(lines) * pen.leading + 5 * MM
    sheet.page.fill(LEFT, sheet.top, WIDTH, height, colour=ground)
    sheet.page.fill(LEFT, sheet.top, 1.2 * MM, height, colour=edge)
    for number, line in enumerate(lines):
        sheet.page.text(LEFT + 4 * MM, sheet.top + 2.5 * MM + number * pen.leading, line, pen)
    sheet.top += height + 2 * MM


def _heading(sheet: Sheet, text: str, *, with_room: float) -> None:
    """A heading, kept together with `with_room` points of what follows it."""
    lines = broken(text, HEADING.cut, HEADING.size, WIDTH)
    if not sheet.room(3 * MM + len(lines) * HEADING.leading + with_room):
        sheet.top += 3 * MM
    sheet.write(text, HEADING)


def _section(sheet: Sheet, section: PaperSection, *, code_pen: Pen = CODE) -> None:
    _heading(sheet, section.title, with_room=2 * (LABEL.leading + 2 * ROW_PAD))
    for row in section.rows:
        _row(sheet, row, section.title, code_pen=code_pen)
    sheet.page.rule(LEFT, sheet.top, WIDTH)
    sheet.top += 2 * MM


def _row(sheet: Sheet, row: PaperRow, title: str, *, code_pen: Pen = CODE) -> None:
    pen = NOT_GIVEN if not row.value else code_pen if row.is_code else VALUE
    labels = broken(row.label, LABEL.cut, LABEL.size, LABEL_WIDTH - GUTTER)
    values = broken(row.value or sheet.words.missing, pen.cut, pen.size, WIDTH - LABEL_WIDTH)
    details = broken(row.detail, SMALL.cut, SMALL.size, WIDTH - LABEL_WIDTH) if row.detail else ()
    longer = max(0, len(labels) - len(values)) * LABEL.leading  # of the label: the detail begins under the value all the same
    under = max(0, len(details) * SMALL.leading - longer)
    kept = min(max(len(labels), len(values)), MOST_KEPT) * LABEL.leading + under

    def turned() -> None:
        sheet.write(sheet.words.continued.format(title=title), SMALL)
        sheet.top += 1 * MM

    if sheet.room(kept + 2 * ROW_PAD):
        turned()
    sheet.page.rule(LEFT, sheet.top, WIDTH)
    sheet.top += ROW_PAD
    sheet.beside([(LEFT, labels, LABEL), (LEFT + LABEL_WIDTH, values, pen)], turned=turned)
    if details:
        sheet.top -= longer
        sheet.write(row.detail, SMALL, left=LEFT + LABEL_WIDTH, width=WIDTH - LABEL_WIDTH)
        sheet.top += max(0, longer - len(details) * SMALL.leading)
    sheet.top += ROW_PAD


def _sum(sheet: Sheet, premium: PaperSum) -> None:
    sheet.room(SUM.leading + 2 * BODY.leading + 6 * MM)
    sheet.top += 3 * MM
    sheet.page.text(LEFT, sheet.top, broken(premium.amount, SUM.cut, SUM.size, WIDTH)[0], SUM)
    beside = LEFT + line_width(premium.amount, SUM.cut) * SUM.size / 1000 + 3 * MM
    sheet.page.text(beside, sheet.top + 10, premium.per, BODY)
    sheet.top += SUM.leading
    sheet.write(premium.note, BODY)
    sheet.top += 2 * MM


def _declarations(sheet: Sheet) -> None:
    _heading(sheet, sheet.words.declarations, with_room=2 * BODY.leading)
    for declaration in sheet.paper.declarations:
        sheet.write(declaration, BODY)
        sheet.top += 1.5 * MM


def _acts(sheet: Sheet) -> None:
    _heading(sheet, sheet.words.acts.title, with_room=3 * (LABEL.leading + 2 * ROW_PAD))

    def head() -> None:
        for left, width, text in zip(_act_lefts(), _act_widths(), sheet.words.acts.head, strict=True):
            sheet.page.text(left, sheet.top, broken(text, SMALL.cut, SMALL.size, width)[0], SMALL)
        sheet.top += SMALL.leading + 1 * MM

    head()
    for act in sheet.paper.acts:
        columns = _act_columns(act, sheet.paper.language)
        if sheet.room(min(max(len(lines) for _, lines, _ in columns), MOST_KEPT) * LABEL.leading + 2 * ROW_PAD):
            head()
        sheet.page.rule(LEFT, sheet.top, WIDTH)
        sheet.top += ROW_PAD
        sheet.beside(columns, turned=head)
        sheet.top += ROW_PAD
    sheet.page.rule(LEFT, sheet.top, WIDTH)
    sheet.top += 2 * MM


def _act_widths() -> tuple[float, ...]:
    return (*(width - GUTTER for width in ACT_COLUMNS), WIDTH - sum(ACT_COLUMNS))


def _act_lefts() -> tuple[float, ...]:
    first, second, third = ACT_COLUMNS
    return (LEFT, LEFT + first, LEFT + first + second, LEFT + first + second + third)


def _act_columns(act: PaperAct, language: str) -> list[tuple[float, Sequence[str], Pen]]:
    day = short_day(act.at.date(), language)
    title = f"{act.title}\n{act.note}" if act.note else act.title
    texts = (title, act.answer, f"{told_version(act.version, language)}\n{day}", grouped(act.text_sha256))
    pens = (Pen("regular", 9.5, 14, INK), Pen("bold", 9.5, 14), Pen("regular", 9, 14), Pen("code", 7.5, 14))
    return [
        (left, broken(text, pen.cut, pen.size, width), pen)
        for left, width, text, pen in zip(_act_lefts(), _act_widths(), texts, pens, strict=True)
    ]


def _stamp(sheet: Sheet, proof: Proof) -> None:
    """The framed literal string, with the way to check it."""
    url = sheet.paper.verify_url
    width = WIDTH - 8 * MM - (QR_SIZE if url else 0)
    pen, lines = _stamp_lines(proof.stamp, width)
    scan = broken(sheet.words.scan.format(address=_shown(url)), SMALL.cut, SMALL.size, width) if url else ()
    height = max(QR_SIZE if url else 0, LABEL.leading + len(lines) * pen.leading + len(scan) * SMALL.leading + 6 * MM) + 4 * MM
    sheet.room(height + PROOF_HEIGHT)
    sheet.top += 3 * MM
    page, top = sheet.page, sheet.top + 4 * MM
    page.frame(LEFT, sheet.top, WIDTH, height)
    page.text(LEFT + 4 * MM, top, sheet.words.stamp, LABEL)
    top += LABEL.leading + 1 * MM
    for line in lines:
        page.text(LEFT + 4 * MM, top, line, pen)
        top += pen.leading
    top += 2 * MM
    for line in scan:
        page.text(LEFT + 4 * MM, top, line, SMALL)
        top += SMALL.leading
    if url:
        draw_qr(page, LEFT + WIDTH - QR_SIZE - 2 * MM, sheet.top + (height - QR_SIZE) / 2, QR_SIZE, url)
    sheet.top += height + 2 * MM


def _shown(url: str | None) -> str:
    """The address as a person types it: without scheme and fragment."""
    return (url or "").split("://", 1)[-1].split("#", 1)[0]


def _stamp_lines(stamp: str, width: float) -> tuple[Pen, Sequence[str]]:
    """On one line where a legible size allows it; it breaks at its spaces."""
    for size in STAMP_SIZES:
        pen = Pen("code", size, size * 1.5)
        lines = broken(stamp, pen.cut, size, width)
        if len(lines) == 1:
            break
    return pen, lines


def _proof(sheet: Sheet, proof: Proof) -> None:
    words = sheet.words.proof
    _heading(sheet, words.title, with_room=4 * (LABEL.leading + 2 * ROW_PAD))
    replaced = [(words.replaces, proof.replaces, True)] if proof.replaces else []
    for label, value, is_code in (
        *replaced,
        (words.sent, instant(proof.sent_at, sheet.paper.language), False),
        (words.sequence, in_digits(str(proof.sequence), sheet.paper.language), False),
        (words.shown, grouped(proof.shown_sha256), True),
        (words.chain, grouped(proof.chain_head), True),
        *_signed_rows(proof.signed, words, sheet.paper.language),
    ):
        _row(sheet, PaperRow(label, value, is_code), words.title, code_pen=HASH)
    sheet.page.rule(LEFT, sheet.top, WIDTH)
    sheet.top += 2 * MM
    sheet.write(words.explain, BODY)
    if proof.signed:
        sheet.top += 1.5 * MM
        sheet.write(words.signed, BODY)


def _certificate(sheet: Sheet, certificate: Certificate) -> None:
    """A page of its own, and the last."""
    words = sheet.words.certificate
    sheet.turn()
    sheet.write(words.title, TITLE)
    sheet.write(words.about, BODY)
    sheet.top += 2 * MM
    for section in certificate.sections:
        _section(sheet, section, code_pen=HASH)
    notes = "\n".join(certificate.notes)
    sheet.room(len(broken(notes, SMALL.cut, SMALL.size, WIDTH)) * SMALL.leading)
    sheet.write(notes, SMALL)


def _signed_rows(signed: Signed | None, words: ProofWords, language: str) -> Iterator[tuple[str, str, bool]]:
    if signed is None:
        return
    if signed.root_day is not None:
        yield words.root.format(day=short_day(signed.root_day, language)), grouped(signed.root), True
    yield words.key, grouped(signed.key), True
    yield words.signature, grouped(signed.signature), True
