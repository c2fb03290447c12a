"""How fast turns and new conversations may come: token buckets in memory, per conversation and per address."""

import ipaddress
import re
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil
from typing import Final

from starlette.requests import HTTPConnection
from starlette.types import Scope

from bots.web.raw import header
from storage.settings import Settings

MOST_BUCKETS: Final = 20_000  # ~10 MB
MADE_ROOM: Final = MOST_BUCKETS // 8  # at once, since looking for the fullest takes some 20 ms
RECENT_IDS: Final = 64  # a client repeats the message it is waiting for, not one from last week
_RATE = re.compile(r"^\s*(\d+)\s*/\s*(s|min|h)\s*(?:burst\s+(\d+)\s*)?$")
_SECONDS = {"s": 1, "min": 60, "h": 3600}

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address
type Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Rate:
    per_s: float
    burst: int

    @classmethod
    def parse(cls, text: str) -> "Rate":
        """`20/s`, `30/min`, `20/s burst 40`; without a burst, one unit's worth."""
        match = _RATE.match(text)
        if not match:
            raise ValueError(f"not a rate: {text!r}; write it as 20/s, 30/min or 20/s burst 40")
        count = int(match[1])
        return cls(count / _SECONDS[match[2]], int(match[3] or count))


@dataclass(slots=True)
class Bucket:
    tokens: float
    at: float
    recent: deque[str] = field(default_factory=lambda: deque(maxlen=RECENT_IDS))

    def refill(self, rate: Rate, now: float) -> None:
        self.tokens = min(rate.burst, self.tokens + (now - self.at) * rate.per_s)
        self.at = now


class Limiter:
    """One rate over many keys."""

    def __init__(self, rate: Rate, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}

    def wait_s(self, key: str, message: str | None = None) -> int:
        """Seconds to wait, 0 = may go on. The same message again costs nothing."""
        bucket = self._bucket(key)
        if message is not None and message in bucket.recent:
            return 0
        if bucket.tokens < 1:
            return max(1, ceil((1 - bucket.tokens) / self._rate.per_s))
        bucket.tokens -= 1
        if message is not None:
            bucket.recent.append(message)
        return 0

    def _bucket(self, key: str) -> Bucket:
        now = self._clock()
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(self._rate.burst, now)
            if len(self._buckets) > MOST_BUCKETS:
                self._make_room(key)
        bucket.refill(self._rate, now)
        return bucket

    def _make_room(self, but: str) -> None:
        """Full buckets go first, which new ones equal, then the fullest: however many addresses come, whoever used theirs up goes on waiting."""
        rate = self._rate
        full_at = {key: bucket.at + (rate.burst - bucket.tokens) / rate.per_s for key, bucket in self._buckets.items() if key != but}
        for key in sorted(full_at, key=full_at.__getitem__)[:MADE_ROOM]:
            del self._buckets[key]


@dataclass(frozen=True, slots=True)
class Limits:
    """All rates of the chat; `opening` = new conversations."""

    turns: Limiter
    address: Limiter
    opening: Limiter
    loopback: bool  # loopback addresses are limited too
    proxies: tuple[Network, ...]

    @classmethod
    def by(cls, settings: Settings) -> "Limits":
        return cls(
            turns=Limiter(Rate.parse(settings.limit_turns_conversation), time.monotonic),
            address=Limiter(Rate.parse(settings.limit_turns_address), time.monotonic),
            opening=Limiter(Rate.parse(settings.limit_conversations), time.monotonic),
            loopback=settings.limit_loopback,
            proxies=networks(settings.trusted_proxies),
        )

    def wait_to_open(self, connection: HTTPConnection) -> int:
        address = self.address_of(connection)
        return 0 if self.is_exempt(address) else self.opening.wait_s(address)

    def address_of(self, request: HTTPConnection) -> str:
        """Who is asking: an IPv4 address, or the /64 of an IPv6 one, of which one household has 2⁶⁴. `X-Forwarded-For` is believed from a
        trusted proxy only, read from the right."""
        client: tuple[str, int] | None = request.scope.get("client")
        address = client[0] if client else ""
        if not self.proxies:
            return _asker(address)
        forwarded = [part.strip() for part in header(request, b"x-forwarded-for").split(",") if part.strip()]
        while forwarded and _within(address, self.proxies):
            address = forwarded.pop()
        return _asker(address)

    def is_exempt(self, address: str) -> bool:
        return not self.loopback and (not address or _is_loopback(address))


def brake_by(settings: Settings) -> Callable[[Scope], int]:
    """For a room that has no limits of its own: seconds that whoever sends this has to wait."""
    limits = Limits.by(settings)
    return lambda scope: limits.wait_to_open(HTTPConnection(scope))


def networks(addresses: Sequence[str]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(address.strip(), strict=False) for address in addresses if address.strip())


def _within(address: str, trusted: tuple[Network, ...]) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in trusted)


@lru_cache(maxsize=4096)
def _asker(address: str) -> str:
    parsed = _parsed(address)
    if parsed is None:
        return address
    if parsed.version == 4 or parsed.is_loopback:
        return str(parsed)
    return str(ipaddress.IPv6Network((int(parsed), 64), strict=False))


@lru_cache(maxsize=4096)
def _parsed(address: str) -> Address | None:
    """Some proxies add a port, `192.0.2.1:4711` or `[2001:db8::1]:4711`; a socket for both kinds gives IPv4 as `::ffff:192.0.2.1`."""
    bare = address[1:].partition("]")[0] if address.startswith("[") else address
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        parsed = ipaddress.ip_address(bare)
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed


@lru_cache(maxsize=4096)
def _is_loopback(address: str) -> bool:
    parsed = _parsed(address)
    return parsed is not None and parsed.is_loopback
