"""Settings: names, defaults, sizes, secrets that stay hidden."""

import stat
from pathlib import Path

import pytest

from sospeso.settings import MASKED, keep_secrets, load_settings, new_key, read_secrets, show_settings
from storage.settings import NotConfigured, Settings


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting from outside, and a folder without `.env`."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SOSPESO_{name.upper()}", raising=False)


def test_the_defaults_are_those_that_others_rely_on(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.home == tmp_path / "var"
    assert (settings.port, settings.agency_email, settings.agency_name, settings.timezone) == (
        8080,
        "agenzia@example.org",
        "Agenzia Demo",
        "Europe/Rome",
    )
    assert settings.documents_url == (tmp_path / "var" / "documents").as_uri()
    assert settings.documents_copy_url == (tmp_path / "var" / "documents-copy").as_uri()
    assert settings.languages == ("it", "en")
    assert (settings.limit_turns_conversation, settings.limit_turns_address, settings.limit_conversations) == (
        "20/s burst 40",
        "100/s",
        "30/min",
    )
    assert (settings.max_upload, settings.max_body, settings.code_resend_limits, settings.offer_days) == (10_000_000, 256_000, (1, 5), 30)
    assert settings.cache_limits == (10_000, 64_000_000)
    assert settings.database_url is settings.smtp_url is settings.telegram_token is None


def test_the_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SOSPESO_AGENCY_NAME=Demo Uno\nSOSPESO_PORT=9000\n")
    monkeypatch.setenv("SOSPESO_PORT", "9001")
    monkeypatch.setenv("SOSPESO_MAX_UPLOAD", "5 MB")
    settings = load_settings()
    assert (settings.agency_name, settings.port, settings.max_upload) == ("Demo Uno", 9001, 5_000_000)
    origins = {each.name: each.origin for each in show_settings(settings)}
    assert (origins["SOSPESO_AGENCY_NAME"], origins["SOSPESO_PORT"], origins["SOSPESO_TIMEZONE"]) == (".env", "environment", "default")


def test_secrets_are_masked_where_they_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    key = new_key()
    monkeypatch.setenv("SOSPESO_MASTER_KEY", key)
    monkeypatch.setenv("SOSPESO_DATABASE_URL", "postgresql://someone:hidden@127.0.0.1/x")
    settings = load_settings()
    told = repr(settings) + "".join(each.value for each in show_settings(settings))
    assert key not in told
    assert "hidden" not in told
    assert {each.name: each.value for each in show_settings(settings)}["SOSPESO_MASTER_KEY"] == MASKED


def test_what_the_demo_left_is_used_and_stays(tmp_path: Path) -> None:
    kept = keep_secrets(tmp_path, secret_key=new_key(), master_key=new_key())
    assert keep_secrets(tmp_path, master_key=new_key(), other="more")["master_key"] == kept["master_key"]
    assert load_settings(tmp_path).secret("master_key") == kept["master_key"]
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    assert read_secrets(tmp_path)["other"] == "more"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "many"),
        ("TIMEZONE", "Rome"),
        ("MASTER_KEY", "short"),
        ("SECRET_KEY", "short"),
        ("LIMIT_TURNS", "fast"),
        ("MAX_BODY", "-1"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_in_one_sentence(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"SOSPESO_{name}", value)
    with pytest.raises(NotConfigured, match=f"^SOSPESO_{name}: .*\\.$") as refused:
        load_settings()
    assert "\n" not in str(refused.value)


def test_a_missing_secret_says_how_to_make_one() -> None:
    with pytest.raises(NotConfigured, match="openssl rand"):
        _ = load_settings().master


def test_italy_is_among_the_countries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOSPESO_COUNTRIES", "it,ru")
    assert load_settings().countries == ("it", "ru")
    monkeypatch.setenv("SOSPESO_COUNTRIES", "ru")
    with pytest.raises(NotConfigured, match="SOSPESO_COUNTRIES: it must be among them"):
        load_settings()


def test_hours_that_cannot_be_read_say_how_they_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOSPESO_AGENCY_HOURS", "lun-ven 9-18")
    with pytest.raises(NotConfigured, match="SOSPESO_AGENCY_HOURS: written like `mon-fri 9:00-13:00"):
        load_settings()
    monkeypatch.setenv("SOSPESO_AGENCY_HOURS", "mon-fri 9:00-13:00")
    hours = load_settings().hours
    assert hours is not None
    assert len(hours.spans) == 5
