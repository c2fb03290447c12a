"""Identifiers: read to their normal form, their check digits verified, look-alikes refused."""

from datetime import date
from typing import Any

import pytest
from codicefiscale import codicefiscale
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.types.base import Read
from forms.types.identifiers import Mismatch, compare_tax_code, tax_code_facts
from rules.refusals import Reason, Refused
from tests.forms.types.asking import TODAY, outcome, shown, typed

CODE = "RSSMRA85T10A562S"
CARD = ("Rossi", "Mario", "male", "1985-12-10", "IT", "A562")


def compared(*card: Any) -> tuple[Mismatch, ...]:
    return compare_tax_code(CODE, *card, TODAY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rss mra 85t10 a562s", CODE),
        ("RSSMRA85T10A56NH", "RSSMRA85T10A56NH"),
        ("RSSMRA85T10A562T", Reason.TAX_CODE_CHECK),
        ("RSSMRA85B30A562G", Reason.TAX_CODE_FORM),
        ("RSSMRA85T10Z999" + codicefiscale.encode_cin("RSSMRA85T10Z999"), Reason.TAX_CODE_FORM),
        ("РSSMRA85T10A562S", Reason.TAX_CODE_FORM),
        ("ciao", Reason.TAX_CODE_FORM),
        ("RSSMRA85T10A562", Reason.TAX_CODE_LENGTH),
        ("00743110157", Reason.TAX_CODE_LENGTH),
    ],
)
def test_a_tax_code_is_held_against_two_libraries(text: str, expected: Any) -> None:
    assert outcome(typed("it_tax_code", text)) == expected


def test_a_place_seen_before_is_known_only_while_it_lasted() -> None:
    fiume, until_1947 = codicefiscale.encode("Rossi", "Mario", "M", "10/12/1930", "D620"), "RSSMRA58T10D620"
    for _ in range(2):
        assert typed("it_tax_code", fiume) == Read(fiume)
        assert codicefiscale.is_valid(late := until_1947 + codicefiscale.encode_cin(until_1947)) == isinstance(
            typed("it_tax_code", late), Read
        )


def test_a_company_may_have_eleven_digits() -> None:
    company = {"path": "registration_company.company.tax_code", "name": "tax_code"}
    assert typed("it_tax_code", "00743110157", **company) == Read("00743110157")
    assert outcome(typed("it_tax_code", "00743110158", **company)) is Reason.TAX_CODE_OF_BODY
    assert outcome(typed("it_tax_code", "0074311015", **company)) is Reason.TAX_CODE_OF_BODY


def test_a_tax_code_says_who_it_is() -> None:
    facts = tax_code_facts("RSSMRAURTMLARSNL")
    assert (facts.sex, facts.place, facts.birth_date(TODAY)) == ("male", "A562", date(1985, 12, 10))
    assert tax_code_facts(CODE[:9] + "50" + CODE[11:]).sex == "female"


def test_a_code_that_fits_the_card_has_no_mismatch() -> None:
    assert compared(*CARD) == ()
    assert compared(None, None, None, None, None, None) == ()


@pytest.mark.parametrize(
    ("at", "given_value", "mismatch"),
    [
        (0, "Bianchi", Mismatch("family_name", "RSS", "BNC")),
        (1, "Luigi", Mismatch("given_name", "MRA", "LGU")),
        (2, "female", Mismatch("sex", "male", "female")),
        (3, "1985-12-15", Mismatch("birth_date", "1985-12-10", "1985-12-15")),
        (4, "FR", Mismatch("birth_country", "IT", "FR")),
        (5, "H501", Mismatch("birth_municipality", "A562", "H501")),
    ],
)
def test_each_part_that_contradicts_the_code_is_named(at: int, given_value: str, mismatch: Mismatch) -> None:
    card = [*CARD]
    card[at] = given_value
    if at == 4:
        card[5] = None  # type: ignore[call-overload]
    assert compared(*card) == (mismatch,)


def test_names_in_other_scripts_and_umlauts_are_no_mismatch() -> None:
    assert compared("王", "小明", *CARD[2:]) == ()
    umlaut = codicefiscale.encode("Mueller", "Jan", "M", "10/12/1985", "A562")
    assert compare_tax_code(umlaut, "Müller", "Jan", "male", "1985-12-10", "IT", "A562", TODAY) == ()


def test_a_birth_abroad_compares_the_state_of_today() -> None:
    abroad = codicefiscale.encode("Rossi", "Mario", "M", "10/12/1985", "Z110")
    assert compare_tax_code(abroad, *CARD[:4], "FR", None, TODAY) == ()
    assert compare_tax_code(abroad, *CARD[:4], "DE", None, TODAY) == (Mismatch("birth_country", "FR", "DE"),)
    yugoslavia = codicefiscale.encode("Rossi", "Mario", "M", "10/12/1985", "Z118")
    assert compare_tax_code(yugoslavia, *CARD[:4], "HR", None, TODAY) == ()


@settings(max_examples=25)
@given(
    st.dates(date(1930, 1, 1), date(2008, 11, 22)),
    st.sampled_from(["Rossi", "D'Angelo", "Fo", "De Luca"]),
    st.sampled_from(["Mario", "Anna Maria", "Io"]),
    st.sampled_from(["female", "male"]),
    st.booleans(),
)
def test_every_code_made_of_a_card_is_read_and_fits_it(born: date, family: str, given_name: str, sex: str, omocode: bool) -> None:
    code = codicefiscale.encode(family, given_name, "F" if sex == "female" else "M", born.isoformat(), "H501")
    code = codicefiscale.decode(code)["omocodes"][-1] if omocode else code
    assert typed("it_tax_code", code.lower()) == Read(code)
    assert compare_tax_code(code, family, given_name, sex, born.isoformat(), "IT", "H501", TODAY) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("it60 x054 2811 1010 0000 0123 456", "IT60X0542811101000000123456"),
        ("IBAN: IT60X0542811101000000123456", "IT60X0542811101000000123456"),
        ("DE89370400440532013000", "DE89370400440532013000"),
        ("IT64Y0542811101000000123456", Reason.IBAN_CHECK),
        ("IT60X054281110100000012345", Reason.IBAN_LENGTH),
        ("XX60X0542811101000000123456", Reason.IBAN_CHECK),
        ("ІТ60X0542811101000000123456", Reason.IBAN_CHECK),
    ],
)
def test_an_iban_is_checked_with_its_national_digits(text: str, expected: Any) -> None:
    assert outcome(typed("iban", text)) == expected


def test_an_iban_is_shown_in_fours() -> None:
    assert shown("iban", "IT60X0542811101000000123456") == "IT60 X054 2811 1010 0000 0123 456"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IT 007 431 101 57", "00743110157"),
        ("00743110158", Reason.VAT_CHECK),
        ("0074311015", Reason.VAT_FORM),
        ("٠٠٧٤٣١١٠١٥٧", Reason.VAT_FORM),
        ("0" * 11, Reason.VAT_CHECK),
    ],
)
def test_a_vat_number_is_eleven_ascii_digits(text: str, expected: Any) -> None:
    assert outcome(typed("it_vat", text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("123 456", "123456"), ("۱۲۳۴۵۶", "123456"), ("123-456", "123456"), ("12345", Reason.CODE_FORM), ("abcdef", Reason.CODE_FORM)],
)
def test_a_one_time_code_is_six_digits(text: str, expected: Any) -> None:
    assert outcome(typed("code", text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("il codice è 123456", "123456"),
        ("el código es 123 456.", "123456"),
        ("мой код: 123-456", "123456"),
        ("验证码是123456", "123456"),
        ("کد ۱۲۳۴۵۶ است", "123456"),
        ("1 2 3 4 5 6", "123456"),
        ("il codice è 12345", Reason.CODE_FORM),
        ("il codice è 1234567", Reason.CODE_FORM),
        ("123456 o 654321", Reason.CODE_FORM),
        ("12 minuti fa: 123456", Reason.CODE_FORM),
    ],
)
def test_a_one_time_code_may_stand_in_a_sentence_that_has_no_other_digits(text: str, expected: Any) -> None:
    assert outcome(typed("code", text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mario.Rossi@EXAMPLE.org", "Mario.Rossi@example.org"),
        ("<mario@example.org>", "mario@example.org"),
        ("mailto:mario@example.org", "mario@example.org"),
        ("mario@example.org.", "mario@example.org"),
        ("a" * 65 + "@example.org", Reason.EMAIL_FORM),
        ('"a b"@example.org', Reason.EMAIL_FORM),
        ("mario@[127.0.0.1]", Reason.EMAIL_FORM),
        ("mario@localhost", Reason.EMAIL_FORM),
        ("a@b.c", Reason.EMAIL_FORM),
        ("mario@gmail.com", "mario@gmail.com"),
        ("mario@mail.com", "mario@mail.com"),
        ("mario@gmial.com", ("doubt", "mario@gmial.com", Reason.EMAIL_TYPO)),
        ("=?utf-8?q?a?=@example.org", Reason.EMAIL_FORM),
        ("josé@example.org", ("doubt", "josé@example.org", Reason.EMAIL_INTERNATIONAL)),
    ],
)
def test_an_address_is_strict_and_likely_slips_are_asked_about(text: str, expected: Any) -> None:
    assert outcome(typed("email", text)) == expected


def test_a_slip_comes_with_what_was_probably_meant() -> None:
    assert typed("email", "mario@libero.con").facts["suggestion"] == "mario@libero.it"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("347 1234567", "+393471234567"),
        ("+39 347-123-4567", "+393471234567"),
        ("\u202a+39 347 123 4567\u202c", "+393471234567"),
        ("cell. 3471234567", "+393471234567"),
        ("+378 0549 882345", "+3780549882345"),
        ("899123456", Reason.PHONE_PREMIUM),
        ("347 1234567 x12", Reason.PHONE_FORM),
        ("3471234", Reason.PHONE_FORM),
        ("chiamami", Reason.PHONE_FORM),
    ],
)
def test_a_telephone_number_is_kept_as_e164(text: str, expected: Any) -> None:
    assert outcome(typed("phone", text)) == expected


def test_a_landline_where_a_mobile_is_asked_for_is_asked_about() -> None:
    assert outcome(typed("phone", "06 6982", name="mobile")) == ("doubt", "+39066982", Reason.PHONE_NOT_MOBILE)
    assert typed("phone", "06 6982", name="landline") == Read("+39066982")
    assert shown("phone", "+393471234567") == "+39 347 123 4567"


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fa", "۰۹۱۲ ۳۴۵ ۶۷۸۹", "+989123456789"),
        ("ru", "моб. 8 916 123-45-67", "+79161234567"),
        ("zh", "13812345678", "+8613812345678"),
        ("es", "612 345 678", "+34612345678"),
    ],
)
def test_a_mobile_written_as_at_home_is_read_as_one_and_asked_about(language: str, text: str, expected: str) -> None:
    assert outcome(typed("phone", text, language, name="mobile")) == ("doubt", expected, Reason.PHONE_FROM_HOME)
    assert typed("phone", expected, language, name="mobile") == Read(expected)
    assert typed("phone", "347 123 4567", language, name="mobile") == Read("+393471234567")


def test_refusals_carry_what_words_them() -> None:
    assert typed("it_tax_code", "RSSMRA85T10") == Refused(Reason.TAX_CODE_LENGTH, length=11)
    assert typed("iban", "il conto di mia madre") == Refused(Reason.IDENTIFIER_FORM)
    assert typed("iban", "IT60X05428") == Refused(Reason.IBAN_LENGTH, length=10, expected=27)
