"""What makes a paper's file PDF/A-3b: metadata twice alike, the colour space it is meant in, its record as a file of its own inside.

fpdf2's own switch for PDF/A writes the moment of printing into the metadata, and leaves out what older readers show."""

from functools import cache
from html import escape
from typing import Final

from fpdf import FPDF
from fpdf.enums import AssociatedFileRelationship, OutputIntentSubType
from fpdf.output import PDFICCProfile
from fpdf.util import builtin_srgb2014_bytes

from forms.papers.model import Paper

RECORD: Final = "record.json"
PRODUCER: Final = "Sospeso"
_XMP: Final = """<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:identifier>{identifier}</dc:identifier>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<pdf:Producer>{producer}</pdf:Producer>
<xmp:CreateDate>{at}</xmp:CreateDate>
<xmp:ModifyDate>{at}</xmp:ModifyDate>
<xmp:MetadataDate>{at}</xmp:MetadataDate>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>"""


def archive(file: FPDF, paper: Paper, title: str) -> None:
    """The only instant in the file is the paper's."""
    file.pdf_version = "1.7"
    file.set_title(title)
    file.set_author(paper.agency.name)
    file.set_lang(paper.language)
    file.set_producer(PRODUCER)
    file.set_creation_date(paper.made_at)
    file.set_xmp_metadata(_metadata(paper, title))
    file.add_output_intent(
        OutputIntentSubType.PDFA,
        output_condition_identifier="sRGB",
        output_condition="IEC 61966-2-1:1999",
        registry_name="http://www.color.org",
        dest_output_profile=PDFICCProfile(_srgb(), n=3, alternate="DeviceRGB"),
        info="sRGB2014 (v2)",
    )
    if paper.record:
        file.embed_file(
            bytes=paper.record.encode(),
            basename=RECORD,
            mime_type="application/json",
            modification_date=paper.made_at,
            associated_file_relationship=AssociatedFileRelationship.DATA.value,
            desc=title,
            compress=True,
        )


def _metadata(paper: Paper, title: str) -> str:
    told = {
        "title": title,
        "author": paper.agency.name,
        "language": paper.language,
        "identifier": paper.verify_url or paper.number,  # found by whoever is handed the file, changed or not
        "producer": PRODUCER,
        "at": paper.made_at.isoformat(timespec="seconds"),
    }
    return _XMP.format(**{name: escape(value) for name, value in told.items()})


@cache
def _srgb() -> bytes:
    return builtin_srgb2014_bytes()
