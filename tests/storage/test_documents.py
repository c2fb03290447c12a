"""Documents in two stores."""

from datetime import timedelta

import pytest

from storage.documents import (
    About,
    DamagedError,
    DocumentStores,
    Look,
    UnreachableError,
    document_of_receipt,
    documents_of,
    find_document,
    keep_document,
    read_title,
)
from storage.scrubbing import keep_look
from storage.tables.base import new_id
from tests.storage.builders import AT, a_party

PDF = b"%PDF-1.7 RSSDMO80C12H501X"


@pytest.fixture
def folders(tmp_path):
    return tmp_path / "first store", tmp_path / "copy"


@pytest.fixture
def stores(folders):
    return DocumentStores(folders[0].as_uri(), folders[1].as_uri())


async def kept(session, stores, owner, **about):
    stored = await stores.put(owner, PDF, media_type="application/pdf")
    await keep_document(session, owner, stored, About("receipt", "Ricevuta", **about))
    return await find_document(session, stored.id)


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_a_document_lies_sealed_in_both_stores(database, stores, folders):
    async with database.transaction() as session:
        owner = await a_party(session)
        receipt = new_id()
        row = await kept(session, stores, owner, receipt=receipt)
        assert await stores.read(owner, row) == PDF
        assert await stores.check(row) == (True, True)
        assert read_title(owner, row) == "Ricevuta"
        assert (row.bytes, row.media_type) == (len(PDF), "application/pdf")
        assert (await document_of_receipt(session, receipt)).id == row.id
        assert [d.id for d in await documents_of(session, owner.party, kinds=["receipt"])] == [row.id]
    for folder in folders:
        (file,) = files(folder)
        assert b"RSSDMO80C12H501X" not in file.read_bytes()


async def test_the_copy_answers_where_the_first_is_lost_or_damaged(database, stores, folders):
    async with database.transaction() as session:
        owner = await a_party(session)
        row = await kept(session, stores, owner)
    files(folders[0])[0].write_bytes(b"damaged")
    assert await stores.check(row) == (False, True)
    assert await stores.read(owner, row) == PDF
    files(folders[0])[0].unlink()
    assert await stores.read(owner, row) == PDF
    files(folders[1])[0].unlink()
    with pytest.raises(DamagedError):
        await stores.read(owner, row)


async def test_a_store_out_of_reach_is_not_taken_for_one_that_lost_everything(database, stores, folders):
    async with database.transaction() as session:
        owner = await a_party(session)
        row = await kept(session, stores, owner)
    folders[0].rename(folders[0].with_name("unmounted"))
    assert await stores.read(owner, row) == PDF
    assert await stores.scrub(row) == Look("unreachable", "whole")
    folders[1].rename(folders[1].with_name("unmounted too"))
    with pytest.raises(UnreachableError):
        await stores.read(owner, row)


async def test_a_copy_that_cannot_be_made_stops_nobody_and_is_made_up_for(database, stores, folders):
    unmounted = folders[1].with_name("unmounted")
    folders[1].rename(unmounted)
    async with database.transaction() as session:
        owner = await a_party(session)
        row = await kept(session, stores, owner)
        assert row.copied_at is None
        assert await stores.read(owner, row) == PDF
        unmounted.rename(folders[1])
        await keep_look(session, row, await stores.scrub(row), AT)
        assert (row.copied_at, row.verified_at) == (AT, AT)
    assert await stores.check(row) == (True, True)


@pytest.mark.parametrize("hurt", [lambda file: file.write_bytes(b"damaged"), lambda file: file.unlink()], ids=["damaged", "lost"])
@pytest.mark.parametrize("which", [0, 1], ids=["first", "copy"])
async def test_one_store_mends_the_other(database, stores, folders, hurt, which):
    async with database.transaction() as session:
        owner = await a_party(session)
        row = await kept(session, stores, owner)
    hurt(files(folders[which])[0])
    assert await stores.scrub(row) == [Look("mended", "whole"), Look("whole", "mended")][which]
    assert await stores.check(row) == (True, True)


async def test_an_interrupted_attempt_is_finished_and_not_doubled(database, stores, folders):
    async with database.transaction() as session:
        owner = await a_party(session)
    document = new_id()
    await stores.put(owner, PDF, media_type="application/pdf", document=document)
    files(folders[1])[0].unlink()
    stored = await stores.put(owner, PDF, media_type="application/pdf", document=document)
    async with database.transaction() as session:
        for _ in range(2):
            await keep_document(session, owner, stored, About("receipt", "Ricevuta"))
        (row,) = await documents_of(session, owner.party)
    assert await stores.check(row) == (True, True)


async def test_a_document_is_never_overwritten(database, stores):
    async with database.transaction() as session:
        owner = await a_party(session)
    stored = await stores.put(owner, PDF, media_type="application/pdf")
    with pytest.raises(DamagedError):
        await stores.put(owner, b"another", media_type="application/pdf", document=stored.id)


async def test_a_deleted_document_is_in_neither_store(database, stores, folders):
    async with database.transaction() as session:
        owner = await a_party(session)
        row = await kept(session, stores, owner)
    await stores.delete(row.party_id or row.conversation_id, row.id)
    await stores.delete(row.party_id or row.conversation_id, row.id)
    assert files(folders[0]) == files(folders[1]) == []


async def test_a_file_without_its_row_is_no_document(database, stores):
    async with database.transaction() as session:
        owner = await a_party(session)
        stored = await stores.put(owner, PDF, media_type="application/pdf")
        assert await find_document(session, stored.id) is None


async def test_documents_stand_in_the_order_they_were_made_the_latest_first(database, stores):
    async with database.transaction() as session:
        owner = await a_party(session)
        rows = [await kept(session, stores, owner, receipt=new_id()) for _ in range(2)]
        smaller, larger = sorted(rows, key=lambda row: row.id)
        smaller.created_at, larger.created_at = AT, AT - timedelta(days=1)
        await session.flush()
        assert [row.id for row in await documents_of(session, owner.party)] == [smaller.id, larger.id]
