"""The home quote as a company is asked it: nothing of a household, and words, choices and covers that fit."""

import re

import pytest

from forms.flow import Environment, asked, standing
from rules.tariff import Price, price
from tests.forms.content.shipped import LANGUAGES, TODAY, catalogue, question, tariff_file
from tests.forms.content.test_tariff_content import FLAT, tariff

COMPANY = Environment(TODAY, tables=catalogue().tables, party_kind="company")
PERSON = Environment(TODAY, tables=catalogue().tables)
ANSWERS = {"quote_home.needs.need": [*question("quote_home", "need").choices], "quote_home.insured.insured_is_policyholder": False}
FAMILY = {
    "it": "famigli|figli", "en": "famil(?!y name)|child", "es": "famili|hij", "ru": "семья|ответственност. семьи|детей|дети",
    "fa": "خانواده|فرزند", "zh": "家庭|家人|孩子",
}  # fmt: skip


def names(env: Environment) -> list[str]:
    walk = catalogue().form("quote_home").walk(ANSWERS, env)
    return [step.question.name for step in walk.steps if step.question is not None]


def test_a_company_is_asked_all_but_what_only_a_household_has() -> None:
    assert set(names(PERSON)) - set(names(COMPANY)) == {"adults", "minors", "animals", "helpers", "vehicles"}
    assert set(names(COMPANY)) <= set(names(PERSON))


@pytest.mark.parametrize(
    ("name", "left"),
    [("use", {"main_home"}), ("existing", {"family_liability"}), ("covers", {"family_liability"})],
)
def test_a_company_is_offered_all_but_what_only_a_household_has(name: str, left: set[str]) -> None:
    assert set(question("quote_home", name).choices) - set(question("quote_home", name).choices_for["company"]) == left


def test_who_is_insured_by_a_company_is_no_relative() -> None:
    assert question("quote_home", "relation").choices_for["company"] == ("tenant", "owner", "other")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_company_reads_of_no_family_and_a_person_still_does(language: str) -> None:
    for env, is_told in ((COMPANY, False), (PERSON, True)):
        words, form = catalogue().edition("quote_home").of(env.party_kind).words[language], catalogue().form("quote_home")
        told = [words.confirm, words.declaration or "", *(f"{one.title} {one.lead} {one.confirm}" for one in words.sections.values())]
        for step in form.walk(ANSWERS, env).steps:
            if step.question is None:
                continue
            one, known = words.questions[step.question.name], standing(step, env, words, language)
            told += [
                one.ask,
                one.label,
                one.hint or "",
                one.why or "",
                *(f"{choice.label} {choice.description}" for choice in known.choices),
            ]
        assert bool(re.search(FAMILY[language], " ".join(told), re.IGNORECASE)) is is_told


@pytest.mark.parametrize("language", LANGUAGES)
def test_choices_that_a_company_is_offered_are_told_apart(language: str) -> None:
    edition = catalogue().edition("quote_home").of("company")
    for step in edition.form.steps().values():
        labels = [choice.label for choice in asked(step, {}, COMPANY, edition.words[language], language).choices]
        assert len(labels) == len(set(labels)), step.path


def test_a_company_answers_for_the_building_not_for_a_family() -> None:
    flat = {**FLAT, "use": "second_home"}
    private, firm = price(tariff(), flat, TODAY), price(tariff(), {**flat, "party_kind": "company"}, TODAY)
    assert isinstance(private, Price)
    assert isinstance(firm, Price)
    assert {line.code for line in firm.covers} ^ {line.code for line in private.covers} == {"family_liability", "owner_liability"}
    assert not {"animals"} & {name for name, _ in firm.assumptions}
    assert ("covers", ("fire", "weather", "water", "electrical", "theft", "owner_liability")) in firm.assumptions


def test_what_the_tariff_proposes_to_a_company_the_form_proposes_too() -> None:
    assert tariff_file()["proposed_for"] == {"company": {"liability": ["owner_liability"]}}
    assert tariff().proposed_for == catalogue().tables.covers_for
