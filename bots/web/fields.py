"""From the open question to its native input, and from the submitted form back to what was said."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from bots.web.uploads import Form
from bots.web.wording import Furniture, lines, word
from dialogs.chat_view import ChatView
from dialogs.events import Answered, Commanded, TextSaid
from dialogs.messages import Ask, is_plain_yes_or_no
from forms.types import IDENTIFIERS
from forms.types.countries import country_name, is_country
from forms.types.municipalities import municipality
from forms.types.showing import amount_as_typed, as_typed, common_months, currency_sign, date_of_parts, in_digits, manner
from forms.types.solar import solar_parts

MOST_RADIOS: Final = 7  # more are easier to find in a select
MOST_TEXT: Final = 4000  # what a free text may hold; the engine has its own limit below this

AUTOCOMPLETE: Final = {
    "family_name": "family-name",
    "given_name": "given-name",
    "birth_date": "bday",
    "email": "email",
    "email_code": "one-time-code",
    "mobile": "tel",
    "phone": "tel",
    "company_name": "organization",
    "street": "street-address",
    "postcode": "postal-code",
    "municipality": "address-level2",
}
CODES: Final = IDENTIFIERS | {"code"}
WRITTEN: Final = frozenset({"integer", "number", "money", "date"})
PLACES: Final = frozenset({"municipality", "country"})


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    description: str | None = None
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    kind: str  # text textarea date parts select file radio checkbox buttons
    html_type: str = "text"
    value: str = ""
    options: tuple[Option, ...] = ()
    inputmode: str | None = None
    autocomplete: str | None = None
    classes: str = ""
    is_code: bool = False
    max_length: int | None = None
    min: str | None = None
    max: str | None = None
    unit: str | None = None
    accept: str = ""
    places: str | None = None
    parts: tuple[str, ...] = ()
    """Day, month and year of a date, where the browser's own field does not know the language's calendar."""
    months: tuple[tuple[str, tuple[Option, ...]], ...] = ()
    """By calendar."""

    @property
    def id(self) -> str | None:
        """What the summary of problems links to."""
        return None if self.kind == "buttons" else "value"

    @property
    def is_group(self) -> bool:
        return self.kind in {"radio", "checkbox", "parts"}

    @property
    def is_short(self) -> bool:
        return len(self.options) == 2 and all(len(option.label) < 24 and not option.description for option in self.options)

    @property
    def has_value(self) -> bool:
        return any(option.is_chosen for option in self.options)


def field_of(view: ChatView, words: Furniture, given: list[str] | None = None) -> Field | None:
    """The input of the open question; `given` is what was typed and refused, and stays."""
    ask = view.ask
    if ask is None:
        return None
    typed = given if given is not None else _todays(ask, view.language)
    kind = _kind(view, ask)
    if kind in {"radio", "checkbox", "select", "buttons"}:
        # a consent is never preselected; a value shown today is
        chosen = [] if kind == "buttons" or view.scene == "consent" else typed
        return Field(kind, options=_options(ask, words, chosen))
    if kind == "parts":
        return _parts_field(words, view.language, given, typed)
    if kind == "file":
        return Field("file", accept=",".join(ask.accept or ()))
    return _line(view, ask, words, kind, typed[0] if typed else "")


def _line(view: ChatView, ask: Ask, words: Furniture, kind: str, value: str) -> Field:
    is_code = ask.type in CODES
    is_one_time = ask.type == "code" or ask.name.endswith("email_code")
    mode = {"numeric": "numeric", "decimal": "decimal"}.get(view.input)
    return Field(
        kind,
        html_type={"date": "date", "email": "email", "tel": "tel"}.get(view.input, "text"),
        value=value if kind != "date" or _is_iso_date(value) else "",
        inputmode="numeric" if is_one_time else mode,
        autocomplete=AUTOCOMPLETE.get(ask.name.removeprefix("representative_"), "off"),
        classes=" date" if kind == "date" else " code" if is_code else "",
        is_code=is_code,
        max_length=ask.max_length,
        min=str(ask.min) if kind == "date" and ask.min is not None else None,
        max=str(ask.max) if kind == "date" and ask.max is not None else None,
        unit=_unit(ask, words, view.language),
        places=ask.type if ask.type in PLACES else None,
    )


def _kind(view: ChatView, ask: Ask) -> str:
    if view.scene in {"consent", "review", "offer"} or ask.type == "confirm":
        return "buttons"
    if ask.type in {"choice", "choices", "yes_no"} or ask.choices:
        if ask.type == "choices":
            return "checkbox"
        is_long = view.input != "radio" and len(ask.choices or ()) > MOST_RADIOS
        return "select" if view.input == "select" or is_long else "radio"
    if view.input == "date" and manner(view.language).months:
        return "parts"  # the browser's own date field knows the common calendar only
    if view.input in {"textarea", "file", "date"}:
        return view.input
    return "text"


def _options(ask: Ask, words: Furniture, chosen: list[str]) -> tuple[Option, ...]:
    if ask.choices:
        return tuple(Option(c["value"], c["label"], c.get("description"), c["value"] in chosen) for c in ask.choices)
    yes, no = ("yes", "no") if is_plain_yes_or_no(ask.type, ask.path) else ("confirm", "refute")
    return (
        Option("true", word(words, yes), is_chosen="true" in chosen),
        Option("false", word(words, no), is_chosen="false" in chosen),
    )


def _todays(ask: Ask, language: str) -> list[str]:
    match ask.value:
        case None | dict():
            return []
        case bool() as value:
            return ["true" if value else "false"]
        case list() as values:
            return [str(value) for value in values]
        case value:
            return [_as_typed(ask, str(value), language)]


def _as_typed(ask: Ask, value: str, language: str) -> str:
    """A kept value as a person would type it: a place by its name, an amount with the language's comma."""
    if ask.type == "municipality":
        known = municipality(value)
        return known.label if known else value
    if ask.type == "country":
        return country_name(value, language) if is_country(value) else value
    if ask.type == "money":
        return amount_as_typed(value, ask.unit, language)
    return as_typed(value, language) if ask.type in {"number", "integer"} else value


def _unit(ask: Ask, words: Furniture, language: str) -> str | None:
    if not ask.unit:
        return None
    units = words["units"]
    told = units.get(ask.unit) if isinstance(units, dict) else None
    if not told and ask.type == "money":
        return currency_sign(ask.unit, language) or None
    return str(told or manner(language).units.get(ask.unit, ask.unit)) or None


def _parts_field(words: Furniture, language: str, given: list[str] | None, typed: list[str]) -> Field:
    """Day, month and year, with what was typed and refused, or the kept date. The month's name tells the calendar."""
    solar, kept = manner(language).months, typed[0] if typed else ""
    if given is None and _is_iso_date(kept):
        year, month, day = solar_parts(date.fromisoformat(kept))
        given = [in_digits(str(day), language), solar[month - 1], in_digits(str(year), language)]
    parts = given if given is not None and len(given) == 3 else ["", "", ""]
    calendars = zip(lines(words, "date_calendars"), (solar, common_months(language)), strict=True)
    months = tuple((title, tuple(Option(name, name, is_chosen=name == parts[1]) for name in names)) for title, names in calendars)
    return Field("parts", parts=tuple(parts), months=months)


def _number(typed: str) -> int:
    """Digits of any script; 0 for what is no number."""
    return int(typed) if typed.strip().isdecimal() and len(typed) < 5 else 0


def _is_iso_date(value: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\d", value) is not None


def kind_asked(question: Mapping[str, object]) -> str | None:
    """What the question's form sends: of an amount or a date with choices, the value of one of them."""
    kind = question.get("type")
    return "choice" if question.get("choices") and kind in WRITTEN else None if kind is None else str(kind)


def said_by_form(form: Form, path: str | None, kind: str | None) -> Answered | Commanded | TextSaid:
    """What a page's form says: a change, a language, a command, free text, or the answer to the question it carried.
    `path` and `kind` (its type) are of the question open now."""
    if (changed := form.first("change")) is not None:
        return Commanded("change", changed)
    if (language := form.first("language")) is not None:
        return Commanded("language", language)
    if (command := form.first("command")) is not None:
        name, _, argument = command.partition(" ")
        return Commanded(name, argument or None)
    shown = form.first("shown")
    if (text := form.first("text")) is not None:
        return TextSaid(text[:MOST_TEXT], shown)
    question = form.first("question") or ""
    return _answer(form, question, kind if path == question else "text", shown)


def _answer(form: Form, question: str, kind: str | None, shown: str | None) -> Answered | TextSaid:
    given = form.every("value")
    if kind == "choices":
        return Answered(question, given, shown)
    if kind == "date" and len(given) == 3 and any(part.strip() for part in given):
        return _answer_in_parts(question, given, shown)
    typed = given[0] if given else ""
    if kind in {"yes_no", "confirm"} and typed in {"true", "false"}:
        return Answered(question, typed == "true", shown)
    if kind in WRITTEN and typed.strip():
        return _written(question, kind, typed.strip(), shown)
    return Answered(question, typed, shown)


def _answer_in_parts(question: str, given: list[str], shown: str | None) -> Answered | TextSaid:
    """What no calendar has is read as if it had been typed, and refused there."""
    day, month, year = given
    try:
        return Answered(question, date_of_parts(_number(day), month, _number(year)).isoformat(), shown)
    except ValueError:
        return TextSaid(" ".join(given)[:MOST_TEXT], shown)


def _written(question: str, kind: str, typed: str, shown: str | None) -> Answered | TextSaid:
    """A number or date in its wire form is a structured answer; anything else is read as a person wrote it ("1.200,50", "12 marzo 1980")."""
    if kind == "date" and _is_iso_date(typed):
        return Answered(question, typed, shown)
    if kind == "integer" and re.fullmatch(r"[0-9]{1,9}", typed):
        return Answered(question, int(typed), shown)
    return TextSaid(typed[:MOST_TEXT], shown)
