"""A house with real parts on a test's database: what a confirmed customer leaves for the jobs to print and mail."""

from base64 import b64encode
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dialogs.applying import apply_effects
from dialogs.desk import local_day
from dialogs.effects import BindParty, DecideOffer, Effect, ProveEmail, RecordAct, Suspend
from dialogs.services import Services
from dialogs.work import Work
from forms.catalogue import Catalogue
from rules.submissions import Act
from sospeso.parts import Addresses, open_services
from storage.mails import mails_of
from storage.offers import NewOffer, make_offer
from storage.parties import find_party_by_email, open_party
from storage.receipts import receipts_of
from storage.sealing import Owner
from storage.settings import Settings
from storage.submissions import Move, claim_submission, move_submission
from storage.tables.base import new_id
from storage.tables.evidence import Receipt
from storage.tables.messages import OutgoingMail
from tests.dialogs.driver import HOME, PERSON

AT = datetime(2026, 11, 22, 8, 26, 53, tzinfo=UTC)
EMAIL, SECOND = "demetra@example.org", "demo.second@example.org"
STAMP = f"22/11/26/09/26/53 {EMAIL}"
SHOWN = sha256(b"what was shown").hexdigest()


_frozen: dict[str, dict[Path, bytes]] = {}
"""What a first house froze of a catalogue, by its version: doing so anew took most of the time that opening one takes."""


@asynccontextmanager
async def a_house(url: str, home: Path, catalogue: Catalogue | None = None, **more: object) -> AsyncIterator[Services]:
    """Without a catalogue it loads its own, the home's overlay included."""
    settings = Settings(
        _env_file=None,
        home=home,
        secret_key="s" * 40,
        master_key=b64encode(b"m" * 32).decode(),
        public_url="https://demo.example.org",
        **more,
    )
    if catalogue is not None:
        _write(settings.versions_folder, _frozen.get(catalogue.version, {}))
    async with open_services(settings, Addresses(url, url, is_embedded=False), catalogue=catalogue) as services:
        if catalogue is not None and catalogue.version not in _frozen:
            _frozen[catalogue.version] = {path.relative_to(settings.versions_folder): path.read_bytes() for path in _files(settings)}
        yield services


def _files(settings: Settings) -> Iterator[Path]:
    return settings.versions_folder.glob("*/*.json")


def _write(folder: Path, files: Mapping[Path, bytes]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def answers_of(script: Mapping[str, object], form: str) -> dict[str, object]:
    return {key: value for key, value in script.items() if key.startswith(f"{form}.") and not key.endswith((".more", ".confirm", ".sure"))}


def a_registration(language: str = "it") -> list[Effect]:
    return [
        RecordAct("modules.privacy_marketing.act_email", "privacy_marketing", "1", "consent", "refuse", SHOWN, SHOWN, language, AT),
        Suspend("registration_person", "v1", answers_of(PERSON, "registration_person"), SHOWN, AT, STAMP, language),
    ]


def a_quote(language: str = "it") -> Suspend:
    return Suspend("quote_home", "v1", answers_of(HOME, "quote_home"), SHOWN, AT, STAMP, language, premium_cents=46_287)


def all_acts(services: Services, *, but: str = "") -> list[Effect]:
    """A yes to every act of every module in force, the module `but` left out."""
    modules = [each for each in services.catalogue.modules(AT.date()) if each.module.code != but]
    return [
        RecordAct(
            f"modules.{each.module.code}.{act.name}",
            each.module.code,
            each.version,
            each.module.kind,
            act.values[0],
            SHOWN,
            SHOWN,
            "it",
            AT,
        )
        for each in modules
        for act in each.module.acts
    ]


async def a_customer(services: Services, *effects: Effect, language: str = "it", emails: tuple[str, ...] = (EMAIL,)) -> UUID:
    """The party that proved its addresses and then did all this, in one transaction of a turn."""
    opened = await services.turns.open(language, "web")
    loaded = await services.turn_store.load(opened.conversation)
    assert loaded is not None
    assert loaded.key is not None
    talk = Owner(None, UUID(loaded.conversation), services.keys, loaded.key)
    async with services.database.transaction() as session:
        work = Work(
            session=session,
            keys=services.keys,
            settings=services.settings,
            catalogue=services.catalogue,
            store=services.turn_store,
            talk=talk,
            owner=talk,
            channel="web",
            language=language,
            now=AT,
            today=local_day(AT, services.settings.timezone),
        )
        proofs = [BindParty(emails[0]), *(ProveEmail(email) for email in emails[1:])]
        await apply_effects(work, [*proofs, *effects])
        services.turn_store.forget(loaded.conversation)
        return work.owner.id


async def an_offer(services: Services, party: UUID) -> UUID:
    """A colleague's offer for the party's one quote, without its mails and jobs."""
    async with services.database.transaction() as session:
        owner = await open_party(session, services.keys, party)
        (receipt,) = [one for one in await receipts_of(session, party) if one.kind == "quote"]
        assert receipt.submission_id is not None
        colleague = new_id()
        await claim_submission(session, owner, receipt.submission_id, colleague, AT)
        await move_submission(session, owner, receipt.submission_id, Move(Act.APPROVE, AT, colleague))
        new = NewOffer(receipt.submission_id, 48_000, AT.date().replace(month=12), AT, colleague, "Due piani in più. DEMO")
        return (await make_offer(session, owner, new)).id


def an_acceptance(offer: UUID, language: str = "it") -> DecideOffer:
    return DecideOffer(str(offer), "accept", SHOWN, AT, STAMP, language)


async def the_receipts(session: AsyncSession, party: UUID) -> tuple[Receipt, ...]:
    return tuple(reversed(await receipts_of(session, party)))


async def the_mails(services: Services, party: UUID) -> tuple[OutgoingMail, ...]:
    async with services.database.transaction() as session:
        return tuple(reversed(await mails_of(session, party)))


async def the_party(services: Services, email: str = EMAIL) -> UUID:
    async with services.database.transaction() as session:
        party = await find_party_by_email(session, services.keys, email)
    assert party is not None
    return party


@contextmanager
def unreadable(house: Services, party: UUID, document: UUID | str) -> Iterator[None]:
    """The document is there in both stores, and no disk reads it, as with a bad sector."""
    files = [house.settings.home / name / str(party) / str(document) for name in ("documents", "documents-copy")]
    whole = [file.read_bytes() for file in files]
    for file in files:
        file.unlink()
        file.symlink_to(file.name)
    yield
    for file, content in zip(files, whole, strict=True):
        file.unlink()
        file.write_bytes(content)
