"""Computed answers and proposals: from earlier answers, the card and the broker's tables; and the tables themselves."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec import structs

from forms.cards import CARDS
from forms.computed import COMPUTATIONS, PROPOSALS, Environment
from forms.tables import Tables, load_tables
from tests.forms.content import shipped
from tests.forms.folders import a_folder

TABLES = Tables(
    seismic_zones={"A345": "1"},
    rebuild_costs={("*", "*"): Decimal(1500), ("*", "flat"): Decimal(1450), ("MI", "flat"): Decimal(1700)},
    covers_from_need={"building": ("fire", "water"), "contents": ("fire",)},
)
ENV = Environment(
    date(2026, 11, 22), {"registration_person.residence.municipality": "A345", "registration_person.residence.province": "MI"}, TABLES
)


def test_the_seismic_zone_is_that_of_the_home_or_unknown() -> None:
    zone = COMPUTATIONS["seismic_zone"].compute
    assert zone({"same_address": True}, ENV) == "1"
    assert zone({"same_address": False, "municipality": "F205"}, ENV) == "unknown"
    assert zone({}, ENV) == "unknown"


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ({"area_m2": 100, "dwelling": "flat", "same_address": True}, "170000.00"),
        ({"area_m2": 100, "dwelling": "flat", "province": "RM"}, "145000.00"),
        ({"area_m2": 77, "dwelling": "detached", "province": "RM"}, "116000.00"),
        ({"area_m2": 100}, "150000.00"),
        ({"dwelling": "flat"}, None),
    ],
)
def test_rebuilding_is_estimated_by_the_most_specific_row_and_rounded_to_a_thousand(seen: dict[str, object], expected: str | None) -> None:
    assert COMPUTATIONS["rebuild_estimate"].compute(seen, ENV) == expected  # type: ignore[arg-type] # parametrized as object


def test_a_company_s_home_is_where_its_seat_is_and_never_proposed_there() -> None:
    seat = {"registration_company.seat.municipality": "A345", **ENV.card, "registration_person.residence.municipality": "F205"}
    env = structs.replace(ENV, card=seat, party_kind="company")
    assert COMPUTATIONS["seismic_zone"].compute({"same_address": True}, env) == "1"
    assert PROPOSALS["home_is_residence"].compute({}, env) is None
    assert PROPOSALS["home_is_residence"].compute({}, ENV) is True


def test_without_a_table_nothing_is_estimated() -> None:
    assert COMPUTATIONS["rebuild_estimate"].compute({"area_m2": 100}, Environment(date(2026, 11, 22))) is None


def test_covers_are_proposed_from_needs_each_once() -> None:
    propose = PROPOSALS["covers_from_need"].compute
    assert propose({"need": ("building", "contents")}, ENV) == ["fire", "water"]
    assert propose({}, ENV) is None
    others = replace(TABLES, covers_for={"company": {"building": ("water",)}})
    assert propose({"need": ("building",)}, structs.replace(ENV, tables=others, party_kind="company")) == ["water"]
    assert propose({"need": ("building",)}, structs.replace(ENV, tables=others)) == ["fire", "water"]


def test_what_computations_take_from_the_card_is_asked_there() -> None:
    steps = {key for card in CARDS.values() for key in shipped.catalogue().form(card.form).steps()}
    paths = {path for computation in (*COMPUTATIONS.values(), *PROPOSALS.values()) for path in computation.card}
    assert paths <= steps


def test_our_tables_say_where_they_come_from() -> None:
    tables = load_tables()
    assert {note.source for note in tables.notes.values()} == {"example"}
    assert set(tables.seismic_zones.values()) <= {"1", "2", "3", "4"}
    assert tables.rebuild_cost(None, None) is not None


def test_a_brokers_table_takes_the_place_of_ours(tmp_path: Path) -> None:
    table = "# source: Demo register\n# date: 2026-01-31\nbelfiore,zone\nF205, 3\n"
    tables = load_tables(a_folder(tmp_path, {"tables/seismic_zones.csv": table}))
    assert tables.seismic_zones == {"F205": "3"}
    assert (tables.notes["seismic_zones"].source, tables.notes["seismic_zones"].date) == ("Demo register", "2026-01-31")
    assert tables.rebuild_costs == load_tables().rebuild_costs


@pytest.mark.parametrize("rows", ["belfiore\nF205\n", "belfiore,zone\nF205\n", "belfiore,zone\nF205,3,4\n"])
def test_a_table_with_missing_or_surplus_columns_is_refused(rows: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="seismic_zones"):
        load_tables(a_folder(tmp_path, {"tables/seismic_zones.csv": rows}))
