"""The form that each kind of customer is registered with, and where in it stands what the house knows them by."""

from collections.abc import Mapping
from dataclasses import dataclass

from forms.types.base import Wire


@dataclass(frozen=True, slots=True)
class Card:
    """All but the kind, the form and the address' section are keys of answers."""

    kind: str
    form: str
    names: tuple[str, ...]
    """What the customer is called, in the order it is shown."""
    signers: tuple[str, ...]
    """Likewise whoever acts for it; none where the customer is a person."""
    powers: str
    """In which capacity; empty likewise."""
    email: str
    """Proved by a code: taken over, never typed again."""
    phone: str
    tax_code: str
    address: str
    """The section of residence or seat."""
    identifiers: Mapping[str, tuple[str, ...]]
    """What an exact look-up finds the customer by, by its kind (storage.parties.KINDS)."""

    @property
    def identity(self) -> frozenset[str]:
        """Without which it cannot be told who somebody is, or whom to ask."""
        return frozenset({self.email, *self.names, *self.identifiers["tax_code"]})

    def name_in(self, answers: Mapping[str, Wire]) -> str:
        """Empty where it is not told yet."""
        return _told(self.names, answers)

    def greeted_in(self, answers: Mapping[str, Wire]) -> str:
        """A person by the given name, a company by its own; empty likewise."""
        return _told(self.names[-1:], answers)

    def signer_in(self, answers: Mapping[str, Wire]) -> str:
        return _told(self.signers, answers)


def _told(keys: tuple[str, ...], answers: Mapping[str, Wire]) -> str:
    return " ".join(str(answers[key]) for key in keys if key in answers)


def _keys(section: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{section}.{name}" for name in names)


_IDENTITY = "registration_person.identity"
PERSON = Card(
    kind="person",
    form="registration_person",
    names=_keys(_IDENTITY, "family_name", "given_name"),
    signers=(),
    powers="",
    email=f"{_IDENTITY}.email",
    phone=f"{_IDENTITY}.mobile",
    tax_code=f"{_IDENTITY}.tax_code",
    address="registration_person.residence",
    identifiers={
        "email": _keys(_IDENTITY, "email", "pec"),
        "phone": _keys(_IDENTITY, "mobile", "landline"),
        "tax_code": _keys(_IDENTITY, "tax_code"),
        "iban": ("registration_person.bank.iban",),
        "document": ("registration_person.document.document_number",),
    },
)
_COMPANY = "registration_company.company"
COMPANY = Card(
    kind="company",
    form="registration_company",
    names=_keys(_COMPANY, "company_name"),
    signers=_keys("registration_company.representative", "representative_family_name", "representative_given_name"),
    powers="registration_company.representative.representative_powers",
    email=f"{_COMPANY}.email",
    phone=f"{_COMPANY}.phone",
    tax_code=f"{_COMPANY}.tax_code",
    address="registration_company.seat",
    identifiers={  # the representative's are a person's, who may be a customer of their own
        "email": _keys(_COMPANY, "email", "pec"),
        "phone": _keys(_COMPANY, "phone", "fax"),
        "tax_code": _keys(_COMPANY, "tax_code", "vat_number"),
        "iban": ("registration_company.bank.iban",),
    },
)
CARDS: Mapping[str, Card] = {card.kind: card for card in (PERSON, COMPANY)}
CARD_OF_FORM: Mapping[str, Card] = {card.form: card for card in CARDS.values()}
CARD_EMAILS = frozenset(card.email for card in CARDS.values())


def card_with(answers: Mapping[str, Wire]) -> Card:
    """Whose card the answers are: a person's where they do not say."""
    return next((card for card in CARDS.values() if any(key.startswith(f"{card.form}.") for key in answers)), PERSON)
