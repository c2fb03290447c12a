"""S0-43: controlled synchronisation. A colleague sees what differs, releases or withholds it, and settles conflicts; nobody else does."""

import json
from collections.abc import Awaitable
from pathlib import Path

import pytest
from sqlalchemy import select

from bots.sync.looking import look
from bots.sync.sending import send_batch
from console.acting import Actor
from console.syncing import (
    list_differences,
    list_gone_targets,
    list_targets,
    release,
    release_all,
    retry,
    settle_conflict,
    withhold,
    withhold_all,
)
from dialogs.services import Services
from rules.access import Role
from rules.refusals import Reason, Refused
from rules.sync import Change
from storage.audit import read_audit
from storage.sync import open_batch
from storage.tables.base import new_id
from storage.tables.evidence import AuditEvent
from tests.bots.house import AT, SECOND
from tests.bots.sync.house import NAME, a_client, batches, changed, records, synced, with_target
from tests.console.house import Clock, a_colleague, audited
from tests.storage.test_planted import dumped, lies_in

pytestmark = pytest.mark.slow

MAPPING = [{"name": "id", "from": "id"}, {"name": "op", "from": "change"}, {"name": "surname", "from": "family_name"}]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "theirs"
    made.mkdir()
    return made


@pytest.fixture
def controlled(house: Services, folder: Path) -> Services:
    return with_target(house, "drop", folder=str(folder), format="jsonl", mode="controlled", mapping=MAPPING)


def lines(folder: Path) -> list[dict[str, str]]:
    return [json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_text().splitlines()]


async def release_shown(services: Services, actor: Actor, clock: Clock) -> int:
    shown = (await list_differences(services, actor, NAME)).waiting
    return await release_all(services, actor, NAME, clock(), [each.id for each in shown])


async def refused(act: Awaitable[object]) -> Refused:
    with pytest.raises(Refused) as refusal:
        await act
    return refusal.value


async def test_nothing_leaves_before_a_colleague_has_seen_and_released_it(
    controlled: Services, manager: Actor, folder: Path, clock: Clock, database_url: str
) -> None:
    party = await a_client(controlled)
    assert await synced(controlled) is None
    assert lines(folder) == []
    (waiting,) = (await list_differences(controlled, manager, NAME)).waiting
    assert (waiting.change, waiting.customer) == (Change.NEW, "Esempio Demetra")
    assert [(field.name, field.before, field.now) for field in waiting.fields] == [("id", None, str(party)), ("surname", None, "Esempio")]
    assert not lies_in(dumped(database_url), '"surname"')
    async with controlled.database.transaction() as session:
        (look_at, *_) = await read_audit(session, party=party)
    assert (look_at.action, look_at.colleague_id, look_at.detail) == ("list_sync", manager.id, {"target": NAME})

    await release(controlled, manager, waiting.id, waiting.noted_at)
    await synced(controlled)
    assert lines(folder) == [{"id": str(party), "op": "new", "surname": "Esempio"}]

    clock.pass_(minutes=1)
    await changed(controlled, party, family_name="Prova")
    await synced(controlled)
    (waiting,) = (await list_differences(controlled, manager, NAME)).waiting
    assert [(field.name, field.before, field.now) for field in waiting.fields] == [("surname", "Esempio", "Prova")]
    assert "release_sync" in await audited(controlled, manager)


async def test_what_is_withheld_comes_up_again_only_where_it_changes(
    controlled: Services, manager: Actor, folder: Path, clock: Clock
) -> None:
    party = await a_client(controlled)
    await synced(controlled)
    (waiting,) = (await list_differences(controlled, manager, NAME)).waiting
    await withhold(controlled, manager, waiting.id, waiting.noted_at)
    clock.pass_(days=1)
    await synced(controlled)
    assert (await list_differences(controlled, manager, NAME)).waiting == ()
    await changed(controlled, party, family_name="Prova")
    await synced(controlled)
    (waiting,) = (await list_differences(controlled, manager, NAME)).waiting
    assert waiting.fields[-1].now == "Prova"
    assert lines(folder) == []


async def test_nobody_releases_what_they_have_not_seen(controlled: Services, manager: Actor, folder: Path, clock: Clock) -> None:
    party = await a_client(controlled)
    await synced(controlled)
    (waiting,) = (await list_differences(controlled, manager, NAME)).waiting
    (row,) = await list_targets(controlled, manager)
    clock.pass_(minutes=1)
    await changed(controlled, party, family_name="Prova")
    await synced(controlled)
    for act in (release, withhold):
        assert (await refused(act(controlled, manager, waiting.id, waiting.noted_at))).facts["state"] == "sync_changed"
    assert (await refused(release(controlled, manager, new_id(), AT))).reason is Reason.NOT_ALLOWED
    assert await release_all(controlled, manager, NAME, row.shown_at, [waiting.id]) == 0
    assert [record.state for record in await records(controlled)] == ["waiting"]


async def test_all_that_waits_is_released_or_withheld_at_once(controlled: Services, manager: Actor, folder: Path, clock: Clock) -> None:
    await a_client(controlled)
    await a_client(controlled, SECOND)
    await synced(controlled)
    (row,) = await list_targets(controlled, manager)
    assert (row.counts["waiting"], row.can_decide, row.can_retry) == (2, True, False)
    assert await release_shown(controlled, manager, clock) == 2
    await synced(controlled)
    assert len(lines(folder)) == 2
    clock.pass_(minutes=1)
    for record in await records(controlled):
        await changed(controlled, record.party_id, family_name="Prova")
    await synced(controlled)
    assert await withhold_all(controlled, manager, NAME, clock(), [record.id for record in await records(controlled)]) == 2
    assert {record.state for record in await records(controlled)} == {"withheld"}
    async with controlled.database.transaction() as session:
        events = list(await session.scalars(select(AuditEvent).where(AuditEvent.action.in_(["release_sync", "withhold_sync"]))))
    assert [event.detail for event in events if event.party_id is None] == 2 * [{"target": NAME, "rows": 2}]
    told = sorted((event.action, event.party_id, event.subject_id) for event in events if event.party_id)
    each = [(record.party_id, record.id) for record in await records(controlled)]
    assert told == sorted((action, *one) for action in ("release_sync", "withhold_sync") for one in each)
    assert {event.colleague_id for event in events} == {manager.id}


async def test_what_waited_below_those_shown_waits_on(
    controlled: Services, manager: Actor, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.syncing.SHOWN", 1)
    await a_client(controlled)
    await a_client(controlled, SECOND)
    await synced(controlled)
    (shown,) = (await list_differences(controlled, manager, NAME)).waiting
    assert await release_shown(controlled, manager, clock) == 1
    assert {record.id: record.state for record in await records(controlled)}.pop(shown.id) == "released"
    assert sorted(record.state for record in await records(controlled)) == ["released", "waiting"]


async def test_a_difference_that_has_gone_by_itself_waits_no_longer(controlled: Services, manager: Actor, clock: Clock) -> None:
    party = await a_client(controlled)
    await synced(controlled)
    await release_shown(controlled, manager, clock)
    await synced(controlled)
    for name, waits in (("Prova", 1), ("Esempio", 0)):
        clock.pass_(minutes=1)
        await changed(controlled, party, family_name=name)
        await synced(controlled)
        assert len((await list_differences(controlled, manager, NAME)).waiting) == waits


@pytest.mark.parametrize("is_ours", [True, False])
async def test_in_a_conflict_a_colleague_sees_both_sides_and_chooses(
    house: Services, manager: Actor, folder: Path, clock: Clock, is_ours: bool
) -> None:
    house = with_target(house, "carddav", folder=str(folder))
    party = await a_client(house)
    await synced(house)
    path, theirs = folder / f"{party}.vcf", b"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Cambiata da altri\r\nEND:VCARD\r\n"
    path.write_bytes(theirs)
    await changed(house, party, family_name="Prova")
    await synced(house)
    (conflict,) = (await list_differences(house, manager, NAME)).conflicts
    told = {field.name: (field.before, field.now, field.theirs) for field in conflict.fields}
    assert told == {"family_name": ("Esempio", "Prova", None), "FN": (None, None, "Cambiata da altri")}

    await settle_conflict(house, manager, conflict.id, conflict.noted_at, is_ours=is_ours)
    clock.pass_(days=1)
    await synced(house)
    assert (path.read_bytes() == theirs) is not is_ours
    assert (await list_differences(house, manager, NAME)).conflicts == ()
    assert (b"N:Prova;" in path.read_bytes()) is is_ours
    if not is_ours:  # ours again only by another change, and asked again
        await changed(house, party, family_name="Ultima")
        await synced(house)
        assert len((await list_differences(house, manager, NAME)).conflicts) == 1
        assert path.read_bytes() == theirs


async def test_a_batch_that_was_given_up_is_tried_again_by_a_colleague(house: Services, manager: Actor, folder: Path) -> None:
    house = with_target(house, "drop", folder=str(folder / "mounted"), format="jsonl", mapping=MAPPING)
    await a_client(house)
    await synced(house)
    (row,) = await list_targets(house, manager)
    assert (row.batch and row.batch.state, row.can_retry) == ("failed", True)
    (folder / "mounted").mkdir()
    await retry(house, manager, NAME)
    await synced(house)
    assert [(batch.state, batch.last_error) for batch in await batches(house)] == [("sent", None)]
    assert len(lines(folder / "mounted")) == 1
    assert (await refused(retry(house, manager, NAME))).facts["state"] == "sync_changed"


async def test_a_target_whose_file_is_gone_is_shown_and_goes_on_by_itself_when_it_is_back(
    house: Services, manager: Actor, agent: Actor, folder: Path
) -> None:
    there = with_target(house, "drop", folder=str(folder / "mounted"), format="jsonl", mapping=MAPPING)
    await a_client(there)
    await synced(there, retries_s=(60,))
    (batch,) = await batches(there)
    assert batch.state == "sending"
    assert await list_gone_targets(there, manager) == ()
    await send_batch(house, batch.id, 1, ())
    (gone,) = await list_gone_targets(house, manager)
    assert (gone.name, gone.due, gone.batch and (gone.batch.state, gone.batch.last_error)) == (NAME, 1, ("failed", "target_gone"))
    assert (await refused(list_gone_targets(house, agent))).reason is Reason.NOT_ALLOWED

    (folder / "mounted").mkdir()
    await look(there, NAME)
    assert [(each.state, each.last_error) for each in await batches(there)] == [("sending", None)], "of no fault any more"
    await synced(there)
    assert [(each.state, each.last_error) for each in await batches(there)] == [("sent", None)]
    assert len(lines(folder / "mounted")) == 1
    assert await list_gone_targets(house, manager) == (), "nothing is due to it"


async def test_who_may_not_decide_is_refused_at_every_step_and_audited(controlled: Services, agent: Actor, folder: Path) -> None:
    await a_client(controlled)
    await synced(controlled)
    (record,) = await records(controlled)
    auditor = await a_colleague(controlled, Role.AUDITOR, "Demo Revisione")
    admin = await a_colleague(controlled, Role.ADMIN, "Demo Amministrazione")
    for actor in (agent, auditor, admin):
        decisions = (
            release(controlled, actor, record.id, record.noted_at),
            withhold(controlled, actor, record.id, record.noted_at),
            release_all(controlled, actor, NAME, AT, [record.id]),
            withhold_all(controlled, actor, NAME, AT, [record.id]),
            settle_conflict(controlled, actor, record.id, record.noted_at, is_ours=True),
            retry(controlled, actor, NAME),
        )
        for decision in decisions:
            assert (await refused(decision)).reason is Reason.NOT_ALLOWED
        names = ("release_sync", "withhold_sync", "release_sync", "withhold_sync", "settle_conflict", "retry_sync")
        assert await audited(controlled, actor) == [f"{name}.refused" for name in names]
    for actor in (agent, admin):
        assert (await refused(list_targets(controlled, actor))).reason is Reason.NOT_ALLOWED
        assert (await refused(list_differences(controlled, actor, NAME))).reason is Reason.NOT_ALLOWED
    (row,) = await list_targets(controlled, auditor)
    assert row.can_decide is False
    async with controlled.database.transaction() as session:
        assert await open_batch(session, NAME) is None
    assert await look(controlled, NAME) is None
