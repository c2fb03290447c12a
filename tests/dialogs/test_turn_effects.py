"""Single effects, applied in a transaction of their own to a conversation that is really there."""

from contextlib import asynccontextmanager
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from dialogs import effects
from dialogs.applying import apply_effects
from dialogs.known import load_known_party, missing_for_policy
from dialogs.work import Work
from rules.refusals import Reason, Refused
from rules.submissions import Act
from storage.acts import latest_acts, read_acts, verify_all
from storage.keys import Keys
from storage.mails import read_mail
from storage.offers import NewOffer, make_offer, open_offers
from storage.parties import open_party, proved_emails, read_cards
from storage.sealing import Owner
from storage.settings import Settings
from storage.submissions import Move, claim_submission, move_submission
from storage.tables.base import new_id
from storage.tables.evidence import Act as ActRow
from storage.tables.evidence import Receipt
from storage.tables.messages import OutgoingMail
from storage.tables.parties import Party
from storage.tables.submissions import Submission
from storage.turns import TurnStore
from tests.dialogs.driver import EMAIL, NOW, PERSON
from tests.forms.content import shipped

KEYS = Keys(b"a master key for tests, 32 bytes or more")
SHOWN = sha256(b"everything displayed").hexdigest()
CARD = "registration_person"
ANNA = new_id()
STAMP = f"22/11/26/09/26/53 {EMAIL}"
ANSWERS = {path: value for path, value in PERSON.items() if path.startswith(CARD) and not path.endswith(".more")}


def an_act(answer, module="electronic_collection"):
    return effects.RecordAct(f"modules.{module}.act", module, "1", "authorisation", answer, SHOWN, SHOWN, "it", NOW)


def a_suspension(form=CARD, answers=ANSWERS, **more):
    return effects.Suspend(form, "v1", answers, SHOWN, NOW, STAMP, "it", **more)


def a_withdrawal(submission):
    return effects.Withdraw(str(submission), SHOWN, NOW, STAMP, "it")


BIND = effects.BindParty(EMAIL)


@pytest_asyncio.fixture
async def store(database):
    async with TurnStore(database, KEYS) as opened:
        yield opened


@pytest.fixture
def apply(database, store, tmp_path):
    settings = Settings(_env_file=None, home=tmp_path)

    @asynccontextmanager
    async def at_work(*changes, conversation=None):
        if conversation is None:
            created = await store.create(language="it", channel="web", snapshot=b"{}", replies=b"{}")
            conversation = created.conversation
        loaded = await store.load(conversation)
        async with database.transaction() as session:
            talk = Owner(None, UUID(conversation), KEYS, loaded.key)
            owner = await open_party(session, KEYS, UUID(loaded.party)) if loaded.party else talk
            work = Work(session, KEYS, settings, shipped.catalogue(), store, talk, owner, "web", "it", NOW, NOW.date())
            await apply_effects(work, changes)
            yield work

    return at_work


async def test_a_customers_refusal_of_collection_joins_their_acts_and_only_the_conversation_goes(apply):
    async with apply(BIND, an_act("accept"), a_suspension()) as first:
        pass
    async with apply(BIND, effects.KeepRefusalOnly(an_act("refuse"))) as work:
        assert work.closes
        acts = await latest_acts(work.session, await open_party(work.session, KEYS, first.owner.party))
        assert [(act.module, act.answer) for act in acts] == [(CARD, "confirm"), ("electronic_collection", "refuse")]
        assert await verify_all(work.session) == {}


async def test_a_code_that_was_mailed_goes_with_its_conversation(apply, database):
    async with apply(effects.MailCode(EMAIL, "123456", "it"), BIND, effects.ForgetConversation("under_age")) as work:
        assert work.closes
        assert await work.session.scalar(select(func.count()).select_from(OutgoingMail)) == 0
        assert await work.session.scalar(select(func.count()).select_from(Party)) == 0
        assert await work.session.scalar(select(func.count()).select_from(ActRow)) == 0


async def test_mail_goes_to_every_proved_address_and_the_agency(apply):
    async with apply(BIND, effects.ProveEmail("second@example.org"), a_suspension()) as work:
        assert await proved_emails(work.session, work.owner) == (EMAIL, "second@example.org")
        rows = await work.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id))
        mails = [await read_mail(work.session, KEYS, row.id) for row in rows]
        assert [mail.to for mail in mails] == [EMAIL, "second@example.org", "agenzia@example.org"]
        assert len({mail.message_id for mail in mails}) == 3


async def test_what_completes_a_card_is_a_suspended_update_with_its_own_receipt(apply):
    changed = effects.CompleteCard({f"{CARD}.identity.mobile": "+393337654321"}, NOW)
    async with apply(BIND, a_suspension(), changed) as work:
        card, former = await read_cards(work.session, work.owner, most=2)
        assert card.answers[f"{CARD}.identity.mobile"] == "+393337654321"
        assert {path for path in card.answers if card.answers[path] != former.answers[path]} == {f"{CARD}.identity.mobile"}
        assert list(await work.session.scalars(select(Receipt.kind).order_by(Receipt.number))) == ["registration", "card_update"]
        assert set(await work.session.scalars(select(Submission.state))) == {"suspended"}
        assert (await read_acts(work.session, work.owner))[-1].facts["stamp"] == STAMP


async def test_a_missing_field_is_counted_and_named(apply):
    answers = {path: value for path, value in ANSWERS.items() if not path.endswith(("mobile", "street"))}
    async with apply(BIND, a_suspension(answers=answers), a_suspension("quote_home", {"quote_home.insured.relation": "child"})) as work:
        card, quote = await work.session.scalars(select(Submission).order_by(Submission.id))
        assert (card.missing_count, quote.missing_count) == (2, 7)
        missing = await missing_for_policy(work.session, work.owner, shipped.catalogue(), NOW, quote.id)
        assert {"policyholder_phone", "policyholder_address", "insured_name", "modules.mandate", "confirmation"} <= set(missing)
        assert "insured_relation" not in missing


async def test_a_withdrawn_quote_has_no_open_offer(apply):
    async with apply(BIND, a_suspension("quote_home", {})) as work:
        submission = await work.session.scalar(select(Submission.id))
        await claim_submission(work.session, work.owner, submission, ANNA, NOW)
        await move_submission(work.session, work.owner, submission, Move(Act.APPROVE, NOW, ANNA))
        await make_offer(work.session, work.owner, NewOffer(submission, 20_000, NOW.date() + timedelta(days=30), NOW, ANNA))
        await apply_effects(work, [a_withdrawal(submission)])
        assert await open_offers(work.session, work.owner.party) == ()
        assert await work.session.scalar(select(Submission.state)) == "withdrawn"
        receipt = await work.session.scalar(select(Receipt).order_by(Receipt.number.desc()).limit(1))
        assert (receipt.kind, work.later["receipt"]) == ("withdrawal", receipt.number)
        assert [(act.question, act.answer) for act in await read_acts(work.session, work.owner)][-1] == ("withdrawal.request", "withdraw")
        known = await load_known_party(work.session, KEYS, work.owner.party, shipped.catalogue(), NOW)
        assert (known.requests, known.offers) == ((), ())


async def test_a_correction_withdrawn_leaves_the_card_of_before(apply):
    changed = effects.CompleteCard({f"{CARD}.identity.mobile": "+393337654321"}, NOW)
    async with apply(BIND, a_suspension(), changed) as work:
        party = work.owner.party
        first, update = await work.session.scalars(select(Submission.id).order_by(Submission.id))
        known = await load_known_party(work.session, KEYS, party, shipped.catalogue(), NOW)
        assert [(one.submission, one.leaves) for one in known.requests] == [(str(update), "suspended"), (str(first), "suspended")]
        await apply_effects(work, [a_withdrawal(update)])
        known = await load_known_party(work.session, KEYS, party, shipped.catalogue(), NOW)
        assert (known.registration, known.card[f"{CARD}.identity.mobile"]) == ("suspended", ANSWERS[f"{CARD}.identity.mobile"])
        assert [(one.submission, one.leaves) for one in known.requests] == [(str(first), "withdrawn")]
        with pytest.raises(Refused):
            await apply_effects(work, [a_withdrawal(update)])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (a_withdrawal, LookupError),
        (lambda submission: a_suspension(submission=submission), LookupError),
    ],
)
async def test_nobody_touches_anothers_submission(apply, change, expected):
    async with apply(BIND, a_suspension()) as work:
        submission = str(await work.session.scalar(select(Submission.id)))
    with pytest.raises(expected):
        async with apply(effects.BindParty("other@example.org"), change(submission)):
            pass


async def test_a_suspended_submission_cannot_be_confirmed_again(apply):
    async with apply(BIND, a_suspension()) as work:
        submission = str(await work.session.scalar(select(Submission.id)))
        with pytest.raises(Refused) as refused:
            await apply_effects(work, [a_suspension(submission=submission)])
    assert refused.value == Refused(Reason.NOT_POSSIBLE_NOW, state="suspended")


async def test_the_engine_is_told_what_is_known_of_a_party(apply):
    async with apply(BIND, an_act("accept"), a_suspension(), a_suspension("quote_home", {})) as work:
        known = await load_known_party(work.session, KEYS, work.owner.party, shipped.catalogue(), NOW)
        assert (known.registration, known.emails, known.display_name) == ("suspended", (EMAIL,), "Esempio Demetra")
        assert list(known.quotes.values()) == ["suspended"]
        assert [(act.question, act.stamp) for act in known.acts] == [("modules.electronic_collection.act", STAMP)]
        assert known.card[f"{CARD}.bank.iban"] == ANSWERS[f"{CARD}.bank.iban"]
