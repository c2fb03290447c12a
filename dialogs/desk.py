"""One step at work: the state as it becomes, what is said, what is to be done. Made for one event and thrown away."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from dialogs.effects import Effect
from dialogs.events import Circumstances
from dialogs.messages import Facts, Later, Message, Notice, Problem, Say
from dialogs.state import Act, State
from forms.cards import CARDS, PERSON, Card
from forms.catalogue import Catalogue, Edition
from forms.flow import CompiledForm, Environment, Step, Walk
from forms.model import Words
from forms.types.base import Wire
from rules.refusals import Fact, Reason, Refused
from rules.stamps import stamp

QUOTE = "quote_home"
PARTY_KIND = "journey.party_kind"


@dataclass(slots=True)
class Desk:
    state: State
    catalogue: Catalogue
    circumstances: Circumstances
    messages: list[Message] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    customer_said: str | None = None  # free talk of this turn, for the thread
    reprice: bool = False  # an answer of the quote was changed: the price may be another
    today: date = field(init=False)
    walks: dict[tuple[str, bool], Walk] = field(default_factory=dict)
    met: dict[str, Mapping[str, Act]] = field(default_factory=dict)
    """Occasions whose acts were all found to count, with the acts looked at."""
    _environment: Environment | None = None
    _editions: dict[str, Edition] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.today = local_day(self.circumstances.now, self.circumstances.timezone)

    @property
    def now(self) -> datetime:
        return self.circumstances.now

    @property
    def language(self) -> str:
        return self.state.language

    def set(self, **changes: object) -> None:
        before = self.state
        self.state = msgspec.structs.replace(before, **changes)
        if not _WALKED.isdisjoint(changes):
            self._environment = None
            self.walks = {}
            if self.state.answers.get(PARTY_KIND) != before.answers.get(PARTY_KIND):
                self._editions.clear()
        if "versions" in changes or "language" in changes:
            self._editions.clear()

    def answer(self, changes: Mapping[str, Wire | None]) -> None:
        """Answers kept under their keys; None takes one away."""
        answers: dict[str, Wire] = {**self.state.answers}
        for key, value in changes.items():
            if value is None:
                answers.pop(key, None)
            else:
                answers[key] = value
        walks = self._advanced(changes, answers)
        self.set(answers=answers)
        self.walks = walks

    def _advanced(self, changes: Mapping[str, Wire | None], answers: Mapping[str, Wire]) -> dict[tuple[str, bool], Walk]:
        """The walks made so far, as far as a single answer takes them."""
        [key, *more] = changes or [""]
        step = self.step(key) if self.walks and key in answers and not more else None
        if step is None:
            return {}
        skipped = frozenset(self.state.skipped)
        walks = {which: step.of.advance(walk, step, answers, skipped) for which, walk in self.walks.items() if which[0] == step.form}
        return {which: walk for which, walk in walks.items() if walk is not None}

    def end(self, why: str) -> None:
        """The conversation is over and remembers nothing but that."""
        self.set(**{name: value for name, value in msgspec.structs.asdict(State(self.language)).items() if name != "language"})
        self.set(ended=why)

    def say(self, key: str, /, **facts: Fact | Later) -> None:
        self.messages.append(Say(key, facts))

    def tell(self, text: str) -> None:
        """A sentence that a form's own words say."""
        self.messages.append(Say("own", text=text))

    def notice(self, text: str, title: str | None = None) -> None:
        self.messages.append(Notice(text, title))

    def ask_what_to_change(self) -> None:
        """A page has a button beside each row, a messenger has none."""
        self.say("what_to_change_in_words" if self.circumstances.messenger else "what_to_change")

    def refuse(self, refused: Refused, text: str | None = None) -> None:
        self.messages.append(Problem(refused.reason.value, refused.facts, text))

    def problem(self, reason: Reason, /, **facts: Fact) -> None:
        self.messages.append(Problem(reason.value, facts))

    # the forms

    def form(self, name: str) -> CompiledForm:
        """In the version this conversation began it with, where that is still kept, as this kind of customer is asked it."""
        return self._edition(name).form

    def words(self, name: str) -> Words:
        return self._edition(name).words[self.state.language]

    def _edition(self, name: str) -> Edition:
        found = self._editions.get(name)
        if found is None:
            version = self.state.versions.get(name)
            is_there = version is not None and is_kept(self.catalogue, name, version, self.language)
            found = self._editions[name] = self.catalogue.edition(name, version if is_there else None).of(self.card.kind)
        return found

    def walk(self, form: str, *, quick_only: bool = False) -> Walk:
        key = (form, quick_only)
        if key not in self.walks:
            skipped = frozenset(self.state.skipped)
            self.walks[key] = self.form(form).walk(self.state.answers, self.environment, skipped=skipped, quick_only=quick_only)
        return self.walks[key]

    def step(self, key: str) -> Step | None:
        """The step of any form by the key of its answer, whether it applies or not."""
        form = key.partition(".")[0]
        if form not in self.catalogue.editions:
            return None
        try:
            return self.form(form).step(key)
        except KeyError:
            return None

    @property
    def environment(self) -> Environment:
        if self._environment is None:
            tables, currency = self.catalogue.tables, self.circumstances.currency
            self._environment = Environment(self.today, self.state.answers, tables, currency, self.card.kind)
        return self._environment

    def form_of(self, goal: str | None) -> str | None:
        """The form that a goal fills in."""
        if goal == "register":
            return self.card.form
        return QUOTE if goal == QUOTE else None

    # the customer

    @property
    def card(self) -> Card:
        """Of the kind of customer that this one is, or is about to be."""
        return CARDS[str(self.state.answers.get(PARTY_KIND, PERSON.kind))]

    @property
    def emails(self) -> tuple[str, ...]:
        return self.state.client.emails

    def stamp(self) -> str:
        return stamp(self.now, self.emails, self.circumstances.timezone)

    @property
    def is_registered(self) -> bool:
        return self.state.client.registration in REGISTERED


_WALKED = frozenset({"answers", "skipped", "versions"})
"""What of a state a walk depends on."""

# A registration the customer has confirmed is enough to ask for a quote.
REGISTERED = frozenset({"suspended", "in_review", "returned", "accepted"})


def is_kept(catalogue: Catalogue, form: str, version: str, language: str) -> bool:
    """Whether the version can still be asked in the language: one learned since has no words in it."""
    if catalogue.editions[form].form.version == version:
        return True
    frozen = catalogue.frozen.get((form, version))
    return frozen is not None and language in frozen.words


def local_day(moment: datetime, timezone: str) -> date:
    return moment.astimezone(_zone(timezone)).date()


@lru_cache(maxsize=16)
def _zone(timezone: str) -> ZoneInfo:
    return ZoneInfo(timezone)


def facts_of(facts: Facts) -> Mapping[str, Fact]:
    """Those facts that are known already."""
    return {name: value for name, value in facts.items() if not isinstance(value, Later)}
