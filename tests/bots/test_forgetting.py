"""Who is forgotten leaves nothing outside of the database either: files in both stores, mails in the demo's Maildir."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

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


async def put_off(house) -> None:
    """Until a deletion had to be begun again."""
    async with asyncio.timeout(180):
        while True:
            async with house.database.transaction() as session:
                if await session.scalar(text("select count(*) from dbos.workflow_status where name = 'forget_file'")) > 1:
                    return
            await asyncio.sleep(0.05)


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


async def test_a_file_is_deleted_once_the_store_that_was_out_of_reach_is_back(house, at_work):
    visitor = await a_visitor(house)
    await store(house, visitor.conversation, "before", Upload("prima.pdf", PDF))
    await visitor.play(PERSON, until="modules.electronic_collection.act")
    copies = house.settings.home / "documents-copy"
    copies.rename(copies.with_name("away"))
    await visitor.answer("refuse")
    await put_off(house)
    assert not any(path.is_file() for path in (house.settings.home / "documents").rglob("*"))
    copies.with_name("away").rename(copies)
    await settled(house)
    assert files(house) == []
