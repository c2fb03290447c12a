"""The key and the certificates of the seal: a PKCS#12 or PEM file of the agency's own, or what the demo makes for itself."""

import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from storage.settings import NotConfigured

log = logging.getLogger(__name__)

ROOT_YEARS, SEAL_YEARS = 20, 10  # of the demo
ROOT: Final = "root.pem"
_YEAR: Final = timedelta(days=365)
_CERTIFIES: Final = {"key_cert_sign": True, "crl_sign": True}
_SEALS: Final = {"digital_signature": True, "content_commitment": True}
_USES: Final = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)

type SealKey = ec.EllipticCurvePrivateKey | RSAPrivateKey
type Certificates = list[x509.Certificate]


def read_seal(file: str, password: str | None) -> tuple[SealKey, Certificates]:
    """The key and its certificates, its own first. Raises NotConfigured with what to do."""
    secret = password.encode() if password else None
    try:
        content = Path(file).read_bytes()
        key, certificates = _of_pem(content, secret) if b"-----BEGIN" in content else _of_pkcs12(content, secret)
    except (OSError, ValueError, TypeError) as error:
        raise NotConfigured(
            f"SOSPESO_SEAL cannot be opened: {file} is no PKCS#12 or PEM file with a key and its certificate, "
            "or SOSPESO_SEAL_PASSWORD is not its password."
        ) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey | RSAPrivateKey):
        raise NotConfigured(f"SOSPESO_SEAL: {file} holds no key of an elliptic curve (P-256 is best) and no RSA key.")
    own = [each for each in certificates if each.public_key() == key.public_key()]
    if not own:
        raise NotConfigured(f"SOSPESO_SEAL: {file} holds no certificate of its key: add the certificate, and those it rests on.")
    return key, [*own, *(each for each in certificates if each not in own)]


def check_seal(file: Path, password: SecretStr | None) -> None:
    """At the start, so that no paper waits for somebody who knows the password."""
    own = read_seal(str(file), password.get_secret_value() if password else None)[1][0]
    if own.not_valid_after_utc < datetime.now(UTC):
        ended = own.not_valid_after_utc.date()
        log.error("the certificate of SOSPESO_SEAL ended on %s: no reader trusts what it seals now; set one that is valid", ended)


def _of_pem(content: bytes, secret: bytes | None) -> tuple[object, Certificates]:
    return load_pem_private_key(content, secret), x509.load_pem_x509_certificates(content)


def _of_pkcs12(content: bytes, secret: bytes | None) -> tuple[object, Certificates]:
    found = load_pkcs12(content, secret)
    return found.key, [each.certificate for each in (found.cert, *found.additional_certs) if each is not None]


def make_seal(file: Path, agency: str, at: datetime) -> None:
    """A key with a certificate of a root of our own, for a demo; what is there stays. The root's key is thrown away."""
    if file.exists():
        return
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, own_name = _name(agency, "Demo root"), _name(agency, "Demo seal")
    root = _certified(root_name, root_key.public_key(), at, ROOT_YEARS, _CERTIFIES)
    root = root.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    own = _certified(own_name, key.public_key(), at, SEAL_YEARS, _SEALS)
    own = own.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    own = own.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
    own_pem, root_pem = (
        each.issuer_name(root_name).sign(root_key, SHA256()).public_bytes(Encoding.PEM) for each in (own, root)
    )  # fmt: skip
    _write(file.with_name(ROOT), root_pem)  # for a reader of PDFs that is to trust it
    _write(file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + own_pem + root_pem)


def _name(agency: str, what: str) -> x509.Name:
    # 64 characters are the most a certificate's names may have
    return x509.Name([
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, agency[:64]),
        x509.NameAttribute(NameOID.COMMON_NAME, f"{what}, {agency}"[:64]),
    ])  # fmt: skip


def _certified(name: x509.Name, key: ec.EllipticCurvePublicKey, at: datetime, years: int, uses: dict[str, bool]) -> x509.CertificateBuilder:
    usage = x509.KeyUsage(**dict.fromkeys(_USES, False) | uses)
    builder = x509.CertificateBuilder(subject_name=name, public_key=key, serial_number=x509.random_serial_number())
    builder = builder.not_valid_before(at - timedelta(hours=1)).not_valid_after(at + years * _YEAR)  # clocks differ
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    return builder.add_extension(usage, critical=True)


def _write(file: Path, content: bytes) -> None:
    """For this account's eyes only; whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = file.with_name(f".{file.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    fresh.replace(file)
