"""The ledger's day: its root is signed, copied to the second store, time-stamped where an authority is set.

Looked for like everything of the clock (docs/decisions/0005): whatever a kill or an outage left undone is done at the next look, once."""

import asyncio
import urllib.request
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dialogs.desk import local_day
from dialogs.services import Services
from storage.documents import DamagedError
from storage.ledger.keys import Signer
from storage.ledger.roots import make_root, statement_of
from storage.ledger.witnesses import Kind, Unwitnessed, copy_of, copy_path, keep_witness, stamped_at, unwitnessed
from storage.settings import NotConfigured

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

WAIT_S: Final = 20.0  # an authority that does not answer is asked again at the next look
MOST_BYTES: Final = 100_000  # an answer with its certificates has some 6,000


async def keep_ledger(services: Services, signer: Signer) -> date | None:
    """The day whose root was made by this; None where there was one, or nothing to sign. Raises what a look may raise: the next one goes on."""
    at = services.clock()
    async with services.database.transaction() as session:
        made = await make_root(session, signer, local_day(at, services.settings.timezone), at)
        day = made.day if made else None
    away: OSError | None = None
    try:
        await _copy_roots(services)
    except OSError as error:  # the authority is asked today all the same
        away = error
    await _stamp_roots(services)
    if away is not None:
        raise away
    return day


async def _copy_roots(services: Services) -> None:
    """Raises what went wrong with one of them once the others are copied."""
    wrong: DamagedError | None = None
    for root, key in await _unwitnessed(services, "copy"):
        try:
            await services.documents.keep_copy(copy_path(root.day), copy_of(root, key))
        except DamagedError as error:
            wrong = error
            continue
        async with services.database.transaction() as session:
            await keep_witness(session, root.day, "copy", services.clock())
    if wrong is not None:
        raise wrong


async def _stamp_roots(services: Services) -> None:
    settings = services.settings
    if settings.tsa_url is None:
        return
    authorities = read_authorities(settings.tsa_certificates)
    for root, key in await _unwitnessed(services, "timestamp"):
        text = statement_of(root, key.public_key).text
        answer = await asyncio.to_thread(_ask, settings.tsa_url, text)
        stamped_at(answer, text, authorities)
        async with services.database.transaction() as session:
            await keep_witness(session, root.day, "timestamp", services.clock(), answer)


async def _unwitnessed(services: Services, kind: Kind) -> Unwitnessed:
    async with services.database.transaction() as session:
        return await unwitnessed(session, kind)


def read_authorities(path: Path | None) -> "list[Certificate]":
    if path is None:
        raise NotConfigured(
            "SOSPESO_TSA_CERTIFICATES is not set: name the PEM file with the certificates of the authority of SOSPESO_TSA_URL."
        )
    from cryptography.x509 import load_pem_x509_certificates  # here: megabytes that only a house with an authority needs

    return load_pem_x509_certificates(path.read_bytes())


def _ask(url: str, text: bytes) -> bytes:
    """The authority's answer, unchecked. It learns a hash and nothing else."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    asked = (
        TimestampRequestBuilder().data(text).hash_algorithm(HashAlgorithm.SHA256).nonce(nonce=False).cert_request(cert_request=True).build()
    )
    request = urllib.request.Request(url, asked.as_bytes(), {"content-type": "application/timestamp-query"})  # noqa: S310 - our own setting
    with urllib.request.urlopen(request, timeout=WAIT_S) as answer:  # noqa: S310 - likewise
        return bytes(answer.read(MOST_BYTES))
