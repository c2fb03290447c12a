"""The project's list of bad inputs, the door each row comes in by, and the rows whose door is not built yet."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[1] / "data" / "nasty_inputs.json"

QUESTIONS = {
    "amount": "quote_home.sums.rebuild_value",
    "cap": "registration_person.residence.postcode",
    "cf": "registration_person.identity.tax_code",
    "date": "registration_person.identity.birth_date",
    "email": "journey.email",
    "iban": "registration_person.bank.iban",
    "iva": "registration_person.work.vat_number",
    "m2": "quote_home.building.area_m2",
    "name": "registration_person.identity.family_name",
    "phone": "registration_person.identity.mobile",
    "year": "quote_home.building.year_built",
}
"""The question that a row's `field` is an answer to."""

NOT_YET = {
    "quotes": "only customers are read in: neither their quotes nor their policies",
    "inbound": "mail is sent, not read yet: replies, bounces, automatic answers, links in mails",
    "ledger": "papers sealed in themselves are of a later release: a changed copy shows in a bundle, not in a mail that came back",
    "entry": "colleagues do not prepare cards yet: they filter, read and act",
    "script": "papers hold no right-to-left font yet",
}


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    field: str
    input: Any
    expected: str
    why: str
    channels: tuple[str, ...]

    @property
    def text(self) -> str:
        """What is typed; a long one stands as `{"$repeat": [text, times]}`."""
        return unfolded(self.input)

    def __str__(self) -> str:
        return f"{self.number} {self.field}: {self.why}"


def unfolded(value: Any) -> str:
    return str(value["$repeat"][0] * value["$repeat"][1] if isinstance(value, dict) else value)


ROWS = tuple(
    Row(number, row["field"], row["input"], row["expected_class"], row["why"], tuple(row["channels"]))
    for number, row in enumerate(json.loads(FILE.read_text()))
)
ANSWERS = tuple(row for row in ROWS if row.field != "*")
NAMES = tuple(row for row in ANSWERS if row.field == "name")
LITERAL = tuple(row for row in ANSWERS if row.expected == "store_literal")


def the(why: str) -> Row:
    return next(row for row in ROWS if row.why == why)


WEBCHAT = ("browser back", "no session", "IDOR", "skip a step", "wrong type", "archive")
CONSOLE = ("SQL in filter", "path in query", "server re-checks")
EMAIL = ("mailbox full", "clock step must not reorder the trail", "at-least-once mail: same Message-ID")
EXPORT = (
    "unbreakable word", "no html path", "ElementTree writes it unparseable", "leading quote", "terminal escape", "Outlook sync",
)  # fmt: skip
TELEGRAM = (
    "cancel mid-way keeps the draft", "deep link must not consent", "command for another bot", "conditional yes is not consent",
    "emoji is not explicit consent", "refusal is stored as refusal", "vague yes to a consent", "yes without", "broken JSON", "flood",
    "forged/foreign id in callback data", "double tap on a button", "unknown callback data", "webhook without the secret",
    "personal data in a group", "contact card of someone else", "path traversal in file name", "file above bot limit",
    "same update redelivered", "voice where text is asked",
)  # fmt: skip
"""Situations (field `*`) that are tested, by their `why`, channel by channel."""
IMPORT = (
    "Italian Excel", "Excel damage", "encoding", "Excel serial", "file hash idempotency", "fuzzy duplicate", "external data", "external entity",
)  # fmt: skip
SITUATIONS = {"webchat": WEBCHAT, "console": CONSOLE, "email": EMAIL, "export": EXPORT, "telegram": TELEGRAM, "import": IMPORT}
LATER = {
    "auto-submitted must not answer": "inbound",
    "forged bounce: VERP token wrong": "inbound",
    "confirmation from another address": "inbound",
    "second click": "inbound",
    "expired": "inbound",
    "one-word withdrawal works": "inbound",
    "validation string must fail": "ledger",
    "text shaping needed": "script",
    "duplicate": "quotes",
}


def standing(row: Row, channel: str) -> str:
    """`tested`, or the reason of NOT_YET."""
    if row.field == "*":
        return "tested" if row.why in SITUATIONS[channel] else LATER[row.why]
    if channel == "import" and QUESTIONS[row.field].startswith("quote_home."):
        return "quotes"
    return "tested"
