"""What a paper tells, once more as JSON for a program: a file inside of the PDF. It holds what the paper prints, and nothing that it does not."""

from datetime import datetime
from typing import Any

import orjson

from bots.papers import Issued, Record

FORMAT = "sospeso.record.v1"


def as_json(kind: str, number: str, at: datetime, record: Record, policy: Issued | None = None) -> str:
    """The same record is the same text."""
    told: dict[str, Any] = {  # JSON
        "format": FORMAT,
        "kind": kind,
        "number": number,
        "at": at,
        "language": record.language,
        "customer": {"name": record.name, "emails": record.emails},
        "answers": [
            {"form": part.form, "version": part.version, "answers": dict(part.answers), "unanswered": part.unanswered}
            for part in record.parts
        ],
        "acts": record.acts,
        "renewed": [each._asdict() for each in record.renewed],
        "replaces": record.replaces,
        "price": record.pricing,
        "offer": record.offer,
        "policy": policy,
        "confirmation": record.binding,
        "confirmed_at": record.confirmed_at,
        "signed": record.signed,
    }
    return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode()
