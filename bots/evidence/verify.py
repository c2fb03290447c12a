"""Checks a bundle of evidence, alone and offline. Needs Python 3.9 or newer and the package `cryptography`, nothing else.

    python verify.py                     the folder this file lies in, unpacked
    python verify.py bundle.zip          a bundle as it came
    python verify.py --seen "1a2b3c4d 5e6f7a8b"    and that this beginning of a head or root, from an old receipt, is in it

What is checked, in this order:
1. every file is the one that the agency's key signed for, and none is missing;
2. each key that signed was vouched for by the key before it;
3. the chain of acts: each act is bound to all before it, and each opened act is what was committed to on the day;
4. the texts that were shown have the hashes that the acts name, and the papers those that the bundle names: no act names a paper's;
5. the daily roots: signed, each grown from the one before, with every act of this chain under them that is older;
6. the receipts: signed, with heads of this chain and roots of the days before, by no key that came later;
7. what somebody has on paper. A head stands for its act and all before it; a root for the acts with a head under it, and not for what
   may have been cut off behind them; a key for no act at all.

Ends with 0 where everything holds, with 1 where something does not. Written to be read: it is all here."""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import sys
import zipfile
import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    sys.exit("This needs the package cryptography: `pip install cryptography`, then run it again.")

MANIFEST, EVIDENCE = "manifest.json", "evidence.json"
DOMAIN = b"sospeso.act.v1"
unhex = bytes.fromhex
Told = dict[str, Any]  # JSON, as it came
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)  # noqa: UP017 - as Python 3.9 has it
TURN = timedelta(minutes=5)  # an act bears the instant at which its turn began, and enters the chain when that ends
PRINTING = timedelta(days=1)  # a receipt is signed when it is printed: it may have waited while the key was changed


class Bundle:
    """The files of a bundle, the list of what does not hold, and what else is to be said."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.wrong: list[str] = []
        self.notes: list[str] = []
        self.looked_at: dict[str, int] = {}
        self.tied = 0  # number of the last act that somebody's receipt stands for

    def must(self, holds: object, what: str) -> bool:
        if not holds:
            self.wrong.append(what)
        return bool(holds)

    def has(self, path: str, digest: str) -> bool:
        return path in self.files and sha256(self.files[path]).hex() == digest


def check(files: dict[str, bytes], seen: Sequence[str] = ()) -> tuple[list[str], dict[str, int]]:
    """What does not hold, in words, and what was looked at. `files`: content by path."""
    bundle = look(files, seen)
    return bundle.wrong, bundle.looked_at


def look(files: dict[str, bytes], seen: Sequence[str]) -> Bundle:
    bundle = Bundle(files)
    try:
        look_at(bundle, json.loads(files[EVIDENCE]), seen)
    except UNFIT as error:
        bundle.must(False, f"the bundle cannot be read to its end: {type(error).__name__} {error}")
    return bundle


UNFIT = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""What JSON of another shape ends in."""


def look_at(bundle: Bundle, told: Told, seen: Sequence[str]) -> None:
    keys = check_keys(bundle, told["keys"])
    check_files(bundle, told, keys)
    heads = check_acts(bundle, told)
    unworded = check_texts(bundle, told)
    check_documents(bundle, told)
    roots = check_roots(bundle, told, keys)
    last_heads = check_entries(bundle, told, heads)
    check_receipts(bundle, told, keys, heads, roots)
    check_seen(bundle, told, heads, last_heads, seen)
    looked_at = {name: len(told[name]) for name in ("acts", "receipts", "roots", "keys", "texts", "documents")}
    bundle.looked_at = looked_at | {"opened": sum("detail" in act for act in told["acts"]), "no text": len(unworded)}
    if unworded:
        bundle.notes.append(f"The words of acts {', '.join(unworded)} are not in the bundle: their hashes alone are proved.")


# 1 and 2: files and keys


def check_files(bundle: Bundle, told: Told, keys: dict[int, str]) -> None:
    manifest = json.loads(bundle.files[MANIFEST])
    statement = manifest["statement"]
    key = keys.get(manifest["key"])
    bundle.must(key and is_signed(key, manifest["signature"], statement), "the list of files is not what the agency signed")
    bundle.must(manifest["key"] == max(keys), "the list of files was signed by a key that had been replaced")
    lines = statement.split("\n")
    bundle.must(lines[0] == "sospeso.bundle.v1" and f"party {told['party']}" in lines, "the list of files is of another bundle")
    last = told["acts"][-1] if told["acts"] else {"number": 0, "link": genesis(told["party"])}
    bundle.must(f"head {last['number']} {last['link']}" in lines, "the chain does not end where the agency signed that it ends")
    listed = dict(line.split(" ", 2)[:0:-1] for line in lines if line.startswith("file "))
    for path in sorted(listed.keys() | bundle.files.keys() - {MANIFEST}):
        if bundle.must(path in bundle.files, f"{path} is missing") and bundle.must(path in listed, f"{path} does not belong to the bundle"):
            bundle.must(bundle.has(path, listed[path]), f"{path} was changed")


def check_keys(bundle: Bundle, keys: list[Told]) -> dict[int, str]:
    """Public keys by number. Each signs the statement by which it takes over, and so does the one before it."""
    before = ""
    for expected, key in enumerate(keys, 1):
        text = lines("key", number=key["number"], key=key["public_key"], before=before or "-", made=key["made_at"])
        named = f"key {key['number']}"
        bundle.must(key["number"] == expected and is_signed(key["public_key"], key["signature"], text), f"{named} is not what it was")
        if before:
            vouched = key["cross_signature"] and is_signed(before, key["cross_signature"], text)
            bundle.must(vouched, f"{named} is not vouched for by the key before it")
        before = key["public_key"]
    return {key["number"]: key["public_key"] for key in keys}


# 3 and 4: acts, texts and papers


def check_acts(bundle: Bundle, told: Told) -> dict[int, str]:
    """The link of each act by its number; 0 is the beginning of the chain."""
    heads = {0: genesis(told["party"])}
    for expected, act in enumerate(told["acts"], 1):
        named = f"act {act['number']}"
        bundle.must(act["number"] == expected, f"{named}: an act is missing, doubled or out of its place")
        bundle.must(act["previous"] == heads.get(expected - 1), f"{named} does not follow the act before it")
        bundle.must(act["link"] == link_of(act), f"{named} was changed")
        heads[expected] = act["link"]
        if "detail" in act:
            check_opened(bundle, act, named)
    return heads


def check_opened(bundle: Bundle, act: Told, named: str) -> None:
    """With salt and detail in hand: they are what was committed to, and say the same as what stands in clear."""
    detail = act["detail"].encode()
    made = hmac.new(unhex(act["salt"]), DOMAIN + detail, hashlib.sha256).hexdigest()
    bundle.must(made == act["commitment"], f"{named}: its detail is not what was committed to")
    committed = json.loads(detail)
    clear = ("kind", "question", "module", "version", "answer", "at")
    bundle.must(all(committed[name] == act[name] for name in clear), f"{named}: what stands in clear is not what was committed to")


def check_texts(bundle: Bundle, told: Told) -> list[str]:
    """Numbers of the opened acts on a module whose text is not there: the agency may keep it no longer."""
    texts, unworded = dict[tuple[str, str, str], str](), []
    for text in told["texts"]:
        key, path = (text["module"], text["version"], text["language"]), text["file"]
        bundle.must(key not in texts, f"{path} is a second text of one module, version and language")
        bundle.must(bundle.has(path, text["sha256"]), f"{path} is not the text that was shown")
        texts[key] = text["sha256"]
    for act in told["acts"]:
        facts = json.loads(act["detail"])["facts"] if "detail" in act else {}
        shown = texts.get((act["module"], act["version"], facts.get("language", "")))
        if shown:
            bundle.must(shown == facts.get("text_sha256"), f"act {act['number']} was given on another text")
        elif facts.get("text_sha256") and act["question"].startswith("modules."):
            unworded.append(str(act["number"]))
    return unworded


def check_documents(bundle: Bundle, told: Told) -> None:
    """Each is what its hash says; a receipt's paper is one of them. Without a file: it was in neither of the agency's stores."""
    for document in told["documents"]:
        path = document["file"]
        if path is not None:
            bundle.must(bundle.has(path, document["sha256"]), f"{path} is not the document that was stored")
    receipts = {None, *(document["file"] for document in told["documents"] if document["kind"] == "receipt")}
    for receipt in told["receipts"]:
        bundle.must(receipt["file"] in receipts, f"receipt {receipt['number']}: its paper is none of the documents")


# 5: roots


def check_roots(bundle: Bundle, told: Told, keys: dict[int, str]) -> dict[str, str]:
    """Roots by day. Each is signed and grew into the last one."""
    roots, key_number = told["roots"], 0
    for root in roots:
        named = f"root of {root['day']}"
        key = keys[root["key"]]
        text = lines("root", day=root["day"], size=root["size"], root=root["root"], made=root["made_at"], key=key_id(key))
        bundle.must(is_signed(key, root["signature"], text), f"{named} is not what was signed")
        bundle.must(root["key"] >= key_number, f"{named} was signed by a key that had been replaced")
        key_number = root["key"]
        grown = grew(unhex(root["root"]), root["size"], unhex(roots[-1]["root"]), roots[-1]["size"], list(map(unhex, root["proof"])))
        bundle.must(grown, f"{named}: the ledger was not only added to since")
    return {root["day"]: root["root"] for root in roots}


def check_entries(bundle: Bundle, told: Told, heads: dict[int, str]) -> list[int]:
    """Of each root the number of this chain's last head under it, 0 where none is. What is older than a root has to be under it."""
    roots, under = told["roots"], []
    given = [(act["number"], datetime.fromisoformat(act["at"])) for act in told["acts"]]
    for entry in told["entries"]:
        bundle.must(heads.get(entry["number"]) == entry["link"], f"head {entry['number']} under the roots is not of this chain")
        leaf = sha256(b"\0" + lines("leaf", owner=told["party"], number=entry["number"], head=entry["link"]).encode())
        root = reached(leaf, entry["position"], roots[-1]["size"], list(map(unhex, entry["proof"])))
        if bundle.must(root and root.hex() == roots[-1]["root"], f"head {entry['number']} is not under the last root"):
            under.append((entry["position"], entry["number"]))
    last_heads = [max((number for position, number in under if position < root["size"]), default=0) for root in roots]
    for root, last in zip(roots, last_heads):  # noqa: B905 - Python 3.9 has no strict
        made = datetime.fromisoformat(root["made_at"])
        older = max((number for number, at in given if at < made - TURN), default=0)
        bundle.must(last >= older, f"root of {root['day']}: act {older} is older than it, and not under it")
    return last_heads


def reached(leaf: bytes, position: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a leaf leads to by its path (RFC 9162, 2.1.3.2); None where the path cannot be one."""
    if not 0 <= position < size:
        return None
    node, at, last = leaf, position, size - 1
    for step in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            node = sha256(b"\1" + step + node)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = sha256(b"\1" + node + step)
        at, last = at >> 1, last >> 1
    return node if last == 0 else None


def grew(before: bytes, size_before: int, after: bytes, size: int, path: list[bytes]) -> bool:
    """Whether the tree of `size_before` leaves is the beginning of the other (RFC 9162, 2.1.4.2)."""
    if size_before == size:
        return before == after and not path
    if not 0 < size_before < size:
        return False
    steps = ([before] if size_before & (size_before - 1) == 0 else []) + path
    if not steps:
        return False
    at, last = size_before - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = sha256(b"\1" + step + old), sha256(b"\1" + step + new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = sha256(b"\1" + new + step)
        at, last = at >> 1, last >> 1
    return (old, new, last) == (before, after, 0)


# 6 and 7: receipts, and what somebody has on paper


def check_receipts(bundle: Bundle, told: Told, keys: dict[int, str], heads: dict[int, str], roots: dict[str, str]) -> None:
    # The first key took over from none: it may have been made for the first receipt.
    begun = {key["number"]: datetime.fromisoformat(key["made_at"]) for key in told["keys"] if key["number"] > 1}
    for receipt in told["receipts"]:
        number, day = receipt["number"], receipt["root_day"]
        bundle.must(heads.get(receipt["sequence"]) == receipt["head"], f"receipt {number}: its head is not in the chain")
        if receipt["signature"] is None:
            continue
        key = keys[receipt["key"]]
        text = lines(
            "head", receipt=number, sequence=receipt["sequence"], head=receipt["head"], shown=receipt["shown"],
            at=receipt["at"], root=roots.get(day, "-"), day=day or "-", key=key_id(key),
        )  # fmt: skip
        bundle.must(
            (day is None or day in roots) and is_signed(key, receipt["signature"], text), f"receipt {number} is not what was signed"
        )
        is_later = begun.get(receipt["key"], EPOCH) > datetime.fromisoformat(receipt["at"]) + PRINTING
        bundle.must(not is_later, f"receipt {number} was signed by a key that came later")


def check_seen(bundle: Bundle, told: Told, heads: dict[int, str], last_heads: Sequence[int], seen: Sequence[str]) -> None:
    """Each has to be in the bundle; what it stands for is said."""
    known = [(link, "the head", number) for number, link in heads.items()]
    known += [(root["root"], f"the root of {root['day']}", last) for root, last in zip(told["roots"], last_heads)]  # noqa: B905 - likewise
    known += [(key_id(key["public_key"]), f"key {key['number']}", 0) for key in told["keys"]]
    for given in seen:
        digits = "".join(given.split()).lower()
        found = [(number, what) for value, what, number in known if value.startswith(digits)] if len(digits) >= 16 else []
        if bundle.must(found, f"{given}: on your receipt, and not in this bundle"):
            number, what = max(found)
            stands = f"stands for act{'s 1 to' if number > 1 else ''} {number}" if number else "stands for no act of this bundle"
            bundle.notes.append(f"seen      {given}: {what}, {stands}")
            bundle.tied = max(bundle.tied, number)


# how things are hashed and signed


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def digest(*parts: bytes) -> str:
    """Every part after its length in four bytes."""
    return sha256(b"".join(len(part).to_bytes(4, "big") + part for part in (DOMAIN, *parts))).hex()


def genesis(owner: str) -> str:
    return digest(b"genesis", owner.encode())


def link_of(act: Told) -> str:
    since = datetime.fromisoformat(act["at"]) - EPOCH
    microseconds = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    facts = (act[name].encode() for name in ("kind", "question", "module", "version", "answer", "conversation"))
    number, at = act["number"].to_bytes(8, "big"), microseconds.to_bytes(8, "big", signed=True)
    return digest(unhex(act["previous"]), number, unhex(act["commitment"]), at, *facts)


def lines(kind: str, **facts: object) -> str:
    """The text that was signed, or that a leaf is made of."""
    return "\n".join([f"sospeso.{kind}.v1", *(f"{name} {value}" for name, value in facts.items())])


def key_id(public_key: str) -> str:
    return sha256(unhex(public_key)).hex()


def is_signed(public_key: str, signature: str, text: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(unhex(public_key)).verify(unhex(signature), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


# the command


UNREADABLE = (OSError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError)
"""What a file that is no bundle ends in, which is said to be wrong, this program's answer to it: there is none, or it may not be read; a
checksum that is not its file's; damaged packing; an end too early; a packing or password zipfile does not know; a file twice."""


def read_bundle(path: Path) -> dict[str, bytes]:
    """Content by path, from a zip file or a folder."""
    if path.is_dir():
        found = (each for each in path.rglob("*") if each.is_file() and not each.name.startswith("."))
        return {each.relative_to(path).as_posix(): each.read_bytes() for each in found}
    with zipfile.ZipFile(path) as packed:
        is_ours = all(each.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for each in packed.infolist())
        if not is_ours or len(packed.namelist()) != len(set(packed.namelist())):
            raise ValueError("it is packed as no bundle is, or a file is in it twice")
        return {name: packed.read(name) for name in packed.namelist()}


def report(path: Path, seen: Sequence[str] = ()) -> tuple[list[str], bool]:
    """The lines to say, and whether everything holds."""
    try:
        files = read_bundle(path)
    except UNREADABLE as error:
        return [f"WRONG     {path}: no bundle that can be read ({type(error).__name__})"], False
    bundle = look(files, seen)
    said = [f"WRONG     {what}" for what in bundle.wrong]
    if bundle.looked_at:
        said = [f"{name:<9} {count}" for name, count in bundle.looked_at.items()] + bundle.notes + said
        keys = json.loads(files[EVIDENCE])["keys"]
        said += [f"signed by key {key['number']}: {key_id(key['public_key'])}" for key in keys]
        if not bundle.wrong and not bundle.tied:
            said.append("Whoever made the bundle had these keys. Compare the head on a receipt in your mailbox (--seen).")
    said = [line if line.isprintable() else line.encode("unicode_escape").decode() for line in said]  # no forger's line of its own
    return [*said, "something does not hold" if bundle.wrong else "everything holds"], not bundle.wrong


def main() -> None:
    parser = argparse.ArgumentParser(description="Checks a bundle of evidence, offline.")
    parser.add_argument("bundle", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--seen", action="append", default=[], help="16 digits or more of the head on an old receipt, or of its root")
    given = parser.parse_args()
    said, holds = report(given.bundle, given.seen)
    print("\n".join(said))  # noqa: T201 - what the command is for
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
