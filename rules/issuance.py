"""The gate before a policy: 13 named fields, the modules in force, the customer's confirmation (S4-25)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

type Answers = Mapping[str, object]
"""Answers by full path (`registration_person.identity.family_name`) or by flat name."""

_POLICYHOLDER: Mapping[str, tuple[str, ...]] = {
    "policyholder_name": ("family_name", "given_name"),
    "policyholder_sex": ("sex",),
    "policyholder_birth_date": ("birth_date",),
    "policyholder_document_kind": ("document_kind",),
    "policyholder_document_number": ("document_number",),
    "policyholder_phone": ("mobile",),
    "policyholder_address": ("street", "house_number", "postcode", "municipality", "country"),
}
_INSURED: Mapping[str, tuple[str, ...]] = {
    "insured_name": ("insured_family_name", "insured_given_name"),
    "insured_sex": ("insured_sex",),
    "insured_birth_date": ("insured_birth_date",),
    "insured_document_kind": ("insured_document_kind",),
    "insured_document_number": ("insured_document_number",),
    "insured_relation": ("relation",),
}
_SAME_PERSON: Mapping[str, tuple[str, ...]] = {
    "insured_name": ("family_name", "given_name"),
    "insured_sex": ("sex",),
    "insured_birth_date": ("birth_date",),
    "insured_document_kind": ("document_kind",),
    "insured_document_number": ("document_number",),
}
FIELDS: tuple[str, ...] = (*_POLICYHOLDER, *_INSURED)


@dataclass(frozen=True, slots=True)
class IssuanceFacts:
    card: Answers
    quote: Answers
    missing_modules: Sequence[str]
    is_confirmed: bool
    """The customer confirmed the quote and accepted the offer."""


def missing_for_issue(facts: IssuanceFacts) -> tuple[str, ...]:
    """Names of what is missing: fields of FIELDS in their order, then `modules.<code>`, then `confirmation`; empty = issue."""
    return (
        *missing_fields(facts.card, facts.quote),
        *(f"modules.{code}" for code in facts.missing_modules),
        *(() if facts.is_confirmed else ("confirmation",)),
    )


def missing_fields(card: Answers, quote: Answers) -> tuple[str, ...]:
    """Those of the 13 fields that are not there, by name."""
    holder, rest = _flat(card), _flat(quote)
    is_same = rest.get("insured_is_policyholder")
    missing = [field for field, names in _POLICYHOLDER.items() if not _has_all(holder, names)]
    if is_same is True:
        # one person: the relation is known, the other five fields are the policyholder's
        missing += [field for field, names in _SAME_PERSON.items() if not _has_all(holder, names)]
    else:
        missing += [field for field, names in _INSURED.items() if not _has_all(rest, names)]
    return tuple(missing)


def missing_card_names(card: Answers) -> tuple[str, ...]:
    """Flat names of the card's questions that a policy needs and that have no answer."""
    holder = _flat(card)
    return tuple(name for names in _POLICYHOLDER.values() for name in names if not _has_all(holder, (name,)))


def _flat(answers: Answers) -> dict[str, object]:
    return {path.rpartition(".")[2]: value for path, value in answers.items() if not _is_repeated(path)}


def _is_repeated(path: str) -> bool:
    return any(part.isdigit() for part in path.split("."))


def _has_all(answers: Answers, names: Sequence[str]) -> bool:
    return all(_is_there(answers.get(name)) for name in names)


def _is_there(value: object) -> bool:
    return value.strip() != "" if isinstance(value, str) else value is not None
