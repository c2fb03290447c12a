"""An erasure reaches whoever was told: their deletion leaves, nothing of what was told stays here, and the certificate counts them."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import select

from bots.sync.looking import look
from bots.sync.sending import send_batch
from dialogs.erasing import certificate
from dialogs.services import Services
from rules.sync import Due
from storage.sync import kept_in_state
from storage.tables.erasures import Erasure
from tests.bots.house import EMAIL
from tests.bots.sync.house import NAME, SECRET_NAME, Receiver, a_client, batches, changed, dropped, records, synced, with_target
from tests.bots.test_erasing import erase_now
from tests.storage.test_planted import dumped, lies_in

pytestmark = pytest.mark.slow
PERSONAL = (EMAIL, "SMPDTR80C52F839N", "+393331234567")


async def test_every_kind_of_target_is_told_and_nothing_of_what_was_told_stays(
    house: Services, receiver: Receiver, folder: Path, database_url: str
) -> None:
    cards = folder / "cards"
    cards.mkdir()
    house = with_target(house, "drop", name="drop", folder=str(folder))
    house = with_target(house, "carddav", name="cards", folder=str(cards))
    house = with_target(house, "http", name="http", address=receiver.url, secret=SECRET_NAME)
    party = await a_client(house)
    for name in house.targets:
        await synced(house, name)
    dump = dumped(database_url)
    assert b"sync_record" in dump
    assert not any(lies_in(dump, word) for word in PERSONAL), "what was told is sealed"
    (cards / f"{party}.vcf").write_bytes(b"changed by somebody else")  # it goes all the same

    await erase_now(house, party)
    assert {(row.state, row.change, row.sealed_sent) for name in house.targets for row in await records(house, name)} == {
        ("released", "gone", None)
    }
    for name in house.targets:
        await synced(house, name)
    (row,) = csv.DictReader(StringIO(dropped(folder, 2, "drop").read_bytes().decode(), newline=""))
    assert {name: value for name, value in row.items() if value and not name.startswith("export")} == {"id": str(party), "change": "gone"}
    assert not (cards / f"{party}.vcf").exists()
    (_, last) = receiver.got[-1]
    assert (last["type"], last["data"]["id"]) == ("clients.gone", str(party))
    assert not any(word in json.dumps(last) for word in ("Esempio", *PERSONAL))
    assert [await records(house, name) for name in house.targets] == [[], [], []]
    async with house.database.transaction() as session:
        erasure = (await session.scalars(select(Erasure))).one()
    told = certificate(house, erasure).sections[0].rows
    assert ("Programmi a cui è stato detto di cancellare", "3") in {(each.label, each.value) for each in told}


async def test_what_was_on_its_way_is_followed_by_its_deletion_under_another_id(house: Services, receiver: Receiver) -> None:
    """The message may have arrived before its answer was lost: a receiver that knows its id would pass over a deletion by the same."""
    house = with_target(house, "http", address=receiver.url, secret=SECRET_NAME)
    party = await a_client(house)
    receiver.answers = [(503, {}, b"")]
    assert await synced(house, retries_s=(60,)) == 60
    await erase_now(house, party)
    (batch,) = await batches(house)
    assert await send_batch(house, batch.id, 1, (60,)) is None
    assert await synced(house) is None
    assert [body["type"] for _, body in receiver.got] == ["clients.new", "clients.gone"]
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 2
    assert await records(house) == []


async def test_who_was_refused_and_left_the_list_may_be_there_all_the_same(house: Services, receiver: Receiver) -> None:
    told = {"address": receiver.url, "secret": SECRET_NAME}
    party = await a_client(house)
    receiver.answers = [(409, {}, b"")]
    await synced(with_target(house, "http", **told))
    house = with_target(house, "http", **told, states=["issued"])
    await synced(house)
    assert [(row.state, row.change) for row in await records(house)] == [("sent", None)]
    await erase_now(house, party)
    await synced(house)
    assert [body["type"] for _, body in receiver.got] == ["clients.new", "clients.gone"]
    assert await records(house) == []


async def test_who_was_never_sent_is_not_spoken_of(house: Services, folder: Path) -> None:
    house = with_target(house, "drop", folder=str(folder), mode="controlled")
    party = await a_client(house)
    assert await look(house, NAME) is None
    assert [row.state for row in await records(house)] == ["waiting"]
    await erase_now(house, party)
    assert await records(house) == []
    assert list(folder.iterdir()) == []


async def test_a_deletion_by_law_waits_for_nobody(house: Services, folder: Path) -> None:
    auto = with_target(house, "drop", folder=str(folder), format="jsonl")
    party = await a_client(auto)
    await synced(auto)
    controlled = with_target(house, "drop", folder=str(folder), format="jsonl", mode="controlled")
    await changed(controlled, party, family_name="Prova")
    await synced(controlled)
    async with house.database.transaction() as session:
        (waiting,) = await kept_in_state(session, house.keys, NAME, [Due.WAITING], most=10)
    assert (waiting.sent["family_name"], waiting.due["family_name"]) == ("Esempio", "Prova")
    await erase_now(controlled, party)
    await synced(controlled)
    assert json.loads((dropped(folder, 2)).read_text())["change"] == "gone"
