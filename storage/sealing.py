"""Sealing of rows: each value is bound to its table, column and row, so that none can be moved to another place."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from storage.keys import Keys

ACT_DETAIL = "act.detail"
ACT_SALT = "act_salt.sealed_salt"


@dataclass(frozen=True, slots=True)
class Owner:
    """A party, or a conversation that has none yet, with its data key in hand."""

    party: UUID | None
    conversation: UUID | None
    keys: Keys = field(repr=False)
    key: bytes = field(repr=False)

    @property
    def id(self) -> UUID:
        owner = self.party or self.conversation
        if owner is None:
            raise ValueError("an owner is a party or a conversation")
        return owner

    def seal(self, place: str, row: object, data: bytes) -> bytes:
        """`place` is `table.column`, `row` what identifies the row."""
        return self.keys.seal(self.key, data, bound(place, row))

    def unseal(self, place: str, row: object, sealed: bytes) -> bytes:
        return self.keys.unseal(self.key, sealed, bound(place, row))

    def seal_json(self, place: str, row: object, value: object) -> bytes:
        return self.seal(place, row, orjson.dumps(value, option=orjson.OPT_SORT_KEYS))

    def unseal_json(self, place: str, row: object, sealed: bytes) -> Any:  # JSON is what was put in
        return orjson.loads(self.unseal(place, row, sealed))

    def seal_text(self, place: str, row: object, text: str) -> bytes:
        return self.seal(place, row, text.encode())

    def unseal_text(self, place: str, row: object, sealed: bytes) -> str:
        return self.unseal(place, row, sealed).decode()


class ErasedError(LookupError):
    """The data key was destroyed: nothing of this owner can be read any more."""


def bound(place: str, row: object) -> bytes:
    """What a value is sealed together with: where it stands."""
    return f"{place}:{row}".encode()
