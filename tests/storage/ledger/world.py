"""A small house with a past: customers, their acts and receipts, two days' roots, a second store. Made by the real functions."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from storage.acts import Head, NewAct, append_act
from storage.database import Database
from storage.documents import DocumentStores
from storage.ledger.checking import Report, Store, check_store
from storage.ledger.heads import SignedHead, sign_head
from storage.ledger.keys import Signer
from storage.ledger.roots import make_root
from storage.ledger.witnesses import copy_of, copy_path, keep_witness, unwitnessed
from storage.receipts import NewReceipt, number_receipt, read_evidence
from storage.sealing import Owner
from storage.tables.base import new_id
from storage.tables.evidence import Receipt
from storage.tables.ledger import LedgerRoot
from tests.storage.builders import AT, KEYS, a_party

MASTER = b"a master key for tests, 32 bytes or more"
DAY = date(2026, 11, 22)


def an_act(answer="accept", module="mandate", at=AT):
    return NewAct(f"modules.{module}.act", module, "1", "authorisation", answer, at, {"text_sha256": "ab" * 32, "language": "it"})


@dataclass
class World:
    database: Database
    home: Path

    def __post_init__(self) -> None:
        self.folder = self.home / "keys"
        self.signer = Signer(self.folder)
        self.documents = DocumentStores((self.home / "documents").as_uri(), (self.home / "copy").as_uri())

    def store(self, **more: object) -> Store:
        return Store(**{"url": self.database.url, "master": MASTER, "documents": self.documents, "ledger_folder": self.folder} | more)

    async def check(self, **more: object) -> Report:
        return await check_store(self.store(**more))

    async def wrong(self, **more: object) -> list[str]:
        return [each.what.partition(":")[0] for each in (await self.check(**more)).chains.wrong]

    async def customer(self, acts: int = 0) -> Owner:
        async with self.database.transaction() as session:
            owner = await a_party(session, f"{new_id()}@example.org")
        for number in range(acts):
            await self.act(owner, at=AT + timedelta(minutes=number))
        return owner

    async def act(self, owner: Owner, **more: object) -> Head:
        async with self.database.transaction() as session:
            return await append_act(session, owner, an_act(**more), conversation=new_id())

    async def root(self, day: date) -> LedgerRoot | None:
        """Made and copied, as the clock does it."""
        at = AT + (day - DAY)
        async with self.database.transaction() as session:
            made = await make_root(session, self.signer, day, at)
        async with self.database.transaction() as session:
            for root, key in await unwitnessed(session, "copy"):
                await self.documents.keep_copy(copy_path(root.day), copy_of(root, key))
                await keep_witness(session, root.day, "copy", at)
        return made

    async def receipt(self, owner: Owner) -> tuple[Receipt, SignedHead]:
        async with self.database.transaction() as session:
            new = NewReceipt("registration", new_id(), "it", AT, "22/11/26/09/26/53 demo@example.org", "Europe/Rome", bytes(32))
            receipt = await number_receipt(session, owner, new)
        return receipt, await self.sign(receipt)

    async def sign(self, receipt: Receipt) -> SignedHead:
        async with self.database.transaction() as session:
            found = await read_evidence(session, receipt.id)
            assert found is not None
            return await sign_head(session, self.signer, found)

    async def rotate(self, **more: bool) -> None:
        async with self.database.transaction() as session:
            _, old = await self.signer.rotate(session, AT, **more)
        if old is not None:
            self.signer.retire(old)


async def a_past(database: Database, home: Path, customers: int = 3) -> tuple[World, list[Owner], list[Receipt]]:
    """Each customer with eight acts, a receipt after the fourth and one after the last, roots of two days, a change of the key between."""
    world = World(database, home)
    owners = [await world.customer(acts=4) for _ in range(customers)]
    await world.root(DAY)
    receipts = [(await world.receipt(owner))[0] for owner in owners]
    await world.rotate()
    for owner in owners:
        for number in range(4, 8):
            await world.act(owner, answer="refuse", module="profiling", at=AT + timedelta(minutes=number))
    await world.root(DAY + timedelta(days=1))
    receipts += [(await world.receipt(owner))[0] for owner in owners]
    return world, owners, receipts


__all__ = ["KEYS", "World", "a_past"]
