"""Identifiers of four countries: published examples, every slip of one sign found, digits of any script, nothing invented."""

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from forms.types.base import Read
from forms.types.national import NATIONAL, cn_birth_date, cn_sex
from rules.refusals import Reason, Refused
from tests.forms.types.asking import TODAY, outcome, sent, shown, typed

LENGTH, FORM, CHECK, EMPTY = Reason.IDENTIFIER_LENGTH, Reason.IDENTIFIER_FORM, Reason.IDENTIFIER_CHECK, Reason.EMPTY

# Examples of the authorities (ФНС, ПФР, Ministerio del Interior), of the standards (GB 11643, GB 32100), of companies or of libraries.
KNOWN = {
    "ir_national_code": ["0123456789"],
    "ir_org_id": ["10380284790"],
    "ru_inn": ["500100732259", "123456789047"],
    "ru_org_inn": ["7707083893", "1234567894"],
    "ru_snils": ["11223344595"],
    "es_nif": ["12345678Z", "X2482300W"],
    "es_org_nif": ["A13585625", "J99216582"],
    "cn_resident_id": ["11010519491231002X", "440524188001010014"],
    "cn_uscc": ["91110000600037341L"],
}
PLAIN = [(kind, number) for kind, numbers in KNOWN.items() for number in numbers]

ROWS = [
    ("ir_national_code", "۰۱۲-۳۴۵۶۷۸-۹", "0123456789"),
    ("ir_national_code", "٠١٢٣٤٥٦٧٨٩", "0123456789"),
    ("ir_national_code", "0123456788", CHECK),
    ("ir_national_code", "1111111111", CHECK),
    ("ir_national_code", "0000000000", CHECK),
    ("ir_national_code", "123456789", LENGTH),
    ("ir_national_code", "012345678O", FORM),
    ("ir_org_id", "۱۰۳۸۰۲۸۴۷۹۰", "10380284790"),
    ("ir_org_id", "10380284791", CHECK),
    ("ir_org_id", "11111111111", CHECK),
    ("ir_org_id", "00000000000", CHECK),
    ("ir_org_id", "0123456789", LENGTH),
    ("ru_inn", "5001 0073 2259", "500100732259"),
    ("ru_inn", "7707083893", LENGTH),
    ("ru_inn", "000000000000", CHECK),
    ("ru_org_inn", "0000000000", CHECK),
    ("ru_org_inn", "７７０７０８３８９３", "7707083893"),
    ("ru_snils", "112-233-445 95", "11223344595"),
    ("ru_snils", "112‑233‑445 96", FORM),
    ("ru_snils", "112-233-445 96", CHECK),
    ("ru_snils", "087-654-303 00", "08765430300"),
    ("ru_snils", "001-001-998 00", "00100199800"),
    ("ru_snils", "00000000000", CHECK),
    ("es_nif", "12.345.678-z", "12345678Z"),
    ("es_nif", "x-2482300-w", "X2482300W"),
    ("es_nif", "12345678A", CHECK),
    ("es_nif", "00000000T", CHECK),
    ("es_nif", "X0000000T", CHECK),
    ("es_nif", "00000005M", "00000005M"),
    ("es_nif", "00000006Y", "00000006Y"),
    ("es_nif", "A13585625", FORM),
    ("es_org_nif", "a-13585625", "A13585625"),
    ("es_org_nif", "12345678Z", FORM),
    ("es_org_nif", "A13585626", CHECK),
    ("cn_resident_id", "110105 19491231 002x", "11010519491231002X"),
    ("cn_resident_id", "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
    ("cn_resident_id", "11010519491231002Х", FORM),
    ("cn_resident_id", "110105491231002", LENGTH),
    ("cn_resident_id", "110105194902310025", CHECK),
    ("cn_uscc", "9 1 110000 600037341l", "91110000600037341L"),
    ("cn_uscc", "91110000600037341I", FORM),
    ("cn_uscc", "911100006000373411", CHECK),
    *((kind.name, nasty, reason) for kind in NATIONAL for nasty, reason in [
        ("", EMPTY), ("   ", EMPTY), ("²²²²²²²²²²", FORM), ("①②③", FORM), ("💳" * 10, FORM), ("--", FORM), ("'; drop table card;--", None),
        ("<script>", None), ("=1+1", None), ("9" * 3000, Reason.TOO_LONG), ("12\n34", Reason.LINE_BREAK),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "number"), PLAIN)
def test_published_examples_are_read(kind: str, number: str) -> None:
    assert typed(kind, number) == sent(kind, number) == Read(number)


@pytest.mark.parametrize(("kind", "text", "expected"), ROWS)
def test_numbers_are_read_as_people_write_them(kind: str, text: str, expected: object) -> None:
    found = outcome(typed(kind, text))
    assert found == expected if expected is not None else isinstance(found, Reason)


SINGLE_SLIPS = {"ir_national_code", "ru_inn", "es_nif", "cn_resident_id", "cn_uscc"}
"""Whose check sees every slip of one sign. ИНН of ten digits, СНИЛС, CIF and the number of an Iranian organisation let some through: a remainder of 10 counts as 0."""


@pytest.mark.parametrize(("kind", "number"), [(kind, number) for kind, number in PLAIN if kind in SINGLE_SLIPS])
def test_every_slip_of_one_digit_is_found(kind: str, number: str) -> None:
    for at, sign in enumerate(number):
        for other in "0123456789":
            if sign.isdigit() and other != sign:
                assert isinstance(typed(kind, number[:at] + other + number[at + 1 :]), Refused), (at, other)


@pytest.mark.parametrize(("kind", "number"), PLAIN)
def test_two_digits_in_the_wrong_order_are_found(kind: str, number: str) -> None:
    swapped = {number[:at] + number[at + 1] + number[at] + number[at + 2 :] for at in range(len(number) - 1)} - {number}
    assert [one for one in swapped if isinstance(typed(kind, one), Read)] == []


@pytest.mark.parametrize("kind", [each.name for each in NATIONAL])
@given(text=st.text("0123456789XYZAB -./۰۱۲۳０１", min_size=6, max_size=24))
def test_what_is_read_is_kept_bare_shown_and_read_again(kind: str, text: str) -> None:
    reading = typed(kind, text)
    if isinstance(reading, Read):
        number = str(reading.value)
        assert number.isascii()
        assert number.isalnum()
        assert typed(kind, shown(kind, number)) == sent(kind, number) == reading


@given(number=st.text("0123456789", min_size=9, max_size=9))
def test_of_ten_last_digits_one_at_most_is_right(number: str) -> None:
    right = [last for last in "0123456789" if isinstance(typed("ir_national_code", number + last), Read)]
    assert len(right) <= 1


@given(born=st.dates(date(1900, 1, 1), date(2026, 11, 22)), order=st.integers(0, 999))
def test_a_resident_s_number_agrees_with_another_library_and_says_day_and_sex(born: date, order: int) -> None:
    start = f"110101{born:%Y%m%d}{order:03}"
    number = start + ric.calc_check_digit(f"{start}0")
    assert typed("cn_resident_id", number) == Read(number)
    assert (cn_birth_date(number), cn_sex(number)) == (born, "male" if order % 2 else "female")


def test_nobody_is_born_tomorrow() -> None:
    start = f"110101{TODAY.year}1123001"
    assert outcome(typed("cn_resident_id", start + ric.calc_check_digit(f"{start}0"))) == CHECK


@pytest.mark.parametrize(
    ("kind", "number", "told"),
    [
        ("ir_national_code", "0123456789", "012-345678-9"),
        ("ru_snils", "11223344595", "112-233-445 95"),
        ("ru_inn", "500100732259", "500100732259"),
        ("es_nif", "12345678Z", "12345678Z"),
        ("cn_resident_id", "11010519491231002X", "110105 19491231 002X"),
    ],
)
def test_numbers_are_shown_as_people_write_them(kind: str, number: str, told: str) -> None:
    assert shown(kind, number) == told


def test_a_number_drawn_at_random_is_seldom_right() -> None:
    drawn = random.Random(1)
    for kind in NATIONAL:
        numbers = ("".join(drawn.choices("0123456789", k=kind.length)) for _ in range(1000))
        assert sum(isinstance(typed(kind.name, number), Read) for number in numbers) < 1000 * 0.13, kind.name
