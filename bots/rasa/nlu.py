"""A Rasa server that is asked what words mean which our own rules do not understand. It decides nothing that a person could be bound by."""

import logging
import time
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPException
from typing import Final

import orjson

from bots.posts import post
from bots.rasa.payloads import COMMANDS
from dialogs.events import Commanded

log = logging.getLogger(__name__)
WAIT_S: Final = 0.3  # a customer waits for it; a live Rasa answered in 9 ms (p50)
MOST_FAILURES: Final = 3
REST_S: Final = 30.0
SURE: Final = 0.8
"""Confidence from which on an intent counts; what Rasa itself calls a fallback has 0.4."""
HARMLESS: Final = frozenset({"why", "help", "review", "human", "menu", "back", "language"})
"""What loses no answer and confirms nothing."""
MOST_TEXT: Final = 200
MOST_ANSWER: Final = 1_000_000
"""Bytes: with all that a pipeline tells of a text it has some 10,000."""


class Interpreter:
    """After a few failures in a row it is left alone for a while."""

    def __init__(self, url: str, *, wait_s: float = WAIT_S, clock: Callable[[], float] = time.monotonic) -> None:
        self._address = f"{url.rstrip('/')}/model/parse"
        self._wait_s = wait_s
        self._clock = clock
        self._failures = 0
        self._rests_until = 0.0

    async def __call__(self, text: str) -> Commanded | None:
        """None where it is not asked, does not answer in time, or means nothing that may be done on its word."""
        if not _may_be_told(text) or self._clock() < self._rests_until:
            return None
        try:
            intent = await self._parse(text)
        except (OSError, ValueError, KeyError, TypeError, HTTPException) as error:
            self._fail(error)
            return None
        self._failures = 0
        command = COMMANDS.get(intent)
        return Commanded(command) if command in HARMLESS else None

    async def _parse(self, text: str) -> str:
        """The intent it is sure of, empty where it is not."""
        body, headers, wait_s = orjson.dumps({"text": text}), {"content-type": "application/json"}, self._wait_s
        answered = await post(self._address, body, headers, silence_s=wait_s, within_s=wait_s, most=MOST_ANSWER)
        if answered.status != HTTPStatus.OK:
            raise ValueError(f"it answered {answered.status}")
        intent = orjson.loads(answered.content)["intent"]
        return str(intent["name"]) if float(intent["confidence"]) >= SURE else ""

    def _fail(self, error: Exception) -> None:
        self._failures += 1
        if self._failures < MOST_FAILURES:
            return
        self._failures = 0
        self._rests_until = self._clock() + REST_S
        log.warning("SOSPESO_RASA_URL does not answer (%s): not asked for %d s", type(error).__name__, REST_S)


def _may_be_told(text: str) -> bool:
    """What looks like a value (a number, an address) stays in the house."""
    return 0 < len(text) <= MOST_TEXT and "@" not in text and not any(letter.isdigit() for letter in text)
