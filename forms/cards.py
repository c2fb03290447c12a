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
    email: str
    """Proved by a code: taken over, never typed again."""
    phone: str
    tax_code: str
    address: str
    """The section of residence or seat."""
    identifiers: tuple[tuple[str, str], ...]
    """Key and kind of what an exact look-up finds the customer by."""
    has_tariff: bool
    """The home tariff is for dwellings and whoever lives in them; other customers' quotes are a person's to make."""

    def name_in(self, answers: Mapping[str, Wire]) -> str:
        """Empty where it is not told yet."""
        return " ".join(str(answers[key]) for key in self.names if key in answers)


def _card(
    kind: str, *, identity: str, names: tuple[str, ...], phone: str, address: str, identifiers: dict[str, str], has_tariff: bool = False
) -> Card:
    form = f"registration_{kind}"
    own = f"{form}.{identity}"
    return Card(
        kind=kind,
        form=form,
        names=tuple(f"{own}.{name}" for name in names),
        email=f"{own}.email",
        phone=f"{own}.{phone}",
        tax_code=f"{own}.tax_code",
        address=f"{form}.{address}",
        has_tariff=has_tariff,
        identifiers=tuple((f"{form}.{place}", of) for place, of in identifiers.items()),
    )


PERSON = _card(
    "person",
    identity="identity",
    names=("family_name", "given_name"),
    phone="mobile",
    address="residence",
    identifiers={
        "identity.email": "email", "identity.pec": "email", "identity.mobile": "phone", "identity.landline": "phone",
        "identity.tax_code": "tax_code", "bank.iban": "iban", "document.document_number": "document",
    },
    has_tariff=True,
)  # fmt: skip
COMPANY = _card(
    "company",
    identity="company",
    names=("company_name",),
    phone="phone",
    address="seat",
    identifiers={  # the representative's are a person's, who may be a customer of their own
        "company.email": "email", "company.pec": "email", "company.phone": "phone", "company.fax": "phone",
        "company.tax_code": "tax_code", "company.vat_number": "tax_code", "bank.iban": "iban",
    },
)  # fmt: skip
CARDS: Mapping[str, Card] = {card.kind: card for card in (PERSON, COMPANY)}
CARD_OF_FORM: Mapping[str, Card] = {card.form: card for card in CARDS.values()}
CARD_EMAILS = frozenset(card.email for card in CARDS.values())


def card_with(answers: Mapping[str, Wire]) -> Card:
    """Whose card the answers are: a person's where they do not say."""
    return next((card for card in CARDS.values() if any(key.startswith(f"{card.form}.") for key in answers)), PERSON)
