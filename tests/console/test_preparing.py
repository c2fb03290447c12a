"""Cards prepared by colleagues (S0-08): who may, what must be said, whose they are to see and to withdraw."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from console.acting import Actor
from console.pages.prepare import PrepareView
from console.preparing import Typed, list_prepared, prepare, withdraw_prepared
from dialogs.preparing import NotPrepared, Prepared
from dialogs.services import Services
from rules.access import Role
from rules.refusals import Reason, Refused
from storage.tables.evidence import AuditEvent
from storage.tables.messages import OutgoingMail
from storage.tables.prepared import PreparedCard
from tests.bots.house import EMAIL
from tests.console.house import a_colleague
from tests.console.views import Desk

pytestmark = pytest.mark.slow

NAME = "registration_person.identity.family_name"
TYPED = Typed("registration_person", EMAIL, "telephone", "it", {NAME: "Esempio", "registration_person.identity.sex": ""}, "it")


async def prepared(house: Services, actor: Actor, typed: Typed = TYPED) -> Prepared:
    made = await prepare(house, actor, typed)
    assert isinstance(made, Prepared), made
    return made


def refused_as(reason: Reason, state: str | None = None) -> object:
    return pytest.raises(Refused, check=lambda error: (error.reason, error.facts.get("state")) == (reason, state))


async def actions_of(house: Services) -> list[str]:
    async with house.database.transaction() as session:
        return list(await session.scalars(select(AuditEvent.action).order_by(AuditEvent.number)))


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN])
async def test_who_reviews_no_submissions_prepares_no_card(house: Services, role: Role) -> None:
    actor = await a_colleague(house, role, "Demo Altro")
    with refused_as(Reason.NOT_ALLOWED):
        await prepare(house, actor, TYPED)
    with refused_as(Reason.NOT_ALLOWED):
        await list_prepared(house, actor)
    assert await actions_of(house) == ["prepare_card.refused", "list_prepared.refused"]


async def test_it_must_be_said_how_the_customer_asked(house: Services, agent: Actor) -> None:
    """S0-14: the data come from the customer, at their request; a file is no such request."""
    for source in ("", "file", "rumour"):
        with refused_as(Reason.REASON_NEEDED, "source_needed"):
            await prepare(house, agent, replace(TYPED, source=source))
    await prepared(house, agent)
    async with house.database.transaction() as session:
        event = (await session.scalars(select(AuditEvent).where(AuditEvent.action == "prepare_card"))).one()
    assert event.detail == {"form": "registration_person", "source": "telephone", "values": 1}


async def test_what_cannot_be_read_is_told_beside_its_field_and_nothing_goes_out(house: Services, agent: Actor) -> None:
    made = await prepare(house, agent, replace(TYPED, values={NAME: "Esempio", "registration_person.residence.postcode": "abc"}))
    assert isinstance(made, NotPrepared)
    assert list(made.problems) == ["registration_person.residence.postcode"]
    async with house.database.transaction() as session:
        assert await session.scalar(select(OutgoingMail.id)) is None


async def test_an_agent_sees_their_own_and_a_manager_all(house: Services, agent: Actor, other: Actor, manager: Actor) -> None:
    await prepared(house, agent)
    await prepared(house, other, replace(TYPED, email="second@example.org"))
    assert [(row.email, row.colleague, row.values, row.can_withdraw) for row in await list_prepared(house, agent)] == [
        (EMAIL, agent.name, 1, True)
    ]
    assert [row.email for row in await list_prepared(house, manager)] == ["second@example.org", EMAIL]


async def test_it_is_withdrawn_by_whoever_prepared_it_or_a_manager(house: Services, agent: Actor, other: Actor, manager: Actor) -> None:
    card = (await prepared(house, agent)).id
    with refused_as(Reason.NOT_ALLOWED):
        await withdraw_prepared(house, other, card)
    await withdraw_prepared(house, manager, card)
    assert await list_prepared(house, agent) == ()
    async with house.database.transaction() as session:
        row = await session.get_one(PreparedCard, card)
        assert (row.state, row.wrapped_key, row.blind_index) == ("withdrawn", None, None)
        assert await session.scalar(select(OutgoingMail.id)) is None, "nor is anybody written to who was not yet"
    with refused_as(Reason.NOT_ALLOWED):
        await withdraw_prepared(house, agent, card)


async def test_a_form_or_language_that_is_none_is_refused(house: Services, agent: Actor) -> None:
    for forged in (replace(TYPED, form="quote_home"), replace(TYPED, language="xx")):
        with refused_as(Reason.NOT_ALLOWED):
            await prepare(house, agent, forged)


async def test_what_was_typed_stays_while_the_kind_of_card_is_turned(house: Services, agent: Actor) -> None:
    desk = Desk(house, agent)
    view = PrepareView(desk.frame)
    await view.show()
    kind, person = desk.field("prepare.kind"), "registration_person"
    typed = {NAME: "Esempio", f"{person}.residence.street": "Via Demo", f"{person}.identity.sex": "female"}
    for path, value in typed.items():
        view._fields[path].value = value
    kind.value = "registration_company"
    assert view._fields["registration_company.seat.street"].value == "Via Demo"
    view._fields["registration_company.seat.street"].value = "Via Altra"
    kind.value = person
    assert {path: view._fields[path].value for path in typed} == {**typed, f"{person}.residence.street": "Via Altra"}
    desk.field("prepare.email").value, desk.field("prepare.source").value = EMAIL, "telephone"
    await desk.press("prepare.send")
    assert desk.told
    assert {view._fields[path].value for path in typed} == {"", "—"}
    kind.value = "registration_company"
    assert view._fields["registration_company.seat.street"].value == ""
