"""How the values of settings are written: sizes, rates, addresses. What cannot be used is a ValueError that says how it is written.

No sentence repeats an address: there may be a password in it."""

import ipaddress
import re
from collections.abc import Sequence
from decimal import Decimal
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

from forms.addresses import read_address
from rules.languages import LANGUAGES
from rules.writing import is_writing

UNITS = {"": 1, "b": 1, "kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000}
# Groups of three are thousands; a point or comma before one or two digits is the decimal mark: "1.5 MB" is not 15.
_COUNT = r"\d{1,3}(?:(?P<mark>[,._])\d{3})(?:(?P=mark)\d{3})*|\d+"
_SIZE = re.compile(rf"\s*(?P<whole>{_COUNT})(?:[.,](?P<part>\d{{1,2}}))?\s*(?P<unit>[kmg]?b?)\s*")
_CACHE = re.compile(rf"\s*(?P<count>{_COUNT})(?:\s*conversations?)?(?:(?:\s*,\s+|\s+and\s+)(?P<size>\S.*))?\s*", re.IGNORECASE)
_ONE_RATE = r"0*[1-9]\d*\s*/\s*(?:s|min|h)(?:\s+burst\s+0*[1-9]\d*)?"
_RATE = re.compile(rf"\s*{_ONE_RATE}\s*")
_RATES = re.compile(rf"\s*{_ONE_RATE}(?:\s*,\s*{_ONE_RATE})?\s*")
_RESEND = re.compile(r"\s*0*[1-9]\d*/min,?\s*(?:and\s+)?0*[1-9]\d*/h\s*")
_TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)
_HOOK = re.compile(r"[A-Za-z0-9_-]{1,256}")
_STORES = frozenset({"file", "s3", "gs", "az"})  # of those that obstore opens, the ones that are written to
_DATABASES = frozenset({"postgresql", "postgres"})
_MAIL_SERVERS = frozenset({"smtp", "smtps"})


def read_size(given: object) -> object:
    """`10 MB`, `1.5 MB`, `256 kB`, `5000` in bytes."""
    if not isinstance(given, str):
        return given
    found = _SIZE.fullmatch(given.lower())
    if found is None or found["unit"] not in UNITS:
        raise ValueError("write it as 10 MB, 1.5 MB, 256 kB or 5000")
    size = Decimal(f"{_digits(found['whole'])}.{found['part'] or 0}") * UNITS[found["unit"]]
    if size != int(size):
        raise ValueError("write a whole number of bytes, as 10 MB, 1.5 MB, 256 kB or 5000")
    return int(size)


def read_cache(text: str) -> tuple[int, int | None]:
    """Conversations, and bytes where they are told."""
    found = _CACHE.fullmatch(text)
    if found is None:
        raise ValueError("write it as 10,000 conversations, 64 MB; 0 keeps none")
    size = read_size(found["size"]) if found["size"] else None
    return _digits(found["count"]), size if isinstance(size, int) else None


def is_cache(text: str) -> str:
    read_cache(text)
    return text


def is_rate(text: str) -> str:
    if _RATE.fullmatch(text) is None:
        raise ValueError("write it as 30/min, 20/s or 20/s burst 40, and not 0")
    return text


def are_rates(text: str) -> str:
    if _RATES.fullmatch(text) is None:
        raise ValueError("write it as 20/s burst 40, 100/s: a conversation's, then an address's, neither 0")
    return text


def are_resends(text: str) -> str:
    if _RESEND.fullmatch(text) is None:
        raise ValueError("write it as 1/min, 5/h, neither 0")
    return text


def is_currency(text: str) -> str:
    if re.fullmatch(r"[A-Z]{3}", text) is None:
        raise ValueError("write its three capital letters, as EUR")
    return text


def is_line(text: str) -> str:
    if not text.strip() or not is_writing(text):
        raise ValueError("write it on one line")
    return text


def is_mailbox(text: str) -> str:
    if read_address(text) is None:
        raise ValueError("write an e-mail address, as agenzia@example.org")
    return text


def is_site(text: str) -> str:
    """Without the last slash: paths are put behind it."""
    parts = _parts(text)
    if parts is None or parts.scheme not in {"http", "https"} or "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("write the address that customers open, as https://chat.example.org")
    return text.rstrip("/")


def is_service(text: str) -> str:
    parts = _parts(text)
    if parts is None or parts.scheme not in {"http", "https"}:
        raise ValueError("write its address, as https://service.example.org")
    return text


def are_origins(texts: Sequence[str]) -> tuple[str, ...]:
    """Without the last slash."""
    origins = tuple(text.removesuffix("/") for text in texts)
    if not all(map(_is_origin, origins)):
        raise ValueError("write the sites without a path, as https://www.example.org,https://example.org")
    return origins


def are_networks(texts: Sequence[str]) -> tuple[str, ...]:
    try:
        for text in texts:
            ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise ValueError("write IP addresses or networks, as 10.0.0.5,192.168.0.0/24") from error
    return tuple(texts)


def are_languages(texts: Sequence[str]) -> tuple[str, ...]:
    if not texts or not set(texts) <= set(LANGUAGES):
        raise ValueError(f"write one or more of {','.join(LANGUAGES)}, the agency's own first")
    return tuple(texts)


def is_store(text: str) -> str:
    """Empty = the folder in SOSPESO_HOME."""
    if not text:
        return text
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = SplitResult("", "", "", "", "")
    is_there = parts.netloc in {"", "localhost"} and len(parts.path) > 1 if parts.scheme == "file" else bool(parts.netloc)
    if parts.scheme not in _STORES or not is_there:
        raise ValueError("write it as file:///folder or s3://bucket/folder")
    return text


def is_mail_server(url: SecretStr) -> SecretStr:
    parts = _parts(url.get_secret_value())
    if parts is None or parts.scheme not in _MAIL_SERVERS:
        raise ValueError(
            "write it as smtp://user:password@mail.example.org:587 or smtps://…, signs such as / @ : in a password as %2F %40 %3A"
        )
    return url


def is_database(url: SecretStr) -> SecretStr:
    try:
        parts = urlsplit(url.get_secret_value())
        is_whole = "://" in url.get_secret_value() and (parts.port is None or parts.port > 0)  # one on this machine needs no host
    except ValueError:
        is_whole = False
    if not is_whole or parts.scheme.partition("+")[0] not in _DATABASES:
        raise ValueError(
            "write it as postgresql://user:password@db.example.org:5432/sospeso, signs such as / @ : in a password as %2F %40 %3A"
        )
    return url


def is_bot_token(token: SecretStr) -> SecretStr:
    if _TOKEN.fullmatch(token.get_secret_value()) is None:
        raise ValueError("write the token as @BotFather tells it: digits, a colon, letters")
    return token


def is_hook_secret(secret: SecretStr) -> SecretStr:
    if _HOOK.fullmatch(secret.get_secret_value()) is None:
        raise ValueError("Telegram takes 1 to 256 letters, digits, _ and -: `openssl rand -hex 32` makes one")
    return secret


def _digits(text: str) -> int:
    return int(re.sub(r"[,._]", "", text))


def _parts(text: str) -> SplitResult | None:
    """None for what names no host."""
    try:
        parts = urlsplit(text)
        is_whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    return parts if is_whole and not re.search(r"[\s\x00-\x1f]", text) else None


def _is_origin(text: str) -> bool:
    """A site, or with `*.` those under it, and nothing that would end the header it stands in."""
    return re.fullmatch(r"https?://(\*\.)?[A-Za-z0-9.-]+(:\d{1,5})?", text) is not None
