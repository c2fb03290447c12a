"""Identifiers are covered in the console until a colleague says why they must be seen (R9, S4-21); that they were is on record."""

import pytest
from sqlalchemy import select

from console.reading import open_submission, read_document
from rules.access import REVEAL_REASONS, Role
from rules.refusals import Reason, Refused
from storage.tables.evidence import AuditEvent
from tests.console.house import a_colleague, a_document, audited, give_to

TAX_CODE, IBAN, DOCUMENT = "SMPDTR80C52F839N", "IT60 X054 2811 1010 0000 0123 456", "CA00000AA"


def told(page):
    return [value for section in page.sections for row in section.rows for value in (row.value, row.before) if value]


async def test_r9_identifiers_are_told_by_their_end_alone(house, request_, agent):
    page = await open_submission(house, agent, request_.card, "it")
    covered = {row.path.rpartition(".")[2]: row.value for section in page.sections for row in section.rows if row.is_covered}
    assert set(covered) == {"tax_code", "document_number", "iban"}
    assert (covered["tax_code"], covered["iban"]) == ("···· 839N", "···· 3456")
    whole = told(await open_submission(house, agent, request_.card, "it", reason="review"))
    assert {TAX_CODE, IBAN} <= set(whole)
    assert not {TAX_CODE, IBAN, DOCUMENT} & set(told(page))


@pytest.mark.parametrize("reason", REVEAL_REASONS)
async def test_r9_with_a_reason_they_are_seen_whole_and_the_reason_is_on_record(house, request_, agent, reason):
    page = await open_submission(house, agent, request_.card, "it", reason=reason)
    assert not any(row.is_covered for section in page.sections for row in section.rows)
    assert await audited(house, agent) == ["reveal"]
    async with house.database.transaction() as session:
        (event,) = await session.scalars(select(AuditEvent).where(AuditEvent.action == "reveal"))
    assert (event.detail, event.party_id, event.subject_id) == ({"reason": reason}, request_.party, request_.card)


@pytest.mark.parametrize("reason", ["", "curiosity", "Demetra mi ha chiamato"])
async def test_without_a_reason_of_ours_nothing_is_shown_and_the_try_is_on_record(house, request_, agent, reason):
    with pytest.raises(Refused, check=lambda error: error.reason is Reason.REASON_NEEDED):
        await open_submission(house, agent, request_.card, "it", reason=reason)
    assert await audited(house, agent) == ["reveal.refused"]


async def test_r9_an_auditor_reads_and_sees_no_identifier_whole(house, request_):
    auditor = await a_colleague(house, Role.AUDITOR, "Demo Revisione")
    assert TAX_CODE not in told(await open_submission(house, auditor, request_.card, "it"))
    with pytest.raises(Refused, check=lambda error: error.reason is Reason.NOT_ALLOWED):
        await open_submission(house, auditor, request_.card, "it", reason="review")


async def test_another_agents_customer_is_not_revealed(house, request_, agent, other):
    await give_to(house, request_.party, other)
    with pytest.raises(Refused, check=lambda error: error.reason is Reason.NOT_ALLOWED):
        await open_submission(house, agent, request_.card, "it", reason="review")


@pytest.mark.parametrize("role", [Role.AGENT, Role.MANAGER, Role.AUDITOR])
async def test_r9_a_document_is_opened_for_a_reason_that_is_on_record(house, request_, role):
    actor, document = await a_colleague(house, role), await a_document(house, request_.party, content := b"%PDF- demo")
    assert (await read_document(house, actor, document, "law"))[0] == content
    for unsaid in ("", "curiosity"):
        with pytest.raises(Refused, check=lambda error: error.reason is Reason.REASON_NEEDED):
            await read_document(house, actor, document, unsaid)
    async with house.database.transaction() as session:
        (event,) = await session.scalars(select(AuditEvent).where(AuditEvent.action == "read_document"))
    assert (event.detail, event.party_id, event.subject_id) == ({"reason": "law"}, request_.party, document)
    assert await audited(house, actor) == ["read_document", "read_document.refused", "read_document.refused"]
