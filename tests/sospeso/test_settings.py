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
        ("MAX_UPLOAD", "10 megs"),
        ("MAX_UPLOAD", "1.2345 MB"),
        ("MAX_UPLOAD", "1.5 B"),
        ("MAX_IMPORT", "0"),
        ("TIMEZONE", "Europe"),
        ("DATABASE_URL", "postgresql://demo:geheim@db.example.org:many/x"),
        ("DATABASE_URL", "mysql://demo:geheim@db.example.org/x"),
        ("DATABASE_URL", "db.example.org"),
        ("MASTER_KEY", "ключ"),
        ("PUBLIC_URL", "nonsense"),
        ("PUBLIC_URL", "https://demo:geheim@chat.example.org"),
        ("PUBLIC_URL", "ftp://chat.example.org"),
        ("SMTP_URL", "http://demo:geheim@mail.example.org"),
        ("SMTP_URL", "smtp://demo:ge/heim@mail.example.org"),
        ("SMTP_URL", "smtp://"),
        ("AGENCY_EMAIL", "notanemail"),
        ("AGENCY_NAME", "Agenzia\nBcc: other@example.org"),
        ("CURRENCY", "euro"),
        ("TELEGRAM_TOKEN", "geheim"),
        ("TELEGRAM_API_URL", "localhost:8081"),
        ("TELEGRAM_WEBHOOK_SECRET", "ge heim"),
        ("DOCUMENTS_URL", "ftp://x"),
        ("DOCUMENTS_URL", "s3://"),
        ("DOCUMENTS_URL", "file://folder/documents"),
        ("DOCUMENTS_COPY_URL", "/folder"),
        ("TSA_URL", "tsa.example.org"),
        ("RASA_URL", "//rasa"),
        ("LANGUAGES", "it,xx"),
        ("LANGUAGES", ","),
        ("LIMIT_TURNS", "0/s"),
        ("LIMIT_TURNS", "20/s burst 0, 100/s"),
        ("LIMIT_TURNS", "20/s, 0/s"),
        ("LIMIT_CONVERSATIONS", "0/min"),
        ("LIMIT_CONVERSATIONS", "1/min, 2/min"),
        ("CODE_RESEND", "often"),
        ("CODE_RESEND", "0/min, 5/h"),
        ("OFFER_DAYS", "1000000000"),
        ("CACHE", "abc"),
        ("CACHE", "64 MB"),
        ("CACHE", "10,000 conversations, much"),
        ("TRUSTED_PROXIES", "notanip"),
        ("TRUSTED_PROXIES", "10.0.0.1,10.0.0.0/99"),
        ("EMBED_ORIGINS", "www.example.org"),
        ("EMBED_ORIGINS", "https://www.example.org; script-src *"),
        ("EMBED_ORIGINS", "https://www.example.org/page"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_in_one_sentence(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"SOSPESO_{name}", value)
    with pytest.raises(NotConfigured, match=f"^SOSPESO_{name}: .*\\.$") as refused:
        load_settings()
    said = str(refused.value)
    assert "\n" not in said
    assert "geheim" not in said
    assert not any(sign in said for sign in ("^", "\\d")), "that is for programs"


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("1.5 MB", 1_500_000), ("1,5 MB", 1_500_000), ("0.25 GB", 250_000_000), ("5000", 5000), ("5,000", 5000), ("256 kB", 256_000),
        ("10.000.000", 10_000_000), ("10_000_000 B", 10_000_000), ("1,000.5 kB", 1_000_500), ("1.234 MB", 1_234_000_000), ("10.0 MB", 10_000_000),
    ],
)  # fmt: skip
def test_a_point_before_one_or_two_digits_is_a_decimal_mark(monkeypatch: pytest.MonkeyPatch, written: str, size: int) -> None:
    monkeypatch.setenv("SOSPESO_MAX_UPLOAD", written)
    assert load_settings().max_upload == size


@pytest.mark.parametrize(
    ("written", "limits"),
    [
        ("0", (0, 64_000_000)), ("500", (500, 64_000_000)), ("10,000 conversations, 64 MB", (10_000, 64_000_000)),
        ("1 conversation and 1.5 MB", (1, 1_500_000)), ("5000, 64 MB", (5000, 64_000_000)), ("10.000 conversations, 0", (10_000, 0)),
    ],
)  # fmt: skip
def test_how_much_is_kept_in_memory(monkeypatch: pytest.MonkeyPatch, written: str, limits: tuple[int, int]) -> None:
    monkeypatch.setenv("SOSPESO_CACHE", written)
    assert load_settings().cache_limits == limits


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("DATABASE_URL", "postgresql+psycopg://demo:g%2Fh@db.example.org/x", None),
        ("DATABASE_URL", "postgresql://demo@/x?host=/run/postgresql", None),
        ("DATABASE_URL", "postgres:///x", None),
        ("SMTP_URL", "smtps://demo:geheim@mail.example.org:465", None),
        ("PUBLIC_URL", "https://chat.example.org/", "https://chat.example.org"),
        ("TRUSTED_PROXIES", "10.0.0.7/8, ::1", ("10.0.0.7/8", "::1")),
        ("EMBED_ORIGINS", "https://www.example.org/,https://*.example.org:8443", ("https://www.example.org", "https://*.example.org:8443")),
        ("LIMIT_TURNS", "12/h, 18/h burst 20", "12/h, 18/h burst 20"),
        ("TELEGRAM_TOKEN", "4242:demo-token_1", None),
        ("LANGUAGES", "fa,it", ("fa", "it")),
        ("DOCUMENTS_URL", "s3://bucket/folder", "s3://bucket/folder"),
    ],
)
def test_what_may_be_written(monkeypatch: pytest.MonkeyPatch, name: str, value: str, kept: object) -> None:
    monkeypatch.setenv(f"SOSPESO_{name}", value)
    found = getattr(load_settings(), name.lower())
    assert found.get_secret_value() == value if kept is None else found == kept


def test_second_copies_lie_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOSPESO_DOCUMENTS_URL", tmp_path.as_uri())
    monkeypatch.setenv("SOSPESO_DOCUMENTS_COPY_URL", f"{tmp_path.as_uri()}/")
    with pytest.raises(NotConfigured, match="SOSPESO_DOCUMENTS_COPY_URL: the second copies belong elsewhere"):
        load_settings()


@pytest.mark.parametrize("left", ['{"secret_key": "abc', "[]", '{"master_key": 1}', '{"master_key": "short"}'])
def test_secrets_that_are_damaged_are_named_and_never_replaced(tmp_path: Path, left: str) -> None:
    (tmp_path / "secrets.json").write_text(left)
    with pytest.raises(NotConfigured, match=r"secrets\.json is damaged: put a copy of it back") as refused:
        load_settings(tmp_path)
    assert "short" not in str(refused.value)
    assert (tmp_path / "secrets.json").read_text() == left


def test_a_file_of_settings_in_another_encoding_is_said(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("SOSPESO_AGENCY_NAME=Società\n".encode("latin-1"))
    with pytest.raises(NotConfigured, match=r"\.env is not UTF-8"):
        load_settings()


def test_a_password_within_an_address_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOSPESO_RASA_URL", "http://demo:geheim@rasa.example.org:5005")
    shown = {each.name: each.value for each in show_settings(load_settings())}
    assert shown["SOSPESO_RASA_URL"] == f"http://{MASKED}@rasa.example.org:5005"


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
