"""The desk's own words, one file a language; dates and money as people read them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, cast
from zoneinfo import ZoneInfo

import yaml
from babel import Locale

from forms.types import showing
from forms.types.showing import in_digits, isolated, listed
from rules.languages import LANGUAGES
from rules.origins import Origin
from rules.refusals import Refused


class Wording:
    """Words of one language; `say("queue.lead", waiting=3)`."""

    def __init__(self, language: str, zone: ZoneInfo, currency: str, modules: Mapping[str, str] | None = None) -> None:
        """`modules`: their titles by code."""
        self.language = language if language in LANGUAGES else LANGUAGES[0]
        self._zone, self._currency, self._locale = zone, currency, showing.manner(self.language).locale
        self._words = load_words(self.language)
        self._modules = {f"modules.{code}": title for code, title in (modules or {}).items()}

    def say(self, key: str, **facts: object) -> str:
        """Raises KeyError for a sentence that is not there."""
        return self._filled(self._find(key), facts)

    def of(self, key: str) -> Mapping[str, str]:
        return cast("Mapping[str, str]", self._find(key))

    def count(self, key: str, count: int, **facts: object) -> str:
        """The sentence's plural form in this language (CLDR: `one`, `few` …)."""
        forms = self.of(key)
        return self._filled(forms.get(Locale.parse(self._locale).plural_form(count), forms["other"]), {"count": count, **facts})

    def file_size(self, count: int) -> str:
        return showing.file_size(count, self.language)

    def number(self, number: int) -> str:
        return in_digits(str(number), self.language)

    @property
    def pause(self) -> str:
        return showing.manner(self.language).pause

    @property
    def apart(self) -> str:
        return showing.manner(self.language).apart

    @property
    def quotes(self) -> str:
        """The mark that opens what somebody wrote, and the one that closes it."""
        return showing.manner(self.language).quotes

    @property
    def colon(self) -> str:
        return showing.manner(self.language).colon

    def version(self, version: str) -> str:
        """A number in the language's digits; what was made of a text's sum stays as it is."""
        return self.say("submission.version", version=int(version) if version.isdecimal() else version[:12])

    def _find(self, key: str) -> Any:  # a tree of texts
        found: Any = self._words
        for part in key.split("."):
            found = found[part]
        return found

    def _filled(self, sentence: object, facts: Mapping[str, object]) -> str:
        told = {
            name: isolated(in_digits(str(fact), self.language) if isinstance(fact, int) else str(fact), self.language)
            for name, fact in facts.items()
        }
        return str(sentence).format(**told) if facts else str(sentence)

    def form(self, name: str) -> str:
        """What the desk calls a questionnaire; one of the broker's own keeps its name."""
        return self.of("forms").get(name, name)

    def of_column(self, name: str) -> str:
        return self.say(f"queue.columns.{name}")

    def refusal(self, refused: Refused) -> str:
        state = str(refused.facts.get("state", ""))
        known = self.of("refused")
        key = state if state in known else refused.reason.value
        fields = refused.facts.get("fields")
        days = {name: self.day(fact.isoformat()) for name, fact in refused.facts.items() if isinstance(fact, date)}
        told = {**refused.facts, **days, "fields": self.fields(fields if isinstance(fields, list) else [])}
        return self._filled(known.get(key, known["not_possible_now"]), told)

    def origin(self, origin: Origin) -> str:
        key = "submission.origin_kept" if origin.is_kept else "submission.origin_changed"
        return self.say(
            key, who=self.named_by(origin.colleague, origin.file), day=self.local_day(datetime.fromisoformat(origin.prepared_at))
        )

    def named_by(self, colleague: str, file: str | None) -> str:
        """The colleague, with the file that the values came from, if any."""
        return f"{colleague} {self.quotes[0]}{file}{self.quotes[1]}" if file else colleague

    def fields(self, names: list[str] | tuple[str, ...]) -> str:
        known = {**self._modules, **self.of("fields")}
        return listed((known.get(name, name) for name in names), self.language)

    def identifiers(self, kinds: Iterable[str]) -> str:
        names = self.of("submission.identifiers")
        return listed((names[kind] for kind in kinds), self.language)

    def money(self, cents: int) -> str:
        return showing.money(str(Decimal(cents) / 100), self._currency, self.language)

    def amount_as_typed(self, cents: int) -> str:
        return showing.amount_as_typed(f"{Decimal(cents) / 100:.2f}", self._currency, self.language)

    def instant(self, at: datetime) -> str:
        return f"{self.local_day(at)}{self.pause}{self.time(at)}"

    def moment(self, at: datetime) -> str:
        """To the second."""
        return f"{self.instant(at)}:{in_digits(f'{at:%S}', self.language)}"

    def time(self, at: datetime) -> str:
        return in_digits(f"{at.astimezone(self._zone):%H:%M}", self.language)

    def local_day(self, at: datetime) -> str:
        return self.day(at.astimezone(self._zone).date().isoformat())

    def day(self, iso: str) -> str:
        return showing.day(iso, self.language)

    def waits(self, span: timedelta) -> str:
        minutes = max(int(span.total_seconds()) // 60, 0)
        hours, days = minutes // 60, minutes // 1440
        if days:
            return self.say("queue.days", days=days, hours=hours % 24)
        return self.say("queue.hours", hours=hours, minutes=minutes % 60) if hours else self.say("queue.minutes", minutes=minutes)


@cache
def load_words(language: str) -> Mapping[str, Any]:
    text = files("console").joinpath("words", f"{language}.yaml").read_text(encoding="utf-8")
    return cast("Mapping[str, Any]", yaml.load(text, yaml.CSafeLoader))
