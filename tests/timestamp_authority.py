"""A time-stamping authority (RFC 3161) on this machine: HTTP, a certificate of its own, answers written out in DER."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SIGNED_DATA, TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_CERTIFICATE = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.16.2.47"
SHA_256, ECDSA_SHA256, POLICY = "2.16.840.1.101.3.4.2.1", "1.2.840.10045.4.3.2", "1.3.6.1.4.1.99999.1"
IMPRINT = bytes.fromhex("0420")  # an octet string of 32 bytes: in a request only the hash is one


@dataclass(slots=True)
class Authority:
    url: str
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)
    asked: list[bytes] = field(default_factory=list)
    """The hashes it was shown."""
    answers_instead: bytes | None = None

    def write_certificate(self, path: Path) -> Path:
        path.write_bytes(self.certificate.public_bytes(Encoding.PEM))
        return path

    def answer(self, request: bytes) -> bytes:
        at = request.index(IMPRINT) + len(IMPRINT)
        self.asked.append(request[at : at + 32])
        rest = request[at + 32 :]
        nonce = rest[: 2 + rest[1]] if rest[:1] == b"\2" else b""
        if self.answers_instead is not None:
            return self.answers_instead
        algorithm = seq(oid(SHA_256))
        info = seq(
            integer(1),
            oid(POLICY),
            seq(algorithm, tlv(0x04, self.asked[-1])),
            integer(len(self.asked)),
            tlv(0x18, f"{datetime.now(UTC):%Y%m%d%H%M%SZ}".encode()),
            nonce,
        )
        der = self.certificate.public_bytes(Encoding.DER)
        attributes = b"".join(sorted((
            attribute(CONTENT_TYPE, oid(TST_INFO)),
            attribute(MESSAGE_DIGEST, tlv(0x04, hashlib.sha256(info).digest())),
            attribute(SIGNING_CERTIFICATE, seq(seq(seq(tlv(0x04, hashlib.sha256(der).digest()))))),
        )))  # fmt: skip
        signer = seq(
            integer(1),
            seq(self.certificate.issuer.public_bytes(), integer(self.certificate.serial_number)),
            algorithm,
            tlv(0xA0, attributes),
            seq(oid(ECDSA_SHA256)),
            tlv(0x04, self.key.sign(tlv(0x31, attributes), ec.ECDSA(SHA256()))),
        )
        content = seq(oid(TST_INFO), tlv(0xA0, tlv(0x04, info)))
        signed = seq(integer(3), tlv(0x31, algorithm), content, tlv(0xA0, der), tlv(0x31, signer))
        return seq(seq(integer(0)), seq(oid(SIGNED_DATA), tlv(0xA0, signed)))


@contextmanager
def timestamp_authority() -> Iterator[Authority]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            given = authority.answer(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-type", "application/timestamp-reply")
            self.send_header("content-length", str(len(given)))
            self.end_headers()
            self.wfile.write(given)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    key = ec.generate_private_key(ec.SECP256R1())
    authority = Authority(f"http://127.0.0.1:{server.server_address[1]}/", certified(key), key)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    serving.start()
    try:
        yield authority
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


def certified(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Demo Time Stamping Authority")])
    begun = datetime.now(UTC) - timedelta(days=1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), begun, begun + timedelta(days=3650))
    stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    return builder.add_extension(stamping, critical=True).sign(key, SHA256())


def attribute(kind: str, value: bytes) -> bytes:
    return seq(oid(kind), tlv(0x31, value))


def seq(*parts: bytes) -> bytes:
    return tlv(0x30, b"".join(parts))


def integer(value: int) -> bytes:
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1))


def oid(dotted: str) -> bytes:
    first, second, *others = map(int, dotted.split("."))
    encoded = bytes([first * 40 + second])
    for arc in others:
        low = [arc & 0x7F]
        while arc := arc >> 7:
            low.append(arc & 0x7F | 0x80)
        encoded += bytes(reversed(low))
    return tlv(0x06, encoded)


def tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 0x80 else bytes([0x80 | (size.bit_length() + 7) // 8]) + size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag]) + length + content
