"""A message for each record, signed as Standard Webhooks 1.0.0 asks; what each answer means; and a kill in the middle."""

import asyncio
import base64
import logging
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from sqlalchemy import text

from bots.sync.carriers import Load, Parcel
from bots.sync.looking import look
from bots.sync.sending import send_batch
from bots.sync.webhooks import Webhooks, read_secret, sign
from dialogs.services import Services
from forms.exports.columns import Mark
from forms.exports.targets import Http
from rules.sync import Change, Fate
from storage.tables.base import new_id
from tests import warm
from tests.bots.house import AT, EMAIL, SECOND, a_house
from tests.bots.sync.house import NAME, PURPOSE, SECRET_NAME, Receiver, a_client, batches, changed, records, synced, with_target
from tests.bots.test_receipts import settled
from tests.console.house import Clock
from tests.forms.content import shipped

pytestmark = pytest.mark.slow

MAPPING = [{"name": "id", "from": "id"}, {"name": "surname", "from": "family_name"}, {"name": "born", "from": "birth_date"}]


@pytest.fixture
def target(house: Services, receiver: Receiver) -> Services:
    return with_target(house, "http", address=receiver.url, secret=SECRET_NAME, mapping=MAPPING)


def test_the_signature_is_the_references() -> None:
    """The vector of the reference libraries ("sign function works")."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("told", "length"),
    [
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 24), ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", 24), ("", None), ("whsec_", None),
        ("whsec_c2hvcnQ=", None), ("non è base64", None), (base64.b64encode(b"x" * 65).decode(), None), (base64.b64encode(b"x" * 64).decode(), 64),
    ],
)  # fmt: skip
def test_a_secret_is_read_or_is_none(monkeypatch: pytest.MonkeyPatch, told: str, length: int | None) -> None:
    monkeypatch.setenv(SECRET_NAME, told)
    found = read_secret(SECRET_NAME)
    assert (found and len(found)) == length


async def test_each_record_is_a_verified_message_and_comes_once(target: Services, receiver: Receiver) -> None:
    first, second = await a_client(target), await a_client(target, SECOND)
    await synced(target)
    await synced(target)
    assert {told["id"] for told in receiver.told} == {str(first), str(second)}
    headers, body = receiver.got[0]
    assert (body["type"], body["timestamp"], headers["content-type"]) == ("clients.new", "2026-11-22T08:26:53Z", "application/json")
    assert body["data"]["record"] == {"id": body["data"]["id"], "surname": "Esempio", "born": "1980-03-12"}
    assert headers[":path"] == "/hook?agency=demo"
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 2

    await changed(target, first, family_name="Prova")
    await synced(target)
    (*_, (_, last)) = receiver.got
    assert (len(receiver.got), last["type"], last["data"]["record"]["surname"]) == (3, "clients.changed", "Prova")


async def test_each_message_bears_the_instant_at_which_it_leaves(target: Services, receiver: Receiver, clock: Clock) -> None:
    """Of a long batch the last ones would be too old to be taken."""
    await a_client(target)
    await a_client(target, SECOND)

    def passing() -> float:
        arrived = clock().timestamp()
        clock.pass_(minutes=10)
        return arrived

    receiver.clock = passing
    await synced(target)
    assert {record.state for record in await records(target)} == {"sent"}
    assert len({headers["webhook-timestamp"] for headers, _ in receiver.got}) == 2


async def test_a_repetition_is_known_by_its_id_and_asked_waits_are_kept(target: Services, receiver: Receiver) -> None:
    await a_client(target)
    until = (AT + timedelta(hours=2)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    receiver.answers = [(503, {}, b""), (429, {"retry-after": "120"}, b""), (503, {"retry-after": until}, b"")]
    assert await synced(target, retries_s=(60, 60, 60)) == 60
    (batch,) = await batches(target)
    assert await send_batch(target, batch.id, 1, (60, 60, 60)) == 120
    assert await send_batch(target, batch.id, 2, (60, 60, 60)) == 7200
    assert await send_batch(target, batch.id, 3, (60, 60, 60)) is None
    (batch,) = await batches(target)
    assert (batch.state, batch.attempts, batch.last_error) == ("sent", 4, None)
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert len({str(body) for _, body in receiver.got}) == 1


@pytest.mark.parametrize("status", [301, 302, 401, 403, 404, 410])
async def test_what_will_not_get_better_is_given_up_at_once(target: Services, receiver: Receiver, status: int) -> None:
    """A redirect too: it is followed nowhere."""
    await a_client(target)
    receiver.answers = [(status, {"location": receiver.url}, b"")]
    assert await synced(target, retries_s=(60,)) is None
    (batch,) = await batches(target)
    assert (batch.state, batch.last_error, len(receiver.got)) == ("failed", f"http_{status}", 1)


@pytest.mark.parametrize("status", [400, 409, 422])
async def test_a_record_that_is_not_taken_waits_for_a_colleague_and_the_next_one_goes_on(
    target: Services, receiver: Receiver, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    caplog.set_level(logging.DEBUG)
    await a_client(target)
    await a_client(target, SECOND)
    receiver.answers = [(status, {}, b'{"record": {"surname": "Segretissima", "nested": {"a": 1}}}')]
    assert await synced(target) is None
    (batch,) = await batches(target)
    assert (batch.state, len(receiver.got)) == ("sent", 2)
    assert sorted((record.state, record.problem) for record in await records(target)) == [("conflict", f"http_{status}"), ("sent", None)]
    for told in ("Segretissima", "Esempio", EMAIL, base64.b64encode(b"demo secret").decode()[:8]):
        assert told not in caplog.text


async def test_what_nobody_foresaw_is_given_up_where_a_colleague_sees_it(house: Services, receiver: Receiver) -> None:
    house = with_target(house, "http", address="https://a..example.org/", secret=SECRET_NAME)
    await a_client(house)
    assert await synced(house, retries_s=(60,)) is None
    assert [(batch.state, batch.last_error) for batch in await batches(house)] == [("failed", "unforeseen")]


async def test_a_batch_whose_job_ended_over_an_outage_is_taken_up_by_the_next_look(
    target: Services, receiver: Receiver, work, clock: Clock
) -> None:
    await a_client(target)
    assert await look(target, NAME)
    await look(target, NAME)
    jobs = "select status from dbos.workflow_status where name = 'sync'"
    async with target.database.transaction() as session:
        assert (await session.scalars(text(jobs))).all() == ["ENQUEUED"], "it has a job"
        await session.execute(text("update dbos.workflow_status set status = 'ERROR' where name = 'sync'"))
    clock.pass_(minutes=1)
    await look(target, NAME)
    async with target.database.transaction() as session:
        await session.execute(text("delete from dbos.workflow_status where name = 'sync' and status = 'ERROR'"))
    async with work(target):
        await settled(target)
    assert ([batch.state for batch in await batches(target)], len(receiver.got)) == (["sent"], 1)


async def test_without_its_secret_nothing_leaves(target: Services, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SECRET_NAME)
    await a_client(target)
    assert await synced(target, retries_s=(60,)) is None
    (batch,) = await batches(target)
    assert (batch.state, batch.last_error, receiver.got) == ("failed", "secret", [])


async def test_nobody_there_and_nobody_answering_are_tried_later(receiver: Receiver) -> None:
    parcel = Parcel(new_id(), new_id(), "demo", Change.GONE, None, None, is_forced=False)
    load = Load(NAME, 1, (), Mark("demo", "demo", AT, PURPOSE), None, (parcel,))  # type: ignore[arg-type]  # no date is told
    receiver.held = asyncio.Event()
    for address, code in ((receiver.url, "timeout"), (receiver.url, "timeout"), ("http://127.0.0.1:1/", "connection")):
        receiver.drips = receiver.held.is_set()  # the first time it is silent, the second time never done
        target = Http.model_validate({"kind": "http", "list": "clients", "purpose": PURPOSE, "address": address, "secret": SECRET_NAME})
        ((_, answer),) = [each[0] async for each in Webhooks(target, wait_s=0.2).carry(load, lambda: AT)]
        assert (answer.fate, answer.code) == (Fate.LATER, code)


async def test_of_two_who_send_a_batch_at_once_one_waits_and_finds_it_done(target: Services, receiver: Receiver) -> None:
    await a_client(target)
    await a_client(target, SECOND)
    batch = await look(target, NAME)
    assert batch is not None
    assert await asyncio.gather(*(send_batch(target, batch, 0, ()) for _ in range(2))) == [None, None]
    assert len(receiver.got) == 2


async def test_who_may_be_sending_no_longer_alone_stops(target: Services, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = asyncio.Event()

    @asynccontextmanager
    async def alone(_store: object, _work: str) -> AsyncIterator[asyncio.Event]:
        yield lost

    def losing() -> float:
        lost.set()
        return AT.timestamp()

    monkeypatch.setattr("storage.turns.TurnStore.alone", alone)
    receiver.clock = losing
    await a_client(target)
    await a_client(target, SECOND)
    with pytest.raises(ConnectionError):
        await synced(target)
    assert len(receiver.got) == 1


async def test_killed_between_message_and_acknowledgement_it_says_it_again_by_the_same_id(
    receiver: Receiver, database_url: str, tmp_path: Path
) -> None:
    """kill -9 of the program that sends, while the receiver holds its answer back: at least once, and to be told from a new message."""
    home, receiver.clock, receiver.held = tmp_path / "home", time.time, asyncio.Event()
    async with a_house(database_url, home, shipped.catalogue()) as services:
        party = await a_client(services)
        await a_client(services, SECOND)
    told = {"kind": "http", "list": "clients", "purpose": PURPOSE, "address": receiver.url, "secret": SECRET_NAME, "mapping": MAPPING}
    file = home / "catalog" / "sync" / f"{NAME}.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(yaml.safe_dump(told))

    errors = tmp_path / "errors"
    with a_worker(database_url, home, errors):
        async with asyncio.timeout(120):
            await receiver.held.wait()
    with a_worker(database_url, home, errors):
        async with a_house(database_url, home, shipped.catalogue()) as services, asyncio.timeout(120):
            while (made := await batches(services)) == [] or made[0].state != "sent":  # noqa: ASYNC110 - over a process
                await asyncio.sleep(0.05)
            assert {record.state for record in await records(services)} == {"sent"}
    logged = errors.read_text()
    ids = [headers["webhook-id"] for headers, _ in receiver.got]
    assert len(made) == 1
    assert (len(ids), len(set(ids))) == (3, 2), "the one that was under way, again by its own id"
    assert str(party) in {each["id"] for each in receiver.told}
    assert not any(word in logged for word in (EMAIL, "Esempio", "Demetra"))


@contextmanager
def a_worker(database_url: str, home: Path, errors: Path) -> Iterator[None]:
    """The program in the role that does the jobs; killed in the end."""
    own = {"SOSPESO_HOME": str(home), "SOSPESO_DATABASE_URL": database_url, "SOSPESO_SECRET_KEY": "s" * 40}
    own["SOSPESO_MASTER_KEY"] = base64.b64encode(b"m" * 32).decode()
    others = {name: value for name, value in os.environ.items() if not name.startswith("SOSPESO_")}
    with errors.open("a") as file:
        program = warm.start(["serve", "--role", "worker", "--port", "0"], others | own, file)
    with program.stdout:
        try:
            yield
        finally:
            program.kill()
            program.wait()
