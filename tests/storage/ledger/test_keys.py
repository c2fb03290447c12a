"""The keys that sign the ledger."""

import asyncio
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import select, text

from rules.statements import KeyStatement
from storage.ledger.keys import all_keys, is_signed, key_path
from storage.settings import NotConfigured
from storage.tables.ledger import ReceiptSignature
from tests.storage.builders import AT
from tests.storage.ledger.world import World


@pytest.fixture
def world(database, tmp_path):
    return World(database, tmp_path)


async def current(world):
    async with world.database.transaction() as session:
        return await world.signer.current(session)


async def test_the_first_key_is_made_once_and_only_its_public_half_is_in_the_database(world):
    key = await current(world)
    assert await current(world) is key
    (path,) = world.folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    async with world.database.transaction() as session:
        (row,) = await all_keys(session)
        stored = await session.scalar(text("select string_agg(ledger_key::text, '') from ledger_key"))
    assert (row.public_key, row.cross_signature) == (key.public_key, None)
    assert key.private.private_bytes_raw().hex() not in stored


async def test_two_that_begin_at_once_have_one_key(world):
    other = World(world.database, world.home)
    assert len({key.public_key for key in await asyncio.gather(current(world), current(other))}) == 1
    assert await world.wrong() == []


async def test_the_old_key_signs_the_new_one_the_new_one_the_old_and_the_old_one_is_deleted(world):
    old = await current(world)
    await world.rotate()
    new = await current(world)
    async with world.database.transaction() as session:
        row = (await all_keys(session))[1]
    statement = KeyStatement(2, new.public_key, old.public_key, AT).text
    assert is_signed(old.public_key, row.cross_signature, statement)
    assert is_signed(new.public_key, row.signature, statement)
    assert list(world.folder.iterdir()) == [key_path(world.folder, new.public_key)]
    assert await world.wrong() == []


async def test_a_process_that_still_holds_the_old_key_signs_with_the_new_one(world):
    owner = await world.customer(acts=1)
    await world.receipt(owner)
    await World(world.database, world.home).rotate()
    receipt, _ = await world.receipt(owner)
    async with world.database.transaction() as session:
        row = (await session.scalars(select(ReceiptSignature).where(ReceiptSignature.receipt_id == receipt.id))).one()
    assert row.key_number == 2
    assert await world.wrong() == []


async def test_without_its_file_nothing_is_signed_and_it_is_said_what_to_do(world):
    key = await current(world)
    key_path(world.folder, key.public_key).unlink()
    with pytest.raises(NotConfigured, match=r"put .*\.pem back into .*, or, if it is lost, .*rotate --lost"):
        await current(World(world.database, world.home))
    assert await world.wrong() == ["key"]


async def test_a_lost_key_is_followed_by_one_that_every_check_tells_of(world):
    key = await current(world)
    key_path(world.folder, key.public_key).unlink()
    await world.rotate(is_lost=True)
    assert [each.what for each in (await world.check()).chains.wrong] == ["key: the one before it was lost and does not vouch for it"]


async def test_another_key_under_its_name_is_told_apart(world):
    key = await current(world)
    other = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    key_path(world.folder, key.public_key).write_bytes(other)
    with pytest.raises(NotConfigured, match="not the key that its name says"):
        await current(World(world.database, world.home))
