"""A broker's tables: CSV files with date and source in their head; ours in forms/tables/ are examples."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase
from pathlib import Path

SHIPPED = Path(__file__).parent / "tables"


@dataclass(frozen=True, slots=True)
class TableNote:
    """Where a table's rows come from, as its head says (`# source: …`, `# date: …`)."""

    source: str
    date: str


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """`seismic_zones`: zone by Belfiore code. `rebuild_costs`: an amount per m2 by (province, dwelling), `*` for all others."""

    seismic_zones: Mapping[str, str] = field(default_factory=dict)
    rebuild_costs: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    currency: str = "EUR"
    """Of the costs, as the name of their column says it."""
    covers_from_need: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Covers proposed by need: the tariff's."""
    covers_for: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """The same for a kind of customer that is proposed others."""
    notes: Mapping[str, TableNote] = field(default_factory=dict)

    def rebuild_cost(self, province: str | None, dwelling: str | None) -> Decimal | None:
        """The most specific row: province and dwelling, then dwelling, then province, then all."""
        where, what = province or "*", dwelling or "*"
        for key in ((where, what), ("*", what), (where, "*"), ("*", "*")):
            if key in self.rebuild_costs:
                return self.rebuild_costs[key]
        return None


NO_TABLES = Tables()


def load_tables(overlay: Path | None = None) -> Tables:
    """Each table from the broker's `tables/` where it stands there, else ours. Raises ValueError on a row that cannot be one."""
    notes: dict[str, TableNote] = {}
    seismic = {row["belfiore"]: row["zone"] for row in _rows("seismic_zones", ("belfiore", "zone"), overlay, notes)}
    costs = _rows("rebuild_costs", ("province", "dwelling", "*_per_m2"), overlay, notes)
    [column] = {name for row in costs for name in row if name.endswith("_per_m2")} or {"eur_per_m2"}
    per_m2 = {(row["province"], row["dwelling"]): _figure(row[column]) for row in costs}
    return Tables(seismic, per_m2, column.removesuffix("_per_m2").upper(), notes=notes)


def _figure(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"rebuild_costs.csv: “{text}” is no figure") from error


def _rows(name: str, columns: tuple[str, ...], overlay: Path | None, notes: dict[str, TableNote]) -> list[dict[str, str]]:
    own = overlay / "tables" / f"{name}.csv" if overlay else None
    path = own if own and own.is_file() else SHIPPED / f"{name}.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    head = dict(line.lstrip("# ").split(": ", 1) for line in lines if line.startswith("#") and ": " in line)
    notes[name] = TableNote(head.get("source", "unknown"), head.get("date", "unknown"))
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    if any(not _has_columns(row, columns) for row in rows):
        raise ValueError(f"{path}: every row has the columns {', '.join(columns)}, and no others")
    return [{key: value.strip() for key, value in row.items()} for row in rows]


def _has_columns(row: Mapping[str, str], columns: tuple[str, ...]) -> bool:
    return len(row) == len(columns) and None not in row.values() and all(map(fnmatchcase, row, columns))
