"""Every setting: environment variables `SOSPESO_…`, or the same names in a file `.env`."""

import base64
import re
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from rules.hours import Hours, read_hours
from storage import setting_values as values

LEAST_SECRET = 32
CACHE_BYTES = 64_000_000  # where the setting tells conversations only


def _list(given: object) -> object:
    return tuple(part.strip() for part in given.split(",") if part.strip()) if isinstance(given, str) else given


type Bytes = Annotated[int, BeforeValidator(values.read_size), Field(gt=0)]
type Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_list)]
type Line = Annotated[str, AfterValidator(values.is_line)]
type Site = Annotated[str, AfterValidator(values.is_site)]
type Service = Annotated[str, AfterValidator(values.is_service)]
type Store = Annotated[str, AfterValidator(values.is_store)]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="SOSPESO_", env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    home: Path = Field(Path("./var"), description="database, documents, second copies, mail, secrets of the demo")
    database_url: Annotated[SecretStr, AfterValidator(values.is_database)] | None = Field(
        None, description="a PostgreSQL of one's own; unset: embedded in SOSPESO_HOME"
    )
    secret_key: SecretStr | None = Field(None, description="signs sessions and links; demo makes it, otherwise required")
    master_key: SecretStr | None = Field(None, description="wraps every data key, 32 bytes in base64; demo makes it, otherwise required")
    port: int = Field(8080, ge=0, le=65535, description="0 takes a free one")
    public_url: Site | None = Field(None, description="unset: the address really listened on")
    smtp_url: Annotated[SecretStr, AfterValidator(values.is_mail_server)] | None = Field(
        None, description="unset: every mail becomes a file in SOSPESO_HOME/mail"
    )
    agency_email: Annotated[str, AfterValidator(values.is_mailbox)] = "agenzia@example.org"
    agency_name: Line = "Agenzia Demo"
    agency_phone: Line = Field("+39 000 0000000", description="shown to customers who want to call")
    agency_address: Line = Field("Via Esempio 1, 00000 Demo", description="printed under the agency's name")
    agency_register: Line = Field("RUI DEMO000000", description="its number in the register of intermediaries")
    agency_hours: str = Field(
        "", description="when people answer: mon-fri 9:00-13:00 14:30-18:30, sat 9:00-12:00; unset: nothing is said of it"
    )
    timezone: str = "Europe/Rome"
    currency: Annotated[str, AfterValidator(values.is_currency)] = Field(
        "EUR", description="of every amount; the questionnaire, tariff and table of costs must be in it"
    )
    telegram_token: Annotated[SecretStr, AfterValidator(values.is_bot_token)] | None = Field(None, description="unset: no Telegram")
    telegram_api_url: Service | None = Field(None, description="lets a local Bot API server stand in")
    telegram_webhook_secret: Annotated[SecretStr, AfterValidator(values.is_hook_secret)] | None = Field(
        None, description="set: webhook at /telegram/webhook; unset: polling"
    )
    documents_url: Store = Field(
        "", description="file://SOSPESO_HOME/documents, or s3://bucket/folder with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION"
    )
    documents_copy_url: Store = Field("", description="file://SOSPESO_HOME/documents-copy, or s3:// elsewhere")
    ledger_keys: Path | None = Field(None, description="folder of the key that signs the ledger; unset: SOSPESO_HOME/ledger-keys")
    seal: Path | None = Field(
        None, description="PKCS#12 or PEM file with the key and certificates that seal papers; unset: sealed in demo only"
    )
    seal_password: SecretStr | None = Field(None, description="of that file, where it has one")
    tsa_url: Service | None = Field(
        None, description="an authority that time-stamps the ledger's daily roots and the seals (RFC 3161); unset: none"
    )
    tsa_certificates: Path | None = Field(
        None, validate_default=True, description="PEM file with the certificates that authority is known by; required with it"
    )
    languages: Annotated[Words, AfterValidator(values.are_languages)] = ("it", "en")
    countries: Words = Field(("it",), description="whose identifiers customers are asked for: it, and es, ru, ir, cn as wanted")
    limit_turns: Annotated[str, AfterValidator(values.are_rates)] = Field(
        "20/s burst 40, 100/s", description="per conversation, per address"
    )
    limit_conversations: Annotated[str, AfterValidator(values.is_rate)] = Field(
        "30/min", description="per address; documents to be checked and sign-ins likewise"
    )
    limit_loopback: bool = Field(False, description="1: loopback addresses are limited too")
    max_upload: Bytes = 10_000_000
    max_body: Bytes = 256_000
    max_import: Bytes = Field(20_000_000, description="size of a list of customers that is read in")
    code_resend: Annotated[str, AfterValidator(values.are_resends)] = "1/min, 5/h"
    offer_days: int = Field(30, ge=1, le=3650)
    cache: Annotated[str, AfterValidator(values.is_cache)] = Field(
        "10,000 conversations, 64 MB", description="snapshots kept in memory; 0 = none"
    )
    rasa_secret: SecretStr | None = Field(None, description="required as Bearer on the Rasa REST channel; unset: it answers in demo only")
    rasa_url: Service | None = Field(None, description="a Rasa server, asked what words mean that our own rules do not understand")
    export_alone: int = Field(500, ge=0, description="lines of a list that one colleague may take out alone; 0: always two")
    staff_second_factor: bool = Field(False, description="colleagues switch on a second factor before the console opens anything else")
    trusted_proxies: Annotated[Words, AfterValidator(values.are_networks)] = Field((), description="whose X-Forwarded-For is believed")
    embed_origins: Annotated[Words, AfterValidator(values.are_origins)] = Field((), description="which sites may embed the chat")

    @field_validator("home", "ledger_keys", "seal")
    @classmethod
    def _absolute(cls, folder: Path | None) -> Path | None:
        return folder and folder.expanduser().resolve()

    @field_validator("tsa_certificates")
    @classmethod
    def _there(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        if info.data.get("tsa_url") and (path is None or not path.is_file()):
            raise ValueError("name the PEM file with the certificates that the authority of SOSPESO_TSA_URL is known by")
        return path

    @field_validator("documents_copy_url")
    @classmethod
    def _apart(cls, url: str, info: ValidationInfo) -> str:
        if url and url.rstrip("/") == str(info.data.get("documents_url", "")).rstrip("/"):
            raise ValueError(
                "the second copies belong elsewhere than SOSPESO_DOCUMENTS_URL: write another folder, or s3:// in another area"
            )
        return url

    @field_validator("countries")
    @classmethod
    def _with_italy(cls, countries: tuple[str, ...]) -> tuple[str, ...]:
        if "it" not in countries:
            raise ValueError("it must be among them: the questionnaires ask for Italian tax codes and addresses")
        return countries

    @field_validator("timezone")
    @classmethod
    def _known(cls, timezone: str) -> str:
        try:
            ZoneInfo(timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"there is no time zone {timezone}: write one as Europe/Rome") from error
        return timezone

    def model_post_init(self, _context: Any, /) -> None:  # pydantic's own signature
        for name, folder in (("documents_url", "documents"), ("documents_copy_url", "documents-copy")):
            if not getattr(self, name):
                object.__setattr__(self, name, (self.home / folder).as_uri())

    @field_validator("master_key")
    @classmethod
    def _long_enough(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and len(_decoded(key)) < LEAST_SECRET:
            raise ValueError("32 bytes in base64 are needed: `openssl rand -base64 32` makes them")
        return key

    @field_validator("secret_key")
    @classmethod
    def _long(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and len(key.get_secret_value()) < LEAST_SECRET:
            raise ValueError("at least 32 characters are needed: `openssl rand -base64 32` makes them")
        return key

    @field_validator("agency_hours")
    @classmethod
    def _readable(cls, hours: str) -> str:
        read_hours(hours)
        return hours

    @property
    def hours(self) -> Hours | None:
        return read_hours(self.agency_hours)

    @property
    def mail_domain(self) -> str:
        """Of Message-IDs."""
        return self.agency_email.rpartition("@")[2]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def ledger_folder(self) -> Path:
        return self.ledger_keys or self.home / "ledger-keys"

    @property
    def seal_file(self) -> Path | None:
        """None where papers are not sealed."""
        own = self.home / "seal" / "seal.pem"  # the demo makes it
        return self.seal or (own if own.is_file() else None)

    @property
    def mail_folder(self) -> Path:
        return self.home / "mail"

    @property
    def catalogue_folder(self) -> Path:
        """The broker's own forms, modules, tariffs."""
        return self.home / "catalog"

    @property
    def versions_folder(self) -> Path:
        """Every version of a form that was ever asked here: conversations go on with the one they began."""
        return self.home / "versions"

    @property
    def limit_turns_conversation(self) -> str:
        return self.limit_turns.partition(",")[0].strip()

    @property
    def limit_turns_address(self) -> str:
        return self.limit_turns.partition(",")[2].strip() or "100/s"

    @property
    def code_resend_limits(self) -> tuple[int, int]:
        """A minute, an hour."""
        minute, hour = re.findall(r"(\d+)/", self.code_resend)
        return int(minute), int(hour)

    @property
    def cache_limits(self) -> tuple[int, int]:
        """Conversations, bytes."""
        entries, most = values.read_cache(self.cache)
        return entries, CACHE_BYTES if most is None else most

    def secret(self, name: Literal["secret_key", "master_key"]) -> str:
        """Raises NotConfigured with what to do."""
        value: SecretStr | None = getattr(self, name)
        if value is None:
            raise NotConfigured(f"SOSPESO_{name.upper()} is not set: make one with `openssl rand -base64 32`, keep it safe and set it.")
        return value.get_secret_value()

    @property
    def master(self) -> bytes:
        return _decoded(SecretStr(self.secret("master_key")))


class NotConfigured(Exception):  # noqa: N818 - a sentence for whoever runs it
    """Says which setting is missing and what to do."""


def _decoded(key: SecretStr) -> bytes:
    text = key.get_secret_value().strip().translate(str.maketrans("-_", "+/"))
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:  # binascii's own too
        return b""
