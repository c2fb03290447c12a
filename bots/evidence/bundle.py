"""`evidence`: acts with their commitments opened, texts, receipts, documents and proofs of one customer, signed, with the program that checks them."""

import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import IO, Final
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bots.evidence.page import Listed, page
from bots.papers import Press
from dialogs.services import Services
from rules.chain import genesis
from rules.statements import RootStatement, instant
from storage.acts import OpenedAct, open_acts
from storage.audit import Audited, audit
from storage.documents import UNREAD, DamagedError, documents_of, read_title
from storage.ledger.keys import Signer, SigningKey
from storage.ledger.proofs import Proofs, read_proofs
from storage.mails import mails_of
from storage.parties import open_party
from storage.receipts import read_binding, receipts_of
from storage.sealing import Owner
from storage.tables.evidence import Document, Receipt
from storage.tables.ledger import ReceiptSignature
from storage.tables.messages import OutgoingMail
from storage.tables.parties import Party

ENDINGS: Final = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}

type Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Part:
    """What alone is to be shown of a customer: the other acts stay in the chain closed, as after an erasure."""

    acts: frozenset[int]
    documents: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Rows:
    """All that the database has of it."""

    owner: Owner
    language: str
    acts: tuple[OpenedAct, ...]
    receipts: tuple[Receipt, ...]
    signatures: Mapping[UUID, ReceiptSignature]
    documents: tuple[Document, ...]
    is_part: bool
    mails: Sequence[OutgoingMail]
    proofs: Proofs
    key: SigningKey


@dataclass(slots=True)
class _Pack:
    """A zip file being written, the hashes of what is in it, and what a document fails by that is told as missing."""

    zip: zipfile.ZipFile
    hashes: dict[str, str]
    passed_over: tuple[type[OSError], ...]

    def add(self, path: str, content: bytes) -> None:
        self.zip.writestr(path, content)
        self.hashes[path] = sha256(content).hexdigest()


async def write_bundle(services: Services, signer: Signer, press: Press, party: UUID, out: Path) -> list[str]:
    """Titles of the documents that could be read in neither store. Raises LookupError for a party there is not, ErasedError for one erased."""
    at = services.clock()
    async with services.database.transaction() as session:
        kept = await read_rows(session, services, signer, party)
        await audit(session, Audited("evidence.made", at, "operator", party=party))
    fresh = out.with_name(f".{out.name}.new")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            missing = await pack_bundle(services, press, kept, at, file, passed_over=UNREAD)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(out)
    finally:
        fresh.unlink(missing_ok=True)  # half a bundle is somebody's data left lying
    return missing


async def read_rows(session: AsyncSession, services: Services, signer: Signer, party: UUID, part: Part | None = None) -> Rows:
    """Raises as `write_bundle`. Without `part` all."""
    row = await session.get(Party, party)
    if row is None:
        raise LookupError(f"no party {party}")
    owner = await open_party(session, services.keys, party)
    receipts = tuple(reversed(await receipts_of(session, party)))
    acts, documents = await open_acts(session, owner), tuple(reversed(await documents_of(session, party)))
    if part is not None:
        acts = tuple(act if act.row.number in part.acts else OpenedAct(act.row, None, b"") for act in acts)
        documents = tuple(row for row in documents if row.id in part.documents)
    signed = await session.scalars(select(ReceiptSignature).where(ReceiptSignature.receipt_id.in_([each.id for each in receipts])))
    return Rows(
        owner=owner,
        language=row.language,
        acts=acts,
        receipts=receipts,
        signatures={each.receipt_id: each for each in signed},
        documents=documents,
        is_part=part is not None,
        mails=await mails_of(session, party),
        key=await signer.current(session),
        proofs=await read_proofs(session, party),
    )


async def pack_bundle(
    services: Services, press: Press, kept: Rows, at: datetime, out: IO[bytes], *, passed_over: tuple[type[OSError], ...] = (DamagedError,)
) -> list[str]:
    """Titles of the documents that are in neither store, or that were `passed_over`. Else raises UnreachableError where a store may have
    one: an erasure keeps apart all there is, or waits."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        return await _pack(services, press, kept, at, _Pack(packed, {}, passed_over))


async def _pack(services: Services, press: Press, kept: Rows, at: datetime, pack: _Pack) -> list[str]:
    texts = _add_texts(press, kept, pack)
    documents = [await _add_document(services, kept, row, pack) for row in kept.documents]
    files_of = {row.receipt_id: told["file"] for row, told in zip(kept.documents, documents, strict=True) if row.kind == "receipt"}
    receipts = [_receipt(kept, row, files_of.get(row.id)) for row in kept.receipts]
    for day, token in kept.proofs.stamps.items():
        pack.add(f"timestamps/{day}.tsr", token)
    told: Json = {
        "format": "sospeso.evidence.v1",
        "made_at": instant(at),
        "agency": press.agency.name,
        "party": str(kept.owner.id),
        "language": kept.language,
        "acts": [_act(each) for each in kept.acts],
        "texts": texts,
        "receipts": receipts,
        "documents": documents,
        "mails": [_mail(row) for row in kept.mails],
        **_proofs(kept.proofs, pack),
    }
    pack.add("evidence.json", orjson.dumps(told, option=orjson.OPT_INDENT_2))
    listed = Listed(kept.acts, receipts, documents, {(str(each["module"]), str(each["version"])): str(each["file"]) for each in texts})
    pack.add("index.html", page(press, kept.language, at, listed, [str(day) for day in kept.proofs.stamps]).encode())
    pack.add("verify.py", files("bots.evidence").joinpath("verify.py").read_bytes())
    pack.zip.writestr("manifest.json", _manifest(kept, at, pack.hashes))
    return [str(each["title"]) for each in documents if each["file"] is None]


def _act(act: OpenedAct) -> Json:
    """Without salt and detail where they were erased."""
    row = act.row
    told: Json = {
        "number": row.number,
        "at": instant(row.at),
        "kind": row.kind,
        "question": row.question,
        "module": row.module,
        "version": row.version,
        "answer": row.answer,
        "conversation": str(row.conversation_id or ""),
        "commitment": row.commitment.hex(),
        "previous": row.previous.hex(),
        "link": row.link.hex(),
    }
    return told if act.salt is None else told | {"salt": act.salt.hex(), "detail": act.detail.decode()}


def _add_texts(press: Press, kept: Rows, pack: _Pack) -> list[Json]:
    """Of every module that was answered, in the version and language that were shown."""
    told: dict[str, Json] = {}
    for act in kept.acts:
        language = act.facts.get("language", kept.language)
        try:
            module = press.catalogue.module(act.row.module, act.row.version)
            text = module.text(language)
        except KeyError:  # an act on what no module says, or a text no longer kept
            continue
        path = f"texts/{act.row.module}-{act.row.version}-{language}.md"
        if path not in told:
            pack.add(path, text.encode())
            of = {"module": act.row.module, "version": act.row.version, "language": language}
            told[path] = {**of, "file": path, "sha256": module.text_sha256(language)}
    return list(told.values())


async def _add_document(services: Services, kept: Rows, row: Document, pack: _Pack) -> Json:
    title = read_title(kept.owner, row)
    told: Json = {"id": str(row.id), "kind": row.kind, "title": title, "media_type": row.media_type, "sha256": row.sha256.hex()}
    try:
        content = await services.documents.read(kept.owner, row)
    except pack.passed_over:
        return told | {"file": None}
    path = f"documents/{row.kind}-{row.id}.{ENDINGS.get(row.media_type, 'bin')}"
    pack.add(path, content)
    return told | {"file": path}


def _receipt(kept: Rows, row: Receipt, file: object) -> Json:
    """Without its stamp, which holds an address, where the receipt is not among what is shown."""
    signed = kept.signatures.get(row.id)
    return {
        "number": row.number,
        "kind": row.kind,
        "at": instant(row.at),
        "stamp": "" if kept.is_part and file is None else read_binding(kept.owner, row).stamp,
        "utc_offset": row.utc_offset,
        "sequence": row.sequence,
        "head": row.head.hex(),
        "shown": row.text_sha256.hex(),
        "root_day": str(signed.root_day) if signed and signed.root_day else None,
        "key": signed.key_number if signed else None,
        "signature": signed.signature.hex() if signed else None,
        "file": file,
    }


def _mail(row: OutgoingMail) -> Json:
    about = {"receipt": str(row.receipt_id) if row.receipt_id else None, "sent_at": instant(row.sent_at) if row.sent_at else None}
    return {"kind": row.kind, "recipient": row.recipient, "state": row.state, "message_id": row.message_id, **about}


def _proofs(proofs: Proofs, pack: _Pack) -> Json:
    public = {key.number: key.public_key for key in proofs.keys}
    for root, _ in proofs.roots:
        if root.day in proofs.stamps:
            statement = RootStatement(root.day, root.size, root.root, root.made_at, public[root.key_number])
            pack.add(f"timestamps/{root.day}.txt", statement.text)
    return {
        "keys": [
            {
                "number": key.number,
                "public_key": key.public_key.hex(),
                "made_at": instant(key.made_at),
                "signature": key.signature.hex(),
                "cross_signature": key.cross_signature.hex() if key.cross_signature else None,
            }
            for key in proofs.keys
        ],
        "roots": [
            {
                "day": str(root.day),
                "size": root.size,
                "root": root.root.hex(),
                "made_at": instant(root.made_at),
                "key": root.key_number,
                "signature": root.signature.hex(),
                "proof": [step.hex() for step in proof],
            }
            for root, proof in proofs.roots
        ],
        "entries": [
            {"number": entry.number, "link": entry.link.hex(), "position": entry.position, "proof": [step.hex() for step in proof]}
            for entry, proof in proofs.entries
        ],
    }


def _manifest(kept: Rows, at: datetime, hashes: Mapping[str, str]) -> bytes:
    """Every file by its hash and where the chain ends today, signed: nothing can be changed in the bundle or taken from it."""
    last = kept.acts[-1].row if kept.acts else None
    head = f"head {last.number} {last.link.hex()}" if last else f"head 0 {genesis(str(kept.owner.id)).hex()}"
    listed = [f"file {digest} {path}" for path, digest in sorted(hashes.items())]
    statement = "\n".join(["sospeso.bundle.v1", f"party {kept.owner.id}", f"made {instant(at)}", head, *listed])
    told = {"statement": statement, "signature": kept.key.sign(statement.encode()).hex(), "key": kept.key.number}
    return orjson.dumps(told, option=orjson.OPT_INDENT_2)
