"""Whoever rewrites a bundle, with every key of the agency in hand, is found by one old receipt.

Their bundle is signed anew each time; where they can they also hash the chain, the log, the roots and the receipts anew."""

import json
import random
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bots.evidence.verify import check, genesis, hmac, key_id, lines, link_of, look
from rules.merkle import Tree, leaf_hash
from storage.ledger.keys import Signer

pytestmark = pytest.mark.slow

TIMES = 200
OWN = Ed25519PrivateKey.generate()
OWN_PUBLIC = OWN.public_key().public_bytes_raw().hex()

type Told = dict
type Attack = Callable[[random.Random, Told, int], None]


def edit(rng, told, old):
    """A value of an act that the old receipt covers."""
    act = told["acts"][rng.randrange(old)]
    name = rng.choice(
        [*("kind", "question", "module", "version", "answer", "conversation", "at"), *("commitment", "previous", "link", "salt", "detail")]
    )
    act[name] = changed(rng, act[name])


def changed(rng, value):
    at = rng.randrange(len(value)) if value else 0
    letter = rng.choice([each for each in "0123456789abcdef" if value[at : at + 1] != each])
    return value[:at] + letter + value[at + 1 :]


def delete(rng, told, old):
    del told["acts"][rng.randrange(old)]


def swap(rng, told, old):
    one, other = rng.sample(range(old), 2)
    acts = told["acts"]
    acts[one], acts[other] = acts[other], acts[one]
    if rng.random() < 0.5:
        acts[one]["number"], acts[other]["number"] = acts[other]["number"], acts[one]["number"]


def insert(rng, told, old):
    at = rng.randrange(old)
    told["acts"].insert(at, deepcopy(told["acts"][rng.randrange(len(told["acts"]))]))
    if rng.random() < 0.5:
        for number, act in enumerate(told["acts"], 1):
            act["number"] = number


def truncate(rng, told, old):
    """The end of the chain is gone, and everything that speaks of it."""
    del told["acts"][rng.randrange(old) :]
    hash_anew(told)


def rewrite(rng, told, old):
    """Another answer, an act less or one more: and everything hashed and signed anew."""
    attack = rng.choice([agree, delete, insert, swap])
    attack(rng, told, old)
    hash_anew(told)


def agree(rng, told, old):
    act = told["acts"][rng.randrange(old)]
    detail = json.loads(act["detail"])
    act["answer"] = detail["answer"] = rng.choice(["accept", "refuse", "seen", "confirm"]) + rng.choice(["", " "])
    act["detail"] = json.dumps(detail)


def hash_anew(told):
    """A chain, a log of its own, roots and receipts that hold, under a key that is the agency's first."""
    chain_anew(told)
    made = told["keys"][0]["made_at"]
    text = lines("key", number=1, key=OWN_PUBLIC, before="-", made=made)
    told["keys"] = [{"number": 1, "public_key": OWN_PUBLIC, "made_at": made, "signature": sign(text), "cross_signature": None}]
    last = told["acts"][-1:]
    told["entries"] = [{"number": act["number"], "link": act["link"], "position": 0, "proof": []} for act in last]
    leaves = [leaf_hash(lines("leaf", owner=told["party"], number=act["number"], head=act["link"]).encode()) for act in last]
    told["roots"] = [told["roots"][0] | {"size": 1, "root": Tree().grown(leaves).root.hex(), "key": 1, "proof": []}] if last else []
    for root in told["roots"]:
        root["signature"] = sign(lines("root", day=root["day"], size=1, root=root["root"], made=root["made_at"], key=key_id(OWN_PUBLIC)))
    told["receipts"] = [receipt_anew(told, each) for each in told["receipts"] if each["sequence"] <= len(told["acts"])]


def hash_anew_by(agency, told):
    """The chain and its receipts hold, signed with the agency's own key; its roots stay as they were, and nothing is said to lie under them."""
    chain_anew(told)
    told["entries"] = []
    told["receipts"] = [receipt_by(agency, told, each) for each in told["receipts"] if each["sequence"] <= len(told["acts"])]


def chain_anew(told):
    previous = genesis(told["party"])
    for number, act in enumerate(told["acts"], 1):
        act |= {"number": number, "previous": previous}
        act["commitment"] = hmac.new(bytes.fromhex(act["salt"]), b"sospeso.act.v1" + act["detail"].encode(), sha256).hexdigest()
        previous = act["link"] = link_of(act)


def receipt_anew(told, receipt):
    receipt = receipt | {"head": told["acts"][receipt["sequence"] - 1]["link"], "key": 1, "root_day": None}
    return receipt | {"signature": sign(head_text(told, receipt))}


def receipt_by(agency, told, receipt):
    receipt = receipt | {"head": told["acts"][receipt["sequence"] - 1]["link"], "key": agency.number}
    return receipt | {"signature": agency.sign(head_text(told, receipt).encode()).hex()}


def head_text(told, receipt):
    day = receipt["root_day"]
    root = next((each["root"] for each in told["roots"] if each["day"] == day), "-")
    key = key_id(told["keys"][receipt["key"] - 1]["public_key"])
    return lines(
        "head", receipt=receipt["number"], sequence=receipt["sequence"], head=receipt["head"], shown=receipt["shown"], at=receipt["at"],
        root=root, day=day or "-", key=key,
    )  # fmt: skip


def sign(text):
    return OWN.sign(text.encode()).hex()


def signed_anew(told, files, agency):
    """The bundle with its list of files as whoever made it would sign it: with the agency's key, or with their own where that is in it."""
    files = files | {"evidence.json": json.dumps(told).encode()}
    del files["manifest.json"]
    last = told["acts"][-1] if told["acts"] else {"number": 0, "link": genesis(told["party"])}
    listed = [f"file {sha256(content).hexdigest()} {path}" for path, content in sorted(files.items())]
    statement = "\n".join(["sospeso.bundle.v1", f"party {told['party']}", f"head {last['number']} {last['link']}", *listed])
    signature = sign(statement) if told["keys"][-1]["public_key"] == OWN_PUBLIC else agency.sign(statement.encode()).hex()
    manifest = {"statement": statement, "signature": signature, "key": told["keys"][-1]["number"]}
    return files | {"manifest.json": json.dumps(manifest).encode()}


@pytest.fixture(scope="session")
def files(evidence):
    return evidence.files


@pytest_asyncio.fixture(scope="session")
async def agency(evidence):
    """The agency's own key."""
    async with evidence.house.database.transaction() as session:
        return await Signer(evidence.house.settings.ledger_folder).current(session)


@pytest.mark.parametrize("given", ["head", "root"])
@pytest.mark.parametrize("attack", [edit, delete, swap, insert, truncate, rewrite], ids=lambda attack: attack.__name__)
def test_each_is_found_given_one_old_receipt(files, agency, attack: Attack, given):
    genuine = json.loads(files["evidence.json"])
    old = genuine["receipts"][0]
    seen = {"head": old["head"], "root": genuine["roots"][0]["root"]}[given]
    rng = random.Random(20261122)
    found = 0
    for _ in range(TIMES):
        told = deepcopy(genuine)
        attack(rng, told, old["sequence"])
        assert told != genuine
        found += check(signed_anew(told, files, agency), [seen])[0] != []
    assert found == TIMES


@pytest.mark.parametrize("given", ["head", "root", "last root", "key", "nothing"])
@pytest.mark.parametrize("attack", [agree, delete, swap, insert], ids=lambda attack: attack.__name__)
def test_a_rewrite_under_the_agencys_own_key_and_roots_is_found(files, agency, attack: Attack, given):
    """Whatever is given: acts that are older than a root have to lie under it."""
    genuine = json.loads(files["evidence.json"])
    seen = {
        "head": [genuine["receipts"][0]["head"]],
        "root": [genuine["roots"][0]["root"]],
        "last root": [genuine["roots"][-1]["root"]],
        "key": [key_id(genuine["keys"][0]["public_key"])],
        "nothing": [],
    }[given]
    rng = random.Random(20261122)
    for _ in range(TIMES // 4):
        told = deepcopy(genuine)
        attack(rng, told, genuine["receipts"][0]["sequence"])
        hash_anew_by(agency, told)
        assert check(signed_anew(told, files, agency), seen)[0] != []


def test_acts_said_to_be_younger_than_a_root_are_tied_to_nothing_by_it(files, agency):
    """Only the head finds that; the root is said to stand for none of them."""
    told = json.loads(files["evidence.json"])
    head, root = told["receipts"][0]["head"], told["roots"][0]["root"]
    for act in told["acts"]:
        later = told["roots"][-1]["made_at"]
        act |= {"at": later, "detail": json.dumps(json.loads(act["detail"]) | {"at": later})}
    hash_anew_by(agency, told)
    forged = signed_anew(told, files, agency)
    assert look(forged, [root]).tied == 0
    assert look(forged, [root]).notes == [f"seen      {root}: the root of 2026-11-22, stands for no act of this bundle"]
    assert check(forged, [head])[0] != []


def test_a_paper_is_held_against_its_hash_and_its_receipt(files, agency):
    told = json.loads(files["evidence.json"])
    path, head = told["receipts"][0]["file"], told["receipts"][0]["head"]
    for swapped in (files | {path: b"%PDF-1.7 something else"}, {each: files[each] for each in files if each != path}):
        assert check(signed_anew(told, swapped, agency), [head])[0] == [f"{path} is not the document that was stored"]
    told["receipts"][0]["file"] = "index.html"
    said = f"receipt {told['receipts'][0]['number']}: its paper is none of the documents"
    assert check(signed_anew(told, files, agency), [head])[0] == [said]


def test_a_second_text_of_one_key_is_refused_and_one_that_is_gone_is_told(files, agency):
    told = json.loads(files["evidence.json"])
    head, first = told["receipts"][0]["head"], told["texts"][0]
    forged = first | {"file": "texts/forged.txt", "sha256": sha256(b"other words").hexdigest()}
    for texts in ([forged, *told["texts"]], [*told["texts"], forged]):
        wrong, _ = check(signed_anew(told | {"texts": texts}, files | {forged["file"]: b"other words"}, agency), [head])
        assert f"{texts[-1 if texts[-1] is forged else 1]['file']} is a second text of one module, version and language" in wrong
    gone = look(
        signed_anew(told | {"texts": told["texts"][1:]}, {each: files[each] for each in files if each != first["file"]}, agency), []
    )
    acts = [str(act["number"]) for act in told["acts"] if act["module"] == first["module"]]
    assert gone.looked_at["no text"] == len(acts)
    assert gone.notes == [f"The words of acts {', '.join(acts)} are not in the bundle: their hashes alone are proved."]


@pytest.mark.parametrize("days", [1, 2])
def test_a_key_does_not_sign_for_the_time_of_the_one_before_it(files, agency, days):
    """A receipt may have waited a day for its printer."""
    told = json.loads(files["evidence.json"])
    old = told["receipts"][0]
    made = datetime.fromisoformat(told["keys"][-1]["made_at"])
    told["receipts"][0] = receipt_by(agency, told, old | {"at": (made - timedelta(days=days)).isoformat(timespec="microseconds")})
    expected = [] if days == 1 else [f"receipt {old['number']} was signed by a key that came later"]
    assert check(signed_anew(told, files, agency))[0] == expected


def test_what_is_signed_anew_and_not_changed_holds(files, agency):
    told = json.loads(files["evidence.json"])
    assert check(signed_anew(told, files, agency), [told["receipts"][0]["head"]])[0] == []


def test_without_the_receipt_a_whole_rewrite_would_hold(files, agency):
    """Why the page asks for one: hashes and signatures alone only show that whoever made the bundle had some key."""
    told = json.loads(files["evidence.json"])
    agree(random.Random(1), told, 5)
    hash_anew(told)
    forged = signed_anew(told, files, agency)
    assert check(forged)[0] == []
    assert check(forged, [json.loads(files["evidence.json"])["receipts"][0]["head"]])[0] != []
