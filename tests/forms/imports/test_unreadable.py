"""Files that are no list of customers are refused in one sentence with its line; what programs write differently is read all the same."""

import json
import tracemalloc
from collections.abc import Callable
from io import BytesIO

import pytest

from console.wording import load_words
from forms.exports.markup import namespace
from forms.exports.subjects import columns
from forms.imports.files import Handed, read_records, survey
from forms.imports.layouts import own_layout
from forms.imports.texts import MOST_ROW, read_lines
from rules.exports import Format, Subject
from rules.imports import MOST_LINES, MOST_RECORDS, Encoding, Fault
from rules.languages import LANGUAGES
from rules.refusals import Refused
from tests.forms.content.shipped import catalogue

LAYOUT = own_layout(columns(Subject.CLIENTS, catalogue()))
XML = f'<export xmlns="{namespace("clients")}">'


def read(content: bytes, form: Format = Format.CSV, encoding: Encoding = Encoding.UTF_8) -> list[dict[str, object]]:
    handed = Handed(BytesIO(content), form, encoding)
    survey(handed, LAYOUT)
    return [dict(record.cells) for record in read_records(handed, LAYOUT)]


@pytest.mark.parametrize(
    "content",
    [
        "email,city_x\n".replace("city_x", "street") + "demo@example.org,Via Perù €\n",
        'email;street\r\ndemo@example.org;"Via Perù €"\r\n',
        "email\tstreet\rdemo@example.org\tVia Perù €\n".replace("\r", "\r\n"),
        "sep=;\r\nemail;street\r\ndemo@example.org;Via Perù €\r\n",
        '"email";"street"\n\n"demo@example.org";"Via Perù €"\n\n',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_header_shows_how_cells_are_parted_and_the_mark_how_they_are_encoded(content: str, encoding: str) -> None:
    told = Encoding.CP1252 if encoding == "cp1252" else Encoding.UTF_8
    assert read(content.encode(encoding), encoding=told) == [{"email": "demo@example.org", "street": "Via Perù €"}]


REFUSED = [
    (Fault.EMPTY, b"", Format.CSV),
    (Fault.EMPTY, b"email,street\n", Format.CSV),
    (Fault.EMPTY, b"[]", Format.JSON),
    (Fault.PACKED, b"PK\x03\x04\x14\x00", Format.CSV),
    (Fault.PACKED, b"\x1f\x8b\x08\x00", Format.XML),
    (Fault.PACKED, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Format.CSV),
    (Fault.ENCODING, b"email,street\ndemo@example.org,Per\xf9\n", Format.CSV),
    (Fault.ENCODING, b"email,street\ndemo@example.org,a\xed\xa0\x80b\n", Format.CSV),
    (Fault.NUL, b"email,street\ndemo@example.org,Via\0Demo\n", Format.CSV),
    (Fault.NUL, b"email,street\na,Via\\u{d800}\n", Format.CSV),
    (Fault.NO_HEADER, b"demo@example.org,Esempio\n", Format.CSV),
    (Fault.NO_HEADER, b"Esempio\tDemo\n", Format.TXT),
    (Fault.HEADER_TWICE, b"email,street,email\na,b,c\n", Format.CSV),
    (Fault.UNKNOWN_COLUMNS, b"email,street,Codice\na,b,c\n", Format.CSV),
    (Fault.UNKNOWN_COLUMNS, b"email,street,\na,b,c\n", Format.CSV),
    (Fault.UNKNOWN_COLUMNS, b'[{"email": "a"}, {"Codice": "1"}]', Format.JSON),
    (Fault.ROW_TOO_LONG, b'email,street\na,"' + b"x\n" * MOST_ROW, Format.CSV),
    (Fault.ROW_TOO_LONG, b"email,street\na," + b"x" * MOST_ROW, Format.CSV),
    (Fault.ROW_TOO_LONG, b"email\n" + b"x" * MOST_ROW + b"y", Format.TXT),
    (Fault.TABLE, b'email,street\na,"b"c\n', Format.CSV),
    (Fault.MARKUP, b"<export><record/></export>", Format.XML),
    (Fault.MARKUP, f"{XML}<record><email>a</email></record>".encode(), Format.XML),
    (Fault.MARKUP, f"{XML}<record><email>a</email><email>b</email></record></export>".encode(), Format.XML),
    (Fault.MARKUP, f"{XML}<record><email><b>a</b></email></record></export>".encode(), Format.XML),
    (
        Fault.ENTITIES,
        f'<!DOCTYPE e [<!ENTITY x SYSTEM "file:///etc/passwd">]>{XML}<record><email>&x;</email></record></export>'.encode(),
        Format.XML,
    ),
    (Fault.ENTITIES, f'<!DOCTYPE e [<!ENTITY a "{"a" * 99}"><!ENTITY b "{"&a;" * 99}">]>{XML}</export>'.encode(), Format.XML),
    (Fault.ROW_TOO_LONG, f"{XML}<record><email>{'a' * MOST_ROW}b</email></record></export>".encode(), Format.XML),
    (
        Fault.ROW_TOO_LONG,
        f"{XML}<record>{''.join(f'<a{n}/>' for n in range(MOST_ROW // 64))}</record></export>".encode(),
        Format.XML,
    ),
    (Fault.ROW_TOO_LONG, b"BEGIN:VCARD\r\n" + b"TEL:\r\n" * (MOST_ROW // 64) + b"END:VCARD\r\n", Format.VCF),
    (
        Fault.ROW_TOO_LONG,
        b"BEGIN:VCARD\r\n" + b"".join(b"X-%d:\r\n" % n for n in range(MOST_ROW // 64)) + b"END:VCARD\r\n",
        Format.VCF,
    ),
    (Fault.OBJECTS, b"{}", Format.JSON),
    (Fault.OBJECTS, b'[{"email": "a"}', Format.JSON),
    (Fault.OBJECTS, b'[{"email": "a"}] x', Format.JSON),
    (Fault.OBJECTS, b'[{"email": {"a": 1}}]', Format.JSON),
    (Fault.OBJECTS, b'[{"email": NaN}]', Format.JSON),
    (Fault.OBJECTS, b'[{"email": ' + b"9" * 5000 + b"}]", Format.JSON),
    (Fault.OBJECTS, b"[" * 50_000, Format.JSON),
    (Fault.NUL, b'[{"email": "a", "street": "Via\\u0000Demo"}]', Format.JSON),
    (Fault.NUL, b'[{"email": "a", "\\ud800": "x"}]', Format.JSON),
    (Fault.NUL, b'[{"email": "a", "street": "\\udc00"}]', Format.JSON),
    (Fault.NUL, b'{"email\\u0000": "a"}\n', Format.JSONL),
    (Fault.OBJECTS, b'{"email": "a"} {"email": "b"}\n', Format.JSONL),
    (Fault.CONTACTS, b"FN:Demo\r\n", Format.VCF),
    (Fault.CONTACTS, b"BEGIN:VCARD\r\nFN:Demo\r\n", Format.VCF),
    (Fault.CONTACTS, b"BEGIN:VCARD\r\nBEGIN:VCARD\r\n", Format.VCF),
    (Fault.CONTACTS, b"BEGIN:VCARD\r\nno colon\r\nEND:VCARD\r\n", Format.VCF3),
]


@pytest.mark.parametrize(("fault", "content", "form"), REFUSED, ids=lambda each: each if isinstance(each, Fault) else "")
def test_what_is_no_list_of_customers_is_refused_in_one_sentence(fault: Fault, content: bytes, form: Format) -> None:
    with pytest.raises(Refused) as refusal:
        read(content, form)
    assert refusal.value.facts["state"] == fault


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_fault_has_its_sentence_in_every_language(language: str) -> None:
    assert {fault.value for fault in Fault} <= load_words(language)["refused"].keys()


def test_a_sign_beyond_the_first_plane_is_one_character() -> None:
    assert read(b'[{"email": "a", "street": "Via \\ud83d\\ude00"}]', Format.JSON) == [{"email": "a", "street": "Via \U0001f600"}]


def test_what_is_written_as_a_character_beyond_all_others_stays_as_it_is_written() -> None:
    assert read(b"email,street\na,Via \\u{110000}\\u{1f600}\\u{7}\n") == [{"email": "a", "street": "Via \\u{110000}\U0001f600\x07"}]


def test_a_row_with_more_cells_than_the_header_is_broken_and_the_others_are_not() -> None:
    handed = Handed(BytesIO(b"email,street\na,b,c\nd,e\nf\n"), Format.CSV)
    assert [(each.line, each.is_broken) for each in read_records(handed, LAYOUT)] == [(2, True), (3, False), (4, False)]


def test_columns_that_are_not_known_are_named_where_they_are_left_out() -> None:
    handed = Handed(BytesIO(b"email,Codice,Note\na,1,x\n"), Format.CSV, leaves_out=True)
    assert survey(handed, LAYOUT).left_out == ("Codice", "Note")
    assert [dict(each.cells) for each in read_records(handed, LAYOUT)] == [{"email": "a"}]
    many = Handed(BytesIO(f"email,{'x' * 5000},{','.join(map(str, range(99)))}\n{'a,' * 101}".encode()), Format.CSV, leaves_out=True)
    assert survey(many, LAYOUT).left_out == (f"{'x' * 40}…", *map(str, range(11)), "…")
    book = Handed(BytesIO(b"BEGIN:VCARD\r\nN:Esempio;Demo\r\nNOTE:qualcosa\r\nPHOTO:data:x\r\n yz\r\nEND:VCARD\r\n"), Format.VCF)
    assert sorted(survey(book, LAYOUT).left_out) == ["NOTE", "PHOTO"]


def test_memory_does_not_grow_with_the_columns_nobody_knows() -> None:
    handed = Handed(BytesIO(b"".join(b'{"x%d": 1}\n' % n for n in range(20_000))), Format.JSONL, leaves_out=True)
    tracemalloc.start()
    try:
        assert survey(handed, LAYOUT).records == 20_000
        assert tracemalloc.get_traced_memory()[1] < 500_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("begun", ["<record><!--", '<record a="', "<record><", "<?x "])
def test_what_has_no_end_in_a_file_is_refused_before_the_file_ends(begun: str) -> None:
    """What is not ended yet is read again with each piece that comes: to the end of 20 MB it took a minute."""
    file = BytesIO(f"{XML}{begun}".encode() + b"a" * 2_000_000)
    with pytest.raises(Refused) as refusal:
        survey(Handed(file, Format.XML), LAYOUT)
    assert refusal.value.facts["state"] == Fault.ROW_TOO_LONG
    assert file.tell() < 5 * MOST_ROW


def test_a_comment_as_long_as_a_row_may_be_is_passed_over() -> None:
    for comment in ("a" * MOST_ROW, "\U0001f600" * (MOST_ROW - 5_000)):
        assert read(f"{XML}<!--{comment}--><record><email>a</email></record></export>".encode(), Format.XML) == [{"email": "a"}]


@pytest.mark.parametrize(("form", "begins", "record"), [(Format.CSV, b"email\n", b"a\n"), (Format.JSONL, b"", b"{}\n")])
def test_a_list_of_more_records_than_are_kept_at_once_is_to_be_divided(form: Format, begins: bytes, record: bytes) -> None:
    assert survey(Handed(BytesIO(begins + record * MOST_RECORDS), form), LAYOUT).records == MOST_RECORDS
    file = BytesIO(begins + record * (MOST_RECORDS + 100_000))
    with pytest.raises(Refused) as refusal:
        survey(Handed(file, form), LAYOUT)
    assert refusal.value.facts == {"state": Fault.TOO_MANY, "max": MOST_RECORDS}
    assert file.tell() == len(begins) + len(record) * (MOST_RECORDS + 1)


def test_lines_that_hold_nothing_are_not_read_for_ever() -> None:
    file = BytesIO(b"\n" * (MOST_LINES + 100_000))
    with pytest.raises(Refused) as refusal:
        for _ in read_lines(file, Encoding.UTF_8):
            pass
    assert (refusal.value.facts["state"], file.tell()) == (Fault.TOO_MANY, MOST_LINES + 1)


def test_a_house_number_is_looked_for_in_streets_as_long_as_streets_are() -> None:
    for street, cells in (
        ("Via Demo 7/B", {"street": "Via Demo", "house_number": "7/B"}),
        (f"{'Via Demo ' * 30}7", {"street": f"{'Via Demo ' * 30}7"}),
        (f"Via{' ' * 60_000}Demo", {"street": f"Via{' ' * 60_000}Demo"}),
    ):
        assert read(f"BEGIN:VCARD\r\nADR:;;{street};;;;\r\nEND:VCARD\r\n".encode(), Format.VCF) == [{"kind": "person"} | cells]


def test_a_list_of_objects_may_be_laid_out_in_any_way() -> None:
    rows = [{"email": f"demo{n}@example.org", "street": 'Via "{}[]" \\ Demo'} for n in range(2000)]
    layouts: tuple[Callable[[object], str], ...] = (
        json.dumps,
        lambda each: json.dumps(each, indent=3),
        lambda each: "\n\n" + json.dumps(each),
    )
    for lay_out in layouts:
        assert read(lay_out(rows).encode(), Format.JSON) == rows


def test_each_record_says_the_line_it_begins_in() -> None:
    content = b'email,street\na,"x\ny"\n\nb,z\n'
    assert [each.line for each in read_records(Handed(BytesIO(content), Format.CSV), LAYOUT)] == [2, 5]
    content = b'[\n {"email":\n "a"},\n\n {"email": "b"}\n]'
    assert [each.line for each in read_records(Handed(BytesIO(content), Format.JSON), LAYOUT)] == [2, 5]
