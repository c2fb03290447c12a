"""The ledger's day: root, second store, time stamp; and what a receipt prints of it."""

import asyncio
import textwrap
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from bots.clock import Clock
from bots.ledger import keep_ledger, read_authorities
from forms.papers.showing import grouped
from storage.documents import DamagedError, UnreachableError, documents_of
from storage.ledger.checking import Store, check_store
from storage.ledger.keys import Signer
from storage.ledger.roots import latest_root
from storage.ledger.witnesses import BadStampError
from storage.parties import open_party
from tests import warm
from tests.bots.house import AT, a_customer, a_house, a_quote, a_registration, the_receipts
from tests.bots.test_receipts import killed, letters, settled
from tests.forms.papers.reading import all_text, squeezed
from tests.timestamp_authority import timestamp_authority

pytestmark = pytest.mark.slow


async def witnesses(services):
    async with services.database.transaction() as session:
        return {(row.day, row.kind) for row in (await session.execute(text("select day, kind from ledger_witness")))}


async def checked(services, authorities=()):
    store = Store(services.database.url, services.settings.master, services.documents, services.settings.ledger_folder, tuple(authorities))
    return await check_store(store)


def signer(services):
    return Signer(services.settings.ledger_folder)


async def test_each_day_has_its_root_copied_and_time_stamped_once(database_url, tmp_path):
    with timestamp_authority() as authority:
        pem = authority.write_certificate(tmp_path / "authority.pem")
        async with a_house(database_url, tmp_path / "home", tsa_url=authority.url, tsa_certificates=pem) as house:
            today = replace(house, clock=lambda: AT)
            assert await keep_ledger(today, signer(house)) is None  # nobody has agreed to anything yet
            await a_customer(house, *a_registration())
            authority.answers_instead = b"no stamp"
            with pytest.raises(BadStampError):
                await keep_ledger(today, signer(house))
            assert await witnesses(house) == {(AT.date(), "copy")}  # the next look goes on
            authority.answers_instead = None
            assert await keep_ledger(today, signer(house)) is None
            assert await keep_ledger(today, signer(house)) is None
            tomorrow = replace(house, clock=lambda: AT + timedelta(days=1))
            assert await keep_ledger(tomorrow, signer(house)) == AT.date() + timedelta(days=1)
            assert len(await witnesses(house)) == 4
            assert len(authority.asked) == 3
            report = await checked(house, read_authorities(pem))
            assert (report.holds, report.signed.copies, report.signed.stamps, report.signed.unchecked_stamps) == (True, 2, 2, 0)
            assert (await checked(house)).signed.unchecked_stamps == 2
        with timestamp_authority() as other:
            found = (await checked(house, [other.certificate])).chains.wrong
            assert {each.what for each in found} == {"root: its time stamp is not of it"}


async def test_what_the_second_store_missed_is_caught_up(house):
    await a_customer(house, *a_registration())
    in_the_way = house.settings.home / "documents-copy" / "ledger"
    in_the_way.write_text("no folder")
    with pytest.raises(UnreachableError):
        await keep_ledger(house, signer(house))
    assert await witnesses(house) == set()
    in_the_way.unlink()
    async with Clock(house, look_s=0.01), asyncio.timeout(180):
        while True:
            if await witnesses(house):
                break
    report = await checked(house)
    assert (report.holds, report.signed.roots, report.signed.copies) == (True, 1, 1)


async def test_a_file_that_is_another_root_holds_up_no_other_day(house):
    await a_customer(house, *a_registration())
    (found := house.settings.home / "documents-copy" / "ledger").mkdir()
    (found / f"{AT.date()}.json").write_text("of another database")
    with pytest.raises(DamagedError):
        await keep_ledger(replace(house, clock=lambda: AT), signer(house))
    with pytest.raises(DamagedError):
        await keep_ledger(replace(house, clock=lambda: AT + timedelta(days=1)), signer(house))
    assert await witnesses(house) == {(AT.date() + timedelta(days=1), "copy")}


async def test_a_root_is_time_stamped_while_the_second_store_is_away(database_url, tmp_path):
    with timestamp_authority() as authority:
        pem = authority.write_certificate(tmp_path / "authority.pem")
        async with a_house(database_url, tmp_path / "home", tsa_url=authority.url, tsa_certificates=pem) as house:
            await a_customer(house, *a_registration())
            today = replace(house, clock=lambda: AT)
            in_the_way = house.settings.home / "documents-copy" / "ledger"
            in_the_way.write_text("no folder")
            with pytest.raises(UnreachableError):
                await keep_ledger(today, signer(house))
            assert await witnesses(house) == {(AT.date(), "timestamp")}
            in_the_way.unlink()
            await keep_ledger(today, signer(house))
            assert await witnesses(house) == {(AT.date(), "timestamp"), (AT.date(), "copy")}
            assert len(authority.asked) == 1


async def test_a_receipt_prints_the_signed_head_and_the_latest_root_and_its_mails_name_both(house, work):
    party = await a_customer(house, *a_registration())
    await keep_ledger(replace(house, clock=lambda: AT), signer(house))
    async with work(house):
        await settled(house)
    async with house.database.transaction() as session:
        owner = await open_party(session, house.keys, party)
        (receipt,) = await the_receipts(session, party)
        root = await latest_root(session)
        (document,) = await documents_of(session, party)
        signature = await session.scalar(text("select signature from receipt_signature"))
    printed = squeezed(all_text(await house.documents.read(owner, document)))
    for digest in (receipt.head, root.root, signature):
        assert squeezed(grouped(digest.hex())) in printed
    assert squeezed("Radice del registro al 22 nov 2026") in printed
    for letter in letters(house):
        for body in ("plain", "html"):
            told = letter.get_body((body,)).get_content()
            assert grouped(receipt.head.hex()[:16]) in told
            assert grouped(root.root.hex()[:16]) in told
            assert f"https://demo.example.org/verify/{receipt.number}/" in told
    assert (await checked(house)).holds


async def test_without_the_key_a_receipt_goes_out_unsigned_and_the_check_says_so(house, work):
    party = await a_customer(house, *a_registration())
    await keep_ledger(house, signer(house))
    for path in house.settings.ledger_folder.iterdir():
        path.unlink()
    async with work(house):
        await settled(house)
    async with house.database.transaction() as session:
        assert len(await documents_of(session, party)) == 1
    report = await checked(house)
    assert report.signed.unsigned == 1
    assert [each.what.partition(":")[0] for each in report.chains.wrong] == ["key"]


DYING = textwrap.dedent("""
    import asyncio, os, signal, sys
    from pathlib import Path
    from storage.ledger.keys import Signer, SigningKey
    from tests.bots.house import a_house
    from bots.ledger import keep_ledger
    dies = sys.argv[3]

    class Killed(Signer):
        async def current(self, *args):
            key = await super().current(*args)
            if dies == "signing":
                os.kill(os.getpid(), signal.SIGKILL)
            return key

    async def main():
        async with a_house(sys.argv[1], Path(sys.argv[2])) as house:
            if dies == "copied":
                keep = house.documents.keep_copy
                async def keep_and_die(*args):
                    await keep(*args)
                    os.kill(os.getpid(), signal.SIGKILL)
                object.__setattr__(house.documents, "keep_copy", keep_and_die)
            await keep_ledger(house, Killed(house.settings.ledger_folder))
    asyncio.run(main())
""")


async def test_killed_in_the_middle_the_next_look_makes_the_day_whole(database_url, tmp_path):
    async with a_house(database_url, tmp_path) as house:
        await a_customer(house, *a_registration(), a_quote())
        for dies in ("signing", "copied"):
            await killed(warm.start_python("-c", DYING, database_url, str(tmp_path), dies))
            assert await witnesses(house) == set()
            async with house.database.transaction() as session:
                assert (await latest_root(session) is None) is (dies == "signing")
        assert await keep_ledger(house, signer(house)) is None
        report = await checked(house)
        assert (report.holds, report.signed.keys, report.signed.roots, report.signed.copies) == (True, 1, 1, 1)
