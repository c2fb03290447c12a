"""A company over the chat API of the real program: from the first question to the receipt in the mail, its papers handed in."""

import asyncio
import io
import time
from email.message import EmailMessage
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from tests.dialogs.driver import COMPANY, COMPANY_HOME
from tests.program import PATIENCE_S, Customer, Program, a_customer, text_of

pytestmark = pytest.mark.slow
EXTRACT = "registration_company.documents.register_extract"
PDF = b"%PDF-1.7\n% demo\n%%EOF\n"


def a_company(program: Program, http: httpx.AsyncClient, **answers: Any) -> Customer:
    customer = a_customer(program, program.mails, http)
    customer.answers = {**COMPANY, "journey.email": customer.address, **answers}
    del customer.answers["journey.email_code"]
    return customer


async def hand_in(customer: Customer, content: bytes) -> None:
    fields = {"id": "papers", "question": customer.path}
    answer = await customer.post(data=fields, files={"file": ("visura.pdf", content, "application/pdf")})
    assert answer.status_code == 200, answer.text
    customer.turn = answer.json()
    assert not customer.problems


async def the_receipt(customer: Customer, number: int = 1) -> EmailMessage:
    """The mail of the customer's receipt of that number."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        found = [mail for mail in customer.mailbox.to(customer.address) if list(mail.iter_attachments())]
        if len(found) >= number:
            return max(found, key=lambda mail: str(mail["Subject"]))
        await asyncio.sleep(0.05)
    raise AssertionError("no receipt was mailed")


async def test_a_company_registers_and_gets_its_receipt(program: Program, http: httpx.AsyncClient) -> None:
    customer = await a_company(program, http).open()
    passed = await customer.walk(until=EXTRACT)
    assert passed.index("modules.electronic_collection.act") < passed.index("registration_company.company.company_name")
    await hand_in(customer, PDF)
    await customer.walk(until="journey.goal")
    assert "I dati dell’impresa sono in sospeso" in customer.said
    stamp = customer.said.rpartition("Stringa di validazione: ")[2].strip()
    mail = await the_receipt(customer)
    assert stamp in text_of(mail)
    assert stamp in text_of(mail, "html")
    for told in ("Officine Demo S.r.l.", "Rappresentante: Esempio Demetra", "Carica e poteri: Amministratrice unica, firma libera"):
        assert told in text_of(mail)
    assert "Officine Demo S.r.l." not in str(mail["Subject"])
    [paper] = mail.iter_attachments()
    printed = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.get_content())).pages)
    for told in ("Officine Demo S.r.l.", "12345670017", "Titolare effettivo 1", "visura.pdf", stamp):
        assert "".join(told.split()) in "".join(printed.split()), told


async def test_a_condominium_is_asked_less(program: Program, http: httpx.AsyncClient) -> None:
    """The legal form decides: no VAT number, no register, no owners; its administrator answers."""
    form = "registration_company"
    less = {f"{form}.company.legal_form": "condominium", f"{form}.company.tax_code": "97103880585"}
    customer = a_company(program, http, **less)
    for name in ("vat_number", "pec"):
        del customer.answers[f"{form}.company.{name}"]
    await customer.open()
    passed = {path.removeprefix(f"{form}.") for path in await customer.walk()}
    assert "in sospeso" in customer.said
    assert {"company.vat_number", "company.pec", "representative.representative_powers", "documents.articles"} <= passed
    assert not {"company.rea", "company.registered_capital", "owners.owners.more", "documents.register_extract"} & passed


async def test_a_company_asks_for_a_quote_and_gets_its_receipt(program: Program, http: httpx.AsyncClient) -> None:
    customer = await a_company(program, http).open()
    await customer.walk()
    customer.answers |= {key: value for key, value in COMPANY_HOME.items() if not key.startswith("journey.")}
    await customer.answer("quote_home")
    await customer.walk(until="quote_home.confirm")
    assert "per conto di Officine Demo S.r.l., come Esempio Demetra" in customer.turn["question"]["hint"]
    await customer.walk(until="journey.goal")
    assert "preventivo è in sospeso" in customer.said
    mail = await the_receipt(customer, 3)  # after the card's and its new confirmation's
    assert "Rappresentante: Esempio Demetra" in text_of(mail)
    [paper] = mail.iter_attachments()
    printed = "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(paper.get_content())).pages)
    for told in ("Officine Demo S.r.l.", "La usa l’impresa", "Responsabilità di chi possiede la casa", "per l’impresa che rappresenti"):
        assert "".join(told.split()) in printed, told
