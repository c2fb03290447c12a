"""Customers of the whole program: they register and ask for quotes through the real turns, and leave what a colleague finds."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from dialogs.services import Services
from storage.parties import find_party_by_email
from storage.tables.submissions import Submission
from tests.dialogs.customer import Customer
from tests.dialogs.driver import COMPANY, EMAIL, HOME, PERSON, Script

CARD, COMPANY_CARD, QUOTE = "registration_person", "registration_company", "quote_home"


@dataclass(slots=True)
class Case:
    """A customer in an open chat, and what they confirmed last."""

    customer: Customer
    party: UUID
    submission: UUID


async def a_visitor(services: Services, language: str = "it") -> Customer:
    return await Customer(services.database, services.turns, services.keys).open(language)


async def a_suspended_registration(services: Services, *, email: str = EMAIL, language: str = "it", **answers: object) -> Case:
    """`answers` replace those of the script, by the card's question: `family_name="Prova"`; None skips an optional one."""
    customer = await a_visitor(services, language)
    await customer.play(_script(PERSON, CARD, answers, email, language))
    return await _case(services, customer, email, CARD)


async def a_suspended_company(services: Services, *, email: str = EMAIL, language: str = "it", **answers: object) -> Case:
    customer = await a_visitor(services, language)
    await customer.play(_script(COMPANY, COMPANY_CARD, answers, email, language))
    return await _case(services, customer, email, COMPANY_CARD)


async def a_suspended_quote(services: Services, *, email: str = EMAIL, language: str = "it", **answers: object) -> Case:
    """Of a new customer, whose card is suspended too; `answers` replace those of the quote, by question."""
    case = await a_suspended_registration(services, email=email, language=language)
    return await ask_for_a_quote(services, case, email=email, language=language, **answers)


async def ask_for_a_quote(
    services: Services, case: Case, *, email: str = EMAIL, language: str = "it", script: Script = HOME, **answers: object
) -> Case:
    """The same customer goes on in the same chat."""
    begins = {"starts_on": (services.clock() + timedelta(days=9)).date().isoformat()}
    await case.customer.play(_script(script, QUOTE, begins | answers, email, language))
    return await _case(services, case.customer, email, QUOTE)


def _script(script: Script, form: str, answers: dict[str, object], email: str, language: str) -> dict[str, object]:
    places = {path.rpartition(".")[2]: path for path in script if path.startswith(f"{form}.")}
    changed = {**script, "journey.email": email, "journey.language": language}
    for name, value in answers.items():
        path = places[name] if name in places else next(path for path in (name,) if "." in path)
        changed[path] = value
    return {path: value for path, value in changed.items() if value is not None}


async def _case(services: Services, customer: Customer, email: str, form: str) -> Case:
    async with services.database.transaction() as session:
        party = await find_party_by_email(session, services.keys, email)
        latest = select(Submission.id).where(Submission.party_id == party, Submission.form == form).order_by(Submission.id.desc()).limit(1)
        submission = await session.scalar(latest)
    assert party is not None
    assert submission is not None, customer.said
    return Case(customer, party, submission)
