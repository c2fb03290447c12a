"""A form published anew between two starts of the program: who had begun the old one goes on with it."""

import pytest

from forms.files import SHIPPED
from tests.bots.house import a_house
from tests.dialogs.customer import Customer
from tests.dialogs.driver import PERSON

pytestmark = pytest.mark.slow

FAMILY_NAME, GIVEN_NAME = (f"registration_person.identity.{name}" for name in ("family_name", "given_name"))


def publish_anew(home) -> None:
    """The broker's folder says one question in other words."""
    old = (SHIPPED / "registration_person" / "it.yaml").read_text(encoding="utf-8")
    new = old.replace("  given_name:\n    ask: ", "  given_name:\n    ask: Nuova domanda. ", 1)
    assert new != old
    folder = home / "catalog" / "registration_person"
    folder.mkdir(parents=True)
    (folder / "it.yaml").write_text(new, encoding="utf-8")


async def test_a_conversation_goes_on_with_the_version_it_began_and_the_next_begins_the_new_one(database_url, tmp_path):
    home = tmp_path / "home"
    async with a_house(database_url, home) as house:
        customer = await Customer(house.database, house.turns, house.keys).open()
        await customer.play(PERSON, until=FAMILY_NAME)
        conversation, turn = customer.conversation, customer.turn
    publish_anew(home)
    async with a_house(database_url, home) as house:
        again = Customer(house.database, house.turns, house.keys, conversation, turn=turn)
        await again.answer(PERSON[FAMILY_NAME])
        assert again.path == GIVEN_NAME
        assert "Nuova domanda" not in again.turn["question"]["text"]
        assert "questionario" not in again.said
        await again.play(PERSON)
        assert again.path == "journey.goal"
        newcomer = await Customer(house.database, house.turns, house.keys).open()
        await newcomer.play({**PERSON, "journey.email": "nuova@example.org"}, until=GIVEN_NAME)
        assert "Nuova domanda" in newcomer.turn["question"]["text"]


async def test_half_a_copy_never_keeps_the_house_from_starting(database_url, tmp_path):
    home = tmp_path / "home"
    async with a_house(database_url, home):
        kept = sorted((home / "versions").rglob("*.json"))
    assert {path.parent.name for path in kept} == {"registration_person", "registration_company", "quote_home"}
    (kept[0].parent / "half.tmp").write_text("{")
    async with a_house(database_url, home):
        assert sorted((home / "versions").rglob("*.json")) == kept
