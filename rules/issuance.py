"""The gate before a policy: 13 named fields, the modules in force, the customer's confirmation (S4-25)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

type Answers = Mapping[str, object]
"""Answers by full path (`registration_person.identity.family_name`) or by flat name."""

type Needed = Mapping[str, tuple[str, ...]]
"""Flat names of the questions that make a field, by the field."""

_ADDRESS = ("street", "house_number", "postcode", "municipality", "country")
_PERSON: Needed = {
    "policyholder_name": ("family_name", "given_name"),
    "policyholder_sex": ("sex",),
    "policyholder_birth_date": ("birth_date",),
    "policyholder_document_kind": ("document_kind",),
    "policyholder_document_number": ("document_number",),
    "policyholder_phone": ("mobile",),
    "policyholder_address": _ADDRESS,
}
# Who signs for a company stands for it where only a person can (docs/decisions/0013-a-company-by-its-representative.md).
_COMPANY: Needed = {
    "policyholder_name": ("company_name", "tax_code", "representative_family_name", "representative_given_name", "representative_powers"),
    "policyholder_sex": ("representative_sex",),
    "policyholder_birth_date": ("representative_birth_date",),
    "policyholder_document_kind": ("legal_form", "representative_document_kind"),
    "policyholder_document_number": ("representative_document_number",),
    "policyholder_phone": ("phone",),
    "policyholder_address": _ADDRESS,
}
_INSURED: Needed = {
    "insured_name": ("insured_family_name", "insured_given_name"),
    "insured_sex": ("insured_sex",),
    "insured_birth_date": ("insured_birth_date",),
    "insured_document_kind": ("insured_document_kind",),
    "insured_document_number": ("insured_document_number",),
    "insured_relation": ("relation",),
}
FIELDS: tuple[str, ...] = (*_PERSON, *_INSURED)


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
    needed = _needed_of(holder)
    is_same = rest.get("insured_is_policyholder")
    missing = [field for field, names in needed.items() if not _has_all(holder, names)]
    if is_same is True:
        # one and the same: the relation is known, the other five fields are the policyholder's
        own = {field.replace("policyholder_", "insured_"): field for field in needed}
        missing += [field for field in _INSURED if field in own and own[field] in missing]
    else:
        missing += [field for field, names in _INSURED.items() if not _has_all(rest, names)]
    return tuple(missing)


def missing_card_names(card: Answers) -> tuple[str, ...]:
    """Flat names of the card's questions that a policy needs and that have no answer."""
    holder = _flat(card)
    return tuple(name for names in _needed_of(holder).values() for name in names if not _has_all(holder, (name,)))


def _needed_of(holder: Answers) -> Needed:
    return _COMPANY if "legal_form" in holder else _PERSON


def _flat(answers: Answers) -> dict[str, object]:
    return {path.rpartition(".")[2]: value for path, value in answers.items() if not _is_repeated(path)}


def _is_repeated(path: str) -> bool:
    return any(part.isdigit() for part in path.split("."))


def _has_all(answers: Answers, names: Sequence[str]) -> bool:
    return all(_is_there(answers.get(name)) for name in names)


def _is_there(value: object) -> bool:
    return value.strip() != "" if isinstance(value, str) else value is not None
