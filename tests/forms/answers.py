"""Answers that a form would take, for every type: for walks over whole forms, here and in other rooms' tests."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from forms.flow import Environment, Step, asked
from forms.model import Words
from forms.types import TYPES
from forms.types.base import Asked, Candidates, Doubt, Read, Wire

FILE: dict[str, str | int] = {
    "document": "00000000-0000-7000-8000-000000000001", "name": "demo.pdf", "media_type": "application/pdf", "bytes": 1000,
    "sha256": "0" * 64,
}  # fmt: skip

# Visibly invented, or public examples of the standards; each is read by its type as it stands.
POOL: Mapping[str, tuple[object, ...]] = {
    "text": ("Demo", "Demo 12/a", "123 456"),
    "multiline": ("Demo\nDemo",),
    "name": ("Demo", "Prova", "De Demis"),
    "email": ("demo@example.org", "prova@example.com"),
    "phone": ("+393471234567", "+390212345678"),
    "iban": ("IT60X0542811101000000123456",),
    "it_tax_code": ("DMEDME80A01F205S", "DMEDME80A41F205W"),
    "it_vat": ("01234560017",),
    "postcode": ("20121", "00184"),
    "province": ("MI", "RM"),
    "country": ("IT", "FR"),
    "municipality": ("F205", "H501"),
    "code": ("123456",),
    "file": (FILE,),
}


def candidates(one: Asked) -> Iterator[object]:
    """Wire values worth offering to a question, at least one of which its type takes."""
    match one.type:
        case "choice":
            yield from (choice.value for choice in one.choices)
        case "choices":
            yield from ([choice.value] for choice in one.choices)
            yield [choice.value for choice in one.choices if choice.value not in one.exclusive]
        case "yes_no":
            yield from (True, False)
        case "confirm":
            yield True
        case "integer":
            yield from _integers(one)
        case "money" | "number":
            yield from _decimals(one)
        case "date":
            yield from _dates(one)
        case _:
            yield from POOL[one.type]


def _integers(one: Asked) -> Iterator[int]:
    low = int(str(one.min)) if one.min is not None else 0
    high = int(str(one.max)) if one.max is not None else low + 100
    yield from sorted({low, high, (low + high) // 2, min(low + 1, high), min(low + 3, high)})


def _decimals(one: Asked) -> Iterator[str]:
    low = Decimal(str(one.min)) if one.min is not None else Decimal(1)
    high = Decimal(str(one.max)) if one.max is not None else low + 300000
    for value in (low, (low + high) / 2, high):
        yield f"{value:.2f}" if one.type == "money" else str(value.quantize(Decimal("0.1")))


def _dates(one: Asked) -> Iterator[str]:
    low = date.fromisoformat(str(one.min)) if one.min is not None else None
    high = date.fromisoformat(str(one.max)) if one.max is not None else None
    low = low or (high or one.today) - timedelta(days=400)
    high = high or low + timedelta(days=400)
    yield from ((low + (high - low) * part / 2).isoformat() for part in range(3))


def taken(value: object, one: Asked) -> Wire | None:
    """What the type makes of a value; None where it refuses. A doubt is answered with yes, of several readings the first is chosen."""
    reading = TYPES[one.type].read_value(value, one)
    if isinstance(reading, Candidates):
        reading = TYPES[one.type].read_value(reading.choices[0].value, one)
    return reading.value if isinstance(reading, Read | Doubt) else None


def answers_to(one: Asked) -> list[Wire]:
    """Every answer of the candidates that the type takes; never empty for a question that can be answered at all."""
    return [wire for value in candidates(one) if (wire := taken(value, one)) is not None]


def an_answer(step: Step, answers: Mapping[str, Wire], env: Environment, words: Words, language: str = "it") -> st.SearchStrategy[Wire]:
    """A strategy of answers to a step."""
    return st.sampled_from(answers_to(asked(step, answers, env, words, language)))


def plain_answer(step: Step, answers: Mapping[str, Wire], env: Environment, words: Words, language: str = "it") -> Wire:
    """The first answer that does: for whoever needs a filled form and does not care how."""
    if step.kind == "more":
        return False
    return answers_to(asked(step, answers, env, words, language))[0]
