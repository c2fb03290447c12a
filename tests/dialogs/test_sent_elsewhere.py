"""A draft that two browsers hold is sent once: the other is told, and what stands open there is something else."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from dialogs.drafts import begun_anew
from dialogs.effects import Suspend
from dialogs.turn import Turns
from forms.catalogue import Catalogue
from storage.keys import Keys
from storage.settings import Settings
from storage.tables.evidence import Receipt
from storage.tables.submissions import Submission
from storage.turns import TurnStore
from tests.dialogs.customer import Customer
from tests.dialogs.driver import EMAIL, HOME, NOW, PERSON, Talk, registered

KEYS = Keys(b"a master key for tests, 32 bytes or more")
QUOTING = {**PERSON, **HOME, "journey.goal": "quote_home"}
CARD_CONFIRM, QUOTE_CONFIRM = "registration_person.confirm", "quote_home.confirm"


def another_browser(left: Talk, goal: str, *, until: str | None = None) -> Talk:
    """The same customer proves the address there too, and goes on with what was left open here."""
    left.registry._change(EMAIL, elsewhere=left.state.to_json())
    talk = Talk(left.catalogue, registry=left.registry)
    talk.wait(minutes=2)
    talk.play({**QUOTING, "journey.goal": goal}, until="journey.email_code")
    talk.answer(PERSON["journey.email_code"])
    talk.play(QUOTING, until=until)
    return talk


def test_a_quote_sent_elsewhere_is_told_and_not_sent_again(forms: Catalogue) -> None:
    left = registered(forms)
    left.play(QUOTING, until=QUOTE_CONFIRM)
    there = another_browser(left, "quote_home")
    assert len(there.effects_of(Suspend)) == 1
    left.answer(value=True)
    assert [effect.form for effect in left.effects_of(Suspend)] == ["registration_person"]
    assert left.ask.path == "journey.goal"
    assert "«Preventivo casa»" in " ".join(left.texts)
    left.play({**QUOTING, "quote_home.building.area_m2": 120})
    assert left.effects_of(Suspend)[-1].answers["quote_home.building.area_m2"] == 120


@pytest.mark.parametrize("until", [CARD_CONFIRM, "registration_person.residence.street"])
def test_a_registration_sent_elsewhere_is_told_and_its_card_counts(forms: Catalogue, until: str) -> None:
    left = Talk(forms)
    left.play(PERSON, until=until)
    there = another_browser(left, "register", until=CARD_CONFIRM)
    there.command("change", "registration_person.residence.house_number")
    there.answer("99")
    there.play(PERSON)
    assert len(there.effects_of(Suspend)) == 1
    left.play(PERSON)
    assert left.effects_of(Suspend) == []
    assert left.ask.path == "journey.goal"
    assert left.state.answers["registration_person.residence.house_number"] == "99"


def test_a_quote_already_sent_is_not_told_again_in_another_browser(forms: Catalogue) -> None:
    left = registered(forms)
    left.play(QUOTING)
    there = another_browser(left, "quote_home", until="quote_home.needs.need")
    assert there.ask.path == "quote_home.needs.need"
    there.play(QUOTING)
    assert [effect.form for effect in there.effects_of(Suspend)] == ["quote_home"]


@given(st.integers(0, 4_000_000_000_000_000))
def test_the_moment_of_a_draft_is_the_same_once_it_was_stored(microseconds: int) -> None:
    """The database keeps microseconds: what was added to tell two drafts apart must not lie between them."""
    now = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=microseconds)
    begun = begun_anew(begun_anew({}, "quote_home", now), "quote_home", now)["quote_home"]
    assert datetime.fromtimestamp(begun, UTC).timestamp() == begun > now.timestamp()


def test_one_begun_anew_after_a_restart_is_another(forms: Catalogue) -> None:
    left = registered(forms)
    left.play(QUOTING, until=QUOTE_CONFIRM)
    there = another_browser(left, "quote_home", until=QUOTE_CONFIRM)
    there.command("restart")
    there.answer(value=True)
    there.play(QUOTING)
    left.answer(value=True)
    assert left.effects_of(Suspend)[-1].form == "quote_home"


def test_an_answer_sent_back_and_given_elsewhere_is_not_asked_again(forms: Catalogue) -> None:
    left = registered(forms)
    left.staff("returned", submission="first", form="registration_person", questions=["registration_person.document.document_number"])
    left.registry._change(EMAIL, settled=frozenset({"first"}), registration="suspended")
    left.answer("CA11111AA")
    left.play(PERSON, until="journey.goal")
    assert len(left.effects_of(Suspend)) == 1
    assert left.ask.path == "journey.goal"
    assert "«La tua scheda»" in " ".join(left.texts)


# with a real database


@pytest_asyncio.fixture
async def turns(database, tmp_path, forms):
    settings = Settings(_env_file=None, home=tmp_path)
    async with TurnStore(database, KEYS) as store:
        yield Turns(database, store, forms, settings, keys=KEYS, clock=lambda: NOW)


@pytest_asyncio.fixture
async def browsers(database, turns) -> tuple[Customer, Customer]:
    """Both at the confirmation of one quote."""
    here = await Customer(database, turns, KEYS).open()
    await here.play(PERSON)
    await here.play(HOME, until=QUOTE_CONFIRM)
    there = await Customer(database, turns, KEYS).open()
    await there.play(HOME, until=QUOTE_CONFIRM)
    assert here.path == there.path == QUOTE_CONFIRM
    return here, there


async def sent(database) -> tuple[int, int]:
    async with database.transaction() as session:
        quotes = await session.scalar(select(func.count()).select_from(Submission).where(Submission.form == "quote_home"))
        receipts = await session.scalar(select(func.count()).select_from(Receipt).where(Receipt.kind == "quote"))
        return quotes, receipts


async def test_of_two_browsers_the_second_to_confirm_is_told(browsers, database) -> None:
    here, there = browsers
    await there.answer(value=True)
    await here.answer(value=True)
    assert (here.path, await sent(database)) == ("journey.goal", (1, 1))
    assert "«Preventivo casa»" in here.said


async def test_of_two_confirmations_at_the_same_moment_one_is_sent(browsers, database) -> None:
    await asyncio.gather(*(each.answer(value=True) for each in browsers))
    assert await sent(database) == (1, 1)
    assert [each.path for each in browsers] == ["journey.goal"] * 2
    assert sorted("«Preventivo casa»" in each.said for each in browsers) == [False, True]
