"""Pieces of the desk's pages, as our templates write them."""

from dataclasses import replace
from types import SimpleNamespace
from uuid import UUID
from zoneinfo import ZoneInfo

from console.entry import templates
from console.erasing import ErasureRow
from console.namesakes import Namesake, Namesakes
from console.takeovers import OpenConversation
from console.wording import Wording
from tests.bots.house import AT, EMAIL

PARTY = UUID("0190a000-0000-7000-8000-000000000001")
ORDERED = ErasureRow(
    id=UUID(int=1),
    party=PARTY,
    customer="Esempio Demetra",
    email=EMAIL,
    receipt="R-2026-000006",
    asked_by="customer",
    asked_at=AT,
    ordered_by="Demo Responsabile",
    ordered_at=AT,
    reason=None,
    agreed_by=None,
    number=None,
    erased_at=None,
    can_order=False,
    can_agree=True,
    can_withdraw=False,
)


def rendered(template: str, language: str = "it", **facts: object) -> str:
    words = Wording(language, ZoneInfo("Europe/Rome"), "EUR")
    return templates().get_template(template).render(words=words, prefix="/console", **facts)


def code(text: object, kind: str = "code") -> str:
    return f'<bdi class="{kind}" dir="ltr">{text}</bdi>'


def test_who_is_erased_is_told_from_namesakes_in_the_list_and_beside_the_agreement():
    text, _, beside = rendered("erasures.html", rows=[(ORDERED, "")]).partition("<button")
    assert code(EMAIL) in text
    assert f"Ultima ricevuta {code('R-2026-000006', 'code whole')}" in text
    assert f"Numero del cliente {code(PARTY)}" in text
    assert f"<bdi>Esempio Demetra</bdi> · {code(EMAIL)}" in beside
    unknown = replace(ORDERED, email=None, receipt=None)
    assert code(PARTY) in rendered("erasures.html", rows=[(unknown, "")]).partition("<button")[2]


def test_other_cards_are_links_that_say_what_is_the_same():
    same = Namesakes(
        (Namesake(PARTY, UUID(int=2), "Esempio Demetra", ("tax_code", "iban")), Namesake(PARTY, None, "—", ("phone",))), hidden=2
    )
    page = SimpleNamespace(customer="Demo", form="quote_home", state="in_review", namesakes=same)
    text = rendered("head.html", page=page, notes=(), lead="")
    assert f'<a href="/console/?submission={UUID(int=2)}"><bdi>Esempio Demetra</bdi></a> · codice fiscale, IBAN' in text
    assert f'<a href="/console/?path={PARTY}">' in text
    assert "Fuori dal tuo portafoglio: 2." in text
    page.namesakes = Namesakes()
    assert "caution" not in rendered("head.html", page=page, notes=(), lead="")


def test_numbers_and_sums_stand_whole_and_from_the_left_in_persian():
    document = SimpleNamespace(id=PARTY, title="Carta", media_type="application/pdf", bytes=1_000, sha256="ab" * 32)
    receipt = SimpleNamespace(number="R-2026-000006", stamp="27/11/26", head="cd" * 32)
    act = SimpleNamespace(label="Demo", answer="accept", kind="consent", version="1", at=AT, text_sha256="ef" * 32)
    page = SimpleNamespace(history=(), documents=(document,), receipts=(receipt,), acts=(act,), party=PARTY)
    text = rendered("evidence.html", "fa", page=page, reasons=())
    assert code("R-2026-000006", "code whole") in text
    assert code("efefefefefefefef…", "code whole") in text
    assert '<span class="small code" dir="ltr" title="SHA-256">abababababababab…</span>' in text
    assert "رضایت، نسخهٔ ۱، " in text
    assert "<bdi>PDF</bdi>، <bdi>۱" in text
    assert 'class="code">' not in text


def test_a_version_that_is_a_sum_keeps_its_digits():
    words = Wording("fa", ZoneInfo("Europe/Rome"), "EUR")
    assert "12ab34cd56ef" in words.version("12ab34cd56ef7890")


def test_what_was_written_stands_in_the_quotation_marks_of_the_language():
    marks = {"it": "«»", "en": "“”", "zh": "“”", "fa": "«»"}
    for language, (opening, closing) in marks.items():
        row = replace(ORDERED, reason="DEMO")
        assert f"{opening}<bdi>DEMO</bdi>{closing}" in rendered("erasures.html", language, rows=[(row, "")])


def test_no_latin_word_takes_the_comma_after_it_along_nor_stands_a_dot_beside_persian_digits():
    document = SimpleNamespace(id=1, title="رسید R-2026-000001", media_type="application/pdf", bytes=129_000, sha256="f" * 64)
    event = SimpleNamespace(act="claim", at=AT, detail={"reason": "DEMO"})
    page = SimpleNamespace(history=[(event, "Demo Agente")], documents=[document], receipts=[], acts=[], party=PARTY)
    text = rendered("evidence.html", "fa", page=page, reasons=())
    assert "<bdi>PDF</bdi>، <bdi>۱۲۹" in text
    assert '<span class="whole">R-2026-000001</span>' in text
    assert '، <bdi class="whole">Demo Agente</bdi>' in text
    assert " · " not in text


def test_what_the_house_said_stands_in_the_direction_of_the_conversation():
    lines = [SimpleNamespace(who=who, name="", at=AT, text="\u2068Agenzia Demo\u2069 پرونده") for who in ("house", "customer")]
    page = OpenConversation(PARTY, None, "fa", AT, None, None, is_mine=False, version=1, can_end=False, lines=(), is_covered=False)
    text = rendered("conversation.html", page=page, earlier=[], latest=lines)
    assert '<p dir="rtl">\u2068Agenzia Demo\u2069 پرونده</p>' in text
    assert '<p dir="auto">\u2068Agenzia Demo\u2069 پرونده</p>' in text
