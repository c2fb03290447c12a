"""Papers are sealed, PAdES, by a key that lies outside of the database; what is changed in one shows."""

import asyncio
import textwrap
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509 import load_pem_x509_certificates
from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from bots import receipts
from bots.seal_keys import ROOT, make_seal, read_seal
from bots.sealing import Seal, seal_of, sealed
from forms.papers.printing import print_paper
from storage.documents import documents_of
from storage.parties import open_party
from storage.settings import NotConfigured
from storage.tables.evidence import Document
from tests import warm
from tests.bots.house import a_customer, a_house, a_registration
from tests.bots.test_receipts import finished_by_another, killed, letters, settled
from tests.forms.content import shipped
from tests.forms.papers.reading import all_text
from tests.forms.papers.samples import a_paper
from tests.timestamp_authority import timestamp_authority

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def key(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("seal") / "seal.pem"
    make_seal(file, "Agenzia Demo", datetime.now(UTC))
    return file


@pytest.fixture(scope="module")
def plain() -> bytes:
    return print_paper(a_paper())


@pytest.fixture(scope="module")
def paper(plain, key) -> bytes:
    return sealed(plain, Seal(str(key)))


def looked_at(content: bytes, root: Path, *more_roots: Path):
    """What pyHanko's own validator says of the one seal, trusting that root alone."""
    (embedded,) = PdfFileReader(BytesIO(content)).embedded_signatures
    context = ValidationContext(trust_roots=list(load_certs_from_pemder([root])), allow_fetching=False)
    stamps = ValidationContext(trust_roots=list(load_certs_from_pemder(more_roots)), allow_fetching=False)
    return validate_pdf_signature(embedded, context, stamps)


def test_it_is_whole_and_ours_by_pyhankos_own_validator(paper, plain, key):
    found = looked_at(paper, key.with_name(ROOT))
    assert (found.bottom_line, found.coverage.name, found.docmdp_ok) == (True, "ENTIRE_FILE", True)
    assert found.md_algorithm == "sha256"
    assert found.signing_cert.public_key.curve == ("named", "secp256r1")
    assert paper.startswith(plain)  # what was printed stands in it to the byte
    assert all_text(paper) == all_text(plain)
    signature = PdfFileReader(BytesIO(paper)).embedded_signatures[0]
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert len(signature.other_embedded_certs) == 1  # the chain comes along


def test_the_file_stays_the_pdf_a_that_was_printed(paper, plain):
    before, after = PdfReader(BytesIO(plain)), PdfReader(BytesIO(paper))
    assert after.metadata == before.metadata
    assert after.root_object["/Metadata"].get_data() == before.root_object["/Metadata"].get_data()
    assert set(after.root_object) - set(before.root_object) == {"/AcroForm", "/Perms"}
    (widget,) = (each.get_object() for each in after.pages[0]["/Annots"])
    assert widget["/F"] == 132  # printed and locked, and nowhere to be seen
    assert widget["/Rect"] == [0, 0, 0, 0]


def test_another_root_does_not_vouch_for_it(paper, tmp_path):
    make_seal(tmp_path / "seal.pem", "Agenzia Demo", datetime.now(UTC))
    found = looked_at(paper, tmp_path / ROOT)
    assert (found.intact, found.valid, found.trusted) == (True, True, False)


def test_each_flipped_byte_shows(paper, key):
    signature = PdfFileReader(BytesIO(paper)).embedded_signatures[0]
    before = int(signature.byte_range[1])
    for place in range(20, before - 20, before // 7):
        flipped = bytearray(paper)
        flipped[place] ^= 1
        assert not looked_at_or_unreadable(bytes(flipped), key.with_name(ROOT))


def looked_at_or_unreadable(content: bytes, root: Path) -> bool:
    try:
        return bool(looked_at(content, root).bottom_line)
    except Exception:  # noqa: BLE001 - what was flipped may be anything that a reader needs
        return False


def test_what_is_appended_shows(paper, key):
    found = looked_at(paper + b"\n% one more line\n", key.with_name(ROOT))
    assert found.coverage.name != "ENTIRE_FILE"


def test_a_certificate_of_ones_own_comes_as_pkcs12_or_pem_with_its_password(key, tmp_path, plain):
    private, (own, root) = load_pem_private_key(key.read_bytes(), None), load_pem_x509_certificates(key.read_bytes())
    file = tmp_path / "agency.p12"
    file.write_bytes(serialize_key_and_certificates(b"seal", private, own, [root], BestAvailableEncryption(b"demo password")))
    found = looked_at(sealed(plain, Seal(str(file), "demo password")), key.with_name(ROOT))
    assert found.bottom_line


@pytest.mark.parametrize(
    "content", [b"no key", b"-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n", None], ids=["bytes", "pem", "none"]
)
def test_a_file_that_cannot_be_used_is_named_with_what_to_do(content, tmp_path):
    file = tmp_path / "seal.p12"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(NotConfigured, match="SOSPESO_SEAL"):
        read_seal(str(file), None)


def test_the_wrong_password_is_said_and_a_key_without_its_certificate(key, tmp_path):
    private, (own, root) = load_pem_private_key(key.read_bytes(), None), load_pem_x509_certificates(key.read_bytes())
    file = tmp_path / "agency.p12"
    file.write_bytes(serialize_key_and_certificates(b"seal", private, own, [root], BestAvailableEncryption(b"demo password")))
    with pytest.raises(NotConfigured, match="SOSPESO_SEAL_PASSWORD"):
        read_seal(str(file), "another")
    file.write_bytes(key.read_bytes().replace(b"CERTIFICATE", b"SOMETHING"))
    with pytest.raises(NotConfigured, match="SOSPESO_SEAL"):
        read_seal(str(file), None)


def test_an_authority_stamps_the_time_and_one_that_does_not_answer_holds_up_nothing(key, plain, tmp_path):
    with timestamp_authority() as authority:
        pem = authority.write_certificate(tmp_path / "authority.pem")
        seal = Seal(str(key), None, authority.url)
        found = looked_at(sealed(plain, seal), key.with_name(ROOT), pem)
        assert found.bottom_line
        assert found.timestamp_validity.trusted
        authority.answers_instead = b"no stamp"
        found = looked_at(sealed(plain, seal), key.with_name(ROOT))
        assert (found.bottom_line, found.timestamp_validity) == (True, None)
        asked = len(authority.asked)
        sealed(plain, seal)
        assert len(authority.asked) == asked  # left alone for a minute


async def the_paper(house, party) -> tuple[Document, bytes]:
    async with house.database.transaction() as session:
        owner = await open_party(session, house.keys, party)
        (document,) = await documents_of(session, party)
    return document, await house.documents.read(owner, document)


async def test_a_receipt_is_stored_and_mailed_sealed_and_its_job_begun_again_finds_it(database_url, tmp_path, key, work):
    async with a_house(database_url, tmp_path, shipped.catalogue(), seal=key) as house, work(house):
        party = await a_customer(house, *a_registration())
        await settled(house)
        document, content = await the_paper(house, party)
        assert (await asyncio.to_thread(looked_at, content, key.with_name(ROOT))).bottom_line
        assert {attached.get_content() for letter in letters(house) for attached in letter.iter_attachments()} == {content}
        await receipts.deliver_receipt(str(document.receipt_id))
        assert (await the_paper(house, party))[1] == content
        assert seal_of(house.settings) == Seal(str(key))


DYING = textwrap.dedent("""
    import asyncio, os, signal, sys
    from pathlib import Path
    from bots import receipts
    from storage.workers import Worker
    from tests.bots.conftest import QUEUES
    from tests.bots.house import a_house
    url, home, seal = sys.argv[1:]

    async def main():
        async with a_house(url, Path(home), seal=Path(seal)) as house:
            put = house.documents.put

            async def put_and_die(owner, content, **more):
                await put(owner, content, **more)
                Path(home, "sealed").write_bytes(content)
                os.kill(os.getpid(), signal.SIGKILL)

            house.documents.put = put_and_die
            receipts.register(house)
            async with Worker(house.database.url, QUEUES):
                await asyncio.sleep(600)
    asyncio.run(main())
""")


async def test_killed_before_its_row_is_made_it_stays_the_one_paper_though_no_two_seals_are_alike(database_url, tmp_path, key, work):
    async with a_house(database_url, tmp_path, shipped.catalogue(), seal=key) as house:
        party = await a_customer(house, *a_registration())
        await killed(warm.start_python("-c", DYING, database_url, str(tmp_path), str(key)))
        await finished_by_another(house, work)
        document, content = await the_paper(house, party)
        assert content == (tmp_path / "sealed").read_bytes()
        assert (await asyncio.to_thread(looked_at, content, key.with_name(ROOT))).bottom_line
        assert {attached.get_content() for letter in letters(house) for attached in letter.iter_attachments()} == {content}
        assert len(list((tmp_path / "documents").rglob("*-*-*-*-*"))) == 2  # the party's folder and its one file
        assert await house.documents.check(document) == (True, True)
