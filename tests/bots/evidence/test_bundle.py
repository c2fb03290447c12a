"""A bundle: what is in it, and that it can be checked without this program."""

import ast
import json
import re
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import cryptography
import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from bots.evidence.bundle import pack_bundle, read_rows, write_bundle
from bots.evidence.page import bundle_words
from bots.evidence.verify import check, grew, key_id, reached, report
from rules.languages import LANGUAGES
from rules.merkle import Log, Tree, leaf_hash
from sospeso.cli import app
from storage.audit import read_audit
from storage.documents import UnreachableError
from storage.sealing import ErasedError
from tests.bots.house import unreadable
from tests.forms.papers.reading import all_text, squeezed

pytestmark = pytest.mark.slow


async def test_it_holds_and_says_what_was_looked_at(evidence):
    wrong, looked_at = check(evidence.files)
    assert wrong == []
    assert looked_at == {"acts": 6, "receipts": 2, "roots": 2, "keys": 2, "texts": 3, "documents": 2, "opened": 6, "no text": 0}
    told = json.loads(evidence.files["evidence.json"])
    assert [entry["number"] for entry in told["entries"]] == [5, 6]
    assert [receipt["key"] for receipt in told["receipts"]] == [1, 2]
    assert {mail["state"] for mail in told["mails"]} == {"sent"}


async def test_texts_receipts_and_stamps_are_in_it_as_they_were(evidence):
    files = evidence.files
    told = json.loads(files["evidence.json"])
    assert "texts/privacy_marketing-" in " ".join(files)
    for receipt in told["receipts"]:
        printed = all_text(files[receipt["file"]])
        assert squeezed(receipt["stamp"]) in printed
        assert receipt["signature"] in printed
    assert {path for path in files if path.startswith("timestamps/")} == {
        f"timestamps/{day}.{kind}" for day in ("2026-11-22", "2026-11-23") for kind in ("tsr", "txt")
    }


async def test_a_document_that_cannot_be_read_is_told_and_the_rest_is_in_it(evidence):
    told = json.loads(evidence.files["evidence.json"])
    lost, kept = told["documents"]
    with unreadable(evidence.house, evidence.party, lost["id"]):
        out = evidence.path.with_name("unread.zip")
        assert await write_bundle(evidence.house, evidence.shop.signer, evidence.shop.press, evidence.party, out) == [lost["title"]]
    with zipfile.ZipFile(out) as packed:
        assert [each["file"] for each in json.loads(packed.read("evidence.json"))["documents"]] == [None, kept["file"]]
        assert kept["file"] in packed.namelist()


async def test_what_is_kept_by_law_waits_for_a_document_that_may_be_there(evidence):
    house, shop = evidence.house, evidence.shop
    lost = json.loads(evidence.files["evidence.json"])["documents"][0]
    async with house.database.transaction() as session:
        rows = await read_rows(session, house, shop.signer, evidence.party)
    with unreadable(house, evidence.party, lost["id"]), pytest.raises(UnreachableError):
        await pack_bundle(house, shop.press, rows, house.clock(), BytesIO())


async def test_a_value_of_an_old_receipt_is_found_in_it_and_another_is_not(evidence):
    told = json.loads(evidence.files["evidence.json"])
    for seen in (
        told["receipts"][0]["head"],
        told["roots"][0]["root"][:16],
        told["receipts"][0]["head"][:8] + " " + told["receipts"][0]["head"][8:16],
    ):
        assert check(evidence.files, [seen])[0] == []
    for seen in ("0" * 64, told["receipts"][0]["head"][:15]):
        assert check(evidence.files, [seen])[0] == [f"{seen}: on your receipt, and not in this bundle"]


async def test_what_a_value_of_a_receipt_stands_for_is_said(evidence):
    told = json.loads(evidence.files["evidence.json"])
    first, last = told["roots"]
    key = key_id(told["keys"][0]["public_key"])
    asked = "Whoever made the bundle had these keys. Compare the head on a receipt in your mailbox (--seen)."
    for seen, stands in (
        (told["receipts"][0]["head"], "the head, stands for acts 1 to 5"),
        (told["acts"][0]["link"], "the head, stands for act 1"),
        (first["root"], "the root of 2026-11-22, stands for acts 1 to 5"),
        (last["root"], "the root of 2026-11-23, stands for acts 1 to 6"),
        (key, "key 1, stands for no act of this bundle"),
    ):
        said, holds = report(evidence.path, [seen])
        assert holds
        assert f"seen      {seen}: {stands}" in said
        assert (asked in said) == (seen == key)
    assert asked in report(evidence.path)[0]


def test_the_program_in_it_is_written_for_python_3_9_already(evidence):
    ast.parse(evidence.files["verify.py"], feature_version=(3, 9))


def test_it_is_checked_by_python_and_cryptography_alone(evidence, tmp_path):
    """In a process that can import nothing else, from a folder without this program."""
    (tmp_path / "verify.py").write_bytes(evidence.files["verify.py"])
    packages = Path(cryptography.__file__).parent.parent
    only = tmp_path / "packages"
    only.mkdir()
    for name in ("cryptography", "cffi", "_cffi_backend*", "pycparser"):
        for found in packages.glob(name):
            (only / found.name).symlink_to(found)
    begin = f"import sys, runpy; sys.path.append({str(only)!r}); sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    command = [sys.executable, "-I", "-S", "-c", begin, str(tmp_path / "verify.py"), str(evidence.path)]
    good = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path)
    assert (good.returncode, good.stdout.splitlines()[-1]) == (0, "everything holds")
    bad = subprocess.run([*command, "--seen", "0" * 16], capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path)
    assert (bad.returncode, bad.stdout.splitlines()[-1]) == (1, "something does not hold")


async def test_unpacked_it_is_checked_where_it_lies(evidence, tmp_path):
    for path, content in evidence.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    assert report(tmp_path)[1]
    (tmp_path / "verify.py").write_bytes(b"print('everything holds')")
    assert "WRONG     verify.py was changed" in report(tmp_path)[0]


def test_its_command_says_what_is_wrong_and_with_which_status(evidence, tmp_path):
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(evidence.path.read_bytes()[:2000])
    for arguments, status in (([str(evidence.path)], 0), ([str(damaged)], 1), ([str(evidence.path), "--seen", "not a hash"], 2)):
        assert CliRunner().invoke(app, ["ledger", "verify", *arguments]).exit_code == status


async def test_the_page_names_acts_receipts_and_limits_in_the_customers_language_and_english(evidence):
    page = evidence.files["index.html"].decode()
    for language in ("it", "en"):
        words = bundle_words(language)
        assert all(line in page for line in (*words.proved, *words.unproved))
        assert words.check[2].replace("--seen", '<code dir="ltr">--seen</code>') in page
    assert "Offerte per e-mail" in page
    assert page.count("openssl ts -verify") == 2
    links = Links()
    links.feed(page)
    assert links.to
    assert set(links.to) <= evidence.files.keys()
    assert "http" not in page  # nothing is fetched


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.to = []

    def handle_starttag(self, _tag, attrs):
        self.to += [value for name, value in attrs if name in {"href", "src"}]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_as_much_as_english(language):
    words, english = bundle_words(language), bundle_words("en")
    for name in ("proved", "unproved", "check", "acts_head", "receipts_head"):
        assert len(getattr(words, name)) == len(getattr(english, name))
    assert set(re.findall(r"\{\w+\}", words.lead)) == {"{agency}", "{made}"}


async def test_who_makes_one_is_audited_and_nobody_elses_acts_are_in_it(evidence):
    async with evidence.house.database.transaction() as session:
        assert "evidence.made" in {event.action for event in await read_audit(session, party=evidence.party)}
        others = await session.scalars(text("select encode(link, 'hex') from act where owner_id <> :party"), {"party": evidence.party})
    assert not any(link.encode() in evidence.files["evidence.json"] for link in others)


async def test_there_is_none_of_nobody_and_of_the_erased(evidence):
    with pytest.raises(LookupError):
        await evidence.make("nobody.zip", uuid4())
    async with evidence.house.database.transaction() as session:
        erased = await session.scalar(
            text("update party set wrapped_key = null where id <> :party returning id"), {"party": evidence.party}
        )
    with pytest.raises(ErasedError):
        await evidence.make("erased.zip", erased)


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 8, 13, 32, 33])
def test_what_is_proved_of_a_tree_is_believed_and_nothing_else(size):
    leaves = [leaf_hash(bytes([each])) for each in range(size)]
    log, root = Log(b"".join(leaves)), Tree().grown(leaves).root
    for position, leaf in enumerate(leaves):
        path = log.inclusion_proof(position)
        assert reached(leaf, position, size, path) == root
        assert reached(leaf, position + 1, size, path) != root
        assert reached(leaf, position - size, size, path) is None
    for before in range(1, size + 1):
        then, path = Tree().grown(leaves[:before]).root, log.consistency_proof(before)
        assert grew(then, before, root, size, path)
        assert not grew(bytes(32), before, root, size, path)
        assert not grew(then, before, bytes(32), size, path)


@pytest.mark.parametrize(
    "harm",
    [
        lambda told: told["acts"][0].update(number=2**70),
        lambda told: told["acts"][0].update(number=-1),
        lambda told: told["acts"][0].update(number="1\neverything holds\ud800"),
        lambda told: told["acts"][0].update(at="0001-01-01T00:00:00+14:00"),
        lambda told: told["roots"][0].update(made_at="0001-01-01T00:00:00+00:00"),
        lambda told: told["acts"][0].update(detail="[" * 200_000),
        lambda told: told.update(documents=None),
        lambda told: told.update(documents=[None]),
        lambda told: told.update(keys=[]),
        lambda told: told.clear(),
    ],
)
def test_a_bundle_of_another_shape_is_wrong_and_no_traceback(evidence, tmp_path, harm):
    told = json.loads(evidence.files["evidence.json"])
    harm(told)
    said_of(packed(tmp_path, evidence.files | {"evidence.json": json.dumps(told).encode()}))


@pytest.mark.parametrize("name", ["evidence.json", "manifest.json"])
def test_a_bundle_nested_without_end_is_wrong_and_no_traceback(evidence, tmp_path, name):
    said_of(packed(tmp_path, evidence.files | {name: b"[" * 200_000}))


def packed(folder, files, packing=zipfile.ZIP_DEFLATED):
    path = folder / "harmed.zip"
    with zipfile.ZipFile(path, "w", packing) as bundle:
        for name, content in files.items():
            bundle.writestr(name, content)
    return path


def said_of(path):
    """Something is wrong, each thing on a line of its own, and the command says the same as JSON."""
    said, holds = report(path)
    assert not holds
    assert any(line.startswith("WRONG") for line in said)
    assert [line for line in said if "\n" in line or not line.isprintable()] == []
    answer = CliRunner().invoke(app, ["ledger", "verify", str(path), "--json"])
    assert (answer.exit_code, json.loads(answer.stdout)) == (1, {"holds": False, "said": said})


def test_a_bundle_in_a_packing_of_its_own_is_none(evidence, tmp_path):
    said_of(packed(tmp_path, evidence.files, zipfile.ZIP_LZMA))


def test_a_bundle_whose_packing_is_damaged_is_said_to_be_none(tmp_path):
    path = tmp_path / "damaged.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("evidence.json", bytes(range(256)) * 40)
    whole = bytearray(path.read_bytes())
    begins = 30 + len("evidence.json")
    whole[begins : begins + 20] = b"\xff" * 20
    path.write_bytes(whole)
    (said,), holds = report(path)
    assert (holds, "no bundle that can be read" in said) == (False, True)
