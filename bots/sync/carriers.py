"""What every way of reaching a target has in common: parcels go in, for each its fate comes out."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from forms.exports.columns import Column, Mark
from rules.sync import Change, Fate, Told


@dataclass(frozen=True, slots=True)
class Parcel:
    """One record on its way; `told` is None where it is gone."""

    id: UUID
    message: UUID
    """The same at every try of the same batch: by it a target knows a repetition."""
    record: str
    change: Change
    told: Told | None
    etag: str | None
    is_forced: bool


@dataclass(frozen=True, slots=True)
class Load:
    """One batch, in the same words at every try."""

    target: str
    number: int
    columns: tuple[Column, ...]
    mark: Mark
    zone: ZoneInfo
    parcels: tuple[Parcel, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Of one parcel, or of the way as a whole where it cannot go on (LATER, STOP). `code` is ours, never their sentence."""

    fate: Fate
    code: str = ""
    wait_s: float = 0.0
    theirs: Told | None = None
    etag: str | None = None


type Fates = Sequence[tuple[Parcel, Answer]]
type Clock = Callable[[], datetime]


class Carrier(Protocol):
    def carry(self, load: Load, clock: Clock) -> AsyncIterator[Fates]:
        """Each parcel with its fate, in order, those together that are known together; ends with the first LATER or STOP."""
        ...
