"""Nothing personal lies in clear: not in the database, not in the jobs, not in either document folder."""

import json
import subprocess
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import pytest

from dialogs import effects
from dialogs.applying import apply_effects
from dialogs.work import Work
from storage.documents import About, DocumentStores, keep_document
from storage.embedded import binaries
from storage.mails import NewMail, queue_mail
from storage.prepared import NewPrepared, Sheet, keep_prepared
from storage.sealing import Owner
from storage.settings import Settings
from storage.tables.base import new_id
from storage.turns import Turn, TurnStore, Written
from tests.forms.content import shipped
from tests.storage.builders import AT, KEYS

CARD = "registration_person"
SHOWN = sha256(b"everything displayed").hexdigest()


@dataclass(frozen=True)
class Planted:
    """A customer whose every identifier is found nowhere else."""

    number: int

    @property
    def identifiers(self):
        n = self.number
        return {
            "tax_code": f"PLNTTX{n:02d}A01H5{n:02d}X",
            "iban": f"IT60X05428111010009{n:03d}98765",
            "document_number": f"CA9{n:03d}7ZZ",
            "mobile": f"+3933300{n:03d}77",
            "email": f"planted.{n}@hidden{n}.example.org",
        }

    @property
    def answers(self):
        known = self.identifiers
        return {
            f"{CARD}.identity.family_name": f"Demo{self.number}",
            f"{CARD}.identity.given_name": "Piantata",
            f"{CARD}.identity.tax_code": known["tax_code"],
            f"{CARD}.identity.mobile": known["mobile"],
            f"{CARD}.identity.email": known["email"],
            f"{CARD}.document.document_number": known["document_number"],
            f"{CARD}.residence.municipality": "H501",
            f"{CARD}.bank.iban": known["iban"],
        }

    @property
    def changes(self):
        email, phone = self.identifiers["email"], self.identifiers["mobile"]
        stamp = f"22/11/26/09/26/53 {email}"
        act = ("modules.mandate.act", "mandate", "1", "authorisation", "accept", SHOWN, SHOWN, "it", AT)
        return (
            effects.MailCode(email, "123456", "it"),
            effects.BindParty(email),
            effects.RecordAct(*act),
            effects.Suspend(CARD, "v1", self.answers, SHOWN, AT, stamp, "it"),
            effects.ConfirmCard(SHOWN, AT + timedelta(minutes=1), stamp, "it"),
            effects.CompleteCard({f"{CARD}.identity.landline": phone}, AT),
            effects.RequestCall(phone, "contact", AT),
        )


async def plant(database, store, stores, settings, planted):
    told = json.dumps(planted.answers).encode()
    created = await store.create(language="it", channel="web", snapshot=told, replies=told)
    loaded = await store.load(created.conversation)
    talk = Owner(None, UUID(created.conversation), KEYS, loaded.key)
    scan = await stores.put(talk, told, media_type="application/pdf")
    async with database.transaction() as session:
        work = Work(session, KEYS, settings, shipped.catalogue(), store, talk, talk, "web", "it", AT, AT.date())
        await apply_effects(work, planted.changes)
        await keep_document(session, talk, scan, About("upload", f"{planted.identifiers['tax_code']}.pdf"))
        turn = Turn(loaded, planted.identifiers["email"][:3], told, told, told, "it")
        assert isinstance(await store.write_within(session, turn), Written)
        owner = work.owner
    paper = await stores.put(owner, told, media_type="application/pdf")
    async with database.transaction() as session:
        await keep_document(session, owner, paper, About("receipt", planted.identifiers["email"]))
        await prepare(session, settings, planted)


async def prepare(session, settings, planted):
    """A card for the customer, with the mail that tells them of it."""
    sheet = Sheet(planted.identifiers["email"], planted.answers, "Demo Agente", f"{planted.identifiers['tax_code']}.csv")
    new = NewPrepared(sheet, CARD, "it", new_id(), "file", AT, AT + timedelta(days=30))
    told = NewMail("prepared", sheet.email, "it", facts={"colleague": sheet.colleague})
    owner, _ = await keep_prepared(session, KEYS, new)
    await queue_mail(session, owner, told, domain=settings.mail_domain)


@pytest.mark.slow
async def test_no_identifier_of_a_hundred_customers_lies_in_clear_anywhere(database, database_url, tmp_path):
    settings = Settings(_env_file=None, home=tmp_path)
    stores = DocumentStores(settings.documents_url, settings.documents_copy_url)
    everybody = [Planted(number) for number in range(100)]
    async with TurnStore(database, KEYS) as store:
        for planted in everybody:
            await plant(database, store, stores, settings, planted)
    dump = dumped(database_url)
    assert b"workflow_status" in dump  # the jobs' schema is in it
    assert b"Demo42 Piantata" in dump  # what the desk searches by does stand in clear
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 400
    found = {value for planted in everybody for value in planted.identifiers.values() for place in (dump, *files) if lies_in(place, value)}
    assert found == set()


def dumped(url):
    """The whole database as SQL, DBOS's schema included, as who upgrades it sees it: a server of one's own gives us no superuser."""
    place = url.replace("+", "%20")  # SQLAlchemy writes a space as a form does, which libpq does not read
    told = subprocess.run([binaries() / "pg_dump", "--enable-row-security", "--dbname", place], check=False, capture_output=True)
    assert told.returncode == 0, told.stderr.decode()
    return told.stdout


def lies_in(place, value):
    """In clear, as a dump writes bytes, or without its case."""
    return value.encode() in place or value.encode().hex().encode() in place or value.lower().encode() in place
