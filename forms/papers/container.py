"""The PDF file round the drawn pages: fpdf2 writes it, we give it ready font programs.

`_add_fonts`, `_out` and `_resource_catalog` are private names of fpdf2: its version is pinned and tests read what comes out.
"""

from fpdf import FPDF
from fpdf.enums import FontDescriptorFlags, PDFResourceType
from fpdf.fonts import PDFFontDescriptor
from fpdf.output import CIDSystemInfo, OutputProducer, PDFFont
from fpdf.syntax import Name, PDFArray, PDFContentStream

from forms.papers.archive import archive
from forms.papers.canvas import CUTS, FONT_NUMBERS, Page
from forms.papers.fonts import Cut, Embedded
from forms.papers.model import Paper
from forms.papers.scripts import Codes, ScriptFont, font_of


class Deflated(PDFContentStream):
    """A stream that was compressed before; `length1` is a font program's own length."""

    def __init__(self, contents: bytes, length1: int | None = None) -> None:
        super().__init__(contents)
        self.filter = Name("FlateDecode")
        self.length1 = length1


class Container(FPDF):
    """A document of ready pages. `used` holds the characters drawn, by face; `codes` those of other scripts."""

    used: dict[str, set[int]]
    codes: dict[str, Codes]


class Producer(OutputProducer):
    """Embeds our cuts instead of fpdf2's own fonts."""

    fpdf: Container

    def _add_fonts(self, *_: object) -> dict[int, PDFFont]:  # type: ignore[override]  # no Type 3 fonts here
        own = {FONT_NUMBERS[face]: self._cut(CUTS[face](), units) for face, units in sorted(self.fpdf.used.items()) if face in CUTS}
        others = {FONT_NUMBERS[face]: self._script(font_of(face), codes) for face, codes in sorted(self.fpdf.codes.items())}
        return own | others

    def _cut(self, cut: Cut, units: set[int]) -> PDFFont:
        return self._add_font(cut, cut.embedded(units))

    def _script(self, font: ScriptFont, codes: Codes) -> PDFFont:
        return self._add_font(font, font.embedded(codes))

    def _add_font(self, cut: Cut | ScriptFont, part: Embedded) -> PDFFont:
        name = f"SOSPAA+{cut.name}"
        font = PDFFont(subtype="Type0", base_font=name, encoding="Identity-H")
        self._add_pdf_obj(font, "fonts")
        font.to_unicode = Deflated(part.to_unicode)
        font.descendant_fonts = PDFArray([self._add_descendant(cut, part, name)])
        self._add_pdf_obj(font.to_unicode, "fonts")
        return font

    def _add_descendant(self, cut: Cut | ScriptFont, part: Embedded, name: str) -> PDFFont:
        font = PDFFont(subtype="CIDFontType2", base_font=name, d_w=cut.width(" "), w=part.widths)
        font.c_i_d_system_info = CIDSystemInfo()
        font.c_i_d_to_g_i_d_map = Deflated(part.glyph_map)
        program = Deflated(part.program, part.program_length)
        font.font_descriptor = _descriptor(cut, name, program)
        for made in (font, font.c_i_d_system_info, font.c_i_d_to_g_i_d_map, program, font.font_descriptor):
            self._add_pdf_obj(made, "fonts")
        return font


class Descriptor(PDFFontDescriptor):
    """With its font program, which fpdf2 sets later and untyped."""

    font_file2: Deflated


def _descriptor(cut: Cut | ScriptFont, name: str, program: Deflated) -> Descriptor:
    metrics = cut.metrics
    descriptor = Descriptor(
        ascent=metrics.ascent,
        descent=metrics.descent,
        cap_height=metrics.cap_height,
        flags=FontDescriptorFlags.SYMBOLIC,
        font_b_box=metrics.box,
        italic_angle=0,
        stem_v=metrics.stem,
        missing_width=cut.width(" "),
    )
    descriptor.font_name = Name(name)
    descriptor.font_file2 = program
    return descriptor


def contained(pages: list[Page], paper: Paper, title: str) -> bytes:
    """The finished file. The same pages and facts give the same bytes."""
    file = Container("P", "pt", "A4")
    file.set_auto_page_break(False)
    archive(file, paper, title)
    file.used, file.codes = {}, pages[0].codes
    for number, page in enumerate(pages, 1):
        file.add_page()
        file._out(b"\n".join(page.commands))  # noqa: SLF001 - see above
        for face, units in page.used.items():
            file.used.setdefault(face, set()).update(units)
            file._resource_catalog.add(PDFResourceType.FONT, FONT_NUMBERS[face], number)  # noqa: SLF001 - see above
    return bytes(file.output(output_producer_class=Producer))
