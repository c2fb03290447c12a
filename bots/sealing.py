"""The seal of a paper: a PAdES signature over the whole file, by a key that lies outside of the database. It shows that nothing was
changed since; it is no advanced and no qualified signature (docs/papers.md).

pyHanko is imported only where something is sealed or looked at, in a printing process: 60 MB and a second."""

import io
import logging
import time
from functools import cache
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.signers import PdfSigner, SimpleSigner
    from pyhanko.sign.timestamps import TimeStamper

    from storage.settings import Settings

log = logging.getLogger(__name__)

FIELD: Final = "Seal"
# Room beside the certificates, for the signature and for a time stamp with its own: pyHanko would sign once more to find out.
BYTES, STAMP_BYTES = 1_500, 12_000
REST_S: Final = 60.0  # an authority of time stamps that did not answer is not asked again by the next paper
ANSWER_S: Final = 5  # a customer waits for the mail with this paper


class Seal(msgspec.Struct, frozen=True):
    """Where the key lies. The key itself goes through no pipe."""

    file: str
    password: str | None = None
    tsa_url: str | None = None


def seal_of(settings: "Settings") -> Seal | None:
    """None where papers are not sealed."""
    if settings.seal_file is None:
        return None
    password = settings.seal_password.get_secret_value() if settings.seal_password else None
    return Seal(str(settings.seal_file), password, settings.tsa_url)


def sealed(content: bytes, seal: Seal) -> bytes:
    """The file with its seal appended: baseline B-T where an authority of time stamps answers, otherwise B-B."""
    if seal.tsa_url and time.monotonic() >= _rests_until.get(seal.tsa_url, 0):
        try:
            return _signed(content, _signer(seal, seal.tsa_url), STAMP_BYTES)
        except Exception as error:  # noqa: BLE001 - whatever it answered, nobody waits for it
            _rests_until[seal.tsa_url] = time.monotonic() + REST_S
            log.warning("a paper is sealed without a time stamp: its authority does not answer as it should (%s)", type(error).__name__)
    return _signed(content, _signer(seal))


_rests_until: dict[str, float] = {}


def _signed(content: bytes, signer: "PdfSigner", more_room: int = 0) -> bytes:
    key = signer.signer
    certificates = sum(len(each.dump()) for each in (key.signing_cert, *key.cert_registry) if each)
    room = 2 * (BYTES + certificates + more_room)  # in hex
    return bytes(signer.sign_pdf(_revision(content), bytes_reserved=room).getvalue())


def _revision(content: bytes) -> "IncrementalPdfFileWriter":
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    class SameMetadata(IncrementalPdfFileWriter):
        """The file stays the PDF/A-3b that was printed: its metadata are not written anew, with names and dates of now."""

        def _update_meta(self) -> None:  # a private name of pyHanko: its version is pinned and tests read what comes out
            pass

    return SameMetadata(io.BytesIO(content))


@cache
def _signer(seal: Seal, tsa_url: str | None = None) -> "PdfSigner":
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

    class SameVersion(PdfSigner):
        """Nor does it become a PDF 2.0, which PDF/A-3 knows nothing of: its extensions name what readers of PAdES know anyway."""

        def register_extensions(self, *_: object, **__: object) -> None:
            pass

    told = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,  # readers tell whoever opens it of anything that was appended
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    return SameVersion(told, _key(seal), timestamper=_stamper(tsa_url) if tsa_url else None)


def _key(seal: Seal) -> "SimpleSigner":
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    from bots.seal_keys import read_seal

    key, certificates = read_seal(seal.file, seal.password)
    own, *others = (next(iter(load_certs_from_pemder_data(each.public_bytes(Encoding.DER)))) for each in certificates)
    private = load_private_key_from_pemder_data(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()), None)
    return SimpleSigner(signing_cert=own, signing_key=private, cert_registry=SimpleCertificateStore.from_certs(others))


def _stamper(url: str) -> "TimeStamper":
    from pyhanko.sign.timestamps.aiohttp_client import HTTPTimeStamper

    return HTTPTimeStamper(url, timeout=ANSWER_S)
