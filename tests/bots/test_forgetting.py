"""Who is forgotten leaves nothing outside of the database either: files in both stores, mails in the demo's Maildir."""

from pathlib import Path

import pytest

from bots.web.attachments import store
from bots.web.uploads import Upload
from tests.bots.test_receipts import settled
from tests.builders import a_visitor
from tests.dialogs.driver import EMAIL, PERSON
from tests.storage.test_planted import dumped, lies_in

pytestmark = pytest.mark.slow
CARD = "registration_person"
PDF = b"%PDF-1.7\nDEMO"


def files(house) -> list[Path]:
    home = house.settings.home
    return [path for folder in ("documents", "documents-copy", "mail") for path in (home / folder).rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("until", "answer"), [("modules.electronic_collection.act", "refuse"), (f"{CARD}.identity.birth_date", "2015-05-01")]
)
async def test_files_and_mails_of_a_forgotten_visitor_are_deleted_after_the_commit(house, at_work, until, answer):
    visitor = await a_visitor(house)
    await store(house, visitor.conversation, "before", Upload("prima.pdf", PDF))
    await visitor.play(PERSON, until=until)
    await store(house, visitor.conversation, "after", Upload("dopo.pdf", PDF + b"2"))
    await settled(house)
    assert len(files(house)) == 5  # two uploads twice, and the code's mail
    await visitor.answer(answer)
    assert visitor.turn["question"] is None
    await settled(house)
    assert files(house) == []


async def test_of_a_forgotten_visitor_the_database_holds_ids_only(house, database_url):
    visitor = await a_visitor(house)
    await store(house, visitor.conversation, "before", Upload("prima.pdf", PDF))
    await visitor.play(PERSON, until="modules.electronic_collection.act")
    await visitor.answer("refuse")
    dump = dumped(database_url)
    assert dump.count(b"forget-file-") >= 1
    assert not any(lies_in(dump, word) for word in ("prima.pdf", EMAIL))
