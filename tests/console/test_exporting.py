"""Lists that leave the house: for whom, with what purpose, agreed to by whom, and what stands in them."""

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from sqlalchemy import select

from console import actions
from console.acting import Actor
from console.exporting import (
    PAGE,
    Asker,
    NewOrder,
    agree_to_export,
    confirm_destruction,
    fetch_export,
    keep_operators_order,
    list_exports,
    make_file,
    order_export,
)
from dialogs.services import Services
from forms.exports.columns import Mark
from forms.exports.files import schema
from forms.exports.subjects import columns
from rules.access import Role
from rules.exports import FORMATS, Aim, Format, Subject
from rules.refusals import Reason, Refused
from storage.calls import NewCall, request_call
from storage.exports import Wanted
from storage.parties import keep_card, open_party
from storage.staff import disable_colleague, find_colleague
from storage.tables.base import new_id
from storage.tables.evidence import AuditEvent
from storage.tables.exports import ExportOrder
from storage.tables.parties import Party
from tests.bots.house import EMAIL
from tests.builders import a_suspended_company, a_suspended_registration
from tests.console.house import Clock, a_colleague, a_request, audited, give_to, quoted

pytestmark = pytest.mark.slow

PURPOSE = "Giro di telefonate ai clienti"
MARK = Mark("0192f0c1-demo", "Demo Responsabile", datetime(2026, 11, 22, tzinfo=UTC), PURPOSE)


@pytest.fixture
async def auditor(house: Services) -> Actor:
    return await a_colleague(house, Role.AUDITOR, "Demo Revisione")


def asked(
    subject: Subject = Subject.CLIENTS,
    form: Format = Format.JSON,
    purpose: str = PURPOSE,
    wanted: Wanted = Wanted(),  # noqa: B008 - frozen
) -> NewOrder:
    return NewOrder(subject, form, purpose, wanted, "it")


async def listed(services: Services, order: NewOrder, asker: Asker = Asker("system")) -> list[dict]:  # noqa: B008 - frozen
    content = b"".join([chunk async for chunk in make_file(services, asker, order, MARK)])
    found: list[dict] = json.loads(content)
    return found


async def fetched(services: Services, actor: Actor, export: UUID) -> bytes:
    file = await fetch_export(services, actor, export)
    return b"".join([chunk async for chunk in file.chunks])


async def test_a_list_is_ordered_with_its_purpose_and_fetched_with_its_mark(house: Services, request_, manager: Actor) -> None:
    export = (await order_export(house, manager, asked(form=Format.CSV))).id
    content = (await fetched(house, manager, export)).decode()
    (row,) = csv.DictReader(StringIO(content, newline=""))
    assert (row["id"], row["state"], row["family_name"], row["municipality"]) == (str(request_.party), "suspended", "Esempio", "F839")
    assert (row["mobile"], row["municipality_name"], row["adults"]) == ("(+39) 3331234567", "Napoli", "2")
    assert (row["export_id"], row["exported_by"], row["export_purpose"]) == (str(export), manager.name, PURPOSE)
    assert await audited(house, manager) == ["export", "fetch_export"]
    async with house.database.transaction() as session:
        (event,) = await session.scalars(select(AuditEvent).where(AuditEvent.action == "fetch_export"))
    assert (event.subject_id, event.detail["purpose"], event.detail["rows"]) == (export, PURPOSE, 1)


async def test_s4_21_a_fetched_list_is_out_until_who_has_it_says_that_it_is_destroyed(
    house: Services, request_, manager: Actor, auditor: Actor, clock: Clock
) -> None:
    export = (await order_export(house, manager, asked())).id
    with pytest.raises(Refused) as refused:
        await confirm_destruction(house, manager, export)
    assert refused.value.facts["state"] == "export_not_fetched"
    await fetched(house, manager, export)
    clock.pass_(days=40)  # however long ago: it is out
    (theirs,), (ours,) = await list_exports(house, auditor), await list_exports(house, manager)
    assert [(row.is_out, row.can_destroy, row.has_ended) for row in (theirs, ours)] == [(True, False, True), (True, True, True)]
    with pytest.raises(Refused, check=lambda error: error.reason is Reason.NOT_ALLOWED):
        await confirm_destruction(house, auditor, export)
    await confirm_destruction(house, manager, export)
    clock.pass_(days=1)
    await confirm_destruction(house, manager, export)  # again: the first time counts
    async with house.database.transaction() as session:
        row = await session.get(ExportOrder, export)
        first, _ = await session.scalars(select(AuditEvent).where(AuditEvent.action == "confirm_destruction").order_by(AuditEvent.number))
    assert row is not None
    assert (row.destroyed_at, first.colleague_id, first.subject_id) == (first.at, manager.id, export)
    assert await list_exports(house, manager) == ()


async def test_s4_21_what_is_fetched_again_is_to_be_destroyed_again(house: Services, request_, manager: Actor) -> None:
    export = (await order_export(house, manager, asked())).id
    for _ in range(2):
        await fetched(house, manager, export)
        assert [row.is_out for row in await list_exports(house, manager)] == [True]
        await confirm_destruction(house, manager, export)
        (row,) = await list_exports(house, manager)
        assert (row.is_out, row.can_destroy, row.destroyed_at) == (False, False, house.clock())


async def test_s4_21_the_list_of_who_has_left_is_answered_for_by_who_stays(
    house: Services, request_, manager: Actor, auditor: Actor
) -> None:
    export = (await order_export(house, manager, asked())).id
    await fetched(house, manager, export)
    async with house.database.transaction() as session:
        holder = await find_colleague(session, manager.id)
        assert holder is not None
        assert await disable_colleague(session, holder.email, house.clock())
    (row,) = await list_exports(house, auditor)
    assert (row.by, row.is_out, row.can_destroy) == (manager.name, True, True)
    await confirm_destruction(house, auditor, export)
    assert [row.is_out for row in await list_exports(house, auditor)] == [False]


async def test_s4_21_a_list_from_the_command_line_is_answered_for_in_the_console(house: Services, request_, auditor: Actor) -> None:
    await keep_operators_order(house, asked())
    (row,) = await list_exports(house, auditor)
    assert (row.is_out, row.can_destroy) == (True, True)
    await confirm_destruction(house, auditor, row.id)
    assert [row.is_out for row in await list_exports(house, auditor)] == [False]


async def test_a_real_registration_is_listed_with_the_address_it_proved(house: Services) -> None:
    person = await a_suspended_registration(house)
    company = await a_suspended_company(house, email="officine@example.org")
    found = {row["id"]: row for row in await listed(house, asked())}
    assert found[str(person.party)]["email"] == EMAIL
    assert (found[str(company.party)]["company_name"], found[str(company.party)]["kind"]) == ("Officine Demo S.r.l.", "company")
    assert found[str(company.party)]["owners_1_owner_share"] == "60"


@pytest.mark.parametrize("purpose", ["", "   ", "x", "a b   c d", "riga\x1bdue e tre", "p" * 201])
async def test_no_list_without_a_purpose(house: Services, manager: Actor, purpose: str) -> None:
    with pytest.raises(Refused):
        await order_export(house, manager, asked(purpose=purpose))
    assert await audited(house, manager) == ["export.refused"]


async def test_s4_20_no_list_leaves_for_what_its_customers_did_not_allow(house: Services, request_, manager: Actor) -> None:
    """R16: refused, and the try is on record."""
    with pytest.raises(Refused, check=lambda error: error.facts["state"] == "export_advertising"):
        await order_export(house, manager, replace(asked(), aim=Aim.ADVERTISING))
    assert await audited(house, manager) == ["export.refused"]
    assert await list_exports(house, manager) == ()


@pytest.mark.parametrize("aim", [Aim.SERVICE, Aim.LAW])
async def test_s4_20_the_aim_of_each_list_is_on_record(house: Services, request_, manager: Actor, aim: Aim) -> None:
    export = (await order_export(house, manager, replace(asked(), aim=aim))).id
    await fetched(house, manager, export)
    async with house.database.transaction() as session:
        events = list(await session.scalars(select(AuditEvent).where(AuditEvent.subject_id == export)))
    assert [event.detail["aim"] for event in events] == [aim.value] * 2
    assert [row.aim for row in await list_exports(house, manager)] == [aim]


async def test_who_may_not_take_lists_out_is_refused_at_every_step(house: Services, manager: Actor, agent: Actor) -> None:
    export = (await order_export(house, manager, asked())).id
    admin = await a_colleague(house, Role.ADMIN, "Demo Amministrazione")
    for actor in (agent, admin):
        for act in (
            order_export(house, actor, asked()),
            agree_to_export(house, actor, export),
            fetch_export(house, actor, export),
            list_exports(house, actor),
        ):
            with pytest.raises(Refused) as refusal:
                await act
            assert refusal.value.reason is Reason.NOT_ALLOWED
        assert await audited(house, actor) == ["export.refused", "agree_to_export.refused", "fetch_export.refused", "list_exports.refused"]


async def test_only_who_ordered_it_fetches_it_within_a_day(house: Services, manager: Actor, auditor: Actor, clock: Clock) -> None:
    export = (await order_export(house, manager, asked())).id
    with pytest.raises(Refused):
        await fetch_export(house, auditor, export)
    with pytest.raises(Refused):
        await fetch_export(house, manager, new_id())
    clock.pass_(hours=23)
    await fetched(house, manager, export)
    clock.pass_(hours=1)
    with pytest.raises(Refused, match="not_possible_now"):
        await fetch_export(house, manager, export)


async def test_a_long_list_waits_for_a_second_person(house: Services, request_, manager: Actor, auditor: Actor) -> None:
    strict = replace(house, settings=house.settings.model_copy(update={"export_alone": 0}))
    export = (await order_export(strict, manager, asked())).id
    for actor, act in ((manager, fetch_export), (manager, agree_to_export)):
        with pytest.raises(Refused) as refusal:
            await act(strict, actor, export)
        assert refusal.value.facts["state"] == ("second_person" if act is fetch_export else "own_export")
    (own,), (others,) = await list_exports(strict, manager), await list_exports(strict, auditor)
    assert (own.can_fetch, own.can_agree, others.can_fetch, others.can_agree) == (False, False, False, True)
    await agree_to_export(strict, auditor, export)
    assert len(json.loads(await fetched(strict, manager, export))) == 1
    (own,) = await list_exports(strict, manager)
    assert (own.agreed_by, own.can_fetch) == (auditor.name, True)
    await a_request(strict, email="another@example.org")  # one more than the second person saw
    with pytest.raises(Refused) as refusal:
        await fetch_export(strict, manager, export)
    assert refusal.value.facts["state"] == "second_person"


async def test_of_two_who_agree_at_once_the_first_counts(house: Services, request_, manager: Actor, auditor: Actor) -> None:
    strict = replace(house, settings=house.settings.model_copy(update={"export_alone": 0}))
    another = await a_colleague(strict, Role.AUDITOR, "Demo Seconda")
    export = (await order_export(strict, manager, asked())).id
    await agree_to_export(strict, auditor, export)
    await agree_to_export(strict, another, export)  # on a page from before
    (own,) = await list_exports(strict, manager)
    assert own.agreed_by == auditor.name


async def test_what_was_fetched_alone_within_a_day_counts_towards_the_limit(
    house: Services, request_, manager: Actor, auditor: Actor, clock: Clock
) -> None:
    strict = replace(house, settings=house.settings.model_copy(update={"export_alone": 1}))
    first, second = [(await order_export(strict, manager, asked())).id for _ in range(2)]
    await fetched(strict, manager, first)
    await fetched(strict, manager, first)  # again: the same list
    with pytest.raises(Refused) as refusal:
        await fetch_export(strict, manager, second)
    assert refusal.value.facts["state"] == "second_person"
    assert {row.id: row.can_fetch for row in await list_exports(strict, manager)} == {first: True, second: False}
    assert {row.id: row.can_agree for row in await list_exports(strict, auditor)} == {first: False, second: True}
    theirs = (await order_export(strict, auditor, asked())).id
    await fetched(strict, auditor, theirs)  # each counts for themselves
    await agree_to_export(strict, auditor, second)
    await fetched(strict, manager, second)
    clock.pass_(days=1)
    third = (await order_export(strict, manager, asked())).id
    await fetched(strict, manager, third)


async def test_lines_are_read_in_the_role_and_portfolio_of_who_asks(house: Services, agent: Actor, other: Actor) -> None:
    hers, nobodys, his = [(await a_request(house, email=f"demo{n}@example.org")).party for n in range(3)]
    await give_to(house, hers, agent)
    await give_to(house, his, other)
    for subject, key in ((Subject.CLIENTS, "id"), (Subject.SUBMISSIONS, "party"), (Subject.ACTS, "party")):
        seen = {role: {row[key] for row in await listed(house, asked(subject), Asker(role, who))} for role, who in
                (("agent", agent.id), ("manager", new_id()), ("admin", new_id()))}  # fmt: skip
        assert seen == {"agent": {str(hers), str(nobodys)}, "manager": {str(hers), str(nobodys), str(his)}, "admin": set()}


async def test_more_than_a_page_is_listed_once_each_and_the_erased_not_at_all(house: Services, request_) -> None:
    async with house.database.transaction() as session:
        owner = await open_party(session, house.keys, request_.party)
        for number in range(PAGE + 7):
            key, wrapped = house.keys.new_data_key()
            party = Party(id=new_id(), language="it", wrapped_key=wrapped, display_name=f"Demo {number}")
            session.add(party)
            await session.flush()
            card = {"registration_person.identity.family_name": f"Demo {number}"}
            await keep_card(session, replace(owner, party=party.id, key=key), card, form="registration_person", form_version="v1",
                            submission=None, typed_by="customer", channel="web", at=house.clock())  # fmt: skip
        party.wrapped_key = None
    found = [row["id"] for row in await listed(house, asked())]
    assert len(found) == len(set(found)) == PAGE + 7  # one more was there before, the last was erased
    assert found == sorted(found)


async def test_filters_are_kind_state_and_since(house: Services, request_, agent: Actor) -> None:
    later = datetime(2100, 1, 1, tzinfo=UTC)
    for wanted, count in (
        (Wanted(kind="person"), 1), (Wanted(kind="company"), 0), (Wanted(state="suspended"), 1), (Wanted(state="accepted"), 0),
        (Wanted(since=datetime(2026, 1, 1, tzinfo=UTC)), 1), (Wanted(since=later), 0), (Wanted("person", "suspended", later), 0),
    ):  # fmt: skip
        assert len(await listed(house, asked(wanted=wanted))) == count, wanted
    assert {row["form"] for row in await listed(house, asked(Subject.SUBMISSIONS))} == {"registration_person", "quote_home"}


async def test_an_offer_and_a_call_are_deadlines(house: Services, request_, agent: Actor) -> None:
    await quoted(house, agent, request_)
    async with house.database.transaction() as session:
        owner = await open_party(session, house.keys, request_.party)
        await request_call(session, owner, NewCall(new_id(), "+393331234567", "contact", house.clock()))
    ends, call = await listed(house, asked(Subject.DEADLINES))
    assert (ends["kind"], ends["on"], ends["customer"], ends["premium"]) == ("offer_ends", "2026-12-22", "Esempio Demetra", "462.87")
    assert (call["kind"], call["phone"], call["at"]) == ("call_back", "+393331234567", "2026-11-22T08:26:53Z")


async def test_each_list_comes_in_each_of_its_formats_and_holds_against_its_schema(house: Services, request_, agent: Actor) -> None:
    await quoted(house, agent, request_)
    for subject, form in ((each, form) for each in Subject for form in FORMATS[each]):
        content = b"".join([chunk async for chunk in make_file(house, Asker("system"), asked(subject, form), MARK)])
        assert MARK.export.encode() in content
        assert b"Esempio" in content or subject is Subject.ACTS
        if form is Format.XML:
            held = xmlschema.XMLSchema(schema(subject, form, columns(subject, house.catalogue)).decode())
            held.validate(ET.ElementTree(ET.fromstring(content)))


async def test_the_operator_of_the_command_line_is_written_down_too(house: Services, request_) -> None:
    mark = await keep_operators_order(house, asked())
    async with house.database.transaction() as session:
        (event,) = await session.scalars(select(AuditEvent).where(AuditEvent.action == "fetch_export"))
    assert (event.who, str(event.subject_id), event.detail["rows"]) == ("operator", mark.export, 1)


async def test_what_a_colleague_accepts_is_listed_as_accepted(house: Services, request_, agent: Actor) -> None:
    await actions.claim(house, agent, request_.card)
    await actions.approve(house, agent, request_.card)
    (row,) = await listed(house, asked())
    assert row["state"] == "accepted"
