"""S4-25: no policy while one of the 13 fields, a module in force or the confirmation is missing."""

import pytest

from rules.issuance import FIELDS, IssuanceFacts, missing_card_names, missing_fields, missing_for_issue

ID, D, R = "registration_person.identity.", "registration_person.document.", "registration_person.residence."
CARD = {
    ID + "family_name": "Rossi",
    ID + "given_name": "Demo",
    ID + "sex": "male",
    ID + "birth_date": "1980-03-12",
    ID + "mobile": "+393330000000",
    ID + "emails_other.1.email": "demo@example.org",
    D + "document_kind": "passport",
    D + "document_number": "YA0000000",
    R + "street": "Via Demo",
    R + "house_number": "1",
    R + "postcode": "00100",
    R + "municipality": "H501",
    R + "country": "IT",
}
Q = "quote_home.insured."
OTHER = {
    Q + "insured_is_policyholder": False,
    Q + "relation": "child",
    Q + "insured_family_name": "Rossi",
    Q + "insured_given_name": "Prova",
    Q + "insured_sex": "female",
    Q + "insured_birth_date": "2001-01-01",
    Q + "insured_document_kind": "passport",
    Q + "insured_document_number": "YA0000001",
}
SAME = {Q + "insured_is_policyholder": True}
CARD_PARTS = {
    "family_name": "policyholder_name", "given_name": "policyholder_name", "sex": "policyholder_sex",
    "birth_date": "policyholder_birth_date", "mobile": "policyholder_phone", "document_kind": "policyholder_document_kind",
    "document_number": "policyholder_document_number", "street": "policyholder_address", "house_number": "policyholder_address",
    "postcode": "policyholder_address", "municipality": "policyholder_address", "country": "policyholder_address",
}  # fmt: skip
INSURED_PARTS = {
    "relation": "insured_relation", "insured_family_name": "insured_name", "insured_given_name": "insured_name",
    "insured_sex": "insured_sex", "insured_birth_date": "insured_birth_date", "insured_document_kind": "insured_document_kind",
    "insured_document_number": "insured_document_number",
}  # fmt: skip


COMPANY = {
    f"registration_company.{path}": value
    for path, value in {
        "company.company_name": "Officine Demo S.r.l.",
        "company.legal_form": "srl",
        "company.tax_code": "12345670017",
        "company.phone": "+390810000000",
        "seat.street": "Via Demo",
        "seat.house_number": "1",
        "seat.postcode": "00100",
        "seat.municipality": "H501",
        "seat.country": "IT",
        "representative.representative_family_name": "Rossi",
        "representative.representative_given_name": "Demo",
        "representative.representative_sex": "male",
        "representative.representative_birth_date": "1980-03-12",
        "representative.representative_document_kind": "passport",
        "representative.representative_document_number": "YA0000000",
        "representative.representative_powers": "Amministratore unico",
    }.items()
}
COMPANY_PARTS = {
    "company_name": "policyholder_name", "tax_code": "policyholder_name", "representative_powers": "policyholder_name",
    "representative_family_name": "policyholder_name", "representative_given_name": "policyholder_name",
    "representative_sex": "policyholder_sex", "representative_birth_date": "policyholder_birth_date",
    "representative_document_kind": "policyholder_document_kind", "representative_document_number": "policyholder_document_number",
    "phone": "policyholder_phone", "street": "policyholder_address", "municipality": "policyholder_address",
}  # fmt: skip


def without(answers, name):
    return {path: value for path, value in answers.items() if path.rpartition(".")[2] != name}


def test_there_are_thirteen_fields():
    assert len(FIELDS) == 13


def test_a_full_card_and_quote_miss_nothing():
    assert missing_for_issue(IssuanceFacts(CARD, OTHER, (), is_confirmed=True)) == ()
    assert missing_for_issue(IssuanceFacts(CARD, SAME, (), is_confirmed=True)) == ()


@pytest.mark.parametrize(("name", "field"), CARD_PARTS.items())
def test_each_part_of_the_policyholder_is_missed_by_name(name, field):
    assert missing_fields(without(CARD, name), OTHER) == (field,)
    assert missing_card_names(without(CARD, name)) == (name,)


@pytest.mark.parametrize(("name", "field"), INSURED_PARTS.items())
def test_each_part_of_another_insured_is_missed_by_name(name, field):
    assert missing_fields(CARD, without(OTHER, name)) == (field,)


def test_the_policyholder_insured_is_missed_on_both_sides():
    assert missing_fields(without(CARD, "sex"), SAME) == ("policyholder_sex", "insured_sex")


def test_a_company_s_full_card_misses_nothing():
    assert missing_for_issue(IssuanceFacts(COMPANY, SAME, (), is_confirmed=True)) == ()


@pytest.mark.parametrize(("name", "field"), COMPANY_PARTS.items())
def test_each_part_of_a_company_is_missed_by_name(name, field):
    """Where only a person can be told it is the representative (docs/decisions/0013)."""
    assert missing_fields(without(COMPANY, name), OTHER) == (field,)
    assert missing_card_names(without(COMPANY, name)) == (name,)


def test_nothing_known_misses_all_thirteen():
    assert missing_fields({}, {}) == FIELDS


@pytest.mark.parametrize("blank", ["", "  "])
def test_a_blank_is_missing(blank):
    assert missing_fields(CARD | {ID + "family_name": blank}, OTHER) == ("policyholder_name",)


def test_a_repeated_groups_answer_is_nobodys_field():
    assert "policyholder_document_number" in missing_fields({"registration_person.owners.1.document_number": "X"}, {})


def test_modules_and_confirmation_are_named():
    facts = IssuanceFacts(CARD, SAME, ("mandate", "needs"), is_confirmed=False)
    assert missing_for_issue(facts) == ("modules.mandate", "modules.needs", "confirmation")
