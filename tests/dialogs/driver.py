"""Plays whole conversations from a script of answers by path, in the engine alone. Other tests take its scripts for their own channel."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from msgspec import structs

from dialogs import engine, rendering
from dialogs.effects import BindParty, ChangeConsents, CompleteCard, DecideOffer, Effect, MailCode, ProveEmail, RecordAct, Suspend, Withdraw
from dialogs.events import Answered, Circumstances, Commanded, Event, KnownAct, KnownParty, OpenOffer, OpenRequest, StaffSaid, TextSaid
from dialogs.messages import Ask
from dialogs.outcome import Outcome
from dialogs.state import State
from forms.cards import CARD_OF_FORM
from forms.catalogue import Catalogue
from forms.types.base import Wire
from rules.consents import POSITIVE

type Script = Mapping[str, Wire]

NOW = datetime(2026, 11, 22, 8, 26, 53, tzinfo=UTC)
EMAIL = "demetra@example.org"
CODE = "246810"

PERSON: Script = {
    "journey.language": "it",
    "journey.goal": "register",
    "journey.party_kind": "person",
    "journey.email": EMAIL,
    "journey.email_code": CODE,
    "modules.electronic_collection.act": "accept",
    "modules.privacy_insurance.act": "seen",
    "registration_person.identity.family_name": "Esempio",
    "registration_person.identity.given_name": "Demetra",
    "registration_person.identity.sex": "female",
    "registration_person.identity.birth_date": "1980-03-12",
    "registration_person.identity.birth_country": "IT",
    "registration_person.identity.birth_municipality": "F839",
    "registration_person.identity.citizenship": "IT",
    "registration_person.identity.tax_code": "SMPDTR80C52F839N",
    "registration_person.identity.mobile": "+393331234567",
    "registration_person.identity.landline": "+390811234567",
    "registration_person.identity.pec": "demetra.esempio@pec.example.org",
    "registration_person.identity.emails_other.more": False,
    "registration_person.document.document_kind": "identity_card",
    "registration_person.document.document_number": "CA00000AA",
    "registration_person.document.document_issuer": "Ministero dell’Interno",
    "registration_person.document.document_issued_on": "2022-05-10",
    "registration_person.document.document_expires_on": "2032-03-12",
    "registration_person.residence.street": "Via dell’Esempio",
    "registration_person.residence.house_number": "45",
    "registration_person.residence.postcode": "80134",
    "registration_person.residence.municipality": "F839",
    "registration_person.residence.province": "NA",
    "registration_person.residence.country": "IT",
    "registration_person.household.marital_status": "married",
    "registration_person.household.adults": 2,
    "registration_person.household.minors": 1,
    "registration_person.work.occupation": "Falegname",
    "registration_person.work.employment": "employed",
    "registration_person.bank.iban": "IT60X0542811101000000123456",
    "registration_person.bank.account_holder": "Demetra Esempio",
    "modules.privacy_marketing.act_email": "refuse",
    "modules.privacy_marketing.act_phone": "refuse",
    "modules.privacy_marketing.act_messenger": "refuse",
    "modules.privacy_marketing.act_post": "refuse",
    "modules.profiling.act": "refuse",
    "modules.third_parties.act": "refuse",
    "modules.mandate.act": "accept",
}
"""A registration with every optional answer but the document's photos."""

COMPANY: Script = {
    **{path: value for path, value in PERSON.items() if not path.startswith("registration_person.")},
    "journey.party_kind": "company",
    "registration_company.company.company_name": "Officine Demo S.r.l.",
    "registration_company.company.legal_form": "srl",
    "registration_company.company.vat_number": "12345670017",
    "registration_company.company.tax_code": "12345670017",
    "registration_company.company.rea": "NA 123456",
    "registration_company.company.incorporated_on": "2012-04-03",
    "registration_company.company.business_scope": "Riparazione di macchine agricole",
    "registration_company.company.registered_capital": "10000.00",
    "registration_company.company.employees": 8,
    "registration_company.company.turnover": "from_500k_to_2m",
    "registration_company.company.emails_other.more": False,
    "registration_company.company.pec": "officine@pec.example.org",
    "registration_company.company.sdi_code": "ABC1234",
    "registration_company.company.phone": "+390811234567",
    "registration_company.seat.street": "Via dell’Esempio",
    "registration_company.seat.house_number": "45",
    "registration_company.seat.postcode": "80134",
    "registration_company.seat.municipality": "F839",
    "registration_company.seat.province": "NA",
    "registration_company.seat.country": "IT",
    "registration_company.representative.representative_family_name": "Esempio",
    "registration_company.representative.representative_given_name": "Demetra",
    "registration_company.representative.representative_sex": "female",
    "registration_company.representative.representative_birth_date": "1980-03-12",
    "registration_company.representative.representative_birth_country": "IT",
    "registration_company.representative.representative_birth_municipality": "F839",
    "registration_company.representative.representative_citizenship": "IT",
    "registration_company.representative.representative_tax_code": "SMPDTR80C52F839N",
    "registration_company.representative.representative_mobile": "+393331234567",
    "registration_company.representative.representative_document_kind": "identity_card",
    "registration_company.representative.representative_document_number": "CA00000AA",
    "registration_company.representative.representative_document_issuer": "Ministero dell’Interno",
    "registration_company.representative.representative_document_issued_on": "2022-05-10",
    "registration_company.representative.representative_document_expires_on": "2032-03-12",
    "registration_company.representative.representative_powers": "Amministratrice unica, firma libera",
    "registration_company.owners.owners.1.owner_name": "Demetra Esempio",
    "registration_company.owners.owners.1.owner_share": "60",
    "registration_company.bank.iban": "IT60X0542811101000000123456",
    "registration_company.bank.account_holder": "Officine Demo S.r.l.",
}
"""A limited company, answered for by its director; the papers come later."""

HOME: Script = {
    "journey.language": "it",
    "journey.goal": "quote_home",
    "journey.email": EMAIL,
    "journey.email_code": CODE,
    "quote_home.needs.need": ["building", "contents", "theft", "liability"],
    "quote_home.needs.role": "owner_occupier",
    "quote_home.needs.existing": ["none"],
    "quote_home.needs.adults": 2,
    "quote_home.needs.minors": 1,
    "quote_home.needs.budget": "from_300_to_600",
    "quote_home.needs.starts_on": "2026-12-01",
    "quote_home.needs.duration": "one_year",
    "quote_home.needs.expectation": "low_excess",
    "quote_home.place.same_address": True,
    "quote_home.place.surroundings": ["none"],
    "quote_home.place.flooded": "never",
    "quote_home.building.dwelling": "flat",
    "quote_home.building.use": "main_home",
    "quote_home.building.longest_empty": "under_30_days",
    "quote_home.building.business": "none",
    "quote_home.building.floor": "second_third",
    "quote_home.building.storeys": 5,
    "quote_home.building.area_m2": 90,
    "quote_home.building.year_built": 1975,
    "quote_home.building.structure": "reinforced_concrete",
    "quote_home.building.solar": False,
    "quote_home.building.heating": "gas",
    "quote_home.building.repair": "good",
    "quote_home.sums.rebuild_known": True,
    "quote_home.sums.rebuild_value": "150000.00",
    "quote_home.sums.contents_value": "25000.00",
    "quote_home.sums.first_loss": "5000.00",
    "quote_home.sums.mortgaged": False,
    "quote_home.security.door": "armoured_3",
    "quote_home.security.windows": "none",
    "quote_home.security.alarm": "none",
    "quote_home.security.detectors": ["none"],
    "quote_home.liability.animals": ["none"],
    "quote_home.liability.helpers": "none",
    "quote_home.liability.vehicles": ["none"],
    "quote_home.liability.liability_limit": "l_1000000",
    "quote_home.history.losses": 0,
    "quote_home.history.refused": False,
    "quote_home.insured.insured_is_policyholder": True,
    "quote_home.covers.covers": ["fire", "weather", "water", "theft", "family_liability"],
    "quote_home.covers.excess": "e_150",
    "quote_home.covers.pay_frequency": "yearly",
    "quote_home.covers.pay_method": "transfer",
    "modules.precontractual.act": "seen",
    "modules.needs.act": "confirm",
    "modules.reticence.act": "confirm",
}
"""A quote for a flat of 90 m² in Naples; what is optional and missing here is skipped."""

_OF_A_HOUSEHOLD = {"adults", "minors", "animals", "helpers", "vehicles"}
COMPANY_HOME: Script = {
    **{path: value for path, value in HOME.items() if path.rpartition(".")[2] not in _OF_A_HOUSEHOLD},
    "quote_home.place.same_address": False,
    "quote_home.place.street": "Via della Foresteria",
    "quote_home.place.house_number": "7",
    "quote_home.place.postcode": "80134",
    "quote_home.place.municipality": "F839",
    "quote_home.place.province": "NA",
    "quote_home.building.use": "second_home",
    "quote_home.covers.covers": ["fire", "weather", "water", "theft", "owner_liability"],
}
"""A quote for a company's guest flat."""


def circumstances(**changes: object) -> Circumstances:
    plain = Circumstances(
        now=NOW,
        timezone="Europe/Rome",
        agency_name="Agenzia Demo",
        agency_email="agenzia@example.org",
        agency_phone="+39 081 0000000",
        currency="EUR",
        languages=("it", "en"),
        draw_code=lambda: CODE,
        code_resend=(1, 5),
        offer_days=30,
        area="http://127.0.0.1:8080/area",
    )
    return structs.replace(plain, **changes)


def more_of(script: Script, path: str, items: Counter[str]) -> bool:
    """Whether the script has one more item of the group; `items` counts those begun."""
    has_one = any(key.startswith(f"{path.removesuffix('more')}{items[path] + 1}.") for key in script)
    items[path] += has_one
    return has_one


@dataclass
class Registry:
    """What storage would know of each address, kept from the effects."""

    parties: dict[str, KnownParty] = field(default_factory=dict)

    def apply(self, effect: Effect, email: str | None, at: datetime) -> str | None:
        """The address the conversation is bound to afterwards."""
        if isinstance(effect, Suspend | Withdraw) and email:
            self._keep_request(effect, email, at)
        match effect:
            case BindParty(email=bound):
                self.parties.setdefault(bound, KnownParty("party-1", "", (bound,), None, {}))
                return bound
            case ProveEmail(email=further) if email:
                self._change(email, emails=(*self.parties[email].emails, further))
            case RecordAct() if email:
                act = KnownAct(effect.question, effect.module, effect.version, effect.kind, effect.answer, at, "")
                party = self.parties[email]
                kept = tuple(one for one in party.acts if one.question != effect.question)
                given = {f"modules.{effect.module}"} if effect.answer in POSITIVE else set()
                missing = tuple(name for name in party.missing_for_issue if name not in given)
                self._change(email, acts=(*kept, act), missing_for_issue=missing)
            case ChangeConsents() if email:
                for changed in effect.acts:
                    self.apply(changed, email, at)
            case Suspend(form=form) if email and form in CARD_OF_FORM:
                card = CARD_OF_FORM[form]
                name = str(effect.answers[card.names[-1]])
                self._change(email, registration="suspended", card=dict(effect.answers), display_name=name, kind=card.kind)
            case CompleteCard() if email:
                self._change(email, card={**self.parties[email].card, **effect.answers})
            case DecideOffer() if email:
                offers = tuple(one for one in self.parties[email].offers if one.offer != effect.offer)
                self._change(email, offers=offers)
        return email

    def _keep_request(self, effect: Suspend | Withdraw, email: str, at: datetime) -> None:
        party = self.parties[email]
        if isinstance(effect, Suspend):
            name = effect.submission or f"request-{len(party.quotes) + len(party.requests) + 1}"
            leaves = "withdrawn" if effect.form in CARD_OF_FORM else None
            kept = tuple(one for one in party.requests if one.submission != name)
            self._change(email, requests=(OpenRequest(name, effect.form, at, leaves), *kept))
            if effect.begun is not None:
                self._change(email, sent=party.sent | {(effect.form, effect.begun.timestamp())})
            return
        [gone] = [one for one in party.requests if one.submission == effect.submission]
        offers = tuple(one for one in party.offers if one.submission != gone.submission)
        registration = gone.leaves if gone.form in CARD_OF_FORM else party.registration
        requests = tuple(one for one in party.requests if one is not gone)
        self._change(email, requests=requests, offers=offers, registration=registration)

    def _change(self, email: str, **changes: object) -> None:
        self.parties[email] = replace(self.parties[email], **changes)

    def offer(self, email: str, offer: OpenOffer, *, missing: tuple[str, ...] = ()) -> None:
        self._change(email, offers=(offer,), missing_for_issue=missing)


def _decided(outcome: Outcome) -> Outcome:
    return structs.replace(outcome, left=None)


class Talk:
    """One conversation. Its state goes through JSON at every step, as it does in storage."""

    def __init__(self, forms: Catalogue, language: str = "it", *, registry: Registry | None = None, **changes: object) -> None:
        self.catalogue = forms
        self.circumstances = circumstances(**changes)
        self.registry = registry or Registry()
        self.email: str | None = None
        self.effects: list[Effect] = []
        self.asked: list[str] = []
        self.items: Counter[str] = Counter()
        self._take(engine.open_conversation(language, forms, self.circumstances))

    def send(self, event: Event) -> Outcome:
        wanted = engine.wants_party(self.state, event)
        email = wanted if isinstance(wanted, str) else self.email if wanted else None
        known = self.registry.parties.get(email) if email else None
        at = structs.replace(self.circumstances, known=known)
        outcome = engine.step(self.state, event, self.catalogue, at)
        before = self.outcome
        assert _decided(engine.step(before.state, event, self.catalogue, at, before.left)) == _decided(outcome), "as from the state alone"
        return self._take(outcome)

    def _take(self, outcome: Outcome) -> Outcome:
        self.outcome = outcome
        self.state = State.from_json(outcome.state.to_json())
        assert self.state == outcome.state
        self.effects.extend(outcome.effects)
        for effect in outcome.effects:
            self.email = self.registry.apply(effect, self.email, self.circumstances.now)
        if outcome.ask is not None:
            self.asked.append(outcome.ask.path)
        return outcome

    # what a customer does

    def answer(self, value: object, *, question: str | None = None, shown: str | None = "") -> Outcome:
        """A structured answer to the open question, with what was shown unless told otherwise."""
        return self.send(Answered(question or self.ask.path, value, self.ask.shown if shown == "" else shown))

    def say(self, text: str, *, shown: str | None = "") -> Outcome:
        return self.send(TextSaid(text, (self.outcome.ask.shown if self.outcome.ask else None) if shown == "" else shown))

    def command(self, command: str, argument: str | None = None) -> Outcome:
        return self.send(Commanded(command, argument))

    def staff(self, what: str, **facts: Wire) -> Outcome:
        return self.send(StaffSaid(what, facts))

    def wait(self, **span: float) -> None:
        self.circumstances = structs.replace(self.circumstances, now=self.circumstances.now + timedelta(**span))

    def play(self, script: Script, *, until: str | None = None, most: int = 200) -> Outcome:
        """Answers from the script until `until` is open, a goal is reached again, or nothing more stands in it.

        Confirmations not in the script are given, optional questions not in it are skipped."""
        has_chosen = self.state.goal is not None
        for _ in range(most):
            ask = self.outcome.ask
            if ask is None or ask.path == until or (has_chosen and ask.path == "journey.goal"):
                return self.outcome
            has_chosen = has_chosen or ask.path == "journey.goal"
            if not self._play_one(ask, script):
                return self.outcome
        raise AssertionError(f"still at {self.ask.path} after {most} answers")

    def _play_one(self, ask: Ask, script: Script) -> bool:
        if ask.path in script:
            self.answer(script[ask.path])
        elif ask.type == "confirm":
            self.answer(value=True)
        elif ask.path.endswith(".more"):
            self.answer(more_of(script, ask.path, self.items))
        elif not ask.required:
            self.command("skip")
        else:
            return False
        return True

    # what it says

    @property
    def ask(self) -> Ask:
        assert self.outcome.ask is not None, "the conversation has ended"
        return self.outcome.ask

    @property
    def messages(self) -> list[dict[str, object]]:
        return rendering.render(self.outcome.messages, self.state.language, {"receipt": "R-2026-000417", "before": 0})

    @property
    def texts(self) -> list[str]:
        return [str(message["text"]) for message in self.messages]

    @property
    def problems(self) -> list[str]:
        return [str(message["text"]) for message in self.messages if message["kind"] == "problem"]

    def rows(self) -> dict[str, str]:
        """Label to value of all rows shown in the last turn."""
        return {str(row["label"]): str(row["value"]) for message in self.messages for row in message.get("rows", [])}  # type: ignore[attr-defined]

    def effects_of[T](self, kind: type[T]) -> list[T]:
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def codes(self) -> list[str]:
        return [effect.code for effect in self.effects_of(MailCode)]


def registered(forms: Catalogue, script: Script = PERSON, **changes: object) -> Talk:
    """A conversation whose card has just been suspended."""
    talk = Talk(forms, **changes)
    talk.play(script)
    assert talk.ask.path == "journey.goal", talk.ask.path
    return talk


def at(forms: Catalogue, path: str, language: str = "it") -> Talk:
    """Somebody who registers, as far as that question."""
    return _played(
        Talk(forms, language, languages=tuple(dict.fromkeys(("it", "en", language)))), {**PERSON, "journey.language": language}, path
    )


def quoting(forms: Catalogue, path: str, **other: Wire) -> Talk:
    """A customer who asks for a quote, as far as that question; answers other than HOME's by their path."""
    return _played(registered(forms), {**HOME, **other}, path)


def _played(talk: Talk, script: Script, path: str) -> Talk:
    talk.play(script, until=path)
    assert talk.ask.path == path, (talk.ask.path, talk.problems)
    return talk
