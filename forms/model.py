"""The catalogue's format as Pydantic models: structure in form.yaml, words in <language>.yaml, modules, tariff apart.

Where things lie, in forms/catalog/ and file by file over it in the broker's own folder:

    <form>/form.yaml                       model.Form
    <form>/<language>.yaml                 model.Words
    <form>/<language>.<kind>.yaml          what of them a kind of customer (`company`) is told otherwise: the same keys, whatever differs
    modules/<code>/<version>/module.yaml   model.Module
    modules/<code>/<version>/<language>.md front matter model.ModuleWords, body the exact text
    modules/<code>/<version>/record.yaml   what they said when they were published, by SHA-256 (forms/records.py)
    modules/kinds.yaml                     model.Kinds, ours only
    tariffs/<name>.yaml                    rules.tariff, over forms/tariffs/; held against the choices of `quote_<name>`
    packs/<country>/pack.yaml              model.Pack, <language>.yaml beside it model.PackWords; used where SOSPESO_COUNTRIES names it
    glossary/<language>.yaml               model.Glossary; a broker's terms over ours, term by term
    tables/<name>.csv                      a broker's tables over forms/tables/ (forms/computed.py names them)

What CEL sees (`ask_if`, `optional_if`, `when`): earlier answers of the same form by their flat names, in a group those of the same item;
after a group the number of its items by the group's name (int, absent until there is no more); `today` (timestamp), `this_year` (int), `unanswered_needs` (int: earlier needs questions skipped or answered `no_answer`), `party_kind` (string: whose card it is, `person` or `company`).
Money is integer cents, integer an int, number a double, date a timestamp (UTC midnight), choices a list, yes_no and confirm a bool, all
else a string. Int and double do not mix: `area_m2 * 60000`, `double(area_m2) * 0.4`. An unanswered or parked answer is absent:
`missing || true` is true, `missing && false` false; a condition that stays undetermined is not asked, a check not wrong.
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from rules.consents import KindRules

type Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,60}$")]
type TypeName = Literal[
    "text", "multiline", "name", "choice", "choices", "yes_no", "integer", "number", "money", "date", "email", "phone", "iban",
    "it_tax_code", "it_vat", "postcode", "province", "country", "municipality", "file", "code", "confirm", "computed",
    "ir_national_code", "ir_org_id", "ru_inn", "ru_org_inn", "ru_snils", "es_nif", "es_org_nif", "cn_resident_id", "cn_uscc",
]  # fmt: skip
type Bound = int | str
"""A literal value of the type; for dates and years `today`, `today-30d`, `today+1y`, `today-111y+1d`, `year`, `year+1`; or an earlier answer's name."""


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Check(Part):
    """A rule over this answer and earlier ones, run after its type has read it: either `when` or `rule`.

    `when` is CEL, true where something is wrong; this answer is there as `this` and by its own name, and of a number in a group what
    the other items' come to as `others`. Its sentence is `problems.<code>` in every words file.
    `rule` names a function of forms/checks.py, worded by its own reason: `tax_code_matches` (on the tax code; reads family_name
    given_name sex birth_date birth_country birth_municipality; always a doubt), `resident_id_matches` (on cn_resident_id; reads birth_date
    sex; always a doubt), `postcode_in_municipality` (on whichever of
    postcode, municipality comes later), `province_of_municipality` (likewise with province), `holder_is_customer` (on account_holder; reads
    family_name given_name), `holder_is_company` (likewise; reads company_name). The last three are worded by `problems.<code>`. `prefix` is put before the names it
    reads (`representative_`). Document dates need no rule: `max: today`, `min: today+1d`, and `when` for issued before expires.
    """

    code: Name
    when: str | None = None
    rule: Name | None = None
    prefix: str = ""
    kind: Literal["refuse", "doubt"] = "refuse"

    @model_validator(mode="after")
    def _has_one_test(self) -> Self:
        if (self.when is None) == (self.rule is None):
            raise ValueError("a check has either `when` or `rule`")
        return self


class Question(Part):
    name: Name
    type: TypeName
    required: bool = True
    """false = can be skipped."""
    optional_if: str | None = None
    """CEL over earlier answers: where it holds, a required question can be skipped all the same."""
    quick: bool = False
    """Part of the quick path: enough for an indicative price."""
    personal: bool = True
    """Personal questions must have a `why` in every language."""
    sensitive: bool = False
    """Never asked inside a third-party messenger."""
    needed_to_issue: bool = False
    """Skipped now, it comes back before the policy."""
    need: bool = False
    """A demands-and-needs question: `no_answer` or a skip is listed and recorded before the end."""
    choices: tuple[Name, ...] = ()
    choices_for: dict[Name, tuple[Name, ...]] = {}
    """By kind of customer (`company`): those of the choices that it is offered, where not all."""
    exclusive: tuple[Name, ...] = ()
    ask_if: str | None = None
    """CEL over earlier answers (flat names); absent = always asked."""
    min: Bound | None = None
    max: Bound | None = None
    max_length: int | None = None
    unit: str | None = None
    accept: tuple[str, ...] = ()
    prefill: str | None = None
    """Path of an earlier answer of another form (`registration_person.residence.street`), shown as today's value, confirmed by the customer."""
    propose: str | None = None
    """Name of a proposal in forms/computed.py, preselected, never taken without an answer: `covers_from_need` (reads need),
    `home_is_residence` (true where a person's card has a residence), `card_adults`, `card_minors`, `representative_name`."""
    computed: str | None = None
    """type computed: name of a computation in forms/computed.py: `seismic_zone` (reads same_address, municipality, else the card's
    residence or seat; "1" to "4" or "unknown"), `rebuild_estimate` (reads area_m2, dwelling, same_address, province; money)."""
    checks: tuple[Check, ...] = ()


class Group(Part):
    """Repeats 0..n: paths carry the number. With `count` (an earlier integer) it repeats so often, else it asks `<group>.more` before each.

    Its questions' names are flat too (unique in the form, words under `questions`), but seen by conditions of the same item only."""

    group: Name
    count: Name | None = None
    ask_if: str | None = None
    most: int = 10
    questions: tuple[Question, ...]


class Section(Part):
    section: Name
    items: tuple[Question | Group, ...]


class Form(Part):
    form: Name
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    """Of its bounds, its conditions and the amounts that its words name; asked by agencies of that currency only."""
    sections: tuple[Section, ...]


class Addition(Part):
    """Questions of a country pack, asked after the one named in the same form."""

    form: Name
    after: Name
    questions: tuple[Question, ...]


class Pack(Part):
    """packs/<country>/pack.yaml: what customers of a country are asked beside the rest (`ask_if` says who they are)."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    adds: tuple[Addition, ...]


class QuestionWords(Part):
    ask: str
    label: str
    """Short name of the answer, for cards, summaries and papers."""
    hint: str | None = None
    why: str | None = None
    """Purpose, legal basis, what happens if withheld."""
    example: str | None = None
    choices: dict[str, str] = {}
    descriptions: dict[str, str] = {}
    aliases: dict[str, tuple[str, ...]] = {}
    """Other words people use for a choice."""
    names: tuple[str, ...] = ()
    """Other words people use for the question itself ("surface", "mq"), for typed corrections."""
    problems: dict[str, str] = {}
    """One sentence a check code: says what is wrong and how to mend it; `{this}` and flat names are filled with shown values."""


class PackWords(Part):
    """packs/<country>/<language>.yaml."""

    questions: dict[str, QuestionWords]


class GroupWords(Part):
    title: str
    """With `{number}`."""
    more: str
    no_more: str | None = None
    """What summaries call the No to one more after the first; without, the title."""
    names: tuple[str, ...] = ()
    """What people call one more of them: "another e-mail"."""


class SectionWords(Part):
    title: str
    lead: str | None = None
    confirm: str


class Words(Part):
    title: str
    confirm: str
    """The question of `<form>.confirm`."""
    declaration: str | None = None
    handover: str | None = None
    """Inside a messenger, said instead of a sensitive question: why it is answered on the web page only. Needed where one is sensitive."""
    sections: dict[str, SectionWords]
    questions: dict[str, QuestionWords]
    groups: dict[str, GroupWords] = {}


class ModuleAct(Part):
    """One act question of a module: `modules.<code>.<name>`."""

    name: Name
    values: tuple[Literal["accept", "refuse", "seen", "confirm"], ...]


class Kinds(Part):
    """modules/kinds.yaml: what is true of every act of a kind."""

    authorisation: KindRules
    confirmation: KindRules
    consent: KindRules
    notice: KindRules


class Module(Part):
    """module.yaml of one published version (modules/<code>/<version>/)."""

    code: Name
    version: str
    kind: Literal["authorisation", "confirmation", "consent", "notice"]
    occasion: Literal["before_card", "after_card", "quote", "never"]
    order: int
    acts: tuple[ModuleAct, ...]
    valid_from: str
    valid_until: str | None = None
    change: Literal["material", "editorial"] = "material"
    needed_to_issue: bool = False
    """Refused or missing, the policy cannot be issued."""
    needed_to_go_on: bool = False
    """Refused, the journey ends (electronic_collection)."""
    replaces: tuple[Name, ...] = ()
    """Codes of the modules that this one took the place of."""
    retention_months: int
    """Of a kind that lapses also how long a yes counts."""
    term_months: Annotated[int, Field(ge=1, le=120)] | None = None
    """Of a confirmation made before or after the card: how long it counts; then it is made anew."""
    basis: str


class ActWords(Part):
    ask: str
    hint: str | None = None
    label: str
    answers: dict[str, str]
    """Button words by value; both of the same weight."""


class ModuleWords(Part):
    """Front matter of modules/<code>/<version>/<language>.md; the Markdown body (paragraphs, ## headings, - lists only) is the text shown and hashed."""

    title: str
    lead: str
    withdraw: str | None = None
    acts: dict[str, ActWords]


class Term(Part):
    """A word of the trade, explained in at most three short sentences."""

    term: str
    names: tuple[str, ...] = ()
    """Other words for it, and other forms of the word."""
    text: str
    see: tuple[Name, ...] = ()
    """Keys of terms close by."""


class Glossary(Part):
    terms: dict[Name, Term]
