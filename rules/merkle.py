"""Merkle trees as RFC 6962, section 2.1, has them: roots, and proofs that an entry is in a tree and that a tree only grew.

Our own: pymerkle, the one kept library, is under the GPL. Held against the RFC's test vectors in the tests."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

EMPTY = hashlib.sha256().digest()
HASH = 32
KEPT = 1024  # leaves from which on a subtree's root is kept: a proof then hashes a few thousand, and a million leaves keep a thousand roots


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Tree:
    """How many leaves, and the roots of the full subtrees they make, the largest first: all that a tree needs to grow."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def grown(self, leaves: Iterable[bytes]) -> "Tree":
        """The tree with these leaf hashes after its own."""
        size, peaks = self.size, list(self.peaks)
        for leaf in leaves:
            node, filled = leaf, size
            while filled & 1:  # a full subtree of the same size stands before it
                node, filled = node_hash(peaks.pop(), node), filled >> 1
            peaks.append(node)
            size += 1
        return Tree(size, tuple(peaks))

    @property
    def root(self) -> bytes:
        if not self.peaks:
            return EMPTY
        *before, root = self.peaks
        for peak in reversed(before):
            root = node_hash(peak, root)
        return root


class Log:
    """Leaf hashes, one after the other as 32 bytes each, and the proofs about the tree they make. What it has hashed it keeps."""

    def __init__(self, hashes: bytes) -> None:
        self.size = len(hashes) // HASH
        self._hashes = hashes
        self._known: dict[tuple[int, int], bytes] = {}

    def root(self, start: int, end: int) -> bytes:
        """Of the tree of the leaves from `start` to before `end`."""
        if end - start < KEPT:
            return Tree().grown(self._hashes[at * HASH : at * HASH + HASH] for at in range(start, end)).root
        if (start, end) not in self._known:
            half = start + _half(end - start)
            self._known[start, end] = node_hash(self.root(start, half), self.root(half, end))
        return self._known[start, end]

    def inclusion_proof(self, position: int) -> list[bytes]:
        """PATH(m, D[n]) of section 2.1.1, from the leaf up."""
        return self._path(position, 0, self.size)

    def consistency_proof(self, before: int) -> list[bytes]:
        """PROOF(m, D[n]) of section 2.1.2: that the tree of the first `before` leaves, at least one, grew into this one."""
        return self._growth(before, 0, self.size, is_known=True)

    def _path(self, position: int, start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        half = start + _half(end - start)
        if position < half:
            return [*self._path(position, start, half), self.root(half, end)]
        return [*self._path(position, half, end), self.root(start, half)]

    def _growth(self, before: int, start: int, end: int, *, is_known: bool) -> list[bytes]:
        """`is_known`: whoever checks has the root of this part already."""
        if before == end:
            return [] if is_known else [self.root(start, end)]
        half = start + _half(end - start)
        if before <= half:
            return [*self._growth(before, start, half, is_known=is_known), self.root(half, end)]
        return [*self._growth(before, half, end, is_known=False), self.root(start, half)]


def _half(size: int) -> int:
    """The largest power of two smaller than it."""
    return 1 << (size - 1).bit_length() - 1
