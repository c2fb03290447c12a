"""The drill of the two stores: documents changed, cut short and lost in one of them or in both, and what a look at all of them makes of it."""

import os
import random
import time
from pathlib import Path
from uuid import UUID

from bench.house import House
from bench.measure import Result
from bots.scrub import scrub_all
from storage.documents import About, keep_document
from storage.parties import create_party

DOCUMENTS, BYTES = 1_000, 40_000  # a receipt of two pages
IN_ONE_STORE, IN_BOTH = 200, 20
SEED = 5


async def measure(house: House) -> list[Result]:
    """Raises RuntimeError where anything that one store still had whole was not mended, or anything else was called so."""
    await _fill(house)
    found = _damage(house)
    begun = time.perf_counter()
    looked = await scrub_all(house.services)
    took = time.perf_counter() - begun
    if looked != found:
        raise RuntimeError(f"a look found {dict(looked)} where {found} was done")
    if (again := await scrub_all(house.services)) != {"whole": DOCUMENTS - IN_BOTH, "damaged": IN_BOTH}:
        raise RuntimeError(f"not mended: {dict(again)}")
    print(", ".join(f"{count} {what}" for what, count in looked.items()), flush=True)
    return [Result("scrub_documents_per_s", DOCUMENTS / took, "documents/s", f"{DOCUMENTS:,} of {BYTES:,} bytes")]


async def _fill(house: House) -> None:
    services = house.services
    async with services.database.transaction() as session:
        owner = await create_party(session, services.keys, language="it")
    for _ in range(DOCUMENTS):
        stored = await services.documents.put(owner, os.urandom(BYTES), media_type="application/pdf")
        async with services.database.transaction() as session:
            await keep_document(session, owner, stored, About("upload", "Demo"))


def _damage(house: House) -> dict[str, int]:
    chance = random.Random(SEED)
    first, copy = (_files(house.settings.home / name) for name in ("documents", "documents-copy"))
    chosen = chance.sample(sorted(first), 2 * IN_ONE_STORE + IN_BOTH)
    for number, document in enumerate(chosen):
        for path in ([first[document]], [copy[document]], [first[document], copy[document]])[number // IN_ONE_STORE]:
            _spoil(chance, path)
    return {"whole": DOCUMENTS - len(chosen), "mended": 2 * IN_ONE_STORE, "damaged": IN_BOTH}


def _files(folder: Path) -> dict[UUID, Path]:
    return {UUID(path.name): path for path in folder.rglob("*") if path.is_file()}


def _spoil(chance: random.Random, path: Path) -> None:
    content = path.read_bytes()
    at = chance.randrange(len(content))
    match chance.choice(("changed", "cut", "lost")):
        case "changed":
            path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        case "cut":
            path.write_bytes(content[:at])
        case _:
            path.unlink()
