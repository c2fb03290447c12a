"""Reading a tariff's data: everything is checked here, once, so that pricing cannot fail on a figure."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import cast

from rules.tariff_model import Basis, Condition, Cover, Default, FactorTable, ReferralRule, Tariff, TariffError, TariffQuestion, as_text

# A factor outside these is a slip of the pen, not a tariff.
_LEAST, _MOST = Decimal("0.2"), Decimal(5)
_BASES = ("building", "contents", "home", "first_loss", "liability", "fixed")
_NEEDED = ("need", "role", "area_m2", "covers", "liability_limit")

type Questions = Mapping[str, TariffQuestion]


def read_tariff(data: Mapping[str, object], choices: Mapping[str, Sequence[str]], *, sha256: str) -> Tariff:
    questions = _questions(_mapping(data, "questions", "tariff"), choices)
    taxes = {
        name: _figure(rate, f"taxes.{name}", least=Decimal(0), most=Decimal(1)) for name, rate in _mapping(data, "taxes", "tariff").items()
    }
    return Tariff(
        name=_text(data, "tariff", "tariff"),
        version=_text(data, "version", "tariff"),
        sha256=sha256,
        currency=_text(data, "currency", "tariff"),
        validity_days=_whole(data.get("validity_days"), "validity_days", least=1),
        questions=questions,
        proposed=_proposed(_mapping(data, "proposed", "tariff"), questions),
        proposed_for=_proposed_for(data, questions),
        owner_roles=frozenset(_known(data.get("owner_roles"), questions["role"], "owner_roles")),
        limits=_limits(_mapping(data, "limits", "tariff"), questions),
        rebuild_per_m2=_range(data.get("rebuild_per_m2")),
        valuables_share=_figure(data.get("valuables_share"), "valuables_share", least=Decimal(0), most=Decimal(1)),
        referrals=tuple(_referrals(_mapping(data, "referrals", "tariff"), questions)),
        covers=tuple(_covers(_mapping(data, "covers", "tariff"), questions, taxes)),
    )


def _questions(data: Mapping[str, object], choices: Mapping[str, Sequence[str]]) -> Questions:
    if absent := [name for name in _NEEDED if name not in data]:
        raise TariffError("questions", f"missing {', '.join(absent)}")
    questions = {name: _question(name, _as_mapping(told, f"questions.{name}")) for name, told in data.items()}
    for question in questions.values():
        _check_condition(question, questions)
        offered = choices.get(question.name)
        if offered and set(offered) != set(question.values):
            raise TariffError(
                f"questions.{question.name}", f"the form offers {sorted(offered)}, the tariff knows {sorted(question.values)}"
            )
    return questions


def _question(name: str, told: Mapping[str, object]) -> TariffQuestion:
    where = f"questions.{name}"
    _only(told, ("values", "default", "quick", "when", "falls"), where)
    values = tuple(as_text(value) for value in _list(told.get("values", []), where, at="values"))
    default = told.get("default")
    if (default is None) == (told.get("quick") is not True):
        raise TariffError(where, "needs either `quick: true` or a default")
    question = TariffQuestion(name, values, _default(default), _condition(told.get("when", []), where), told.get("falls") is True)
    if values and default is not None and name != "covers":
        _known(default if isinstance(default, list) else [default], question, f"{where}.default")
    return question


def _default(value: object) -> Default | None:
    return tuple(str(one) for one in value) if isinstance(value, list) else cast(Default | None, value)


def _condition(data: object, where: str) -> Condition:
    pairs = [pair for one in _list(data, f"{where}.when") for pair in _as_mapping(one, f"{where}.when").items()]
    return tuple((name, frozenset(as_text(value) for value in _list(values, f"{where}.when"))) for name, values in pairs)


def _check_condition(question: TariffQuestion, questions: Questions) -> None:
    for name, values in question.when:
        where = f"questions.{question.name}.when"
        if name not in questions:
            raise TariffError(where, f"no question {name}")
        _known(sorted(values), questions[name], where)


def _proposed(data: Mapping[str, object], questions: Questions, where: str = "proposed") -> dict[str, tuple[str, ...]]:
    _all_values(data, questions["need"], where)
    return {need: tuple(_known(covers, questions["covers"], f"{where}.{need}")) for need, covers in data.items()}


def _proposed_for(data: Mapping[str, object], questions: Questions) -> dict[str, dict[str, tuple[str, ...]]]:
    plain = _mapping(data, "proposed", "tariff")
    kinds = _as_mapping(data.get("proposed_for", {}), "proposed_for").items()
    return {
        kind: _proposed({**plain, **_as_mapping(told, f"proposed_for.{kind}")}, questions, f"proposed_for.{kind}") for kind, told in kinds
    }


def _limits(data: Mapping[str, object], questions: Questions) -> dict[str, Decimal]:
    _all_values(data, questions["liability_limit"], "limits")
    return {value: _figure(total, f"limits.{value}", least=Decimal(1)) for value, total in data.items()}


def _range(data: object) -> tuple[Decimal, Decimal]:
    pair = _list(data, "rebuild_per_m2")
    if len(pair) != 2:
        raise TariffError("rebuild_per_m2", "least and most")
    least = _figure(pair[0], "rebuild_per_m2", least=Decimal(0))
    return least, _figure(pair[1], "rebuild_per_m2", least=least)


def _referrals(data: Mapping[str, object], questions: Questions) -> Iterator[ReferralRule]:
    for code, raw in data.items():
        where = f"referrals.{code}"
        told = _as_mapping(raw, where)
        _only(told, ("question", "values", "above"), where)
        question = questions.get(_text(told, "question", where))
        if question is None:
            raise TariffError(where, "no such question", at="question")
        if ("values" in told) == ("above" in told):
            raise TariffError(where, "needs either values or above")
        if "above" in told:
            yield ReferralRule(code, question.name, frozenset(), _whole(told["above"], where, least=0, at="above"))
        else:
            yield ReferralRule(code, question.name, frozenset(_known(told["values"], question, where, at="values")), None)


def _covers(data: Mapping[str, object], questions: Questions, taxes: Mapping[str, Decimal]) -> Iterator[Cover]:
    priced: set[str] = set()
    for code, raw in data.items():
        cover = _cover(code, _as_mapping(raw, f"covers.{code}"), questions, taxes)
        priced.add(cover.cover)
        yield cover
    if left := set(questions["covers"].values) - priced:
        raise TariffError("covers", f"nothing prices {', '.join(sorted(left))}")


def _cover(code: str, told: Mapping[str, object], questions: Questions, taxes: Mapping[str, Decimal]) -> Cover:
    where = f"covers.{code}"
    _only(told, ("cover", "basis", "sum", "per_mille", "minimum", "tax", "factors"), where)
    basis, tax = _text(told, "basis", where), _text(told, "tax", where)
    if basis not in _BASES or (basis == "fixed") != ("sum" in told):
        raise TariffError(where, f"basis is one of {', '.join(_BASES)}; `sum` belongs to fixed", at="basis")
    if tax not in taxes:
        raise TariffError(where, f"no tax {tax}", at="tax")
    factors = _as_mapping(told.get("factors", {}), f"{where}.factors")
    return Cover(
        code=code,
        cover=_known([told.get("cover")], questions["covers"], where, at="cover")[0],
        basis=cast(Basis, basis),
        fixed_sum=_figure(told["sum"], f"{where}.sum", least=Decimal(1)) if basis == "fixed" else None,
        per_mille=_figure(told.get("per_mille"), f"{where}.per_mille", least=Decimal("0.0001")),
        minimum=_figure(told.get("minimum"), f"{where}.minimum", least=Decimal(0)),
        tax_rate=taxes[tax],
        factors=tuple(_factors(name, table, questions, f"{where}.factors.{name}") for name, table in factors.items()),
    )


def _factors(name: str, data: object, questions: Questions, where: str) -> FactorTable:
    question = questions.get(name)
    if question is None:
        raise TariffError(where, "no such question")
    told = _as_mapping(data, where)
    if not question.values:
        return _bands(name, told, where)
    _all_values(told, question, where)
    by_value = {value: _figure(told[value], f"{where}.{value}", least=_LEAST, most=_MOST) for value in question.values}
    steps = list(by_value.values())
    if question.falls and any(later > earlier for earlier, later in pairwise(steps)):
        raise TariffError(where, "the factors must not rise from one value to the next")
    return FactorTable(name, by_value, (), of_age=False)


def _bands(name: str, told: Mapping[str, object], where: str) -> FactorTable:
    _only(told, ("of", "bands"), where)
    if told.get("of") not in {"age", "value"}:
        raise TariffError(where, "`of` is age or value", at="of")
    bands: list[tuple[int | None, Decimal]] = []
    for number, raw in enumerate(_list(told.get("bands"), where, at="bands")):
        band = _as_mapping(raw, where, at=f"bands.{number}")
        up_to = _whole(band["up_to"], where, least=0, at=f"bands.{number}") if "up_to" in band else None
        if bands and (bands[-1][0] is None or (up_to is not None and up_to <= (bands[-1][0] or 0))):
            raise TariffError(where, "bands must rise, the open one last", at=f"bands.{number}")
        bands.append((up_to, _figure(band.get("factor"), where, least=_LEAST, most=_MOST, at=f"bands.{number}")))
    if not bands or bands[-1][0] is not None:
        raise TariffError(where, "the last band must be open", at="bands")
    return FactorTable(name, {}, tuple(bands), of_age=told["of"] == "age")


# plain pieces


def _figure(value: object, where: str, *, least: Decimal, most: Decimal | None = None, at: str = "") -> Decimal:
    if isinstance(value, float | bool) or value is None:
        raise TariffError(where, f"{value!r} is no exact figure; write it in quotes", at=at)
    try:
        figure = Decimal(str(value))
    except InvalidOperation as error:
        raise TariffError(where, f"{value!r} is no figure", at=at) from error
    if not figure.is_finite() or figure < least or (most is not None and figure > most):
        raise TariffError(where, f"{value} is not between {least} and {most if most is not None else 'any sum'}", at=at)
    return figure


def _whole(value: object, where: str, *, least: int, at: str = "") -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise TariffError(where, f"a whole number from {least} is needed", at=at)
    return value


def _known(values: object, question: TariffQuestion, where: str, *, at: str = "") -> list[str]:
    found = [as_text(value) for value in _list(values, where, at=at)]
    if unknown := [value for value in found if value not in question.values]:
        raise TariffError(where, f"{question.name} has no value {', '.join(unknown)}", at=at or unknown[0])
    return found


def _all_values(data: Mapping[str, object], question: TariffQuestion, where: str) -> None:
    """No option missing, none too many."""
    if missing := [value for value in question.values if value not in data]:
        raise TariffError(where, f"missing {', '.join(missing)}")
    _known(list(data), question, where)


def _only(data: Mapping[str, object], allowed: Sequence[str], where: str) -> None:
    if surplus := [key for key in data if key not in allowed]:
        raise TariffError(where, f"unknown {', '.join(surplus)}", at=surplus[0])


def _text(data: Mapping[str, object], key: str, where: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value:
        raise TariffError(where, f"{key} is missing, or no text", at=key)
    return value


def _mapping(data: Mapping[str, object], key: str, where: str) -> Mapping[str, object]:
    return _as_mapping(data.get(key), f"{where}.{key}")


def _as_mapping(value: object, where: str, *, at: str = "") -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TariffError(where, "a table is needed", at=at)
    return {as_text(key): told for key, told in value.items()}


def _list(value: object, where: str, *, at: str = "") -> Sequence[object]:
    if not isinstance(value, list | tuple):
        raise TariffError(where, "a list is needed", at=at)
    return value
