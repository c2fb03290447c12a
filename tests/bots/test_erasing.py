"""A customer is erased: what stays by law is put apart, everything else can be read by nobody, and all that was proved still holds."""

import json
import re
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes, policy
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from bots.erasing import House, erase, erase_again, look_after_erasures, read_kept
from bots.evidence.verify import check
from bots.records import press_of
from bots.web.app import create_app
from bots.web.verify import verify_address
from dialogs.jobs import enqueue_policy_paper
from dialogs.state import State
from rules.refusals import Refused
from storage.accounts import Device, is_name_free, keep_code, open_session, set_password
from storage.documents import documents_of
from storage.erasures import find_erasure, lock_erasure, open_kept, request_erasure
from storage.ledger.checking import Store, check_store
from storage.ledger.keys import Signer
from storage.parties import Contact, find_party_by_email, keep_contact, open_party
from storage.passwords import hash_password
from storage.policies import issue_policy, policies_of
from storage.receipts import receipts_of
from storage.sealing import ErasedError
from storage.tables.accounts import Account, AccountCode, AccountSession
from storage.tables.base import new_id
from storage.tables.checks import CardCheck
from storage.tables.erasures import Erasure, KeptApart
from storage.tables.evidence import Document
from storage.tables.intake import Conversation
from storage.tables.parties import Party
from storage.tables.portfolio import Offer
from storage.tables.submissions import Submission
from tests.bots.evidence.conftest import the_acts
from tests.bots.house import AT, EMAIL, SECOND, a_customer, a_house, a_quote, a_registration, all_acts, an_acceptance, an_offer
from tests.bots.test_receipts import settled
from tests.conftest import created
from tests.forms.content import shipped
from tests.forms.papers.reading import all_text, squeezed
from tests.storage.test_planted import dumped, lies_in

pytestmark = pytest.mark.slow

ORIGIN = "https://demo.example.org"
LATER = AT + timedelta(days=500)  # the policy of a year has ended


def at_work_on(house) -> House:
    return House(house, press_of(house), Signer(house.settings.ledger_folder))


async def an_insured(house) -> tuple[object, object]:
    """A customer with a policy that began on the day of AT."""
    _, registration = a_registration()
    party = await a_customer(house, *the_acts(), registration, a_quote(), emails=(EMAIL, SECOND))
    offer = await an_offer(house, party)
    await a_customer(house, *still_needed(house), an_acceptance(offer))
    async with house.database.transaction() as session:
        owner, row = await open_party(session, house.keys, party), await session.get(Offer, offer)
        made = await issue_policy(session, owner, row, colleague=None, at=AT, zone="Europe/Rome", starts_on=AT.date())
    return party, made.id


def still_needed(house):
    """What a policy needs beside the_acts, on the very texts of the catalogue."""
    given = {act.module for act in the_acts()}
    for act in all_acts(house):
        module = house.catalogue.module(act.module)
        if module.module.needed_to_issue and act.module not in given:
            text = module.text_sha256("it")
            yield replace(act, text_sha256=text, shown=text)


async def verified(house, address, content) -> str:
    """What the page at a paper's address says of a file: valid, changed, unknown."""
    transport = httpx.ASGITransport(create_app(house), client=("203.0.113.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"origin": ORIGIN}) as client:
        answer = await client.post(address, files={"file": ("paper.pdf", content, "application/pdf")})
    return re.search(r"notice verdict (\w+)", answer.text)[1]


async def asked_for(house, party):
    async with house.database.transaction() as session:
        return (await request_erasure(session, party, by="customer", at=house.clock())).id


async def erase_now(house, party) -> None:
    await erase(at_work_on(house), await asked_for(house, party))


def kept_files(house) -> list[Path]:
    """Of documents, by their path under the store."""
    home = house.settings.home
    return sorted(
        path.relative_to(home / folder)
        for folder in ("documents", "documents-copy")
        for path in (home / folder).rglob("*")
        if path.is_file() and path.parts[-2] not in {"erasures", "ledger"}
    )


async def ledger_of(house):
    store = Store(
        url=house.database.url, master=house.settings.master, documents=house.documents, ledger_folder=house.settings.ledger_folder
    )
    return await check_store(store)


async def test_the_papers_of_the_erased_are_still_told_from_tampered_ones(house, work):
    party, policy_id = await an_insured(house)
    async with work(house):
        await settled(house)
        async with house.database.transaction() as session:
            await enqueue_policy_paper(session, policy_id)
        await settled(house)
        async with house.database.transaction() as session:
            owner = await open_party(session, house.keys, party)
            receipts = {each.id: each for each in await receipts_of(session, party)}
            (policy_row,) = await policies_of(session, party)
            accepted = next(each for each in receipts.values() if each.submission_id == policy_row.submission_id)
            papers = []
            for row in await documents_of(session, party, kinds=("receipt", "policy")):
                number = receipts[row.receipt_id].number if row.receipt_id else policy_row.number
                shown = receipts.get(row.receipt_id, accepted).text_sha256.hex()
                papers.append((verify_address("", number, shown), await house.documents.read(owner, row)))
        before = await verdicts(house, papers)
        await erase_now(replace(house, clock=lambda: LATER), party)
        await settled(house)
    async with house.database.transaction() as session:
        assert await documents_of(session, party) == ()
    assert before == await verdicts(house, papers) == {("valid", "valid", "changed", "changed", "changed")}


async def verdicts(house, papers) -> set[tuple[str, ...]]:
    """Of the genuine file at its address and without one, of it with a byte more, and of another file at its address."""
    return {
        (
            await verified(house, address, content),
            await verified(house, "/verify", content),
            await verified(house, address, content + b"x"),
            await verified(house, "/verify", content + b"x"),
            await verified(house, address, b"%PDF-1.7 another"),
        )
        for address, content in papers
    }


async def test_an_insured_customer_is_erased_but_for_what_the_law_keeps(house, work, database_url):
    async with work(house):
        party, _ = await an_insured(house)
        await settled(house)
        house = replace(house, clock=lambda: LATER)
        erasure = await asked_for(house, party)
        await erase(at_work_on(house), erasure)
        await settled(house)

    async with house.database.transaction() as session:
        with pytest.raises(ErasedError):
            await open_party(session, house.keys, party)
        assert await find_party_by_email(session, house.keys, EMAIL) is None
        for row in await session.scalars(select(Conversation).where(Conversation.party_id == party)):
            assert (row.wrapped_key, State.from_json(row.snapshot).ended) == (None, "erased")
        row = await find_erasure(session, erasure)
        owner, _ = await open_kept(session, house.keys, erasure)
        party_row = await session.get(Party, party)
    assert (party_row.display_name, party_row.municipality) == (None, None)
    dump = dumped(database_url)
    assert not any(lies_in(dump, word) for word in (EMAIL, "Demetra", "Esempio"))
    assert row.number == "E-2028-000001"
    assert row.record["staying"][1] == {"kind": "act", "count": 8, "until": "2032-11-22", "basis": "IVASS Reg. 40/2018 art. 67"}

    # what is kept: a bundle that proves itself, without what nothing obliges to keep
    with zipfile.ZipFile(BytesIO(await read_kept(house, row.number))) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    wrong, looked_at = check(files)
    assert wrong == []
    assert looked_at["acts"] > looked_at["opened"] > 0
    opened = {act["kind"] for act in json.loads(files["evidence.json"])["acts"] if "detail" in act}
    assert opened == {"authorisation", "confirmation", "notice"}
    folders = {str(path.parent) for path in kept_files(house)}
    assert str(owner.id) in folders
    assert (str(party) in folders, len(folders)) == (False, 2), "each day until which something stays has its own"

    report = await ledger_of(house)
    assert (report.holds, report.chains.opened, report.chains.erased) == (True, 0, report.chains.acts)


async def test_the_certificate_is_mailed_for_the_last_time_and_names_nobody(house, work):
    async with work(house):
        party = await a_customer(house, *a_registration(), emails=(EMAIL, SECOND))
        await settled(house)
        await erase_now(house, party)
        await settled(house)
        await look_after_erasures(at_work_on(house))
    letters = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in (house.settings.mail_folder / "new").iterdir()]
    assert {str(letter["to"]) for letter in letters} == {EMAIL, SECOND}
    (paper,) = {attached.get_content() for letter in letters for attached in letter.iter_attachments()}
    told = all_text(paper)
    assert squeezed("Certificato di cancellazione") in told
    assert "E-2026-000001" in told
    assert str(party) in told
    assert not any(squeezed(word) in told for word in (EMAIL, "Demetra"))
    async with house.database.transaction() as session:
        row = await session.scalar(select(Erasure))
        assert (row.letter_key, await session.scalar(select(Document.id))) == (None, None)
        assert set(await session.scalars(select(Submission.state))) == {"withdrawn"}


async def test_nobody_is_erased_while_a_policy_runs(house):
    party, _ = await an_insured(house)
    erasure = await asked_for(house, party)
    with pytest.raises(Refused) as refused:
        await erase(at_work_on(replace(house, clock=lambda: AT)), erasure)
    assert refused.value.facts == {"state": "policy_runs", "until": date(2027, 11, 22)}
    async with house.database.transaction() as session:
        await open_party(session, house.keys, party)


async def test_what_two_agreed_to_is_done_though_its_job_has_given_up(house):
    party = await a_customer(house, *a_registration())
    erasure = await asked_for(house, party)
    async with house.database.transaction() as session:
        row = await lock_erasure(session, erasure)
        row.agreed_at = house.clock() - timedelta(minutes=14)
    await look_after_erasures(at_work_on(house))
    async with house.database.transaction() as session:
        row = await lock_erasure(session, erasure)
        assert row.erased_at is None
        row.agreed_at = house.clock() - timedelta(minutes=16)
    await look_after_erasures(at_work_on(house))
    async with house.database.transaction() as session:
        assert (await lock_erasure(session, erasure)).erased_at is not None


async def test_what_a_colleague_gave_as_reason_goes_with_the_erasure(house):
    party = await a_customer(house, *a_registration())
    erasure = await asked_for(house, party)
    async with house.database.transaction() as session:
        row = await lock_erasure(session, erasure)
        row.reason = "Demetra Esempio, tel 3331234567, asked by phone"
    await erase(at_work_on(house), erasure)
    async with house.database.transaction() as session:
        assert (await lock_erasure(session, erasure)).reason is None


async def test_nothing_of_the_client_area_is_left(house):
    """Not even what says that an address is known: it may be somebody's user name again."""
    party = await a_customer(house, *a_registration())
    async with house.database.transaction() as session:
        owner = await open_party(session, house.keys, party)
        await keep_contact(session, owner, Contact("phone", "evening"))
        await set_password(session, house.turn_store, owner, await hash_password("la gatta dorme sul davanzale"), house.clock(), name=EMAIL)
        await open_session(session, owner, Device("of a browser", "Firefox"), house.clock(), awaits_second=False)
        await keep_code(session, house.keys, EMAIL, form="of a page", party=party, code="123456", now=house.clock())
    await erase_now(house, party)
    async with house.database.transaction() as session:
        assert await is_name_free(session, house.keys, EMAIL, new_id())
        for table in (Account, AccountSession, AccountCode, CardCheck):
            assert await session.scalar(select(func.count()).select_from(table)) == 0
        assert (await session.get_one(Party, party)).sealed_contact is None


async def test_what_was_kept_long_enough_is_destroyed(house, work):
    async with work(house):
        party, _ = await an_insured(house)
        await settled(house)
        await erase(at_work_on(replace(house, clock=lambda: LATER)), await asked_for(house, party))
        await look_after_erasures(at_work_on(replace(house, clock=lambda: LATER + timedelta(days=1_000))))
        assert kept_files(house) != []
        await look_after_erasures(at_work_on(replace(house, clock=lambda: AT + timedelta(days=366 * 6 + 10))))
        await settled(house)
    assert kept_files(house) == []
    async with house.database.transaction() as session:
        assert set(await session.scalars(select(KeptApart.wrapped_key))) == {None}


async def test_a_restored_backup_erases_again_and_the_copy_store_hears_of_it_later(server_url, template, tmp_path):
    with created(server_url, f"sospeso_before_{tmp_path.name}", template=template) as before:
        async with a_house(before, tmp_path / "home", shipped.catalogue()) as house:
            party = await a_customer(house, *a_registration())
        with created(server_url, f"sospeso_after_{tmp_path.name}", template=before.rpartition("/")[2].partition("?")[0]) as after:
            async with a_house(after, tmp_path / "home", shipped.catalogue()) as house:
                copies = house.settings.home / "documents-copy"
                copies.rename(copies.with_name("away"))
                erasure = await asked_for(house, party)
                await erase(at_work_on(house), erasure)
                copies.with_name("away").rename(copies)
                assert not (copies / "erasures").exists()
                await look_after_erasures(at_work_on(house))
                assert [path.name for path in (copies / "erasures").iterdir()] == [str(party)]
        async with a_house(before, tmp_path / "home", shipped.catalogue()) as house:  # as it was before
            async with house.database.transaction() as session:
                await open_party(session, house.keys, party)
            other = await a_customer(house, *a_registration(), emails=("altra@example.org",))
            listed = house.settings.home / "documents" / "erasures"
            (listed / ".DS_Store").write_bytes(b"")
            (listed / str(other)).write_bytes(b"{")
            assert await erase_again(at_work_on(house)) == [party]
            async with house.database.transaction() as session:
                row = await find_erasure(session, erasure)
                assert (row.number, row.letter_key) == ("E-2026-000001", None)
                with pytest.raises(ErasedError):
                    await open_party(session, house.keys, party)
            assert await erase_again(at_work_on(house)) == []
