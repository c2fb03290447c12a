"""An event of the audit trail in the desk's words: who, what, why not, and the facts beside it."""

from collections.abc import Iterator, Mapping
from typing import Final

from console.wording import Wording
from rules.access import Action
from storage.audit import Who

CODES: Final = frozenset(Action) | {
    "access.made", "account", "account.chat_ended", "account.entered", "account.password_set", "account.second_off", "account.second_on",
    "account.sessions_ended", "account.signed_out", "card.asked", "card.shown_whole", "card.still_right", "contact.kept",
    "document.damaged", "document.mended", "erasure.done", "erasure.kept_destroyed", "erasure.kept_read", "erasure.requested",
    "evidence.made", "import.expired", "numbers.passed_over", "offer.expired", "prepared_card.expired", "sign_in", "staff.added",
    "staff.disabled", "staff.enabled", "staff.password_set", "staff.role_changed", "staff.second_off", "staff.second_on", "sync.conflict",
    "sync.failed", "sync.run", "sync.sent", "upload.forgotten",
}  # fmt: skip
"""Every code of the audit trail, each worded in `record.acts`. `account`: what is left of account.refused."""

FACTS: Final = (
    "number", "first", "last", "target", "source", "subject", "form", "format", "kind", "way", "outcome", "decision", "choice", "line",
    "rows", "records", "values", "questions", "new", "changed", "conflict", "same", "refused", "is_dry", "premium_cents", "reason", "why",
    "problem", "error", "aim", "purpose",
)  # fmt: skip
"""What of an event's detail is told, in this order; ids of things that no page shows are not."""
FREE: Final = frozenset({"purpose"})
"""Facts in a colleague's own words, which could name a customer."""
WHY_NOT: Final = ("reason", "why")

_VALUES: Final = {
    "aim": "exports.aims", "form": "forms", "format": "exports.formats", "kind": "mail_kinds", "outcome": "imports.outcomes",
    "reason": "reveal.reasons", "source": "prepare.sources", "subject": "exports.subjects", "way": "contact.channels",
}  # fmt: skip

type Detail = Mapping[str, str | int | bool | None]


def told_who(words: Wording, who: Who, colleague: str | None) -> str:
    return colleague or words.of("record.who")[who]


def told_action(words: Wording, action: str) -> str:
    """A code that has no words is told as it is: what was done must not be hidden by it."""
    return words.of("record.acts").get(action, action)


def told_reason(words: Wording, detail: Detail) -> str:
    """Why it was refused; empty where that was not kept. What exactly a list lacked is told among the lists."""
    code = next((str(detail[name]) for name in WHY_NOT if detail.get(name)), "")
    known = words.of("record.reasons")
    return known.get(code) or (known["import"] if code.startswith("import_") else code)


def told_facts(words: Wording, detail: Detail, *, but: tuple[str, ...] = ()) -> Iterator[str]:
    for name in FACTS:
        fact = detail.get(name)
        if name not in but and (fact or (name == "rows" and fact is not None)):
            yield words.say(f"record.facts.{name}", told=_value(words, name, fact))


def _value(words: Wording, name: str, fact: str | int) -> str | int:
    if isinstance(fact, int):
        return words.money(fact) if name == "premium_cents" else fact
    known = {**words.of("record.values"), **(words.of(_VALUES[name]) if name in _VALUES else {})}
    return known.get(fact, fact)
