"""A folder that another program looks into: what has changed, whole, in order, never twice where nothing dies."""

import asyncio
import csv
import json
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select, update

from bots.sync.looking import look, look_for_differences
from bots.sync.sending import send_batch
from dialogs.effects import RecordAct
from dialogs.importing import layout_of
from dialogs.services import Services
from forms.imports.files import Handed, read_records
from forms.programs import Programs
from rules.exports import Format
from rules.submissions import Act
from storage.parties import open_party
from storage.submissions import Move, claim_submission, move_submission
from storage.sync import open_kept
from storage.tables.base import new_id
from storage.tables.submissions import Submission
from storage.tables.sync import SyncBatch, SyncRecord
from tests.bots.house import AT, SHOWN, a_customer, a_quote, all_acts, an_acceptance, an_offer
from tests.bots.sync.house import NAME, PURPOSE, a_client, batches, changed, dropped, is_somebody_held_up, records, synced, with_target
from tests.bots.sync.test_webhooks import a_worker
from tests.bots.test_erasing import erase_now
from tests.bots.test_receipts import settled
from tests.console.house import Clock

pytestmark = pytest.mark.slow

MADE = "20261122T082653Z"  # AT

MAPPING = [
    {"name": "COD_CLI", "from": "id"},
    {"name": "OP", "from": "change", "values": {"new": "I", "changed": "U", "gone": "D"}},
    {"name": "COGNOME", "from": "family_name"},
    {"name": "SESSO", "from": "sex", "values": {"female": "F", "male": "M"}},
    {"name": "NATO_IL", "from": "birth_date", "dates": "%d/%m/%Y"},
    {"name": "PERCHE", "from": "export_purpose"},
    {"name": "FONTE", "always": "SOSPESO"},
]


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(path.read_bytes().decode(), newline="")))


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_what_changes_is_dropped_once_in_their_own_columns(house: Services, work, folder: Path, clock: Clock) -> None:
    house = with_target(house, "drop", folder=str(folder), mapping=MAPPING)
    async with work(house):
        party = await a_client(house)
        await look_for_differences(house)
        await settled(house)
        first = {
            "COD_CLI": str(party), "OP": "I", "COGNOME": "Esempio", "SESSO": "F", "NATO_IL": "12/03/1980", "PERCHE": PURPOSE, "FONTE": "SOSPESO",
        }  # fmt: skip
        assert files(folder) == [f"crm-{MADE}-00000001.csv"]
        assert rows(dropped(folder, 1)) == [first]

        for _ in range(3):  # nothing has changed
            clock.pass_(minutes=1)
            await look_for_differences(house)
        await changed(house, party, mobile="+393330000001")  # nor anything that they are told
        await look_for_differences(house)
        await settled(house)
        assert files(folder) == [f"crm-{MADE}-00000001.csv"]

        await changed(house, party, family_name="Prova")
        await look_for_differences(house)
        await settled(house)
        assert rows(dropped(folder, 2)) == [{**first, "OP": "U", "COGNOME": "Prova"}]
    assert [(batch.state, batch.records, batch.attempts) for batch in await batches(house)] == [("sent", 1, 1), ("sent", 1, 1)]
    assert files(folder) == [f"crm-{MADE}-00000001.csv", "crm-20261122T082953Z-00000002.csv"]


async def test_what_commits_late_is_found_and_what_was_not_sent_is_not_lost(house: Services, folder: Path, clock: Clock) -> None:
    house = with_target(house, "drop", folder=str(folder), mapping=MAPPING)
    party = await a_client(house)
    await synced(house)
    slow = replace(house, clock=lambda: AT)  # took its instant before the look, commits after it
    clock.pass_(minutes=8)
    await synced(house)
    await changed(slow, party, family_name="Prova")
    await synced(house)
    assert rows(dropped(folder, 2))[0]["COGNOME"] == "Prova"

    clock.pass_(days=1)  # whatever has no instant is found by the day's first look
    forgotten = replace(house, clock=lambda: AT)
    await changed(forgotten, party, family_name="Ultima")
    await synced(house)
    assert rows(dropped(folder, 3))[0]["COGNOME"] == "Ultima"


async def test_a_folder_out_of_reach_is_waited_for_then_given_up_and_tried_again(house: Services, folder: Path) -> None:
    house = with_target(house, "drop", folder=str(folder / "mounted"), format="jsonl")
    await a_client(house)
    assert await synced(house, retries_s=(60, 300)) == 60
    (batch,) = await batches(house)
    assert (batch.state, batch.attempts, batch.last_error) == ("sending", 1, "folder")
    assert await send_batch(house, batch.id, 2, (60, 300)) is None
    (batch,) = await batches(house)
    assert (batch.state, batch.attempts, batch.last_error) == ("failed", 2, "folder")
    assert [each.state for each in await records(house)] == ["released"]

    (folder / "mounted").mkdir()
    assert await synced(house) is None  # until somebody tries again nothing overtakes it
    assert files(folder / "mounted") == []


@pytest.mark.parametrize("form", ["csv", "txt", "xml", "json", "jsonl"])
async def test_without_a_mapping_all_columns_stand_there_with_their_mark(house: Services, folder: Path, form: str) -> None:
    house = with_target(house, "drop", folder=str(folder), format=form)
    party = await a_client(house)
    await synced(house)
    content = (dropped(folder, 1)).read_text(encoding="utf-8")
    for told in (str(party), "SMPDTR80C52F839N", "new", PURPOSE, "sospeso sync"):
        assert told in content
    if form == "json":
        (record,) = json.loads(content)
        assert (record["change"], record["export_purpose"], record["family_name"]) == ("new", PURPOSE, "Esempio")


@pytest.mark.parametrize(("delimiter", "sign"), [(",", ","), (";", ";"), ("tab", "\t")])
async def test_their_columns_are_parted_as_they_read_them(house: Services, folder: Path, delimiter: str, sign: str) -> None:
    house = with_target(house, "drop", folder=str(folder), mapping=MAPPING, delimiter=delimiter)
    party = await a_client(house)
    await changed(house, party, family_name="D;e, m\to")
    await synced(house)
    head, line = dropped(folder, 1).read_bytes().decode().splitlines()
    assert head == sign.join(each["name"] for each in MAPPING)
    (row,) = csv.DictReader([head, line], delimiter=sign)
    assert (row["COD_CLI"], row["FONTE"]) == (str(party), "SOSPESO")
    assert row["COGNOME"] == "D;e, m\to"
    (record,) = read_records(Handed(BytesIO(dropped(folder, 1).read_bytes()), Format.CSV), layout_of(house, NAME))
    assert record.cells["family_name"] == "D;e, m\to", "and read back by our own reader"


async def test_who_leaves_the_states_asked_for_is_told_as_gone(house: Services, folder: Path) -> None:
    house = with_target(house, "drop", folder=str(folder), mapping=MAPPING, states=["suspended"])
    party = await a_client(house)
    await synced(house)
    colleague, card = new_id(), (await records(house))[0]
    assert card.party_id == party
    async with house.database.transaction() as session:
        owner = await open_party(session, house.keys, party)
        (submission,) = await session.scalars(select(Submission.id).where(Submission.party_id == party))
        await claim_submission(session, owner, submission, colleague, AT)
        await move_submission(session, owner, submission, Move(Act.REJECT, AT, colleague, detail={"reason": "prova"}))
    await synced(house)
    assert rows(dropped(folder, 2)) == [
        {"COD_CLI": str(party), "OP": "D", "COGNOME": "", "SESSO": "", "NATO_IL": "", "PERCHE": PURPOSE, "FONTE": "SOSPESO"}
    ]
    assert await records(house) == []


async def test_an_offer_that_ends_leaves_the_deadlines(house: Services, folder: Path) -> None:
    house = with_target(house, "drop", folder=str(folder), list="deadlines", format="jsonl")
    party = await a_client(house)
    await a_customer(house, a_quote())
    offer = await an_offer(house, party)
    await synced(house)
    await a_customer(house, *all_acts(house), an_acceptance(offer))
    await synced(house)
    told = [json.loads((dropped(folder, number)).read_text()) for number in (1, 2)]
    assert [(each["id"], each["change"]) for each in told] == [(str(offer), "new"), (str(offer), "gone")]


async def test_a_long_list_leaves_in_batches_of_a_hundred(house: Services, work, folder: Path) -> None:
    house = with_target(house, "drop", folder=str(folder), list="acts", format="jsonl")
    async with work(house):
        await a_client(house)
        await a_customer(
            house,
            *(RecordAct("modules.mandate.act", "mandate", "1", "authorisation", "accept", SHOWN, SHOWN, "it", AT) for _ in range(250)),
        )
        await look_for_differences(house)
        await settled(house)
    told = [json.loads(line)["id"] for name in files(folder) for line in (folder / name).read_text().splitlines()]
    assert [batch.records for batch in await batches(house)][:2] == [100, 100]
    assert len(told) == len(set(told)) > 250
    assert {record.state for record in await records(house, NAME)} == {"sent"}


async def test_several_who_look_and_send_at_once_say_everything_once(house: Services, folder: Path, clock: Clock) -> None:
    """Workers, a colleague's release, an erasure: whoever comes second finds it done."""
    house = with_target(house, "drop", folder=str(folder), mapping=MAPPING)
    parties = [await a_client(house, f"demo{number}@example.org") for number in range(5)]
    await asyncio.gather(*(synced(house) for _ in range(4)))
    clock.pass_(minutes=1)
    await asyncio.gather(
        *(changed(house, party, family_name="Prova") for party in parties[1:]),
        *(synced(house) for _ in range(4)),
        erase_now(house, parties[0]),
    )
    while [each for each in await records(house) if each.state != "sent"] or clock.now.hour < AT.hour + 1:
        clock.pass_(minutes=30)
        await synced(house)
    told = [(row["COD_CLI"], row["OP"]) for name in files(folder) for row in rows(folder / name)]
    assert sorted(told) == sorted(
        [(str(party), "I") for party in parties] + [(str(party), "U") for party in parties[1:]] + [(str(parties[0]), "D")]
    )


async def test_what_a_kill_left_half_written_is_never_under_its_name_and_goes(house: Services, folder: Path) -> None:
    """At once: whoever is in it may be erased."""
    left, another = folder / f".sospeso-demo.{NAME}.part", folder / f".sospeso-demo.another-{NAME}.part"
    for part in (left, another):
        part.write_text("half")
    house = with_target(house, "drop", folder=str(folder), mapping=MAPPING)
    await a_client(house)
    await synced(house)
    assert files(folder) == [another.name, f"crm-{MADE}-00000001.csv"]
    assert dropped(folder, 1).stat().st_mode & 0o007 == 0, "for its group, not for everybody"


async def test_the_same_batch_again_is_the_same_file(house: Services, folder: Path) -> None:
    """As after kill -9 between the file and its acknowledgement."""
    house = with_target(house, "drop", folder=str(folder), mapping=MAPPING)
    await a_client(house)
    await synced(house)
    before = dropped(folder, 1).read_bytes()
    (batch,) = await batches(house)
    async with house.database.transaction() as session:  # as it stood before the acknowledgement
        row = (await session.scalars(select(SyncRecord))).one()
        await session.execute(update(SyncBatch).values(state="sending"))
        owner = await open_party(session, house.keys, row.party_id)
        told = open_kept(owner, row).sent
        assert told is not None
        row.state, row.change, row.batch_id, row.sealed_sent = "released", "new", batch.id, None
        row.sealed_due = owner.seal_json("sync_record.sealed_due", row.id, dict(told))
    assert await send_batch(house, batch.id, 0, ()) is None
    assert files(folder) == [dropped(folder, 1).name]
    assert dropped(folder, 1).read_bytes() == before


async def test_killed_between_the_file_and_what_became_of_its_records_none_is_lost(
    house: Services, database_url: str, folder: Path, tmp_path: Path
) -> None:
    """kill -9 while the last of three records is being acknowledged: had the first two been alone, they would be in no file any more."""
    file = tmp_path / "home" / "catalog" / "sync" / f"{NAME}.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(yaml.safe_dump({"kind": "drop", "list": "clients", "purpose": PURPOSE, "folder": str(folder), "mapping": MAPPING}))
    parties = [await a_client(house, f"demo{number}@example.org") for number in range(3)]
    assert await look(with_target(house, "drop", folder=str(folder), mapping=MAPPING), NAME)
    async with house.database.transaction() as session, asyncio.timeout(120):
        await session.execute(select(SyncRecord.id).order_by(SyncRecord.id.desc()).limit(1).with_for_update())
        with a_worker(database_url, tmp_path / "home", tmp_path / "errors"):
            while not await is_somebody_held_up(house):  # noqa: ASYNC110 - over a process
                await asyncio.sleep(0.05)
    with a_worker(database_url, tmp_path / "home", tmp_path / "errors"):
        async with asyncio.timeout(120):
            while [batch.state for batch in await batches(house)] != ["sent"]:  # noqa: ASYNC110 - over a process
                await asyncio.sleep(0.05)
    assert {row["COD_CLI"] for row in rows(dropped(folder, 1))} == {str(party) for party in parties}
    assert [record.state for record in await records(house)] == 3 * ["sent"]


async def test_what_nobody_foresaw_at_one_target_holds_up_no_other(house: Services, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    house = with_target(with_target(house, "drop", folder=str(folder), name="a"), "drop", folder=str(folder))
    broken = house.targets["a"].model_copy(update={"list": "nothing"})
    house = replace(house, programs=Programs({"a": broken, NAME: house.targets[NAME]}))
    await a_client(house)
    await look_for_differences(house)
    assert [batch.number for batch in await batches(house)] == [1]
    assert "the look for differences at a failed: " in caplog.text
