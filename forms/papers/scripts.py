"""Lines that the papers' own fonts cannot draw: Persian and Chinese, in runs, each shaped with the font of its script.

These fonts are opened as maps of their files and read where a paper needs a glyph: a paper without such a letter opens none. A glyph is
written as a code of this paper's own, which stands for the glyph and the text it shows: so what is read back is what was written, also where
one glyph has served two letters.
"""

import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path

import uharfbuzz as hb

from forms.papers.fonts import UNUSED_TABLES, Cut, Embedded, Metrics, measured_of, to_unicode_of

_RIGHT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_HAN = "\u2e80-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"
OTHER = re.compile(f"[{_RIGHT}{_HAN}]")
"""What makes a line one of these."""
RIGHT = re.compile(f"[{_RIGHT}]")
HAN = re.compile(f"[{_HAN}]")
_LATIN = re.compile(r"(?=[!-~]*[A-Za-z])[A-Za-z0-9][!-~]*[A-Za-z0-9]")
"""An address or a code: it keeps its order whatever it begins with, as if it stood by itself."""
_JOINERS = re.compile(f"(?<=[{_RIGHT}])[\u200c\u200d](?=[{_RIGHT}])")
_WIDE = re.compile(f"(?<=[{_HAN}])[“”‘’…—·]+|[“”‘’…—·]+(?=[{_HAN}])")
"""Marks that Chinese shares with others and writes as wide as its characters."""
RUNS_KEPT = 5_000  # lines and words remembered, some 10 MB: only where such papers are printed
PROGRAMS_KEPT = 64

_WIDE_FONT = ("justmytype_intl_cjk", "fonts/ofl/notosanssc/NotoSansSC[wght].ttf")
# Noto's Arabic writes most letters as a body and its dots, and a reader of the file finds a character too many.
_FILES = {
    ("right", 400): ("fontpkg_ibm_plex_sans_arabic", "files/IBMPlexSansArabic-Regular.ttf"),
    ("right", 700): ("fontpkg_ibm_plex_sans_arabic", "files/IBMPlexSansArabic-Bold.ttf"),
    ("han", 400): _WIDE_FONT,
    ("han", 700): _WIDE_FONT,
}
_LAM_ALEF = re.compile("ل[اأإآ]")
_MIRRORED = str.maketrans("()[]{}«»‹›", ")(][}{»«›‹")


type Codes = dict[tuple[int, str], int]
"""A paper's codes for the glyphs of one font, by glyph and text."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """`text` is what it shows: empty for the further glyphs of one letter. Distances in thousandths of the size; `advance` is to the next glyph,
    with the room that shaping has put between the two."""

    number: int
    text: str
    advance: int
    right: int = 0
    up: int = 0
    own: int = 0
    """The advance that the font gives it, which is the one a file may say (PDF/A): the rest is moved."""


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line as it stands from left to right: `glyphs` of the font `face`, or `text` of the pen's own."""

    width: int
    text: str = ""
    face: str = ""
    glyphs: tuple[Glyph, ...] = ()


class ScriptFont:
    """One weight of a font that stays in its file."""

    def __init__(self, script: str, weight: int) -> None:
        package, file = _FILES[script, weight]
        self.face, self.name, self._weight = f"{script}-{weight}", f"{Path(file).stem.partition('[')[0]}-{weight}", weight
        self._is_variable = "[wght]" in file
        self._source = hb.Face(hb.Blob.from_file_path(str(files(package).joinpath(file))))
        self._font = hb.Font(self._source)
        if self._is_variable:
            self._font.set_variations({"wght": weight})
        self._scale: float = 1000 / self._source.upem
        self._blank: int = self._font.get_nominal_glyph(ord(" "))
        self._programs: dict[frozenset[int], bytes] = {}

    def has(self, character: str) -> bool:
        return self._font.get_nominal_glyph(ord(character)) is not None

    def shaped(self, text: str, *, is_from_right: bool) -> Run:
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if is_from_right else "ltr"
        # Letters that are only joined for beauty stay one by one, for whoever reads the file: lam and alef are joined of need.
        joined = [(found.start(), found.end(), 1) for found in _LAM_ALEF.finditer(text)]
        hb.shape(self._font, buffer, {"liga": False, "rlig": [(0, len(text), 0), *joined]})
        glyphs = tuple(_adjoining(self._glyphs(text.translate(_MIRRORED) if is_from_right else text, buffer)))
        return Run(sum(glyph.advance for glyph in glyphs), face=self.face, glyphs=glyphs)

    def _glyphs(self, text: str, buffer: "hb.Buffer") -> Iterator[Glyph]:
        """Each with a letter of its own: a letter that was joined into the glyph of another stands beside it, without ink and width."""
        infos, positions = buffer.glyph_infos or (), buffer.glyph_positions or ()
        starts = sorted({info.cluster for info in infos})
        ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
        for start, group in groupby(zip(infos, positions, strict=True), key=lambda pair: pair[0].cluster):
            letters = iter(text[start : ends[start]][:: -1 if buffer.direction == "rtl" else 1])
            for info, at in group:
                advance, right, up = (round(distance * self._scale) for distance in (at.x_advance, at.x_offset, at.y_offset))
                yield Glyph(info.codepoint, next(letters, ""), advance, right, up, self._own(info.codepoint))
            for letter in letters:
                yield Glyph(self._blank, letter, 0, own=self._own(self._blank))

    def _own(self, glyph: int) -> int:
        advance: int = self._font.get_glyph_h_advance(glyph)
        return round(advance * self._scale)

    def width(self, text: str) -> int:
        return self.shaped(text, is_from_right=False).width

    @property
    def metrics(self) -> Metrics:
        return measured_of(self._font, self._font.get_nominal_glyph(ord("H")) or 0, self._scale, self._weight)

    def embedded(self, codes: Codes) -> Embedded:
        """The font with the glyphs that a paper has given codes, counted from 1."""
        coded = sorted(codes, key=codes.__getitem__)
        program = self._program(frozenset(number for number, _ in coded))
        glyph_map = b"\0\0" + b"".join(number.to_bytes(2, "big") for number, _ in coded)
        widths = " ".join(str(self._own(number)) for number, _ in coded)
        unicodes = to_unicode_of({code: text for code, (_, text) in enumerate(coded, 1) if text})
        return Embedded(zlib.compress(program), len(program), zlib.compress(glyph_map), zlib.compress(unicodes), f"[1 [{widths}]]")

    def _program(self, numbers: frozenset[int]) -> bytes:
        known = self._programs.get(numbers)
        if known is None:
            part = hb.SubsetInput()
            part.sets(hb.SubsetInputSets.GLYPH_INDEX).update(numbers)
            part.sets(hb.SubsetInputSets.DROP_TABLE_TAG).update(int.from_bytes(tag, "big") for tag in UNUSED_TABLES)
            if self._is_variable:
                part.pin_axis_location(self._source, "wght", self._weight)
            part.flags = (
                hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NOTDEF_OUTLINE | hb.SubsetFlags.NO_LAYOUT_CLOSURE
            )
            known = hb.subset(self._source, part).blob.data
            if len(self._programs) >= PROGRAMS_KEPT:
                self._programs.clear()
            self._programs[numbers] = known
        return known


def _adjoining(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """Room that shaping has left before a letter becomes part of what stands before it: a reader of the file would take it for a blank."""
    placed: list[Glyph] = []
    for glyph in glyphs:
        if placed and glyph.right and glyph.advance and not glyph.up:
            placed[-1] = replace(placed[-1], advance=placed[-1].advance + glyph.right)
            placed.append(replace(glyph, advance=glyph.advance - glyph.right, right=0))
        else:
            placed.append(glyph)
    return placed


@cache
def script_font(script: str, weight: int) -> ScriptFont:
    return ScriptFont(script, weight)


FACES = tuple(f"{script}-{weight}" for script, weight in _FILES)


def font_of(face: str) -> ScriptFont:
    script, _, weight = face.partition("-")
    return script_font(script, int(weight))


def line_width(text: str, font: Cut) -> int:
    """In thousandths of the size."""
    return sum(run.width for run in runs(text, font, is_from_right=False)) if OTHER.search(text) else font.width(text)


def legible(text: str, font: Cut) -> str:
    """The text with every character that no font can show replaced by its code point in brackets: `[U+0E01 U+0E02]`.

    Characters without a shape of their own (controls, direction marks, joiners) are replaced as well: on a proof they must be seen. Between
    letters that join, a joiner is: it parts them.
    """
    if _PLAIN.fullmatch(text) and font.glyphs.keys() >= {ord(c) for c in text}:
        return text
    joiners = {found.start() for found in _JOINERS.finditer(text)}
    shown = []
    for is_shown, run in groupby(enumerate(text), key=lambda at: at[0] in joiners or _is_shown(at[1], font)):
        characters = [character for _, character in run]
        shown.append("".join(characters) if is_shown else f"[{' '.join(f'U+{ord(c):04X}' for c in characters)}]")
    return "".join(shown)


_PLAIN = re.compile(r"[\x20-\x7e\u00a0-\u00ac\u00ae-\u017f–—‘’“”…€]*")


def _is_shown(character: str, font: Cut) -> bool:
    if unicodedata.category(character)[0] == "C":
        return False
    script = "right" if RIGHT.match(character) else "han" if HAN.match(character) else ""
    return script_font(script, 400).has(character) if script else ord(character) in font.glyphs


@lru_cache(maxsize=RUNS_KEPT)
def runs(line: str, font: Cut, *, is_from_right: bool) -> tuple[Run, ...]:
    """What stands on the line, from left to right. `is_from_right`: the paragraph's direction where the line has letters of both."""
    weight = 700 if font.weight > 400 else 400
    placed = _reordered(line, is_from_right=is_from_right) if RIGHT.search(line) else [(at, at + 1, False) for at in range(len(line))]
    wide = {at for found in _WIDE.finditer(line) for at in range(*found.span())}
    made = []
    for (script, turned), group in groupby(placed, key=lambda at: ("han" if at[0] in wide else _script(line, at[0], weight), at[2])):
        pieces = [line[start:end] for start, end, _ in group]
        text = "".join(reversed(pieces) if turned and script else pieces)
        made.append(script_font(script, weight).shaped(text, is_from_right=turned) if script else Run(font.width(text), text))
    return tuple(made)


def _reordered(line: str, *, is_from_right: bool) -> list[tuple[int, int, bool]]:
    """(start, end, is it written from the right) of each character with the joiners after it, from left to right (UAX 9)."""
    from fpdf.bidi import BidiParagraph, auto_detect_base_direction
    from fpdf.enums import TextDirection

    base = TextDirection.RTL if is_from_right else auto_detect_base_direction(line)
    strong = _LATIN.sub(lambda found: "a" * len(found[0]), line)
    characters = BidiParagraph(strong, base).get_reordered_characters()
    kept = sorted(each.character_index for each in characters)
    ends = dict(zip(kept, [*kept[1:], len(line)], strict=True))
    return [(each.character_index, ends[each.character_index], each.embedding_level % 2 == 1) for each in characters]


def _script(line: str, at: int, weight: int) -> str:
    """Whose font draws the character there; empty for the pen's own."""
    character = line[at]
    if HAN.match(character):
        return "han"
    if RIGHT.match(character) or (RIGHT.search(line) and script_font("right", weight).has(character)):
        return "right"
    return ""
