"""The action of a Rasa project: hands each message on to Sospeso's REST channel and says what comes back.

A file of its own, which `sospeso rasa export` lays beside the project, with its words in `words.json`: it runs where Rasa runs (rasa-sdk and
the standard library, no key and no database of ours). `python actions.py` serves it on 127.0.0.1."""

from __future__ import annotations  # Rasa 3.6 runs on Python 3.8 to 3.10

import asyncio
import json
import logging
import os
import sys
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import Any

from rasa_sdk import Action
from rasa_sdk.__main__ import main

log = logging.getLogger(__name__)
NAME = "action_sospeso_turn"
ADDRESS = "http://127.0.0.1:8080"
WAIT_S = 10.0
WORDS = Path(__file__).with_name("words.json")
TOO_MANY, BROKEN = 429, 500


class TakeTurn(Action):  # type: ignore[misc]  # rasa-sdk is installed where Rasa runs
    """`SOSPESO_PUBLIC_URL` says where Sospeso answers, `SOSPESO_RASA_SECRET` is what it asks for."""

    def name(self) -> str:
        return NAME

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:  # noqa: ARG002 - Any: the SDK's own
        latest = tracker.latest_message
        said = {
            "sender": tracker.sender_id,
            "message": latest.get("text") or "",
            "metadata": {**(latest.get("metadata") or {}), "message_id": latest.get("message_id")},
        }
        answered = await asyncio.to_thread(_send, said)
        for message in [{"text": _unanswered(said["metadata"].get("language"))}] if answered is None else answered:
            dispatcher.utter_message(text=message.get("text"), buttons=message.get("buttons"), json_message=message.get("custom"))
        return []


def _send(said: dict[str, Any]) -> Any:  # Any: JSON
    """None where there is no answer just now: too much came at once, or Sospeso is out of reach. What only an administrator can mend rises."""
    headers = {"content-type": "application/json"}
    if os.environ.get("SOSPESO_RASA_SECRET"):
        headers["authorization"] = "Bearer " + os.environ["SOSPESO_RASA_SECRET"]
    address = os.environ.get("SOSPESO_PUBLIC_URL", ADDRESS).rstrip("/") + "/webhooks/rest/webhook"
    request = urllib.request.Request(address, json.dumps(said).encode(), headers)  # noqa: S310 - our own setting
    try:
        with urllib.request.urlopen(request, timeout=WAIT_S) as answer:  # noqa: S310 - likewise
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code != TOO_MANY and error.code < BROKEN:
            raise
        log.warning("Sospeso answered %d", error.code)
    except (OSError, HTTPException) as error:
        log.warning("Sospeso did not answer: %s", type(error).__name__)
    return None


def _unanswered(language: Any) -> str:  # Any: the client's own
    words: dict[str, str] = json.loads(WORDS.read_text(encoding="utf-8"))
    return words.get(str(language or "").partition("-")[0].lower()) or next(iter(words.values()))


def serve() -> None:
    """Takes rasa-sdk's own options. Elsewhere than on this machine it is reached only where `SANIC_HOST` says so."""
    os.environ.setdefault("SANIC_HOST", "127.0.0.1")
    here = Path(__file__).resolve()
    sys.path.insert(0, str(here.parent))
    sys.argv[1:1] = ["--actions", here.stem]
    main()


if __name__ == "__main__":
    serve()
