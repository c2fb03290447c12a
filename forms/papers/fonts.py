"""Fonts, read once per process: static cuts of the variable fonts, widths, and the parts of them that a paper embeds.

A paper's text is written as UTF-16 code units (one CID per character of the basic plane), so each character is extracted as
itself. What no font holds is replaced before it gets here (`legible`): a glyph is never missing in silence.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby

import uharfbuzz as hb

# What nearly every Italian or English paper uses: these are always embedded, so that the font program is the same in all of them
# and is made once per process instead of once per paper (6 kB a cut).
USUAL = frozenset(range(0x20, 0x7F)) | frozenset(map(ord, "\u00a0«»°·²àáèéìíòóùúÀÈÉÌÒÙçñöüß–—‘’“”…€№"))
EMBEDDED_KEPT = 64  # font programs remembered per cut: the usual one and those of the latest unusual papers
WORDS_KEPT = 50_000  # widths remembered per cut, some 6 MB

# Layout features are not used (text is drawn character by character), hints neither: papers are read at printing size.
UNUSED_TABLES = (
    b"GSUB",
    b"GPOS",
    b"GDEF",
    b"STAT",
    b"DSIG",
    b"gasp",
    b"prep",
    b"fpgm",
    b"cvt ",
    b"name",
    b"MVAR",
    b"OS/2",
    b"post",
    b"cmap",
    b"meta",
)
"""Tables a PDF viewer does not need."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """A font program with just some characters, and its companions, as deflated streams."""

    program: bytes
    program_length: int
    glyph_map: bytes
    to_unicode: bytes
    widths: str


@dataclass(frozen=True, slots=True)
class Metrics:
    ascent: int
    descent: int
    cap_height: int
    box: str
    stem: int


class Cut:
    """One static cut (weight) of a font. Widths are in thousandths of the size."""

    def __init__(self, name: str, source: bytes, weight: int) -> None:
        self.name = name
        self.weight = weight
        self._face = _static(hb.Face(source), weight)
        self._font = hb.Font(self._face)
        self._source = hb.subset_preprocess(self._face)
        self._scale = 1000 / self._face.upem
        self.glyphs: dict[int, int] = {u: g for u in self._face.unicodes if u <= 0xFFFF and (g := self._font.get_nominal_glyph(u))}
        self.advances: dict[int, int] = {u: round(self._font.get_glyph_h_advance(g) * self._scale) for u, g in self.glyphs.items()}
        self._words: dict[str, int] = {}
        self._embedded: dict[frozenset[int], Embedded] = {}

    def width(self, text: str) -> int:
        known = self._words.get(text)
        if known is None:
            advances = self.advances
            known = sum([advances[ord(c)] for c in text])
            if len(self._words) >= WORDS_KEPT:
                self._words.clear()
            self._words[text] = known
        return known

    @property
    def metrics(self) -> Metrics:
        return measured_of(self._font, self.glyphs[ord("H")], self._scale, self.weight)

    def embedded(self, used: set[int]) -> Embedded:
        """The font with these characters and the usual ones. The same characters give the same bytes."""
        wanted = frozenset((used | USUAL) & self.glyphs.keys())
        known = self._embedded.get(wanted)
        if known is None:
            known = self._embed(sorted(wanted))
            if len(self._embedded) >= EMBEDDED_KEPT:
                self._embedded.clear()
            self._embedded[wanted] = known
        return known

    def _embed(self, wanted: list[int]) -> Embedded:
        part = hb.SubsetInput()
        part.sets(hb.SubsetInputSets.GLYPH_INDEX).update([self.glyphs[u] for u in wanted])
        part.sets(hb.SubsetInputSets.DROP_TABLE_TAG).update(_tags())
        part.flags = (
            hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NOTDEF_OUTLINE | hb.SubsetFlags.NO_LAYOUT_CLOSURE
        )
        program = hb.subset(self._source, part).blob.data
        glyph_map = bytearray(2 * (wanted[-1] + 1))
        for unit in wanted:
            glyph_map[2 * unit : 2 * unit + 2] = self.glyphs[unit].to_bytes(2, "big")
        return Embedded(
            zlib.compress(program), len(program), zlib.compress(bytes(glyph_map)), zlib.compress(_to_unicode(wanted)), self._widths(wanted)
        )

    def _widths(self, wanted: list[int]) -> str:
        runs: list[list[int]] = []
        for unit in wanted:
            if runs and unit == runs[-1][-1] + 1:
                runs[-1].append(unit)
            else:
                runs.append([unit])
        return "[" + " ".join(f"{run[0]} [{' '.join(str(self.advances[u]) for u in run)}]" for run in runs) + "]"


def measured_of(font: "hb.Font", capital: int, scale: float, weight: int) -> Metrics:
    extents = font.get_font_extents("ltr")
    ascent, descent = round(extents.ascender * scale), round(extents.descender * scale)
    cap = font.get_glyph_extents(capital)
    return Metrics(ascent, descent, round(cap.height * -scale), f"[-600 {descent} 3000 {ascent}]", 50 + (weight // 65) ** 2)


def _tags() -> list[int]:
    return [int.from_bytes(tag, "big") for tag in UNUSED_TABLES]


def _static(variable: "hb.Face", weight: int) -> "hb.Face":
    """The variable font pinned to one weight at normal width: 10 ms, so that no cache on disk is needed."""
    whole = hb.SubsetInput()
    whole.keep_everything()
    whole.pin_all_axes_to_default(variable)
    whole.pin_axis_location(variable, "wght", weight)
    keep = {int.from_bytes(b"cmap", "big")}
    whole.sets(hb.SubsetInputSets.DROP_TABLE_TAG).update(set(_tags()) - keep)
    return hb.subset(variable, whole)


def _to_unicode(wanted: list[int]) -> bytes:
    """Each code unit is its own Unicode value; ranges may not cross a high byte."""
    ranges = [f"<{high:02X}00> <{high:02X}FF> <{high:02X}00>\n" for high, _ in groupby(wanted, key=lambda unit: unit >> 8)]
    return _character_map(ranges, "bfrange")


def to_unicode_of(texts: Mapping[int, str]) -> bytes:
    """Each code stands for a text of its own."""
    return _character_map([f"<{code:04X}> <{text.encode('utf-16-be').hex().upper()}>\n" for code, text in texts.items()], "bfchar")


def _character_map(lines: Sequence[str], operator: str) -> bytes:
    blocks = [lines[i : i + 100] for i in range(0, len(lines), 100)]
    body = "".join(f"{len(block)} begin{operator}\n{''.join(block)}end{operator}\n" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{body}endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    ).encode("ascii")


@cache
def cut(package: str, file: str, name: str, weight: int) -> Cut:
    return Cut(name, files(package).joinpath("files", file).read_bytes(), weight)


def regular() -> Cut:
    return cut("fontpkg_noto_sans", "NotoSans[wdth,wght].ttf", "NotoSans-Regular", 400)


def bold() -> Cut:
    return cut("fontpkg_noto_sans", "NotoSans[wdth,wght].ttf", "NotoSans-Bold", 700)


def code() -> Cut:
    return cut("fontpkg_jetbrains_mono", "JetBrainsMono[wght].ttf", "JetBrainsMono-Regular", 400)
