"""What papers say: every answer, every act and the price as they were confirmed, in the customer's language."""

from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256

import pytest

from bots.papers import Answered, GivenAct, Issued, Offered, Press, Record, Renewed, offer_paper, policy_paper, receipt_paper
from dialogs.services import agency_of
from forms.modules import PublishedModule
from forms.papers.model import Paper, PaperRow
from forms.papers.printing import print_paper
from forms.papers.wording import paper_words
from rules.stamps import Binding
from storage.settings import Settings
from tests.dialogs.driver import COMPANY, COMPANY_HOME, HOME, PERSON
from tests.forms.content import shipped
from tests.forms.papers.reading import all_text, squeezed

AT = datetime(2026, 11, 22, 8, 26, 53, tzinfo=UTC)
STAMP = "22/11/26/09/26/53 demetra@example.org, demo.second@example.org"
SHOWN = sha256(b"shown").hexdigest()
PRICE = {
    "kind": "price",
    "net": "200.00",
    "tax": "44.50",
    "total_cents": 24_450,
    "valid_until": "2026-12-22",
    "tariff_version": "2026-11-demo",
    "tariff_sha256": SHOWN,
    "not_priced": ["glass"],
    "assumptions": [["roof", "tiles"]],
    "covers": [
        {
            "code": "theft",
            "sum_insured": "5000.00",
            "base": "55.00",
            "factors": [["dwelling", "flat", "1.00"], ["floor", "ground", "1.25"]],
            "net": "68.75",
            "tax_rate": "0.2225",
            "tax": "15.30",
            "gross": "84.05",
            "is_minimum": False,
        },
    ],
}


@pytest.fixture(scope="module")
def press() -> Press:
    settings = Settings(_env_file=None)
    return Press(shipped.catalogue(), agency_of(settings), settings.zone, "EUR", "https://demo.example.org")


def answers_of(script, form):
    return {key: value for key, value in script.items() if key.startswith(f"{form}.") and not key.endswith((".more", ".confirm", ".sure"))}


def a_record(press: Press, form="registration_person", script=PERSON, language="it", **more) -> Record:
    module = press.catalogue.module("privacy_marketing")
    acts = (
        GivenAct("modules.privacy_marketing.act_email", module.code, module.version, "refuse", AT, module.text_sha256(language)),
        GivenAct("registration_person.confirm", "registration_person", "f" * 64, "confirm", AT, SHOWN),
    )
    return Record(
        language=language,
        name="Esempio Demetra",
        emails=("demetra@example.org", "demo.second@example.org"),
        card=answers_of(PERSON, "registration_person"),
        parts=(Answered(form, "", answers_of(script, form)),),
        acts=acts,
        binding=Binding(STAMP, "+01:00", 7, SHOWN, sha256(b"head").hexdigest()),
        confirmed_at=AT,
        **more,
    )


def rows(paper: Paper) -> dict[str, PaperRow]:
    return {row.label: row for section in paper.sections for row in section.rows}


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize(("form", "script"), [("registration_person", PERSON), ("registration_company", COMPANY), ("quote_home", HOME)])
def test_every_answer_is_printed_under_its_label_and_read_back(press, form, script, language):
    record = a_record(press, form, script, language)
    kind = "quote" if form == "quote_home" else "registration"
    paper = receipt_paper(press, kind, "R-2026-000001", record)
    words = press.catalogue.words(form, language)
    printed = rows(paper)
    for key in record.parts[0].answers:
        if not any(part.isdigit() for part in key.split(".")):
            assert printed[words.questions[key.rpartition(".")[2]].label].value
    text = all_text(print_paper(paper))
    for row in printed.values():
        assert squeezed(row.label + row.value) in text
    assert squeezed(STAMP) in text


@pytest.mark.parametrize("language", ["it", "en", "ru"])
def test_a_company_s_receipt_names_the_company_and_its_owners(press, language):
    record = a_record(press, "registration_company", COMPANY, language)
    record = replace(record, name="Officine Demo S.r.l.", card=record.parts[0].answers)
    paper = receipt_paper(press, "registration", "R-2026-000001", record)
    name, tax_code, signer, powers, _ = paper.parties[0].rows
    assert (name.value, tax_code.value, signer.value) == ("Officine Demo S.r.l.", "12345670017", "Esempio Demetra")
    words = press.catalogue.words("registration_company", language)
    assert (name.label, signer.label) == (words.questions["company_name"].label, words.sections["representative"].title)
    assert (powers.label, powers.value) == (words.questions["representative_powers"].label, "Amministratrice unica, firma libera")
    owner = words.groups["owners"].title.format(number=1)
    printed = rows(paper)
    assert printed[f"{owner} · {words.questions['owner_name'].label}"].value == "Demetra Esempio"
    assert squeezed("Officine Demo S.r.l.") in all_text(print_paper(paper))


@pytest.mark.parametrize("language", ["it", "en"])
def test_a_company_s_quote_is_printed_in_a_company_s_words(press, language):
    record = a_record(press, "quote_home", COMPANY_HOME, language)
    record = replace(record, name="Officine Demo S.r.l.", card=answers_of(COMPANY, "registration_company"))
    paper = receipt_paper(press, "quote", "R-2026-000001", record)
    words = press.catalogue.words("quote_home", language, party_kind="company")
    printed = rows(paper)
    assert printed[words.questions["use"].label].value == words.questions["use"].choices["second_home"]
    assert words.questions["insured_is_policyholder"].label in printed
    assert words.questions["animals"].label not in printed
    assert paper.declarations == (words.declaration,)


def test_what_was_skipped_is_said_and_what_did_not_apply_is_not(press):
    printed = rows(receipt_paper(press, "registration", "R-2026-000001", a_record(press)))
    words = press.catalogue.words("registration_person", "it").questions
    assert not printed[words["document_front"].label].value
    assert words["vat_number"].label not in printed


def test_codes_stand_in_mono(press):
    printed = rows(receipt_paper(press, "registration", "R-2026-000001", a_record(press)))
    assert {label for label, row in printed.items() if row.is_code} >= {"IBAN", "Codice fiscale"}


def test_an_act_is_named_by_its_module_or_in_our_own_words(press):
    marketing, confirmation = receipt_paper(press, "registration", "R-2026-000001", a_record(press)).acts
    assert (marketing.title, marketing.answer, marketing.version) == ("Offerte per e-mail", "No, non acconsento", "1")
    assert (confirmation.title, confirmation.answer, confirmation.version) == ("Conferma dei dati – La tua scheda", "Confermato", "f" * 12)


@pytest.mark.parametrize("language", ["it", "en"])
def test_the_indicative_price_is_printed_with_every_factor(press, language):
    paper = receipt_paper(press, "quote", "R-2026-000001", a_record(press, "quote_home", HOME, language, pricing=PRICE))
    text = all_text(print_paper(paper))
    for told in ("1,25" if language == "it" else "1.25", "2026-11-demo", SHOWN, "84,05" if language == "it" else "84.05"):
        assert told in text
    assert squeezed("Indicativo, non è un’offerta" if language == "it" else "Indicative, not an offer") in text


@pytest.mark.parametrize(
    ("language", "base", "told"),
    [
        (
            "it",
            "base 55,00 €, × 1,25 Anno di costruzione (1975), × 1 Danni negli ultimi 5 anni (0), imposte 15,30 €",
            "No (ipotesi, da confermare)",
        ),
        ("fa", "پایه ۵۵٫۰۰ یورو، × ۱٫۲۵ سال ساخت (۱۹۷۵)، × ۱ خسارت‌های ۵ سال گذشته (۰)، مالیات ۱۵٫۳۰ یورو", "خیر (فرضی، نیازمند تأیید)"),
        ("zh", "基数 €55.00、× 1.25 建造年份（1975）、× 1 近 5 年的损失次数（0）、税费 €15.30", "否（假设，待确认）"),
    ],
)
def test_a_factor_and_an_assumption_stand_as_the_language_writes_them(language, base, told):
    settings = Settings(_env_file=None)
    press = Press(shipped.catalogue_in_all(), agency_of(settings), settings.zone, "EUR", "https://demo.example.org")
    [line] = PRICE["covers"]
    line = {**line, "factors": [["year_built", "1975", "1.25"], ["losses", "0", "1.00"]]}
    price = {**PRICE, "covers": [line], "assumptions": [["refused", False]]}
    paper = receipt_paper(press, "quote", "R-2026-000001", a_record(press, "quote_home", HOME, language, pricing=price))
    [detail] = [row.detail for section in paper.sections for row in section.rows if row.detail.startswith(base[:4])]
    assert detail.replace("\u00a0", " ") == base
    assumed = press.catalogue.words("quote_home", language).questions["refused"].label
    assert told in [row.value for section in paper.sections for row in section.rows if row.label == assumed]


def test_the_price_on_a_chinese_receipt_has_no_latin_stop():
    settings = Settings(_env_file=None)
    press = Press(shipped.catalogue_in_all(), agency_of(settings), settings.zone, "EUR", "https://demo.example.org")
    record = a_record(press, "quote_home", HOME, "zh", pricing=PRICE)
    assert rows(receipt_paper(press, "quote", "R-2026-000001", record))["每年参考保费"].value == "€244.50，仅供参考，不是正式报价。"


def test_the_beginning_of_a_hash_keeps_its_digits_on_a_persian_paper():
    settings = Settings(_env_file=None)
    press = Press(shipped.catalogue_in_all(), agency_of(settings), settings.zone, "EUR", "https://demo.example.org")
    record = a_record(press, language="fa")
    record = replace(record, acts=tuple(replace(act, version="7a9b7bb03a36" + "f" * 52) for act in record.acts))
    assert "7a9b7bb03a36" in all_text(print_paper(receipt_paper(press, "registration", "R-2026-000001", record)))


def test_a_referral_says_that_a_person_prices_it_and_why(press):
    record = a_record(press, "quote_home", HOME, pricing={"kind": "referral", "reasons": ["listed"]})
    row = rows(receipt_paper(press, "quote", "R-2026-000001", record))["Premio indicativo annuo"]
    assert (row.value, row.detail) == ("Da valutare da una persona", "L’edificio è vincolato.")


def test_an_offer_says_its_premium_and_until_when_and_carries_no_stamp(press):
    offer = Offered("O-2026-000001", 48_000, date(2026, 12, 22), "Due piani in più. DEMO", AT)
    record = replace(a_record(press, "quote_home", HOME), offer=offer, binding=None, confirmed_at=None)
    paper = offer_paper(press, record)
    text = all_text(print_paper(paper))
    assert paper.proof is None
    for told in ("480,00€", "Validafinoal22dicembre2026", "Duepianiinpiù.DEMO", "O-2026-000001"):
        assert told in text


def test_a_policy_carries_the_confirmation_that_asked_for_it(press):
    offer = Offered("O-2026-000001", 48_000, date(2026, 12, 22), "", AT)
    record = replace(a_record(press, "quote_home", HOME), offer=offer)
    paper = policy_paper(press, Issued("P-2026-000001", 48_000, date(2026, 12, 1), AT), record)
    text = all_text(print_paper(paper))
    for told in ("P-2026-000001", "1dicembre2026", "Polizzaemessa.", squeezed(STAMP)):
        assert told in text


def test_the_hour_is_the_agencys_also_where_the_clock_goes_back(press):
    record = replace(a_record(press), confirmed_at=datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    text = all_text(print_paper(receipt_paper(press, "registration", "R-2026-000001", record)))
    assert "25ottobre2026,02:30:00,UTC+01:00" in text


@pytest.mark.parametrize(("language", "title"), [("it", "a cui non hai risposto"), ("en", "did not answer")])
def test_needs_left_unanswered_are_named(press, language, title):
    unanswered = ("quote_home.needs.existing_insurer", "quote_home.needs.budget")
    record = a_record(press, "quote_home", HOME, language)
    record = replace(record, parts=(replace(record.parts[0], unanswered=unanswered),))
    section = next(one for one in receipt_paper(press, "quote", "R-2026-000417", record).sections if title in one.title)
    assert len(section.rows) == 2
    assert all(row.label and row.value for row in section.rows)


@pytest.mark.parametrize("language", ["it", "fa"])
def test_a_text_answered_again_is_printed_with_what_was_removed_and_added(press, language):
    old = press.catalogue.module("mandate")
    cut, more = old.text(language).rpartition("\n\n")[0], "Paragrafo DEMO."
    new = PublishedModule(old.module.model_copy(update={"version": "2"}), old.words, {language: f"{cut}\n\n{more}"})
    both = replace(press, catalogue=replace(press.catalogue, published={**press.catalogue.published, ("mandate", "2"): new}))
    record = a_record(both, language=language, renewed=(Renewed("mandate", "1", "2"),))
    paper = receipt_paper(both, "card_confirmation", "R-2026-000002", record)
    labels = paper_words(language).labels
    [section] = [one for one in paper.sections if one.title.startswith(new.words[language].title)]
    told = {row.label: row.value for row in section.rows}
    assert told == {labels["removed"]: old.text(language).rpartition("\n\n")[2].replace("\n", " "), labels["added"]: more}
    text = all_text(print_paper(paper))
    assert squeezed(more) in text
