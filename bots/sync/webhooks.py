"""A message for each record by HTTP, signed as Standard Webhooks 1.0.0 asks (https://www.standardwebhooks.com)."""

import base64
import binascii
import hashlib
import hmac
import os
import re
from collections.abc import AsyncIterator
from datetime import datetime
from http.client import HTTPException
from typing import Any, Final

import orjson
from dotenv import dotenv_values

from bots.posts import post
from bots.sync.carriers import Answer, Clock, Fates, Load, Parcel
from forms.exports.targets import Http, sent_record
from rules.sync import Fate, Told, asked_wait_s, fate_of

WAIT_S: Final = 15.0  # of each of their silences, as the specification advises
MOST_ANSWER: Final = 16_384  # bytes of an answer that are read
MOST_INSTANT: Final = 12  # digits: Python refuses to read thousands of them
TOLERANCE_S: Final = 300  # as the reference libraries have it
PREFIX: Final = "whsec_"
LEAST_SECRET, MOST_SECRET = 24, 64  # bytes, by the specification
_SIGNATURE: Final = re.compile(r"v1,[A-Za-z0-9+/]{43}=")  # 32 bytes


class Webhooks:
    def __init__(self, target: Http, *, wait_s: float = WAIT_S) -> None:
        self._target, self._wait_s = target, wait_s

    async def carry(self, load: Load, clock: Clock) -> AsyncIterator[Fates]:
        secret = read_secret(self._target.secret)
        if secret is None:
            yield [(parcel, Answer(Fate.STOP, "secret")) for parcel in load.parcels]
            return
        for parcel in load.parcels:
            answer = await self._told(parcel, self._body(load, parcel), secret, clock())
            yield [(parcel, answer)]
            if answer.fate in {Fate.LATER, Fate.STOP}:
                return

    def _body(self, load: Load, parcel: Parcel) -> bytes:
        about = {"id": parcel.record, "change": parcel.change.value, **load.mark.record}
        record = sent_record(self._target, parcel.told or {}, about, load.zone)
        data = {"target": load.target, "batch": load.number, "id": parcel.record, "record": record, "overwrite": parcel.is_forced}
        told = {"type": f"{self._target.list}.{parcel.change}", "timestamp": load.mark.record["exported_at"], "data": data}
        return orjson.dumps(told)

    async def _told(self, parcel: Parcel, body: bytes, secret: bytes, now: datetime) -> Answer:
        headers = _headers(parcel, body, secret, now)
        try:
            answered = await post(self._target.address, body, headers, silence_s=self._wait_s, within_s=2 * self._wait_s, most=MOST_ANSWER)
        except (OSError, HTTPException) as error:
            return Answer(Fate.LATER, "timeout" if isinstance(error, TimeoutError) else "connection")
        status = answered.status
        fate = fate_of(status)
        theirs = _theirs(answered.content) if fate is Fate.CONFLICT else None
        return Answer(fate, "" if fate is Fate.TAKEN else f"http_{status}", asked_wait_s(answered.headers.get("retry-after"), now), theirs)


def sign(secret: bytes, message: str, at: int, body: bytes) -> str:
    signed = hmac.digest(secret, f"{message}.{at}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(signed).decode()}"


def is_signed(secret: bytes, message: str, at: int, body: bytes, signatures: str) -> bool:
    """By any of the signatures: there are two while a secret is changed."""
    expected = sign(secret, message, at, body).encode()
    return any(hmac.compare_digest(each.encode(), expected) for each in signatures.split())


def may_be_signed(signatures: str) -> bool:
    """Whether any of them is of the form that `is_signed` would compare: told without the body."""
    return any(_SIGNATURE.fullmatch(each) for each in signatures.split())


def is_now(at: str, now: float) -> bool:
    """Else it may be an old message that somebody kept, and sends again."""
    return len(at) <= MOST_INSTANT and at.isascii() and at.isdecimal() and abs(int(at) - now) <= TOLERANCE_S


def read_secret(name: str) -> bytes | None:
    """From the environment or `.env`; None where it is not there or is none."""
    told = os.environ.get(name) or dotenv_values(".env").get(name) or ""
    try:
        secret = base64.b64decode(told.strip().removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return None
    return secret if LEAST_SECRET <= len(secret) <= MOST_SECRET else None


def _headers(parcel: Parcel, body: bytes, secret: bytes, now: datetime) -> dict[str, str]:
    message, at = str(parcel.message), int(now.timestamp())
    return {
        "content-type": "application/json",
        "user-agent": "Sospeso",
        "webhook-id": message,
        "webhook-timestamp": str(at),
        "webhook-signature": sign(secret, message, at, body),
    }


def _theirs(content: bytes) -> Told | None:
    """What they say they have: an object of plain values, by itself or as `record`."""
    try:
        told: Any = orjson.loads(content)  # whatever they send
    except orjson.JSONDecodeError:
        return None
    told = told.get("record", told) if isinstance(told, dict) else None
    if not isinstance(told, dict):
        return None
    return {name: value for name, value in told.items() if isinstance(value, str | int)} or None
