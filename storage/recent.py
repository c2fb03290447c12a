"""The last snapshots of conversations, kept in memory; each is believed only as long as its version and its secret still stand in the
database, and nothing is kept while nobody tells what must be forgotten."""

from collections import OrderedDict

import msgspec

OVERHEAD = 1_000  # of an entry beside its snapshot: ids, key, the caller's decoded form of a short conversation


class Loaded(msgspec.Struct, frozen=True):
    """A conversation as it stood at `version`, the number of its latest turn. A struct, because every turn makes one."""

    conversation: str
    version: int
    snapshot: bytes
    """As given to `write`: opened, not sealed."""
    party: str | None
    language: str
    channel: str
    secret_sha256: bytes
    key: bytes | None
    """None once destroyed: the snapshot then says nothing personal, and no further turn is taken."""
    memo: object = None
    """Whatever the caller wants to find again with this version (its decoded snapshot); gone after a restart."""
    age: int = 0
    """Of the memory when this was read (Recent.age)."""

    def __repr__(self) -> str:
        return f"Loaded({self.conversation}, {self.version})"  # neither keys nor answers belong into a log

    @property
    def is_closed(self) -> bool:
        return self.key is None


class Recent:
    """Bounded by entries and by bytes; the longest unused goes first. `entries=0` keeps nothing."""

    def __init__(self, entries: int, most_bytes: int) -> None:
        self._entries = entries
        self._most_bytes = most_bytes
        self._kept: OrderedDict[str, Loaded] = OrderedDict()
        self._bytes = 0
        self._is_told = False
        self.age = 0
        """How often something had to be forgotten: what was read before may hold it, and is not kept again."""

    def find(self, conversation: str) -> Loaded | None:
        found = self._kept.get(conversation)
        if found is not None:
            self._kept.move_to_end(conversation)
        return found

    def keep(self, loaded: Loaded) -> None:
        self.drop(loaded.conversation)
        if not self._entries or not self._is_told or loaded.age != self.age:
            return
        self._kept[loaded.conversation] = loaded
        self._bytes += _size(loaded)
        while len(self._kept) > self._entries or self._bytes > self._most_bytes:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= _size(oldest)

    def drop(self, conversation: str) -> None:
        if (dropped := self._kept.pop(conversation, None)) is not None:
            self._bytes -= _size(dropped)

    def forget(self, conversation: str) -> None:
        self.drop(conversation)
        self.age += 1

    def begin(self) -> None:
        """From now on each conversation that must be forgotten is told."""
        self._forget_all()
        self._is_told = True

    def end(self) -> None:
        """Some may have been missed from now on."""
        self._forget_all()
        self._is_told = False

    def _forget_all(self) -> None:
        self._kept.clear()
        self._bytes = 0
        self.age += 1

    def __len__(self) -> int:
        return len(self._kept)


def _size(loaded: Loaded) -> int:
    # What is kept with a snapshot (its decoded form, walks and open question) takes about four times its bytes again.
    return OVERHEAD + len(loaded.snapshot) * (5 if loaded.memo is not None else 1)
