"""The card of a company: the names that stay, in order; what its legal form decides; its owners (domain: legal person; S0-07, S3-05, S4-02)."""

import pytest

from forms.flow import Environment, asked, prefilled
from forms.model import Group
from forms.types import TYPES
from forms.types.base import Doubt, Read, Wire
from forms.types.identifiers import is_vat
from rules.refusals import Reason, Refused
from tests.forms.content.shipped import LANGUAGES, TODAY, asked_paths, catalogue, checked, form, question, questions, section_names, words

CARD = "registration_company"
PERSON = "family_name given_name sex birth_date birth_country birth_municipality citizenship tax_code email? mobile landline? pec?"
DOCUMENT = "document_kind document_number document_issuer document_issued_on document_expires_on document_front? document_back?"
SECTIONS = {
    "company": (
        "company_name legal_form registered_in vat_number tax_code rea incorporated_on business_scope registered_capital employees? turnover?"
        " email emails_other pec sdi_code? phone fax?"
    ),
    "seat": "street house_number postcode municipality province country",
    "representative": " ".join(f"representative_{name}" for name in f"{PERSON} {DOCUMENT} powers".split()),
    "owners": "owners managed_by?",
    "documents": "register_extract? articles?",
    "bank": "iban? account_holder?",
}
FORMS = [
    "sole_trader",
    "ss",
    "snc",
    "sas",
    "srl",
    "srls",
    "spa",
    "sapa",
    "cooperative",
    "consortium",
    "association",
    "condominium",
    "public_body",
    "foreign",
]
BODY, NON_PROFIT, TRADER = "12345670017", "97103880585", "SMPDTR80C52F839N"
REPRESENTED: dict[str, Wire] = {
    "representative.representative_given_name": "Demetra",
    "representative.representative_family_name": "Esempio",
}


def of(legal_form: str, **more: Wire) -> dict[str, Wire]:
    return {"company.legal_form": legal_form, **{key.replace("__", "."): value for key, value in more.items()}}


def can_be_skipped(name: str, answers: dict[str, Wire]) -> bool:
    compiled = catalogue().form(CARD)
    step = next(step for step in compiled.steps().values() if step.question is not None and step.question.name == name)
    return compiled.can_be_skipped(step, {f"{CARD}.{key}": value for key, value in answers.items()}, Environment(TODAY))


def test_the_card_has_the_contract_s_sections_in_order():
    assert [section.section for section in form(CARD).sections] == list(SECTIONS)


@pytest.mark.parametrize("section", SECTIONS)
def test_each_section_asks_the_contract_s_names_in_order(section: str):
    assert section_names(CARD, section) == SECTIONS[section].split()


@pytest.mark.parametrize(
    "name",
    [
        "company_name",
        "representative_family_name",
        "street",
        "postcode",
        "municipality",
        "phone",
        "fax",
        "business_scope",
        "registered_capital",
    ],
)
def test_s3_05_a_company_s_file_asks_what_the_measures_list(name: str):
    assert question(CARD, name).name == name


def test_the_legal_forms_are_the_contract_s():
    assert list(question(CARD, "legal_form").choices) == FORMS


def test_an_owner_has_a_name_and_a_share():
    group = next(item for section in form(CARD).sections for item in section.items if isinstance(item, Group) and item.group == "owners")
    assert [one.name for one in group.questions] == ["owner_name", "owner_share"]


# the legal form decides what is asked and what may be skipped


@pytest.mark.parametrize("legal_form", FORMS)
def test_a_vat_number_and_a_certified_mailbox_are_owed_by_whoever_must_have_them(legal_form: str):
    without_vat = {"association", "condominium", "public_body", "foreign"}
    assert can_be_skipped("vat_number", of(legal_form)) is (legal_form in without_vat)
    assert can_be_skipped("pec", of(legal_form)) is (legal_form in without_vat - {"public_body"})


@pytest.mark.parametrize("legal_form", FORMS)
def test_a_number_in_the_register_is_asked_of_those_who_are_in_it(legal_form: str):
    outside = {"association", "condominium", "public_body", "foreign"}
    assert ("company.rea" in asked_paths(CARD, of(legal_form))) is (legal_form not in outside)
    assert can_be_skipped("rea", of(legal_form)) is (legal_form == "sole_trader")


@pytest.mark.parametrize("legal_form", FORMS)
def test_capital_is_asked_of_companies_that_have_one(legal_form: str):
    has_capital = legal_form in {"srl", "srls", "spa", "sapa", "cooperative"}
    assert ("company.registered_capital" in asked_paths(CARD, of(legal_form))) is has_capital


def test_what_was_skipped_opens_again_where_another_form_owes_it():
    compiled, env = catalogue().form(CARD), Environment(TODAY)
    path = f"{CARD}.company.vat_number"
    named = {f"{CARD}.company.company_name": "Demo"}
    before = compiled.walk(named | {f"{CARD}.company.legal_form": "association"}, env, skipped=frozenset({path}))
    after = compiled.walk(named | {f"{CARD}.company.legal_form": "srl"}, env, skipped=frozenset({path}))
    assert before.open is not None
    assert before.open.path == f"{CARD}.company.tax_code"
    assert after.open is not None
    assert after.open.path == path


@pytest.mark.parametrize(
    ("legal_form", "code", "taken"),
    [("srl", BODY, True), ("srl", TRADER, False), ("sole_trader", TRADER, True), ("sole_trader", BODY, False)],
)
def test_a_trader_has_a_person_s_tax_code_and_a_body_eleven_digits(legal_form: str, code: str, taken: bool):
    reading = checked(f"{CARD}.company.tax_code", code, of(legal_form))
    assert (reading == Read(code)) is taken
    assert taken or isinstance(reading, Refused)


def test_a_non_profit_s_code_begins_with_eight_or_nine():
    assert is_vat(NON_PROFIT)
    assert checked(f"{CARD}.company.tax_code", NON_PROFIT, of("association")) == Read(NON_PROFIT)
    assert isinstance(checked(f"{CARD}.company.tax_code", BODY, of("association")), Doubt)


@pytest.mark.parametrize(
    ("number", "taken"), [("NA 123456", True), ("na-1", True), ("TO1234567", True), ("123456", False), ("NA 12345678", False)]
)
def test_a_rea_number_is_a_province_and_up_to_seven_digits(number: str, taken: bool):
    assert (checked(f"{CARD}.company.rea", number, of("srl")) == Read(number)) is taken


@pytest.mark.parametrize(
    ("legal_form", "code", "taken"),
    [
        ("srl", "ABC1234", True),
        ("srl", "ABC123", False),
        ("public_body", "UF1234", True),
        ("public_body", "ABC1234", False),
        ("srl", "ABC-123", False),
    ],
)
def test_an_invoice_code_has_seven_signs_and_a_public_body_s_six(legal_form: str, code: str, taken: bool):
    assert (checked(f"{CARD}.company.sdi_code", code, of(legal_form)) == Read(code)) is taken


# the representative


def test_the_representative_s_tax_code_is_held_against_their_own_data():
    told = {f"representative.representative_{name}": value for name, value in {"family_name": "Demo", "given_name": "Mario"}.items()}
    reading = checked(f"{CARD}.representative.representative_tax_code", TRADER, of("srl") | told)
    assert isinstance(reading, Doubt)
    assert reading.reason is Reason.TAX_CODE_MISMATCH


def test_a_trader_represents_itself():
    path, told = f"{CARD}.representative.representative_tax_code", of("sole_trader", company__tax_code=TRADER)
    assert checked(path, TRADER, told) == Read(TRADER)
    assert isinstance(checked(path, "RSSMRA85T10A562S", told), Doubt)


def test_scans_papers_and_the_account_are_never_asked_in_a_third_party_messenger():
    sensitive = {one.name for one in questions(CARD) if one.sensitive}
    assert sensitive == {"iban", "register_extract", "articles", "representative_document_front", "representative_document_back"}


# beneficial owners (d.lgs. 231/2007, art. 20)


def owners(*shares: str, more: bool | None = False) -> dict[str, Wire]:
    told: dict[str, Wire] = {}
    for number, share in enumerate(shares, 1):
        told |= {
            f"owners.owners.{number}.more": True,
            f"owners.owners.{number}.owner_name": "Demo",
            f"owners.owners.{number}.owner_share": share,
        }
    return told if more is None else told | {f"owners.owners.{len(shares) + 1}.more": more}


@pytest.mark.parametrize(("share", "taken"), [("25.01", True), ("60", True), ("25", False), ("10", False)])
def test_who_owns_a_quarter_or_less_is_a_doubt(share: str, taken: bool):
    reading = checked(f"{CARD}.owners.owners.1.owner_share", share, of("srl"))
    assert (reading == Read(share)) is taken
    assert taken or isinstance(reading, Doubt)


def test_shares_that_are_more_than_the_whole_are_a_doubt():
    path = f"{CARD}.owners.owners.2.owner_share"
    begun = of("srl") | owners("60", "30", more=None)
    assert checked(path, "40", begun) == Read("40")
    reading = checked(path, "40.01", begun)
    assert isinstance(reading, Doubt)
    assert reading.facts["code"] == "above_the_whole"


def test_an_owner_taken_out_again_counts_no_longer():
    told = of("srl") | owners("60", "30", "30") | {"owners.owners.3.more": False}
    assert checked(f"{CARD}.owners.owners.2.owner_share", "40", told) == Read("40")


def test_who_manages_is_asked_where_nobody_owns_more_than_a_quarter():
    managed = "owners.managed_by"
    assert managed not in asked_paths(CARD, of("srl"))
    assert managed in asked_paths(CARD, of("srl") | owners())
    assert managed not in asked_paths(CARD, of("srl") | owners("60"))


def test_the_representative_is_proposed_as_who_manages():
    step = catalogue().form(CARD).step(f"{CARD}.owners.managed_by")
    told = {f"{CARD}.{key}": value for key, value in {**of("srl"), **REPRESENTED}.items()}
    assert prefilled(step, Environment(TODAY), told) == "Demetra Esempio"


@pytest.mark.parametrize("legal_form", ["sole_trader", "condominium", "public_body"])
def test_some_have_no_owners_to_tell(legal_form: str):
    assert not [path for path in asked_paths(CARD, of(legal_form) | owners()) if path.startswith("owners.")]


IN_WORDS = {
    "it": "sessanta per cento",
    "en": "60 percent",
    "es": "60 por ciento",
    "ru": "60 процентов",
    "fa": "شصت درصد",
    "zh": "百分之六十",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_share_is_read_with_its_sign_and_shown_with_it(language: str):
    step = catalogue().form(CARD).step(f"{CARD}.owners.owners.1.owner_share")
    known = asked(step, {}, Environment(TODAY), words(CARD, language), language)
    for text in ("60", "60%", "60 %", IN_WORDS[language]):
        assert TYPES["number"].read_text(text, known) == Read("60")
    assert TYPES["number"].show("60", known)[-1] in "%٪"


# documents and bank


@pytest.mark.parametrize(
    ("legal_form", "papers"), [("srl", "register_extract articles"), ("sole_trader", "register_extract"), ("condominium", "articles")]
)
def test_the_papers_follow_the_legal_form(legal_form: str, papers: str):
    found = [path.removeprefix("documents.") for path in asked_paths(CARD, of(legal_form)) if path.startswith("documents.")]
    assert found == papers.split()


@pytest.mark.parametrize(("holder", "taken"), [("Officine Demo Srl", True), ("officine demo s.r.l.", True), ("Mario Demo", False)])
def test_an_account_of_another_name_is_a_doubt(holder: str, taken: bool):
    reading = checked(f"{CARD}.bank.account_holder", holder, of("srl", company__company_name="Officine Demo S.r.l."))
    assert (reading == Read(holder)) is taken
    assert taken or isinstance(reading, Doubt)
