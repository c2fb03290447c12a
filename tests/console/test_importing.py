"""A list of customers from another program (S0-43): whose each row is, what differs, released to be confirmed or dropped; nothing counts by itself."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from itertools import count
from threading import Event

import pytest
from sqlalchemy import func, select, text, update

from bots.access.gathering import gather
from bots.clock import end_imports
from console.acting import Actor
from console.importing import read_in
from console.releasing import MOST_AT_ONCE, OpenImport, decide_row, drop_import, list_imports, open_import, release_others
from console.wording import Wording
from dialogs.importing import PAGE, Incoming, Reading
from dialogs.preparing import MOST_A_DAY, Preparer, prepare_card
from dialogs.services import Services
from forms.imports.files import Handed
from rules.access import Role
from rules.exports import Format
from rules.imports import Conflict, Decision, Outcome
from rules.languages import LANGUAGES
from rules.refusals import Reason, Refused
from storage.audit import read_audit
from storage.imports import find_import
from storage.parties import open_party, read_cards
from storage.prepared import open_prepared_cards, read_sheet
from storage.tables.base import new_id
from storage.tables.evidence import Act, AuditEvent, CardRevision
from storage.tables.imports import ClientImport, ImportRow
from storage.tables.intake import CodeTry
from storage.tables.messages import OutgoingMail
from storage.tables.parties import Party
from storage.tables.prepared import PreparedCard
from tests.bots.house import EMAIL
from tests.bots.test_erasing import erase_now
from tests.console.house import Clock, a_colleague, a_request, audited
from tests.dialogs.driver import PERSON
from tests.dialogs.turning import WAITING
from tests.storage.test_planted import dumped, lies_in

pytestmark = pytest.mark.slow

SOURCE = "Vecchio gestionale, passaggio"
NEW = {"email": "nuova@example.org", "family_name": "Nuovissima", "given_name": "Demo", "sex": "female", "mobile": "+393337654321"}
TAX_CODE = str(PERSON["registration_person.identity.tax_code"])


def a_file(*rows: dict[str, str], columns: Sequence[str] = ()) -> Handed:
    names = columns or list(dict.fromkeys(name for row in rows for name in row))
    lines = [";".join(names), *(";".join(row.get(name, "") for name in names) for row in rows)]
    return Handed(BytesIO("\n".join(lines).encode()), Format.CSV)


async def read(house: Services, actor: Actor, *rows: dict[str, str]) -> Reading:
    return await read_in(house, actor, Incoming(a_file(*rows), SOURCE, "it"))


async def opened(house: Services, actor: Actor, reading: Reading, outcome: Outcome, language: str = "it") -> OpenImport:
    assert reading.id
    words = Wording(language, house.settings.zone, house.settings.currency)
    return await open_import(house, actor, reading.id, outcome, words)


async def counted(house: Services, *tables: type) -> list[int]:
    async with house.database.transaction() as session:
        return [await session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


async def prepared(house: Services) -> dict[str, dict[str, object]]:
    """Values proposed, by address."""
    async with house.database.transaction() as session:
        sheets = [read_sheet(house.keys, row) for row in await open_prepared_cards(session, house.clock())]
    return {sheet.email: {key.rpartition(".")[2]: value for key, value in sheet.values.items()} for sheet in sheets}


async def test_a_new_customer_is_asked_and_is_none_before_they_answer(house: Services, manager: Actor) -> None:
    reading = await read(house, manager, NEW)
    assert reading.counts == {"same": 0, "new": 1}
    page = await opened(house, manager, reading, Outcome.NEW)
    (row,) = page.rows
    assert (row.name, row.outcome, row.doubts, row.refused) == ("Nuovissima Demo", Outcome.NEW, (), ())
    assert "Cellulare" in {value.label for value in row.values}
    assert all(value.ours is None for value in row.values)
    before = await counted(house, Party, CardRevision, Act)
    await decide_row(house, manager, row.id, Decision.RELEASED)
    assert await counted(house, Party, CardRevision, Act) == before == [0, 0, 0]
    assert await prepared(house) == {
        "nuova@example.org": {"family_name": "Nuovissima", "given_name": "Demo", "sex": "female", "mobile": "+393337654321"}
    }
    assert await audited(house, manager) == ["import", "read_import", "prepare_card", "decide_import"]


async def test_where_a_colleague_chooses_so_a_row_is_taken_without_a_refused_cell_and_says_which(house: Services, manager: Actor) -> None:
    bad = {**NEW, "postcode": "185", "landline": "12"}
    without_name = {**NEW, "email": "senza@example.org", "family_name": "9" * 200}
    wrong_code = {**NEW, "email": "codice@example.org", "tax_code": "SMPDTR80C52F839X"}
    no_address = {**NEW, "email": "nessuna", "postcode": "185"}
    rows = (bad, without_name, wrong_code, no_address)
    assert (await read_in(house, manager, Incoming(a_file(*rows), SOURCE, "it"))).counts == {"same": 0, "refused": 4}
    async with house.database.transaction() as session:
        await session.execute(update(ClientImport).values(fingerprint=None))

    reading = await read_in(house, manager, Incoming(a_file(*rows), SOURCE, "it", takes_rest=True))
    assert reading.counts == {"same": 0, "new": 1, "refused": 3}
    assert [(line, problem.column) for line, problem in reading.omitted] == [(2, "landline"), (2, "postcode")]
    (row,) = (await opened(house, manager, reading, Outcome.NEW)).rows
    assert (row.refused, row.doubts) == ((), ())
    assert [sentence.partition(":")[0] for sentence in row.omitted] == ["Telefono fisso", "CAP"]
    assert "185" not in {value.theirs for value in row.values}
    assert (await release_others(house, manager, reading.id)).released == 1
    assert "postcode" not in (await prepared(house))["nuova@example.org"]


async def test_what_the_customer_confirmed_is_never_overwritten_but_asked(house: Services, request_, manager: Actor) -> None:
    reading = await read(house, manager, {"email": EMAIL, "family_name": "ESEMPIO", "mobile": "+393339999999", "occupation": "Orafa"})
    assert reading.counts == {"same": 0, "changed": 1}
    (row,) = (await opened(house, manager, reading, Outcome.CHANGED)).rows
    assert [(value.ours, value.theirs) for value in row.values] == [("+39 333 123 4567", "+39 333 999 9999"), ("Falegname", "Orafa")]
    await decide_row(house, manager, row.id, Decision.RELEASED)
    async with house.database.transaction() as session:
        (card,) = await read_cards(session, await open_party(session, house.keys, request_.party))
    assert card.answers["registration_person.identity.mobile"] == "+393331234567"
    assert await prepared(house) == {EMAIL: {"mobile": "+393339999999", "occupation": "Orafa"}}


async def test_whoever_typed_somebody_s_tax_code_is_asked_nothing_about_them_and_told_nothing(
    house: Services, request_, manager: Actor
) -> None:
    theirs = {"email": "vittima@example.org", "tax_code": TAX_CODE.lower(), "occupation": "Orafa"}
    without_address = {"tax_code": TAX_CODE, "occupation": "Orafa"}
    reading = await read(house, manager, theirs, without_address)
    assert reading.counts == {"same": 0, "conflict": 1, "refused": 1}
    (row,) = (await opened(house, manager, reading, Outcome.CONFLICT)).rows
    assert (row.conflict, [value.ours for value in row.values if value.ours]) == (Conflict.TAX_CODE, [])
    assert (await release_others(house, manager, reading.id)).released == 0
    async with house.database.transaction() as session:
        told, _, _ = await gather(session, house, request_.party)
    assert told["imported"] == []
    await erase_now(house, request_.party)
    await decide_row(house, manager, row.id, Decision.RELEASED)
    assert await prepared(house) == {"vittima@example.org": {"tax_code": TAX_CODE, "occupation": "Orafa"}}


async def test_address_of_one_and_tax_code_of_another_is_a_conflict(house: Services, request_, manager: Actor) -> None:
    await a_request(house, email="altra@example.org", card={"registration_person.identity.family_name": "Altra"})
    reading = await read(house, manager, {"email": "altra@example.org", "tax_code": TAX_CODE, "occupation": "Orafa"})
    assert reading.counts == {"same": 0, "conflict": 1}
    (row,) = (await opened(house, manager, reading, Outcome.CONFLICT)).rows
    assert (row.conflict, row.decisions) == (Conflict.TWO_CUSTOMERS, (Decision.DROPPED,))
    with pytest.raises(Refused):  # the one would read the other's tax code
        await decide_row(house, manager, row.id, Decision.RELEASED)
    assert (await release_others(house, manager, reading.id)).released == 0
    await decide_row(house, manager, row.id, Decision.DROPPED)
    assert await prepared(house) == {}


async def test_rows_that_name_the_same_customer_twice_are_a_conflict(house: Services, manager: Actor) -> None:
    reading = await read(house, manager, NEW, {**NEW, "given_name": "Demetra"}, {**NEW, "email": "sola@example.org", "mobile": ""})
    assert reading.counts == {"same": 0, "conflict": 2, "new": 1}
    first, _ = (await opened(house, manager, reading, Outcome.CONFLICT)).rows
    assert (first.conflict, first.decisions) == (Conflict.TWICE, (Decision.RELEASED, Decision.DROPPED))


async def test_whoever_shares_an_address_with_one_row_and_a_tax_code_with_another_stands_there_twice(
    house: Services, manager: Actor
) -> None:
    first, second = ({**NEW, "sex": "", "given_name": "", "mobile": "", "tax_code": code} for code in (TAX_CODE, "RSSMRA80A01H501U"))
    third = {**second, "email": "terza@example.org"}
    assert (await read(house, manager, first, second, third)).counts == {"same": 0, "conflict": 3}


async def test_a_person_where_a_company_is_known_is_a_conflict(house: Services, request_, manager: Actor) -> None:
    reading = await read(house, manager, {"email": EMAIL, "company_name": "Officine Demo"})
    (row,) = (await opened(house, manager, reading, Outcome.CONFLICT)).rows
    assert (row.conflict, row.decisions) == (Conflict.KIND, (Decision.DROPPED,))


async def test_a_row_without_a_difference_is_only_counted(house: Services, request_, manager: Actor) -> None:
    reading = await read(house, manager, {"email": EMAIL.upper(), "family_name": "esempio "})
    assert reading.counts == {"same": 1}
    assert await counted(house, ImportRow) == [0]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_refused_cells_and_doubts_are_told_in_words(house: Services, request_, manager: Actor, language: str) -> None:
    wrong = {**NEW, "birth_date": "31/02/1980", "postcode": "185", "tax_code": "1.23457E+10", "municipality": "San Giovanni"}
    doubtful = {**NEW, "birth_date": "1981-03-12", "tax_code": TAX_CODE, "mobile": "", "email": "dubbia@example.org"}
    alike = {**NEW, "email": "simile@example.org", "mobile": "+393331234567"}
    reading = await read(house, manager, wrong, doubtful, alike, {"family_name": "Senza", "email": ""})
    refused = (await opened(house, manager, reading, Outcome.REFUSED, language)).rows
    assert [len(row.refused) for row in refused] == [4, 1]
    others = [
        *(await opened(house, manager, reading, Outcome.NEW, language)).rows,
        *(await opened(house, manager, reading, Outcome.CONFLICT, language)).rows,
    ]
    assert sorted(len(row.doubts) for row in others) == [1, 1]
    sentences = [sentence for row in (*refused, *others) for sentence in (*row.refused, *row.doubts)]
    assert all(sentence and "{" not in sentence for sentence in sentences)


async def test_all_without_doubts_are_released_at_once_and_the_others_stay(house: Services, request_, manager: Actor) -> None:
    rows = [{**NEW, "email": f"demo{n}@example.org", "mobile": ""} for n in range(MOST_AT_ONCE + 3)]
    reading = await read(house, manager, *rows, {**NEW, "mobile": "+393331234567"})
    assert reading.doubtful == 1
    first, second = await release_others(house, manager, reading.id), await release_others(house, manager, reading.id)
    assert (first.released, first.left, second.released, second.left) == (MOST_AT_ONCE, 4, 3, 1)
    assert await counted(house, PreparedCard) == [MOST_AT_ONCE + 3]
    (line,) = await list_imports(house, manager)
    assert (line.waiting, line.ended_at) == ({"new": 1}, None)


async def test_of_many_released_at_once_every_customer_has_it_in_their_trail(house: Services, request_, manager: Actor) -> None:
    reading = await read(house, manager, {"email": EMAIL, "occupation": "Orafa"}, {**NEW, "mobile": ""})
    (changed,) = (await opened(house, manager, reading, Outcome.CHANGED)).rows
    (new,) = (await opened(house, manager, reading, Outcome.NEW)).rows
    assert (await release_others(house, manager, reading.id)).released == 2
    async with house.database.transaction() as session:
        (event, *_) = await read_audit(session, party=request_.party)
        told = [each.subject_id for each in await read_audit(session, colleague=manager.id) if each.action == "decide_import"]
    assert (event.action, event.subject_id, event.colleague_id) == ("decide_import", changed.id, manager.id)
    assert event.detail == {"import": str(reading.id), "decision": "released", "line": changed.line}
    assert set(told) == {changed.id, new.id, reading.id}


async def test_a_release_that_is_cut_off_has_written_to_nobody(house: Services, manager: Actor) -> None:
    reading = await read(house, manager, *({**NEW, "email": f"demo{n}@example.org", "mobile": ""} for n in range(4)))
    asked = count()

    def clock() -> datetime:
        if next(asked) == 5:  # the action itself and two of the four have been told
            raise InterruptedError
        return house.clock()

    with pytest.raises(InterruptedError):
        await release_others(replace(house, clock=clock), manager, reading.id)
    assert await counted(house, PreparedCard, OutgoingMail, CodeTry) == [0, 0, 0]
    assert (await release_others(house, manager, reading.id)).released == 4
    assert await counted(house, PreparedCard, OutgoingMail, CodeTry) == [4, 4, 4]


async def test_whose_address_was_written_to_often_enough_waits_for_another_day(house: Services, manager: Actor) -> None:
    by = Preparer(manager.id, manager.name, "telephone")
    for _ in range(MOST_A_DAY):
        await prepare_card(house, by, "registration_person", NEW["email"], {"registration_person.identity.family_name": "Prova"})
    reading = await read(house, manager, NEW)
    (row,) = (await opened(house, manager, reading, Outcome.NEW)).rows
    with pytest.raises(Refused) as refused:
        await decide_row(house, manager, row.id, Decision.RELEASED)
    assert refused.value.facts["state"] == "import_too_often"
    assert len((await opened(house, manager, reading, Outcome.NEW)).rows) == 1


async def test_a_list_is_locked_before_its_rows(house: Services, request_, manager: Actor) -> None:
    reading = await read(house, manager, {"email": EMAIL, "occupation": "Orafa"}, NEW)
    (row,) = (await opened(house, manager, reading, Outcome.CHANGED)).rows
    for act in (decide_row(house, manager, row.id, Decision.DROPPED), erase_now(house, request_.party)):
        async with house.database.transaction() as session:
            await find_import(session, reading.id, lock=True)
            deciding = asyncio.create_task(act)
            async with asyncio.timeout(20):
                while not await session.scalar(text(WAITING)):  # noqa: ASYNC110 - another connection does it
                    await asyncio.sleep(0.01)
            async with house.database.transaction() as other:
                assert len((await other.scalars(select(ImportRow).with_for_update(nowait=True))).all()) == 2
        await deciding


async def test_a_list_ends_with_its_last_row_and_its_key_is_destroyed(house: Services, manager: Actor) -> None:
    reading = await read(house, manager, NEW)
    (row,) = (await opened(house, manager, reading, Outcome.NEW)).rows
    await decide_row(house, manager, row.id, Decision.RELEASED)
    assert await counted(house, ImportRow) == [0]
    async with house.database.transaction() as session:
        (kept,) = await session.scalars(select(ClientImport))
    assert (kept.wrapped_key, kept.sealed_source, kept.ended_at, kept.counts) == (None, b"", house.clock(), {"same": 0, "new": 1})
    for act in (decide_row(house, manager, row.id, Decision.DROPPED), drop_import(house, manager, kept.id)):
        with pytest.raises(Refused):
            await act


async def test_the_very_same_file_is_not_read_twice_unless_nothing_of_it_was_released(house: Services, manager: Actor) -> None:
    reading = await read(house, manager, NEW)
    with pytest.raises(Refused) as refusal:
        await read(house, manager, NEW)
    assert refusal.value.facts["state"] == "import_again"
    await drop_import(house, manager, reading.id)
    again = await read(house, manager, NEW)
    await release_others(house, manager, again.id)
    with pytest.raises(Refused):
        await read(house, manager, NEW)


async def test_the_very_same_file_is_read_once_however_often_it_is_handed_over_at_once(house: Services, manager: Actor) -> None:
    done = await asyncio.gather(*(read(house, manager, NEW) for _ in range(3)), return_exceptions=True)
    assert [each.facts["state"] for each in done if isinstance(each, Refused)] == ["import_again"] * 2
    assert await counted(house, ClientImport) == [1]


async def test_only_managers_read_lists_in_and_decide_on_them(house: Services, manager: Actor) -> None:
    reading = await read(house, manager, NEW)
    (row,) = (await opened(house, manager, reading, Outcome.NEW)).rows
    for role in (Role.AGENT, Role.AUDITOR, Role.ADMIN):
        actor = await a_colleague(house, role, f"Demo {role}")
        for act in (
            read(house, actor, NEW),
            list_imports(house, actor),
            opened(house, actor, reading, Outcome.NEW),
            decide_row(house, actor, row.id, Decision.RELEASED),
            release_others(house, actor, reading.id),
            drop_import(house, actor, reading.id),
        ):
            with pytest.raises(Refused) as refusal:
                await act
            assert refusal.value.reason is Reason.NOT_ALLOWED
    assert await prepared(house) == {}
    with pytest.raises(Refused):
        await decide_row(house, manager, new_id(), Decision.RELEASED)


async def test_no_list_without_a_source_nor_above_the_limit(house: Services, manager: Actor) -> None:
    for source in ("", "x", "riga\x1bdue e tre"):
        with pytest.raises(Refused):
            await read_in(house, manager, Incoming(a_file(NEW), source, "it"))
    small = replace(house, settings=house.settings.model_copy(update={"max_import": 10}))
    with pytest.raises(Refused) as refusal:
        await read(small, manager, NEW)
    assert refusal.value.facts["state"] == "import_too_large"
    assert await counted(house, ClientImport, ImportRow) == [0, 0]


async def test_a_file_with_another_program_s_columns_is_read_by_the_target_s_mapping_backwards(house: Services, manager: Actor) -> None:
    folder = house.settings.catalogue_folder / "sync"
    folder.mkdir(parents=True)
    (folder / "gestionale.yaml").write_text(
        "kind: drop\nlist: clients\npurpose: Gestionale dell'agenzia\nfolder: /tmp\nmapping:\n"
        "  - {name: COD, from: id}\n  - {name: VAR, from: change}\n  - {name: MAIL, from: email}\n  - {name: COGNOME, from: family_name}\n"
        '  - {name: NATO, from: birth_date, dates: "%d.%m.%y"}\n  - {name: SESSO, from: sex, values: {female: F2, male: M1}}\n'
        "  - {name: FONTE, always: SOSPESO}\n"
    )
    row = {"COD": "7", "MAIL": "nuova@example.org", "COGNOME": "Nuovissima", "NATO": "12.03.80", "SESSO": "F2", "FONTE": "X"}
    reading = await read_in(house, manager, Incoming(a_file(row), SOURCE, "it", mapping="gestionale"))
    await release_others(house, manager, reading.id)
    assert await prepared(house) == {"nuova@example.org": {"family_name": "Nuovissima", "sex": "female", "birth_date": "1980-03-12"}}
    with pytest.raises(Refused) as refusal:
        await read_in(house, manager, Incoming(a_file(row), SOURCE, "it", mapping="altro"))
    assert refusal.value.facts["state"] == "import_mapping"


async def test_who_looked_at_a_customer_s_row_stands_in_their_trail(house: Services, request_, manager: Actor) -> None:
    reading = await read(house, manager, {"email": EMAIL, "occupation": "Orafa"})
    await opened(house, manager, reading, Outcome.CHANGED)
    async with house.database.transaction() as session:
        events = list(await session.scalars(select(AuditEvent.action).where(AuditEvent.party_id == request_.party)))
    assert "read_import" in events


async def test_a_list_nobody_decided_on_is_destroyed_after_its_days(house: Services, manager: Actor, clock: Clock) -> None:
    reading = await read(house, manager, NEW)
    clock.pass_(days=29)
    await end_imports(house)
    assert await counted(house, ImportRow) == [1]
    clock.pass_(days=1)
    await end_imports(house)
    assert await counted(house, ImportRow) == [0]
    (line,) = await list_imports(house, manager)
    assert (line.id, line.ended_at) == (reading.id, house.clock())


async def test_no_value_of_a_list_lies_in_clear_and_its_file_nowhere(house: Services, request_, manager: Actor, database_url: str) -> None:
    planted = {"family_name": "Piantatissima", "iban": "IT60X0542811101000000123456", "street": "Via Nascosta", "tax_code": TAX_CODE}
    known = {"email": EMAIL, "occupation": "Orafa nascosta"}
    reading = await read(house, manager, {**NEW, **planted}, known, {**NEW, "email": "errore.nascosto@example.org", "postcode": "185"})
    await opened(house, manager, reading, Outcome.CHANGED)
    dump = dumped(database_url)
    assert str(reading.id).encode() in dump
    values = (*planted.values(), *NEW.values(), *known.values(), "errore.nascosto@example.org", SOURCE)
    hidden = [value for value in values if value not in {"female", "Demo", TAX_CODE, EMAIL}]
    assert [value for value in hidden if lies_in(dump, value)] == []
    files = [path for path in house.settings.home.rglob("*") if path.is_file()]
    assert [path for path in files if lies_in(path.read_bytes(), "Piantatissima")] == []


async def test_who_is_erased_goes_from_lists_too_also_from_those_read_before_they_came(house: Services, request_, manager: Actor) -> None:
    await read(
        house,
        manager,
        {"email": EMAIL, "occupation": "Orafa"},
        {**NEW, "mobile": "", "email": NEW["email"].upper()},
        {**NEW, "email": "altra@example.org", "mobile": ""},
    )
    later = await a_request(house, email=NEW["email"])
    assert await counted(house, ImportRow) == [3]
    for party in (request_.party, later.party):
        await erase_now(house, party)
    assert await counted(house, ImportRow) == [1]


class Halting(BytesIO):
    """Read for the second time, it halts at a line until it is let go on."""

    def __init__(self, content: bytes, at: bytes) -> None:
        super().__init__(content)
        self._at, self._seen = at, 0
        self.halts, self.goes_on = Event(), Event()

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        self._seen += self._at in line
        if self._seen > 1:
            self.halts.set()
            self.goes_on.wait(60)
        return line


async def test_who_is_erased_while_a_list_is_read_does_not_stand_in_it(house: Services, request_, manager: Actor) -> None:
    others = ({**NEW, "email": f"demo{n}@example.org", "mobile": ""} for n in range(PAGE + 5))
    whole = a_file({"email": EMAIL, "family_name": "Esempio", "occupation": "Orafa"}, *others)
    file = Halting(whole.file.read(), f"demo{PAGE + 2}@".encode())
    reading = asyncio.create_task(read_in(house, manager, Incoming(replace(whole, file=file), SOURCE, "it")))
    assert await asyncio.to_thread(file.halts.wait, 60)
    await erase_now(house, request_.party)
    file.goes_on.set()
    assert (await reading).counts == {"same": 0, "new": PAGE + 5}


async def test_who_asks_for_their_data_gets_what_waits_in_lists(house: Services, request_, manager: Actor) -> None:
    await read(house, manager, {"email": EMAIL, "occupation": "Orafa"}, {**NEW, "email": "altra@example.org"})
    async with house.database.transaction() as session:
        told, _, _ = await gather(session, house, request_.party)
    (one,) = told["imported"]
    assert (one["source"], one["values"]) == (SOURCE, {"registration_person.work.occupation": "Orafa"})
