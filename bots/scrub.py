"""Documents are read back in both stores, at least monthly, and one store mends the other; a copy that could not be made is made up for.

Needs no key: what is compared is what lies there, sealed."""

import logging
from collections import Counter
from datetime import datetime

from dialogs.services import Services
from storage.audit import Audited, audit
from storage.documents import Look
from storage.scrubbing import documents_to_scrub, keep_look
from storage.tables.evidence import Document

log = logging.getLogger(__name__)

MOST_BYTES = 200_000_000  # a look, that is a minute: some 3 MB/s of each store
AT_ONCE = 20  # documents whose rows are held together


async def scrub_due(services: Services, *, most_bytes: int = MOST_BYTES) -> Counter[str]:
    """How many documents were `whole`, `mended` and `damaged`; where a store is `unreachable` it ends, or after so many bytes."""
    found: Counter[str] = Counter()
    left, is_over = most_bytes, False
    while left > 0 and not is_over:
        looked, is_over = await _scrub_some(services, found)
        left -= looked
    return found


async def scrub_all(services: Services) -> Counter[str]:
    """All of them now, as after the loss of a store."""
    found: Counter[str] = Counter()
    before, is_over = services.clock(), False
    while not is_over:
        _, is_over = await _scrub_some(services, found, before)
    return found


async def _scrub_some(services: Services, found: Counter[str], before: datetime | None = None) -> tuple[int, bool]:
    """Bytes looked at, and whether that was all for now."""
    at, looked = services.clock(), 0
    async with services.database.transaction() as session:
        rows = await documents_to_scrub(session, at, most=AT_ONCE, before=before)
        for row in rows:
            look = await services.documents.scrub(row)
            looked += row.bytes
            result = _result(look)
            if result == "damaged" and row.damaged_at is None:
                log.error("document %s cannot be put right (first store: %s, copy: %s)", row.id, look.first, look.copy)
            if result in {"mended", "damaged"}:
                await audit(session, _audited(row, look, f"document.{result}", services))
            await keep_look(session, row, look, at)
            found[result] += 1
            if result == "unreachable":
                return looked, True
    return looked, len(rows) < AT_ONCE


def _result(look: Look) -> str:
    """The worst of the two."""
    return max((look.first, look.copy), key=("whole", "mended", "damaged", "unreachable").index)


def _audited(row: Document, look: Look, action: str, services: Services) -> Audited:
    detail = {"first": look.first, "copy": look.copy}
    return Audited(action, services.clock(), "clock", party=row.party_id, subject=row.id, detail=detail)
