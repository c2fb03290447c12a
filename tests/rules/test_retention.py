"""What the law obliges to keep of a customer whose data are erased: only that, and until its day."""

from datetime import date
from pathlib import Path

import pytest

from forms.files import CatalogueError
from forms.retention import load_retention
from rules.retention import Duty, Piece, Retention, contracts_end, months_after, what_stays

TODAY = date(2026, 11, 22)
RULES = Retention(
    contract_months=12,
    acts={"confirmation": Duty(60, "contract", "art. 67")},
    modules={"mandate": Duty(60, "made", "art. 67"), "old": Duty(12, "made", "art. 67")},
    documents={"policy": Duty(60, "contract", "art. 67")},
)
PIECES = (
    Piece("1", "authorisation", date(2024, 2, 29), "mandate"),
    Piece("2", "confirmation", date(2024, 2, 29), "reticence"),
    Piece("3", "consent", date(2024, 2, 29), "profiling"),
    Piece("a", "policy", date(2024, 3, 1)),
    Piece("b", "upload", date(2024, 3, 1)),
)


def test_without_a_contract_only_what_is_kept_for_itself_stays():
    assert [(kept.piece.id, kept.until) for kept in what_stays(RULES, PIECES, None, TODAY)] == [("1", date(2029, 2, 28))]


def test_what_belongs_to_a_contract_stays_from_its_end():
    ended = contracts_end(RULES, [date(2023, 3, 1), date(2024, 3, 1)])
    assert ended == date(2025, 3, 1)
    kept = {each.piece.id: each.until for each in what_stays(RULES, PIECES, ended, TODAY)}
    assert kept == {"1": date(2029, 2, 28), "2": date(2030, 3, 1), "a": date(2030, 3, 1)}


def test_what_was_kept_long_enough_goes():
    assert what_stays(RULES, (Piece("9", "authorisation", date(2020, 1, 1), "old"),), None, TODAY) == ()
    last = (Piece("9", "authorisation", date(2025, 11, 22), "old"),)
    assert [kept.until for kept in what_stays(RULES, last, None, TODAY)] == [TODAY]


def test_a_month_too_short_ends_on_its_last_day():
    assert months_after(date(2024, 1, 31), 1) == date(2024, 2, 29)


def test_no_consent_is_kept_by_the_shipped_rules():
    shipped = load_retention()
    assert "consent" not in shipped.acts
    assert "upload" not in shipped.documents


def test_how_long_a_prepared_card_waits_is_the_broker_s_to_say(tmp_path: Path) -> None:
    """S0-08: thirty days where nothing is said; never for good."""
    file, rest = tmp_path / "retention.yaml", "contract_months: 12\nacts: {}\nmodules: {}\ndocuments: {}\n"
    file.write_text(rest)
    assert load_retention(tmp_path).prepared_days == load_retention().prepared_days == 30
    file.write_text(f"{rest}prepared_days: 7\n")
    assert load_retention(tmp_path).prepared_days == 7
    file.write_text(f"{rest}prepared_days: 0\n")
    with pytest.raises(CatalogueError):
        load_retention(tmp_path)
