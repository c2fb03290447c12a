"""Messages and the open question as the chat API's shapes (bots/web/openapi.yaml). Plain text; each channel escapes it itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dialogs import wording
from dialogs.messages import Ask, Document, Facts, Later, Message, Notice, Problem, Row, Say, Summary
from rules.refusals import Fact


def render(messages: Sequence[Message], language: str, later: Mapping[str, Fact]) -> list[dict[str, object]]:
    """One dict a message, with `later` put where a fact was known only after the transaction."""
    return [_Rendering(language, later).message(message) for message in messages]


def question(ask: Ask | None) -> dict[str, object] | None:
    if ask is None:
        return None
    return {
        "path": ask.path,
        "form": ask.form,
        "section": ask.section,
        "name": ask.name,
        "type": ask.type,
        "text": ask.text,
        "hint": ask.hint,
        "why": ask.why,
        "required": ask.required,
        "choices": None if ask.choices is None else [{"value": choice["value"], "label": choice["label"]} for choice in ask.choices],
        "min": ask.min,
        "max": ask.max,
        "max_length": ask.max_length,
        "unit": ask.unit,
        "accept": None if ask.accept is None else list(ask.accept),
        "value": ask.value,
        "shown": ask.shown,
        "progress": {"answered": ask.answered, "total": ask.total},
    }


@dataclass(frozen=True, slots=True)
class _Rendering:
    language: str
    later: Mapping[str, Fact]

    def message(self, message: Message) -> dict[str, object]:
        match message:
            case Say():
                return {"kind": "text", "text": message.text or self._say(f"say.{message.key}", message.facts)}
            case Problem():
                return {"kind": "problem", "text": message.text or self._say(f"refusals.{message.key}", message.facts)}
            case Notice():
                text = message.text if message.title is None else f"{message.title}\n\n{message.text}"
                return {"kind": "notice", "text": text}
            case Summary():
                text = self._say(f"summaries.{message.key}", message.facts)
                return {"kind": "summary", "text": text, "rows": [self._row(row) for row in message.rows]}
            case Document():
                return {
                    "kind": "document",
                    "text": self._say(f"documents.{message.key}", message.facts),
                    "document": self._document(message),
                }

    def _row(self, row: Row) -> dict[str, str]:
        told = {"question": row.question, "label": row.label, "value": self._value(row, row.value)}
        return {**told, "covered": self._value(row, row.covered)} if row.covered else told

    def _value(self, row: Row, value: str) -> str:
        return wording.say(self.language, "with_origin", {"value": value, "origin": row.origin}) if row.origin else value

    def _say(self, key: str, facts: Facts) -> str:
        return wording.say(self.language, key, {name: self._known(value) for name, value in facts.items()})

    def _known(self, value: Fact | Later) -> Fact:
        return self.later[value.name] if isinstance(value, Later) else value

    def _document(self, message: Document) -> dict[str, object]:
        document = message.document
        identity = str(self.later[document.name]) if isinstance(document, Later) else document
        return {"id": identity, "title": message.title, "media_type": message.media_type, "bytes": message.bytes}
