"""The gate before a policy (S4-25, R1): each of the 13 fields, each module, the customer's confirmation; it names what is missing."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from console import actions
from console.reading import open_submission
from dialogs.known import missing_for_policy
from rules.issuance import FIELDS
from rules.refusals import Reason, Refused
from storage.parties import open_party
from storage.submissions import submissions_of
from tests.bots.house import AT, a_customer, a_house, a_quote, all_acts
from tests.console.house import (
    INDICATIVE,
    QUOTE,
    Clock,
    a_colleague,
    a_request,
    approved,
    asked_for_once,
    at_its_clock,
    issue_requested,
    quoted,
    state_of,
    without,
)
from tests.dialogs.driver import HOME, PERSON
from tests.dialogs.test_truth_commitment import MODULE, switched_on

pytestmark = pytest.mark.slow

CARD = "registration_person"
ANOTHER = {
    **HOME,
    f"{QUOTE}.insured.insured_is_policyholder": False,
    f"{QUOTE}.insured.relation": "parent",
    f"{QUOTE}.insured.insured_family_name": "Esempio",
    f"{QUOTE}.insured.insured_given_name": "Ottavio",
    f"{QUOTE}.insured.insured_sex": "male",
    f"{QUOTE}.insured.insured_birth_date": "1955-05-05",
    f"{QUOTE}.insured.insured_document_kind": "identity_card",
    f"{QUOTE}.insured.insured_document_number": "CA00000BB",
}
"""A quote for somebody else than who signs."""
TAKEN_AWAY = {
    "policyholder_name": "given_name",
    "policyholder_sex": "sex",
    "policyholder_birth_date": "birth_date",
    "policyholder_document_kind": "document_kind",
    "policyholder_document_number": "document_number",
    "policyholder_phone": "mobile",
    "policyholder_address": "house_number",
    "insured_name": "insured_family_name",
    "insured_sex": "insured_sex",
    "insured_birth_date": "insured_birth_date",
    "insured_document_kind": "insured_document_kind",
    "insured_document_number": "insured_document_number",
    "insured_relation": "relation",
}
NEEDED = ["electronic_collection", "privacy_insurance", "mandate", "precontractual", "needs", "reticence"]


def test_there_are_thirteen_fields_and_each_is_taken_away_below():
    assert tuple(TAKEN_AWAY) == FIELDS
    assert len(FIELDS) == 13


async def refused_fields(house, actor, request):
    with pytest.raises(Refused) as refused:
        await actions.issue(house, actor, request.quote)
    assert refused.value.reason is Reason.MISSING_FOR_ISSUE
    return refused.value.facts["fields"]


@pytest.mark.parametrize("field", FIELDS)
async def test_without_this_field_no_policy(house, agent, field):
    card, quote = without(PERSON, CARD, TAKEN_AWAY[field]), without(ANOTHER, QUOTE, TAKEN_AWAY[field])
    request = await a_request(house, card=card, quote=quote)
    await asked_for_once(house, agent, request)
    assert await refused_fields(house, agent, request) == [field]
    assert (await open_submission(house, agent, request.quote, "it")).missing == (field,)
    assert await state_of(house, request.quote) == "issue_requested"


@pytest.mark.parametrize("module", NEEDED)
async def test_without_this_module_no_policy(house, agent, module):
    request = await a_request(house, but=module)
    await asked_for_once(house, agent, request)
    assert await refused_fields(house, agent, request) == [f"modules.{module}"]


async def test_the_modules_a_policy_needs_are_those_tried_above(house):
    modules = house.catalogue.modules(house.clock().date())
    assert {each.module.code for each in modules if each.module.needed_to_issue} == set(NEEDED)


async def test_without_the_customers_confirmation_no_policy(house, agent, request_):
    await quoted(house, agent, request_)
    assert await refused_fields(house, agent, request_) == ["confirmation"]
    assert await state_of(house, request_.quote) == "quoted"


async def test_all_that_is_missing_is_named_at_once(house, agent):
    request = await a_request(house, card=without(PERSON, CARD, "sex", "mobile"), but="needs")
    await quoted(house, agent, request)
    assert await refused_fields(house, agent, request) == [
        "policyholder_sex",
        "policyholder_phone",
        "insured_sex",
        "modules.needs",
        "confirmation",
    ]


async def test_with_everything_for_somebody_else_the_policy_is_issued(house, agent):
    request = await a_request(house, quote=without(ANOTHER, QUOTE))
    await issue_requested(house, agent, request)
    assert await actions.issue(house, agent, request.quote) == "P-2026-000001"


async def test_modules_of_a_quote_are_needed_for_each_quote_anew(house, agent, request_):
    await issue_requested(house, agent, request_)
    assert await actions.issue(house, agent, request_.quote) == "P-2026-000001"
    again = replace(a_quote(), at=AT + timedelta(days=1))
    await a_customer(house, again)
    async with house.database.transaction() as session:
        second = (await submissions_of(session, request_.party))[0]
        owner = await open_party(session, house.keys, request_.party)
        missing = await missing_for_policy(session, owner, house.catalogue, AT, second.id)
        assert missing == ("modules.precontractual", "modules.needs", "modules.reticence", "confirmation")
    answered = [
        replace(act, at=AT + timedelta(hours=1)) for act in all_acts(house) if act.module in {"precontractual", "needs", "reticence"}
    ]
    await a_customer(house, *answered)
    async with house.database.transaction() as session:
        assert await missing_for_policy(session, owner, house.catalogue, AT, second.id) == ("confirmation",)


@pytest.mark.parametrize(("time", "missing"), [("23:30", ()), ("23:50", (f"modules.{MODULE}",))])
async def test_a_yes_with_a_term_counts_to_its_minute_when_rome_is_a_day_ahead_of_utc(
    database_url: str, tmp_path: Path, time: str, missing: tuple[str, ...]
):
    switched_on(tmp_path / "home" / "catalog", needed_to_issue="true")
    clock = Clock()
    async with a_house(database_url, tmp_path / "home") as services:
        house = at_its_clock(services, clock)
        agent, request = await a_colleague(house), await a_request(house, but=MODULE)
        (given,) = [act for act in all_acts(house) if act.module == MODULE]
        await a_customer(house, replace(given, at=AT.replace(hour=23, minute=45)))
        await issue_requested(house, agent, request)
        clock.now = datetime.fromisoformat(f"2027-11-22T{time}Z")
        assert (await open_submission(house, agent, request.quote, "it")).missing == missing


async def test_two_colleagues_at_once_issue_one_policy_and_the_number_given_back_is_not_lost(house, agent, manager):
    first, second = await a_request(house), await a_request(house, email="seconda@example.org")
    await issue_requested(house, agent, first)
    await issue_requested(house, agent, second, email="seconda@example.org")
    tries = [actions.issue(house, each, request.quote) for request in (first, second) for each in (agent, manager) * 3]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(each for each in results if isinstance(each, str)) == ["P-2026-000001", "P-2026-000002"]
    refused = [each for each in results if not isinstance(each, str)]
    assert {each.reason for each in refused} == {Reason.NOT_POSSIBLE_NOW}
    assert len(refused) == 10


async def test_two_colleagues_at_once_make_one_offer(house, agent, manager, request_):
    await approved(house, agent, request_.card)
    await approved(house, agent, request_.quote)
    tries = [actions.quote(house, each, request_.quote, INDICATIVE) for each in (agent, manager) * 3]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert len([each for each in results if isinstance(each, UUID)]) == 1
    assert {each.reason for each in results if isinstance(each, Refused)} == {Reason.NOT_POSSIBLE_NOW}
