"""Whether what was signed about the acts holds: keys, the log of heads and its roots, their witnesses, the heads on receipts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
from cryptography.x509 import Certificate

from rules.merkle import Tree, leaf_hash
from rules.statements import HeadStatement, KeyStatement, RootStatement, key_id, leaf
from storage.documents import DocumentStores
from storage.ledger.chains import Tally
from storage.ledger.keys import is_signed, key_path
from storage.ledger.witnesses import BadStampError, copied_days, copy_path, copy_text, stamped_at

LEAVES = "select position, owner_id, number, link from ledger_leaf order by position"
ODD_LEAVES = """
select leaf.position from ledger_leaf as leaf left join act using (owner_id, number) where act.link is distinct from leaf.link
"""
RECEIPTS = """
select receipt.number, receipt.sequence, receipt.head, receipt.text_sha256, receipt.at,
  signed.root_day, signed.key_number, signed.signature
from receipt left join receipt_signature as signed on signed.receipt_id = receipt.id order by receipt.id
"""
AT_A_TIME = 5_000

type Row = Any  # asyncpg.Record, which has no types


@dataclass(slots=True)
class Signed:
    keys: int = 0
    key: str = ""
    """The beginning of the newest one's name."""
    roots: int = 0
    leaves: int = 0
    last_day: str = ""
    copies: int = 0
    stamps: int = 0
    unchecked_stamps: int = 0
    receipts: int = 0
    unsigned: int = 0


async def check_signatures(
    connection: asyncpg.Connection,
    tally: Tally,
    documents: DocumentStores,
    folder: Path,
    authorities: tuple[Certificate, ...],
    *,
    copied: set[date],
) -> Signed:
    """`copied`: days whose root the second store had before the connection's moment; one that was made since is not here yet."""
    keys = {row["number"]: row for row in await connection.fetch("select * from ledger_key order by number")}
    roots = {row["day"]: row for row in await connection.fetch("select * from ledger_root order by day")}
    check = _Check(connection, tally.tell, keys, roots)
    check.look_at_keys(folder)
    await check.look_at_log()
    check.look_at_roots()
    await check.look_at_copies(documents, copied)
    await check.look_at_witnesses(authorities)
    await check.look_at_receipts()
    return check.signed


class _Check:
    def __init__(
        self, connection: asyncpg.Connection, tell: Callable[[str, str], None], keys: dict[int, Row], roots: dict[date, Row]
    ) -> None:
        self.signed = Signed(keys=len(keys), roots=len(roots), last_day=max(roots).isoformat() if roots else "")
        self._connection, self._tell = connection, tell
        self._keys, self._roots = keys, roots

    def look_at_keys(self, folder: Path) -> None:
        """Each signs for itself, and the one before it for it."""
        before: Row | None = None
        for expected, (number, key) in enumerate(self._keys.items(), 1):
            text = KeyStatement(number, key["public_key"], before["public_key"] if before else None, key["made_at"]).text
            if number != expected or not is_signed(key["public_key"], key["signature"], text):
                self._tell("key: it is not what it was when it took over", f"key {number}")
            elif before and key["cross_signature"] is None:
                self._tell("key: the one before it was lost and does not vouch for it", f"key {number}")
            elif before and not is_signed(before["public_key"], key["cross_signature"], text):
                self._tell("key: the one before it does not vouch for it", f"key {number}")
            before = key
        if before:
            self.signed.key = key_id(before["public_key"])[:16]
            if not key_path(folder, before["public_key"]).exists():
                self._tell(f"key: its private half is not in {folder}", self.signed.key)

    async def look_at_log(self) -> None:
        """The log read again from its first entry: each root is the one of its first entries, as many as it says."""
        tree, left, some = Tree(), list(self._roots.values()), list[bytes]()
        async for position, owner, number, link in self._connection.cursor(LEAVES, prefetch=AT_A_TIME):
            if position != tree.size + len(some):
                self._tell("log: an entry is missing or doubled", f"entry {position}")
            some.append(leaf_hash(leaf(str(owner), number, link)))
            if len(some) == AT_A_TIME or (left and tree.size + len(some) == left[0]["size"]):
                tree, some = tree.grown(some), []
                while left and left[0]["size"] <= tree.size:
                    self._compare(left.pop(0), tree)
        tree = tree.grown(some)
        for root in left:
            self._compare(root, tree)
        self.signed.leaves = tree.size
        if tree.size != max((root["size"] for root in self._roots.values()), default=0):
            self._tell("log: entries that are under no root", f"{tree.size:,} entries")
        for (position,) in await self._connection.fetch(ODD_LEAVES):
            self._tell("log: this head is not in its chain", f"entry {position}")

    def _compare(self, root: Row, tree: Tree) -> None:
        if (root["size"], root["root"], root["peaks"]) != (tree.size, tree.root, b"".join(tree.peaks)):
            self._tell("root: it is not that of the log", f"root of {root['day']}")

    def look_at_roots(self) -> None:
        key_number = 0
        for day, root in self._roots.items():
            if not self._is_signed(root["key_number"], root["signature"], self._statement(root)):
                self._tell("root: it is not what was signed", f"root of {day}")
            elif root["key_number"] < key_number:
                self._tell("root: signed by a key that had been replaced", f"root of {day}")
            key_number = max(key_number, root["key_number"])

    async def look_at_copies(self, documents: DocumentStores, before: set[date]) -> None:
        """The second store has each root as it was, and none that is not here: who rewrites one of the two is found by the other."""
        there = await copied_days(documents)
        for day in sorted((there & before) - self._roots.keys()):
            self._tell("root: it is in the second store and no longer here", f"root of {day}")
        for day in sorted(there & self._roots.keys()):
            root = self._roots[day]
            key = self._keys.get(root["key_number"])
            expected = copy_text(self._statement(root), root["signature"], key["public_key"]) if key else None
            if await documents.read_copy(copy_path(day)) != expected:
                self._tell("root: the second store has another one", f"root of {day}")
        self.signed.copies = len(there)

    async def look_at_witnesses(self, authorities: tuple[Certificate, ...]) -> None:
        witnesses = await self._connection.fetch("select day, kind, token from ledger_witness order by day")
        gone = sum(kind == "copy" for _, kind, _ in witnesses) - self.signed.copies
        if gone > 0:
            self._tell("root: copies are gone from the second store", f"{gone:,} files")
        for day, kind, token in witnesses:
            root = self._roots.get(day)
            if root is None:
                self._tell("root: it had a witness, and is no longer here", f"root of {day}")
            elif kind == "timestamp":
                self.signed.stamps += 1
                if not authorities:
                    self.signed.unchecked_stamps += 1
                elif not _is_stamped(token, self._statement(root), authorities):
                    self._tell("root: its time stamp is not of it", f"root of {day}")

    async def look_at_receipts(self) -> None:
        async for row in self._connection.cursor(RECEIPTS, prefetch=AT_A_TIME):
            if row["signature"] is None:
                self.signed.unsigned += 1
                continue
            self.signed.receipts += 1
            root, key = self._roots.get(row["root_day"]), self._keys.get(row["key_number"])
            text = _head(row, root, key) if key and (root or not row["root_day"]) else b""
            if not self._is_signed(row["key_number"], row["signature"], text):
                self._tell("receipt: it is not what was signed", row["number"])

    def _is_signed(self, key_number: int, signature: bytes, text: bytes) -> bool:
        key = self._keys.get(key_number)
        return key is not None and is_signed(key["public_key"], signature, text)

    def _statement(self, root: Row) -> bytes:
        key = self._keys.get(root["key_number"])
        return RootStatement(root["day"], root["size"], root["root"], root["made_at"], key["public_key"]).text if key else b""


def _is_stamped(token: bytes | None, text: bytes, authorities: tuple[Certificate, ...]) -> bool:
    try:
        stamped_at(token or b"", text, list(authorities))
    except BadStampError:
        return False
    return True


def _head(row: Row, root: Row | None, key: Row) -> bytes:
    return HeadStatement(
        receipt=row["number"],
        sequence=row["sequence"],
        head=row["head"],
        shown=row["text_sha256"],
        at=row["at"],
        root=root["root"] if root else None,
        root_day=row["root_day"],
        key=key["public_key"],
    ).text
