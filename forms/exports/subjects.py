"""The columns of each list: what the house knows, then what the customers answered."""

from collections.abc import Iterable, Mapping

from forms.cards import CARD_OF_FORM
from forms.catalogue import Catalogue
from forms.exports.columns import Column, Kind, columns_of
from rules.exports import Subject


def _known(kinds: Mapping[str, Kind]) -> tuple[Column, ...]:
    return tuple(Column(name, kind) for name, kind in kinds.items())


_KNOWN: Mapping[Subject, tuple[Column, ...]] = {
    Subject.CLIENTS: _known({
        "id": "text", "kind": "text", "state": "text", "display_name": "text", "language": "text", "region": "text", "agent": "text",
        "created_at": "instant", "updated_at": "instant", "card_revision": "integer",
    }),
    Subject.SUBMISSIONS: _known({
        "id": "text", "party": "text", "display_name": "text", "form": "text", "form_version": "text", "state": "text", "language": "text",
        "indicative": "number", "premium": "number", "missing": "integer", "waiting_since": "instant", "updated_at": "instant",
    }),
    Subject.ACTS: _known({
        "id": "text", "party": "text", "number": "integer", "question": "text", "module": "text", "version": "text", "kind": "text",
        "answer": "text", "at": "instant", "link": "text", "text_sha256": "text", "channel": "text", "language": "text", "stamp": "text",
    }),
    Subject.DEADLINES: _known({
        "id": "text", "kind": "text", "party": "text", "customer": "text", "on": "date", "at": "instant", "phone": "phone", "premium": "number",
    }),
}  # fmt: skip


def columns(subject: Subject, catalogue: Catalogue) -> tuple[Column, ...]:
    """With those of every version of a form that was ever asked here: no answer is left out."""
    known = _KNOWN[subject]
    if subject not in {Subject.CLIENTS, Subject.SUBMISSIONS}:
        return known
    editions = [*catalogue.editions.values(), *(edition for _, edition in sorted(catalogue.frozen.items()))]
    forms = (edition.form for edition in editions if subject is Subject.SUBMISSIONS or edition.form.name in CARD_OF_FORM)
    return (*known, *columns_of(forms, taken=names_of(known)))


def names_of(columns: Iterable[Column]) -> tuple[str, ...]:
    return tuple(column.name for column in columns)
