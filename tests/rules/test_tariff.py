"""The price: Decimal, every factor a row, monotonic; the tariff refuses to load with anything missing or out of range."""

import copy
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import forms
from rules.tariff import CoverPrice, MissingAnswersError, Price, Referral, Tariff, TariffError, load_tariff, price

TODAY = date(2026, 11, 22)
FILE = Path(forms.__file__).parent / "tariffs" / "home.yaml"
CENT = Decimal("0.01")

type Answers = dict[str, object]


@cache
def read_file() -> dict[str, Any]:
    return cast(dict[str, Any], yaml.safe_load(FILE.read_text("utf-8")))


def data() -> dict[str, Any]:
    return copy.deepcopy(read_file())


@cache
def tariff() -> Tariff:
    return load_tariff(data())


@cache
def again() -> Tariff:
    """The same tariff, loaded anew."""
    return load_tariff(data())


def small() -> dict[str, Any]:
    """A tariff of one cover, to be read at a glance."""
    return {
        "tariff": "small", "version": "1", "currency": "EUR", "validity_days": 10, "taxes": {"all": "0.10"},
        "questions": {
            "need": {"quick": True, "values": ["contents"]},
            "role": {"quick": True, "values": ["tenant"]},
            "area_m2": {"quick": True},
            "covers": {"default": "proposed", "values": ["fire"]},
            "liability_limit": {"quick": True, "values": ["low"], "when": [{"need": ["contents"]}]},
            "roof": {"default": "tiles", "values": ["tiles", "metal"]},
        },
        "proposed": {"contents": ["fire"]}, "owner_roles": [], "limits": {"low": 1000}, "rebuild_per_m2": [600, 4000], "valuables_share": "0.30",
        "referrals": {"metal": {"question": "roof", "values": ["metal"]}},
        "covers": {"fire": {"cover": "fire", "basis": "contents", "per_mille": "1.00", "minimum": "5.00", "tax": "all",
                            "factors": {"roof": {"tiles": "1.05", "metal": "1.20"}}}},
    }  # fmt: skip


SMALL: Answers = {"need": ["contents"], "role": "tenant", "area_m2": 60, "liability_limit": "low", "contents_value": "9990.00"}

# arithmetic


def test_a_price_is_rounded_to_what_can_be_paid_in_its_currency():
    found = price(load_tariff({**small(), "currency": "IRR"}), {**SMALL, "contents_value": "9990123.00"}, TODAY)
    assert isinstance(found, Price)
    assert (found.net, found.tax, found.total_cents) == (Decimal(10490), Decimal(1049), 1153900)


def test_net_is_per_mille_of_the_sum_times_factors_rounded_half_up_and_taxed():
    found = price(load_tariff(small()), SMALL, TODAY)
    assert isinstance(found, Price)
    rows = (("roof", "tiles", Decimal("1.05")),)
    line = CoverPrice(
        "fire",
        Decimal("9990.00"),
        Decimal("9.99"),
        rows,
        Decimal("10.49"),
        Decimal("0.10"),
        Decimal("1.05"),
        Decimal("11.54"),
        is_minimum=False,
    )
    assert found.covers == (line,)
    assert (found.total_cents, found.net, found.tax) == (1154, Decimal("10.49"), Decimal("1.05"))


def test_a_cover_never_costs_less_than_its_minimum():
    found = price(load_tariff(small()), {**SMALL, "contents_value": "1000.00"}, TODAY)
    assert isinstance(found, Price)
    assert (found.covers[0].net, found.covers[0].is_minimum) == (Decimal("5.00"), True)


def test_what_was_not_asked_is_assumed_and_named():
    found = price(load_tariff(small()), SMALL, TODAY)
    assert isinstance(found, Price)
    assert found.assumptions == (("covers", ("fire",)), ("roof", "tiles"))
    answered = price(load_tariff(small()), {**SMALL, "roof": "tiles", "covers": ["fire"]}, TODAY)
    assert isinstance(answered, Price)
    assert answered.assumptions == ()


def test_a_referral_never_prices():
    assert price(load_tariff(small()), {**SMALL, "roof": "metal"}, TODAY) == Referral(("metal",))


def test_without_a_sum_there_is_nothing_to_price():
    assert price(load_tariff(small()), {name: value for name, value in SMALL.items() if name != "contents_value"}, TODAY) == Referral(
        ("nothing_to_price",)
    )


def test_before_the_quick_path_is_finished_the_missing_answers_are_named():
    with pytest.raises(MissingAnswersError) as caught:
        price(load_tariff(small()), {"need": ["contents"], "area_m2": 60}, TODAY)
    assert caught.value.names == ("role", "liability_limit")


def test_the_hash_is_of_every_figure():
    changed = small()
    changed["covers"]["fire"]["minimum"] = "5.01"
    assert load_tariff(small()).sha256 == load_tariff(small()).sha256 != load_tariff(changed).sha256


def test_several_choices_multiply_one_row_each():
    answers = EXAMPLE | {"detectors": ["smoke", "gas"], "covers": ["fire"]}
    found = price(tariff(), answers, TODAY)
    assert isinstance(found, Price)
    assert [row[1] for row in found.covers[0].factors if row[0] == "detectors"] == ["smoke", "gas"]


# properties of the shipped tariff

EXAMPLE: Answers = {
    "need": ["building", "contents", "theft", "liability"], "role": "owner_occupier", "dwelling": "flat", "use": "main_home",
    "floor": "second_third", "area_m2": 95, "year_built": 1975, "structure": "masonry", "rebuild_known": True, "rebuild_value": "150000.00",
    "contents_value": "25000.00", "first_loss": "5000.00", "door": "ordinary", "alarm": "none", "liability_limit": "l_500000", "losses": 0,
    "excess": "e_150",
}  # fmt: skip


@st.composite
def answers(draw: st.DrawFn) -> Answers:
    """Quick answers and some of the others, priced or referred."""
    known = tariff().questions
    drawn: Answers = {}
    for name, question in known.items():
        if not question.values or (question.default is not None and draw(st.booleans())):
            continue
        many = isinstance(question.default, tuple) or name in {"need", "covers"}
        value: object = draw(
            st.lists(st.sampled_from(question.values), min_size=1, unique=True) if many else st.sampled_from(question.values)
        )
        drawn[name] = value == "true" if name == "refused" else value
    drawn["area_m2"] = draw(st.integers(15, 2000))
    drawn["year_built"] = draw(st.integers(1000, 2026))
    drawn["losses"] = draw(st.integers(0, 3))
    drawn["rebuild_known"] = True
    drawn["rebuild_value"] = f"{draw(st.integers(600, 4000)) * cast(int, drawn['area_m2'])}.00"
    drawn["contents_value"] = f"{draw(st.integers(5000, 500000))}.00"
    drawn["first_loss"] = f"{draw(st.integers(1000, 50000))}.00"
    return drawn


def priced(given_answers: Answers) -> Price | None:
    found = price(tariff(), given_answers, TODAY)
    return found if isinstance(found, Price) else None


def never_dearer(one: Answers, other: Answers) -> None:
    """Where both are priced, `one` costs at most as much as `other`."""
    cheaper, dearer = priced(one), priced(other)
    if cheaper is not None and dearer is not None:
        assert cheaper.total_cents <= dearer.total_cents


@given(answers())
def test_the_covers_sum_up_to_the_total_and_nothing_is_negative(drawn: Answers):
    if (found := priced(drawn)) is None:
        return
    assert sum(line.net for line in found.covers) == found.net
    assert sum(line.tax for line in found.covers) == found.tax
    assert sum(line.gross for line in found.covers) * 100 == found.total_cents
    assert all(line.net > 0 and line.tax >= 0 for line in found.covers)


@given(answers())
def test_every_figure_can_be_worked_out_again_from_its_row(drawn: Answers):
    if (found := priced(drawn)) is None:
        return
    covers = {cover.code: cover for cover in tariff().covers}
    for line in found.covers:
        cover = covers[line.code]
        loaded = cover.per_mille * line.sum_insured / 1000
        for _, _, factor in line.factors:
            assert Decimal("0.2") <= factor <= 5
            loaded *= factor
        assert line.net == max(cover.minimum, loaded).quantize(CENT, ROUND_HALF_UP)
        assert line.tax == (line.net * line.tax_rate).quantize(CENT, ROUND_HALF_UP)


@given(answers(), st.sampled_from(["rebuild_value", "contents_value", "first_loss"]), st.integers(1, 100000))
def test_a_higher_sum_never_costs_less(drawn: Answers, name: str, more: int):
    never_dearer(drawn, {**drawn, name: f"{Decimal(str(drawn[name])) + more}"})


@given(answers(), st.integers(0, 1))
def test_a_higher_liability_limit_never_costs_less(drawn: Answers, at: int):
    limits = ("l_500000", "l_1000000", "l_2500000")
    never_dearer({**drawn, "liability_limit": limits[at]}, {**drawn, "liability_limit": limits[at + 1]})


@given(answers(), st.integers(0, 3))
def test_a_higher_excess_never_costs_more(drawn: Answers, at: int):
    steps = tariff().questions["excess"].values
    never_dearer({**drawn, "excess": steps[at + 1]}, {**drawn, "excess": steps[at]})


@given(answers(), st.sampled_from(["door", "windows", "alarm"]), st.integers(0, 2))
def test_more_security_never_costs_more(drawn: Answers, name: str, at: int):
    steps = tariff().questions[name].values
    never_dearer({**drawn, name: steps[at + 1]}, {**drawn, name: steps[at]})


@given(answers(), st.lists(st.sampled_from(["smoke", "gas", "leak"]), min_size=1, unique=True))
def test_detectors_never_cost_more(drawn: Answers, detectors: list[str]):
    never_dearer({**drawn, "detectors": detectors}, {**drawn, "detectors": ["none"]})


@given(answers())
def test_the_same_answers_have_the_same_price(drawn: Answers):
    assert price(tariff(), drawn, TODAY) == price(again(), dict(reversed(drawn.items())), TODAY)


# a tariff that cannot be used


def broken(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    figures = data()
    change(figures)
    return figures


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda d: d["covers"]["theft"]["factors"]["door"].pop("armoured_3"), "covers.theft.factors.door: missing armoured_3"),
        (lambda d: d["covers"]["theft"]["factors"]["door"].update(steel="1.00"), "door has no value steel"),
        (lambda d: d["covers"]["theft"]["factors"]["door"].update(ordinary="5.01"), "5.01 is not between 0.2 and 5"),
        (lambda d: d["covers"]["theft"]["factors"]["door"].update(ordinary="0.19"), "0.19 is not between 0.2 and 5"),
        (lambda d: d["covers"]["theft"]["factors"]["door"].update(ordinary=1.1), "1.1 is no exact figure; write it in quotes"),
        (lambda d: d["covers"]["theft"]["factors"]["door"].update(ordinary="NaN"), "is not between"),
        (lambda d: d["covers"]["theft"]["factors"]["door"].update(armoured_4="1.20"), "must not rise"),
        (lambda d: d["covers"]["theft"]["factors"].update(age={"young": "1.00"}), "covers.theft.factors.age: no such question"),
        (lambda d: d["covers"]["theft"].pop("minimum"), "covers.theft.minimum: None is no exact figure"),
        (lambda d: d["covers"]["theft"].update(minimum="-1.00"), "covers.theft.minimum: -1.00 is not between"),
        (lambda d: d["covers"]["theft"].update(tax="unheard_of"), "covers.theft: no tax unheard_of"),
        (lambda d: d["covers"]["theft"].update(basis="fixed"), "`sum` belongs to fixed"),
        (lambda d: d["covers"]["theft"].update(discount="0.9"), "covers.theft: unknown discount"),
        (lambda d: d["covers"].pop("theft"), "covers: nothing prices theft"),
        (lambda d: d["taxes"].update(legal="1.5"), "taxes.legal"),
        (lambda d: d["questions"]["roof"].pop("default"), "questions.roof: needs either `quick: true` or a default"),
        (lambda d: d["questions"]["roof"].update(default="straw"), "roof has no value straw"),
        (lambda d: d["questions"]["roof"].update(when=[{"shape": ["flat"]}]), "questions.roof.when: no question shape"),
        (lambda d: d["questions"].pop("need"), "questions: missing need"),
        (lambda d: d["proposed"].pop("legal"), "proposed: missing legal"),
        (lambda d: d["limits"].pop("l_500000"), "limits: missing l_500000"),
        (lambda d: d["referrals"]["losses"].pop("above"), "referrals.losses: needs either values or above"),
        (lambda d: d["referrals"]["listed"].update(question="height"), "referrals.listed: no such question"),
        (lambda d: d["covers"]["water"]["factors"]["year_built"]["bands"].pop(), "the last band must be open"),
        (lambda d: d["covers"]["water"]["factors"]["year_built"]["bands"].reverse(), "bands must rise"),
        (lambda d: d["covers"]["water"]["factors"]["year_built"].update(of="feeling"), "`of` is age or value"),
        (lambda d: d["covers"]["theft"].update(per_mille="eleven"), "covers.theft.per_mille: 'eleven' is no figure"),
        (lambda d: d["covers"].update(theft="dear"), "covers.theft: a table is needed"),
        (lambda d: d["questions"]["roof"].update(values="tiles"), "questions.roof: a list is needed"),
        (lambda d: d.pop("version"), "version is missing"),
        (lambda d: d.update(validity_days=0), "validity_days: a whole number from 1"),
        (lambda d: d.update(rebuild_per_m2=[4000, 600]), "rebuild_per_m2"),
        (lambda d: d.update(rebuild_per_m2=[600]), "rebuild_per_m2: least and most"),
    ],
)
def test_a_tariff_with_a_fault_says_where_and_why(change: Callable[[dict[str, Any]], object], sentence: str):
    with pytest.raises(TariffError) as caught:
        load_tariff(broken(change))
    assert sentence in str(caught.value)


def test_a_choice_that_the_form_has_and_the_tariff_has_not_is_a_fault():
    with pytest.raises(TariffError, match=r"questions\.roof"):
        load_tariff(data(), {"roof": ("tiles", "flat_concrete", "metal", "wood", "thatch", "glass")})
