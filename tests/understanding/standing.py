"""Questions as they stand open before the utterances, and what came of one, in the words of utterances.yaml."""

from collections.abc import Iterator
from dataclasses import dataclass

from msgspec import structs

from dialogs import engine, rendering, wording
from dialogs.effects import RecordAct
from dialogs.events import Circumstances, TextSaid
from dialogs.messages import Ask, Summary
from dialogs.outcome import Outcome
from dialogs.state import Pending, State
from forms.catalogue import Catalogue
from forms.types.base import Wire
from tests.dialogs.driver import HOME, PERSON, Talk

REGISTERING = {
    "consent": "modules.electronic_collection.act",
    "notice": "modules.privacy_insurance.act",
    "family_name": "registration_person.identity.family_name",
    "birth_date": "registration_person.identity.birth_date",
    "birth_country": "registration_person.identity.birth_country",
    "birth_municipality": "registration_person.identity.birth_municipality",
    "citizenship": "registration_person.identity.citizenship",
    "tax_code": "registration_person.identity.tax_code",
    "landline": "registration_person.identity.landline",
    "section": "registration_person.identity.confirm",
    "street": "registration_person.residence.street",
    "house_number": "registration_person.residence.house_number",
    "marital_status": "registration_person.household.marital_status",
    "adults": "registration_person.household.adults",
    "employment": "registration_person.work.employment",
    "iban": "registration_person.bank.iban",
}
QUOTING = {
    "need": "quote_home.needs.need",
    "dwelling": "quote_home.building.dwelling",
    "area_m2": "quote_home.building.area_m2",
    "year_built": "quote_home.building.year_built",
    "contents_value": "quote_home.sums.contents_value",
    "door": "quote_home.security.door",
    "losses": "quote_home.history.losses",
    "minors": "quote_home.needs.minors",
    "starts_on": "quote_home.needs.starts_on",
    "solar": "quote_home.building.solar",
    "solar_kwp": "quote_home.building.solar_kwp",
}
_SOLAR: dict[str, Wire] = {
    "quote_home.building.solar": True,
    "quote_home.building.solar_kwp": "3",
    "quote_home.building.solar_value": "9000.00",
}
_SAID = {
    "help": "help", "paused": "pause", "cancelled": "cancel", "not_known_skip": "not_known", "not_known_needed": "not_known",
    "not_known_tax_code": "not_known",
    "ask_a_person": "talk", "no_why": "why", "what_instead": "no", "what_to_change": "change", "what_to_change_in_words": "change", "collection_refused": "refuse",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """One open question in one language."""

    path: str
    state: State
    ask: Ask
    catalogue: Catalogue
    circumstances: Circumstances

    def say(self, text: str) -> Outcome:
        return engine.step(self.state, TextSaid(text, self.ask.shown), self.catalogue, self.circumstances)

    def come_of(self, text: str) -> str:
        """What came of the words, as utterances.yaml calls it."""
        return next(self._found(self.say(text)), "asks")

    def _found(self, outcome: Outcome) -> Iterator[str]:
        state = outcome.state
        yield from (_shown(effect.answer) for effect in outcome.effects if isinstance(effect, RecordAct))
        if state.pending is not None and state.pending != self.state.pending:
            yield _waiting(state.pending)
        if self.state.pending is not None and state.pending is None:
            kept = state.answers.get(self.state.pending.key)
            yield "no" if kept is None else "yes" if kept == self.state.pending.value else _shown(kept)
        if self.path in state.answers and state.answers[self.path] != self.state.answers.get(self.path):
            yield _shown(state.answers[self.path])
        yield from self._told(outcome)
        yield from self._led(state, outcome.ask)

    def _led(self, state: State, ask: Ask | None) -> Iterator[str]:
        if state.offered is not None and state.offered != self.state.offered:
            yield " ".join(["offers", *sorted(value for value, _ in state.offered.choices)])
        if state.redo == "journey.language":
            yield "language"
        if state.redo is not None and state.redo != self.state.redo:
            yield f"reopens {state.redo}" if state.redo_from else "back"
        if state.detour == "contact":
            yield "human"
        if state.goal is None:
            yield "menu"
        if self.path in state.skipped:
            yield "skip"
        if ask is not None and ask.path != self.ask.path:
            yield f"on {ask.path}"

    def _told(self, outcome: Outcome) -> Iterator[str]:
        agency = self.circumstances
        facts = {"agency": agency.agency_name, "phone": agency.agency_phone, "email": agency.agency_email}
        if any(isinstance(message, Summary) and message.key == "so_far" for message in outcome.messages):
            yield "review"
        meanings = {term.text: key for key, term in self.catalogue.glossary[self.state.language].items()}
        for message in rendering.render(outcome.messages, self.state.language, {"before": 0}):
            if message["text"] in meanings:
                yield f"means {meanings[message['text']]}"
            yield from (name for key, name in _SAID.items() if message["text"] == wording.say(self.state.language, f"say.{key}", facts))
            if message["text"] == self.ask.why:
                yield "why"


def _waiting(pending: Pending) -> str:
    if pending.kind == "facts":
        return " ".join(["tells", *(f"{key.rpartition('.')[2]}={_shown(value)}" for key, value in sorted(pending.facts))])
    kept = {"doubt": "sure", "correction": f"corrects {pending.key}", "command": f"sure {pending.path}"}[pending.kind]
    return f"{kept} {_shown(pending.value)}"


def _shown(value: Wire) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(value) if isinstance(value, list) else str(value)


def standing(forms: Catalogue, language: str) -> dict[str, Standing]:
    """Every question that utterances are given to, in a conversation of that language."""
    talk = Talk(forms, language, languages=(language,))
    found = dict(_on_the_way(talk, {**PERSON, "journey.language": language}, REGISTERING))
    talk.play(PERSON)
    found |= dict(_on_the_way(talk, {**HOME, **_SOLAR}, QUOTING))
    unlikely = found["area_m2"].say("900")
    assert unlikely.ask is not None
    found["sure"] = doubted(found["area_m2"], unlikely)
    return found


def doubted(before: Standing, outcome: Outcome) -> Standing:
    assert outcome.ask is not None
    return Standing(before.path, outcome.state, outcome.ask, before.catalogue, before.circumstances)


def _on_the_way(talk: Talk, script: dict[str, Wire], paths: dict[str, str]) -> Iterator[tuple[str, Standing]]:
    for name, path in paths.items():
        talk.play(script, until=path)
        assert talk.ask.path == path, (talk.ask.path, talk.problems)
        known = talk.registry.parties.get(talk.email or "")
        yield name, Standing(path, talk.state, talk.ask, talk.catalogue, structs.replace(talk.circumstances, known=known))
