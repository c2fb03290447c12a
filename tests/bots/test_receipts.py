"""The whole way of a receipt: printed, stored twice, one mail to each address, once where nothing dies and at least once where it does."""

import asyncio
import signal
import textwrap
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import select, text

from bots import receipts
from bots.mails import outgoing
from bots.mails.smtp import NotSent
from dialogs.effects import Withdraw
from dialogs.jobs import enqueue_mail, enqueue_offer_paper
from forms.papers.wording import paper_words
from rules.languages import LANGUAGES
from storage.documents import DocumentStores, document_of_receipt, documents_of
from storage.mails import NewMail, queue_mail
from storage.offers import find_offer
from storage.parties import open_party
from storage.receipts import receipts_of
from storage.tables.submissions import Submission
from tests import warm
from tests.bots.house import (
    AT,
    EMAIL,
    SECOND,
    SHOWN,
    STAMP,
    a_customer,
    a_house,
    a_quote,
    a_registration,
    all_acts,
    an_acceptance,
    an_offer,
    the_mails,
    the_receipts,
)
from tests.forms.papers.reading import all_text, squeezed
from tests.smtp_server import smtp_server

pytestmark = pytest.mark.slow


async def settled(services) -> None:
    """Until no job is left to do."""
    async with asyncio.timeout(180):
        while True:
            async with services.database.transaction() as session:
                left = await session.scalar(
                    text("select count(*) from dbos.workflow_status where status in ('ENQUEUED', 'PENDING', 'DELAYED')")
                )
                failed = (await session.scalars(text("select name from dbos.workflow_status where status = 'ERROR'"))).all()
            assert not failed
            if not left:
                return
            await asyncio.sleep(0.05)


def letters(services) -> list:
    folder = services.settings.mail_folder / "new"
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(folder.iterdir())]


async def test_a_registration_is_printed_stored_twice_and_mailed_to_each_address_and_the_agency(house, at_work):
    party = await a_customer(house, *a_registration(), emails=(EMAIL, SECOND))
    await settled(house)
    found = letters(house)
    assert sorted(letter["To"] for letter in found) == sorted([EMAIL, SECOND, "agenzia@example.org"])
    assert {letter["Message-ID"] for letter in found} == {mail.message_id for mail in await the_mails(house, party)}
    assert {mail.state for mail in await the_mails(house, party)} == {"sent"}
    async with house.database.transaction() as session:
        owner = await open_party(session, house.keys, party)
        (document,) = await documents_of(session, party)
    assert await house.documents.check(document) == (True, True)
    content = await house.documents.read(owner, document)
    for letter in found:
        assert STAMP in letter.get_body(("plain",)).get_content().splitlines()
        assert STAMP in letter.get_body(("html",)).get_content()
        (attached,) = letter.iter_attachments()
        assert attached.get_content() == content
    async with house.database.transaction() as session:
        (receipt,) = await receipts_of(session, party)
    (agencys,) = (letter for letter in found if letter["To"] == "agenzia@example.org")
    place = f"/console/?submission={receipt.submission_id}" if receipt.submission_id else f"/console/?path={party}"
    assert place in agencys.get_body(("plain",)).get_content()
    printed = all_text(content)
    for told in (STAMP, "Esempio Demetra", "SMPDTR80C52F839N", "IT60 X054 2811 1010 0000 0123 456", "R-2026-000001", "Offerte per e-mail"):
        assert squeezed(told) in printed


@pytest.mark.parametrize("language", ["it", "en"])
async def test_quote_offer_and_acceptance_each_have_their_paper_and_mail(house, at_work, language):
    party = await a_customer(house, *all_acts(house), *a_registration(language), a_quote(language), language=language)
    offer = await an_offer(house, party)
    async with house.database.transaction() as session:
        owner = await open_party(session, house.keys, party)
        await queue_mail(session, owner, NewMail("offer", EMAIL, language, offer=offer), domain="example.org")
        await enqueue_offer_paper(session, offer)
    await settled(house)
    assert await a_customer(house, an_acceptance(offer, language), language=language) == party
    await settled(house)
    subjects = [letter["Subject"] for letter in letters(house) if letter["To"] == EMAIL]
    assert len(subjects) == 4
    assert any("O-2026-000002" in subject for subject in subjects)
    assert any("R-2026-000003" in subject for subject in subjects)
    async with house.database.transaction() as session:
        row = await find_offer(session, offer)
        kinds = sorted(document.kind for document in await documents_of(session, party))
    assert row.document_id is not None
    assert kinds == ["offer", "receipt", "receipt", "receipt"]


async def test_the_same_receipt_printed_again_changes_nothing(house, at_work):
    party = await a_customer(house, *a_registration())
    await settled(house)
    async with house.database.transaction() as session:
        (document,) = await documents_of(session, party)
    await receipts.deliver_receipt(str(document.receipt_id))
    async with house.database.transaction() as session:
        assert len(await documents_of(session, party)) == 1
    assert len(letters(house)) == 2


async def test_a_mail_refused_for_now_is_sent_later_and_one_refused_for_good_is_shown_as_failed(database_url, tmp_path, work):
    async with smtp_server(RCPT=["451 later", "550 unknown"]) as server, a_house(database_url, tmp_path, smtp_url=server.url) as house:
        async with work(house, retries_s=(0.01, 0.01)):
            party = await a_customer(house)
            await a_code_to(house, party, "later@example.org", "never@example.org")
            await settled(house)
        first, second = await the_mails(house, party)
    outcomes = {(mail.state, mail.last_error) for mail in (first, second)}
    assert outcomes == {("sent", None), ("failed", "smtp_550")}
    assert len(server.taken) == 1


async def test_a_server_that_never_answers_well_ends_as_failed(database_url, tmp_path, work):
    async with smtp_server(MAIL=["451 later"] * 10) as server, a_house(database_url, tmp_path, smtp_url=server.url) as house:
        async with work(house, retries_s=(0.01, 0.01)):
            party = await a_customer(house)
            await a_code_to(house, party, "later@example.org")
            await settled(house)
        (mail,) = await the_mails(house, party)
    assert (mail.state, mail.last_error, mail.attempts) == ("failed", "smtp_451", 3)


async def test_an_address_that_no_mail_can_carry_fails_for_good_and_the_next_one_leaves(house, at_work):
    party = await a_customer(house)
    await a_code_to(house, party, "=?utf-8?q?a?=@example.org", "用户@example.org")
    await settled(house)
    first, second = await the_mails(house, party)
    assert {(mail.state, mail.attempts, mail.last_error) for mail in (first, second)} == {("failed", 1, "address"), ("sent", 1, None)}
    assert [letter["To"] for letter in letters(house)] == ["用户@example.org"]


async def test_a_mail_refused_for_now_is_tried_again_though_another_met_a_bug(house, at_work, monkeypatch):
    async def deliver(*_, to, **__):
        raise NotSent("smtp_451", is_permanent=False) if to == "later@example.org" else ValueError("a bug")

    party = await a_customer(house)
    async with house.database.transaction() as session:
        owner = await open_party(session, house.keys, party)
        facts = {"code": "314159", "minutes": "10"}
        addresses = ("later@example.org", "bug@example.org")
        mails = [await queue_mail(session, owner, NewMail("code", to, "it", facts=facts), domain="example.org") for to in addresses]
    monkeypatch.setattr(outgoing, "deliver", deliver)
    with pytest.raises(ValueError, match="a bug"):
        await outgoing.post(replace(at_work, retries_s=(3600,)), mails)
    async with house.database.transaction() as session:
        left = (await session.execute(text("select workflow_uuid, status from dbos.workflow_status where status = 'DELAYED'"))).all()
    assert [tuple(row) for row in left] == [(f"mail-{mails[0]}-1", "DELAYED")]


async def a_code_to(house, party, *addresses):
    for address in addresses:
        async with house.database.transaction() as session:
            owner = await open_party(session, house.keys, party)
            facts = {"code": "314159", "minutes": "10"}
            await enqueue_mail(session, await queue_mail(session, owner, NewMail("code", address, "it", facts=facts), domain="example.org"))


class Held(DocumentStores):
    """A paper that is being stored, and never is: `has_begun`, and `is_left` once its job was cancelled."""

    def __init__(self, *urls):
        super().__init__(*urls)
        self.has_begun, self.is_left = asyncio.Event(), False

    async def put(self, *args, **kwargs):
        self.has_begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.is_left = True


async def test_a_worker_that_ends_in_order_leaves_what_is_under_way_to_the_next(house, work):
    party = await a_customer(house, *a_registration())
    held = Held(house.settings.documents_url, house.settings.documents_copy_url)
    async with work(replace(house, documents=held)), asyncio.timeout(180):
        await held.has_begun.wait()
    assert held.is_left  # or it would meet what is closed, and DBOS would keep that as its end
    async with house.database.transaction() as session:
        assert (await session.scalars(text("select status from dbos.workflow_status where name = 'receipt'"))).all() == ["PENDING"]
    await finished_by_another(house, work)
    assert {mail.state for mail in await the_mails(house, party)} == {"sent"}


class Away(DocumentStores):
    """Stores of which the first attempts find nothing, each for one reason."""

    def __init__(self, *urls, errors):
        super().__init__(*urls)
        self.errors = list(errors)

    async def put(self, *args, **kwargs):
        if self.errors:
            raise self.errors.pop(0)
        return await super().put(*args, **kwargs)


def away(house, *errors):
    settings = house.settings
    return replace(house, documents=Away(settings.documents_url, settings.documents_copy_url, errors=errors))


async def how_it_ended(services) -> str:
    async with asyncio.timeout(180):
        while True:
            async with services.database.transaction() as session:
                found = (await session.scalars(text("select status from dbos.workflow_status where name = 'receipt'"))).all()
            if set(found) & {"SUCCESS", "ERROR"}:
                return found[0]
            await asyncio.sleep(0.05)


async def test_an_outage_is_waited_out_and_the_paper_comes(house, work, monkeypatch):
    monkeypatch.setattr(receipts, "OUTAGE_S", (0.01, 0.01))
    party = await a_customer(house, *a_registration())
    async with work(away(house, OSError("no disk"), OSError("no disk"))):
        assert await how_it_ended(house) == "SUCCESS"
    assert {mail.state for mail in await the_mails(house, party)} == {"sent"}


@pytest.mark.parametrize("errors", [[ValueError("a bug")], [OSError("no disk")] * 3], ids=["a bug", "an outage too long"])
async def test_a_bug_ends_the_job_at_once_and_an_outage_at_last_and_no_mail_is_said_to_have_left(house, work, monkeypatch, errors):
    monkeypatch.setattr(receipts, "OUTAGE_S", (0.01, 0.01))
    party = await a_customer(house, *a_registration())
    async with work(away(house, *errors)):
        assert await how_it_ended(house) == "ERROR"
    assert {mail.state for mail in await the_mails(house, party)} == {"queued"}


DYING = textwrap.dedent("""
    import asyncio, os, signal, sys
    from dataclasses import replace
    from pathlib import Path
    from bots import receipts
    from storage.documents import DocumentStores
    from storage.workers import Worker
    from tests.bots.conftest import QUEUES
    from tests.bots.house import a_house
    url, home, dies, smtp = sys.argv[1:]

    class Stores(DocumentStores):
        async def put(self, *args, **kwargs):
            stored = await super().put(*args, **kwargs)
            if dies == "stored":
                os.kill(os.getpid(), signal.SIGKILL)
            return stored

    async def main():
        async with a_house(url, Path(home), smtp_url=smtp or None) as house:
            stores = Stores(house.settings.documents_url, house.settings.documents_copy_url)
            receipts.register(replace(house, documents=stores))
            async with Worker(house.database.url, QUEUES):
                print("at work", flush=True)
                await asyncio.sleep(600)
    asyncio.run(main())
""")


def a_dying_worker(database_url: str, home: Path, dies: str, smtp: str = "") -> warm.Started:
    return warm.start_python("-c", DYING, database_url, str(home), dies, smtp)


async def killed(process: warm.Started) -> None:
    assert await asyncio.to_thread(process.wait, 60) == -signal.SIGKILL
    process.stdout.close()


async def test_killed_after_storing_the_next_worker_finds_the_file_and_mails_once(database_url, tmp_path, work):
    async with a_house(database_url, tmp_path) as house:
        party = await a_customer(house, *a_registration())
        await killed(a_dying_worker(database_url, tmp_path, "stored"))
        assert not (tmp_path / "mail").exists()
        await finished_by_another(house, work)
        assert len(letters(house)) == 2
        assert {mail.state for mail in await the_mails(house, party)} == {"sent"}
        async with house.database.transaction() as session:
            (document,) = await documents_of(session, party)
            assert await document_of_receipt(session, document.receipt_id) is not None
        assert await house.documents.check(document) == (True, True)
        assert len(list((tmp_path / "documents").rglob("*-*-*-*-*"))) == 2  # the party's folder and its one file


async def test_killed_before_the_servers_answer_the_mail_goes_out_again_with_its_message_id(database_url, tmp_path, work):
    async with smtp_server() as server, a_house(database_url, tmp_path, smtp_url=server.url) as house:
        party = await a_customer(house, *a_registration())
        process = a_dying_worker(database_url, tmp_path, "mailed", server.url)
        server.on_heard = lambda: process.kill() if process.poll() is None else None
        await killed(process)
        await server.hear_out()
        unanswered = len(server.heard)
        await finished_by_another(house, work)
        mails = await the_mails(house, party)
    assert {mail.state for mail in mails} == {"sent"}
    ids = [message_from_bytes(mail, policy=policy.default)["Message-ID"] for mail in server.heard]
    assert sorted(ids[unanswered:]) == sorted(mail.message_id for mail in mails)
    assert ids[:unanswered]
    assert set(ids[:unanswered]) <= set(ids[unanswered:])


async def finished_by_another(house, work) -> None:
    async with work(house):
        await settled(house)


async def test_a_persian_mail_counts_versions_in_its_own_digits(house, at_work):
    await a_customer(house, *a_registration("fa"), language="fa")
    await settled(house)
    (letter,) = [one for one in letters(house) if one["To"] == EMAIL]
    assert "نسخهٔ ۱" in letter.get_body(("plain",)).get_content()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_withdrawal_has_its_paper_and_tells_customer_and_agency(house, at_work, language):
    party = await a_customer(house, *a_registration(language), a_quote(language), language=language)
    async with house.database.transaction() as session:
        submission = await session.scalar(select(Submission.id).where(Submission.form == "quote_home"))
    await a_customer(house, Withdraw(str(submission), SHOWN, AT, STAMP, language), language=language)
    await settled(house)
    told = [letter for letter in letters(house) if "R-2026-000003" in letter["Subject"]]
    assert {letter["To"] for letter in told} == {EMAIL, house.settings.agency_email}
    async with house.database.transaction() as session:
        latest = (await the_receipts(session, party))[-1]
        owner = await open_party(session, house.keys, party)
        (document,) = [one for one in await documents_of(session, party) if one.receipt_id == latest.id]
    assert latest.kind == "withdrawal"
    assert squeezed(paper_words(language).states["withdrawn"][:20]) in all_text(await house.documents.read(owner, document))
