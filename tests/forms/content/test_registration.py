"""The card of a natural person: the names that stay, in order, and the checks of each."""

import pytest

from forms.types.base import Doubt, Read, Wire
from rules.refusals import Reason
from tests.forms.content.shipped import asked_paths, checked, form, question, questions, section_names

SECTIONS = {
    "identity": "family_name given_name sex birth_date birth_country birth_municipality citizenship tax_code email mobile landline? pec? emails_other",
    "document": "document_kind document_number document_issuer document_issued_on document_expires_on document_front? document_back?",
    "residence": "street house_number postcode municipality province country",
    "household": "marital_status? adults? minors?",
    "work": "occupation employment vat_number?",
    "bank": "iban? account_holder?",
}
VALUES = {
    "sex": "female male",
    "document_kind": "identity_card passport driving_licence residence_permit",
    "marital_status": "single married civil_union separated divorced widowed",
    "employment": "employed self_employed retired student homemaker unemployed",
}
MARIO: dict[str, Wire] = {
    "identity.family_name": "Demo",
    "identity.given_name": "Mario",
    "identity.sex": "male",
    "identity.birth_date": "1985-12-10",
    "identity.birth_country": "IT",
    "identity.birth_municipality": "A562",
    "residence.postcode": "80134",
    "residence.municipality": "F839",
    "bank.iban": "IT60X0542811101000000123456",
}


def test_the_card_has_six_sections_in_the_contract_s_order():
    assert [section.section for section in form("registration_person").sections] == list(SECTIONS)


@pytest.mark.parametrize("section", SECTIONS)
def test_each_section_asks_the_contract_s_names_in_order(section: str):
    assert section_names("registration_person", section) == SECTIONS[section].split()


@pytest.mark.parametrize("name", ["occupation", "employment", "municipality", "province", "postcode"])
def test_s1_19_job_position_and_place_are_on_the_card(name: str):
    assert question("registration_person", name).name == name


@pytest.mark.parametrize("name", VALUES)
def test_choices_have_the_contract_s_values(name: str):
    assert question("registration_person", name).choices == tuple(VALUES[name].split())


def test_further_addresses_are_proved_by_a_code_each():
    group = next(item for item in form("registration_person").sections[0].items if not hasattr(item, "name"))
    assert [one.name for one in group.questions] == ["email", "email_code"]


def test_the_proved_address_is_prefilled():
    assert question("registration_person", "email").prefill == "journey.email"


def test_the_birthplace_is_asked_only_of_those_born_in_italy():
    assert "identity.birth_municipality" in asked_paths("registration_person", {"identity.birth_country": "IT"})
    assert "identity.birth_municipality" not in asked_paths("registration_person", {"identity.birth_country": "FR"})


def test_a_vat_number_is_asked_only_of_the_self_employed():
    assert "work.vat_number" in asked_paths("registration_person", {"work.employment": "self_employed"})
    assert "work.vat_number" not in asked_paths("registration_person", {"work.employment": "retired"})


def test_the_holder_is_asked_only_where_there_is_an_account():
    assert "bank.account_holder" not in asked_paths("registration_person", {})
    assert "bank.account_holder" in asked_paths("registration_person", {"bank.iban": "IT60X0542811101000000123456"})


def test_bank_and_scans_are_never_asked_in_a_third_party_messenger():
    assert {one.name for one in questions("registration_person") if one.sensitive} == {"iban", "document_front", "document_back"}


def test_scans_may_be_jpeg_png_or_pdf():
    for name in ("document_front", "document_back"):
        assert question("registration_person", name).accept == ("image/jpeg", "image/png", "application/pdf")


def test_what_issuance_needs_is_marked():
    needed = {one.name for one in questions("registration_person") if one.needed_to_issue}
    assert needed >= {
        "family_name",
        "given_name",
        "sex",
        "birth_date",
        "document_kind",
        "document_number",
        "mobile",
        "street",
        "municipality",
    }


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("identity.tax_code", "RSSMRA85T10A562S", Reason.TAX_CODE_MISMATCH),
        ("residence.municipality", "H501", Reason.POSTCODE_NOT_THERE),
        ("residence.province", "MI", Reason.DOUBT),
        ("bank.account_holder", "Anna Demo", Reason.DOUBT),
    ],
)
def test_answers_that_do_not_fit_together_are_a_doubt(path: str, value: str, reason: Reason):
    reading = checked(f"registration_person.{path}", value, MARIO)
    assert isinstance(reading, Doubt)
    assert reading.reason is reason


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("residence.municipality", "F839"),
        ("residence.province", "NA"),
        ("bank.account_holder", "Mario Demo"),
        ("bank.account_holder", "DEMO MARIO"),
    ],
)
def test_answers_that_fit_together_are_taken(path: str, value: str):
    assert checked(f"registration_person.{path}", value, MARIO) == Read(value)
