"""Address books as Outlook writes them (vCard 2.1): read in each line's own charset, or refused with its line."""

from collections.abc import Iterator
from io import BytesIO
from typing import SupportsIndex

import pytest

from forms.imports.contacts import _unfolded, read_vcf
from rules.imports import Encoding, Fault
from rules.refusals import Refused


def cells(*lines: bytes, encoding: Encoding = Encoding.UTF_8) -> dict[str, object]:
    (record,) = read_vcf(BytesIO(b"\r\n".join([b"BEGIN:VCARD", b"VERSION:2.1", *lines, b"END:VCARD", b""])), encoding)
    return dict(record.cells)


@pytest.mark.parametrize(
    "line",
    [
        b"N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Nicol=F2;Fran=E7ois",
        b"N;ENCODING=QUOTED-PRINTABLE;CHARSET=Windows-1252:Nicol=f2;Fran=E7ois",
        b"N;charset=utf-8;quoted-printable:Nicol=C3=B2;Fran=C3=A7ois",
        b"N;ENCODING=QUOTED-PRINTABLE:Nicol=C3=B2;Fran=C3=A7ois",
        b"N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Nicol=C3=\r\n=B2;Fran=\r\n=C3=A7o=\r\nis",
        "N:Nicolò;François".encode(),
    ],
)
def test_a_name_is_read_in_the_charset_of_its_line(line: bytes) -> None:
    assert cells(line) == {"kind": "person", "family_name": "Nicolò", "given_name": "François"}


def test_without_a_charset_it_is_the_files() -> None:
    assert cells(b"N;ENCODING=QUOTED-PRINTABLE:Nicol=F2;Anna", encoding=Encoding.CP1252)["family_name"] == "Nicolò"


def test_lines_are_joined_and_parted_as_outlook_does() -> None:
    told = cells(
        b"N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Esempio;Demetra",
        b"LABEL;WORK;ENCODING=QUOTED-PRINTABLE:Via Roma 1=0D=0A=",
        b"80134 Napoli=",
        b"",
        b"ADR;HOME;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:;;Via =",
        b" Per=C3=B9 7;Napoli;NA;80134;Italia",
        b"TEL;CELL;VOICE:+393331234567",
        b"PHOTO;TYPE=JPEG;ENCODING=BASE64:",
        b" /9j/4AAQ=",
        b"",
        b"EMAIL;PREF;INTERNET:demo@example.org",
    )
    assert (told["given_name"], told["street"], told["house_number"], told["municipality_name"]) == ("Demetra", "Via  Perù", "7", "Napoli")
    assert (told["mobile"], told["email"]) == ("+393331234567", "demo@example.org")


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (Fault.CHARSET, b"N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Nicol=F2;Anna"),
        (Fault.CHARSET, b"N;CHARSET=US-ASCII;ENCODING=QUOTED-PRINTABLE:Nicol=F2;Anna"),
        (Fault.CHARSET, b"N;CHARSET=unicode_escape;ENCODING=QUOTED-PRINTABLE:Nicol=F2;Anna"),
        (Fault.CHARSET, b"N;CHARSET=ISO-8859-99;ENCODING=QUOTED-PRINTABLE:Nicol=F2;Anna"),
        (Fault.CHARSET, b"N;ENCODING=QUOTED-PRINTABLE:a=b;Anna"),
        (Fault.CHARSET, b"N;ENCODING=BASE64:Tmljb2zDsg=="),
        (Fault.ROW_TOO_LONG, b"N;ENCODING=QUOTED-PRINTABLE:" + b"=C3=B2=\r\n" * 12_000 + b";Anna"),
        (Fault.NUL, b"N;ENCODING=QUOTED-PRINTABLE:Nicol=00;Anna"),
    ],
)
def test_what_cannot_be_read_is_refused_and_not_garbled(fault: Fault, line: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        cells(line)
    assert (refusal.value.facts["state"], refusal.value.facts["line"]) == (fault, 3)


class Counted(str):
    """Characters that are copied each time two such texts are put together."""

    __slots__ = ()
    copied: list[int] = []  # noqa: RUF012 - of all of them

    def rstrip(self, chars: str | None = None, /) -> "Counted":
        return Counted(super().rstrip(chars))

    def removesuffix(self, suffix: str, /) -> "Counted":
        return Counted(super().removesuffix(suffix))

    def __getitem__(self, key: SupportsIndex | slice, /) -> "Counted":
        return Counted(super().__getitem__(key))

    def __add__(self, other: str, /) -> "Counted":
        self.copied.append(len(self) + len(other))
        return Counted(super().__add__(other))

    def __radd__(self, other: str) -> "Counted":
        return Counted(other) + self


def test_a_line_in_many_pieces_is_put_together_once() -> None:
    def lines() -> Iterator[tuple[int, str]]:
        for number in range(1, 5_001):
            yield number, Counted("NOTE:a\n" if number == 1 else " a\n")

    Counted.copied.clear()
    assert list(_unfolded(lines())) == [(1, "NOTE:" + "a" * 5_000)]
    assert sum(Counted.copied) <= 2 * 5_005, "each piece was put to all before it"
