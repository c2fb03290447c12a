"""The settings in force and where each came from; the demo's secrets."""

import json
import os
import re
import secrets
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values
from pydantic import SecretStr, ValidationError

from storage.settings import NotConfigured, Settings

SECRETS = "secrets.json"
MASKED = "********"
_IN_ADDRESS = re.compile(r"(?<=://)[^/\s]*(?=@)")  # name and password


@dataclass(frozen=True, slots=True)
class Shown:
    name: str
    value: str
    origin: str
    about: str


def load_settings(home: Path | None = None, **given: object) -> Settings:
    """From the environment, `.env`, and the secrets that the demo left in the home folder. Raises NotConfigured."""
    try:
        settings = Settings(**(given | ({} if home is None else {"home": home})))  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        raise NotConfigured(_sentence(error)) from error
    except UnicodeDecodeError as error:
        raise NotConfigured("The file .env is not UTF-8: save it so.") from error
    left = read_secrets(settings.home)
    missing = {name: left[name] for name in ("secret_key", "master_key") if getattr(settings, name) is None and name in left}
    try:
        return Settings(**(given | {"home": settings.home} | missing)) if missing else settings  # type: ignore[arg-type]  # as above
    except ValidationError as error:
        raise NotConfigured(_damaged(settings.home)) from error


def read_secrets(home: Path) -> dict[str, str]:
    try:
        found = json.loads((home / SECRETS).read_text())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise NotConfigured(_damaged(home)) from error
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise NotConfigured(_damaged(home))
    return found


def keep_secrets(home: Path, **values: str) -> dict[str, str]:
    """All of them, for this account's eyes only; what is there stays as it is."""
    kept = values | read_secrets(home)
    home.mkdir(parents=True, exist_ok=True)
    fresh = home / f".{SECRETS}.new"
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(kept, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(home / SECRETS)
    return kept


def new_key() -> str:
    return b64encode(secrets.token_bytes(32)).decode()


def show_settings(settings: Settings) -> list[Shown]:
    return [
        Shown(f"SOSPESO_{name.upper()}", _masked(getattr(settings, name)), _origin(name, settings), field.description or "")
        for name, field in Settings.model_fields.items()
    ]


def _masked(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return MASKED
    return ",".join(map(str, value)) if isinstance(value, tuple) else _IN_ADDRESS.sub(MASKED, str(value))


def _origin(name: str, settings: Settings) -> str:
    variable = f"SOSPESO_{name.upper()}"
    if os.environ.get(variable):
        return "environment"
    if {key.upper(): value for key, value in dotenv_values(".env").items()}.get(variable):
        return ".env"
    if name in read_secrets(settings.home) and getattr(settings, name) is not None:
        return str(settings.home / SECRETS)
    return "default"


def _damaged(home: Path) -> str:
    return (
        f"{home / SECRETS} is damaged: put a copy of it back (without its keys nothing that was sealed can be read), "
        "or remove it and forget the demo of before with `sospeso demo --fresh`."
    )


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    name = "SOSPESO_" + str(first["loc"][0]).upper()
    return f"{name}: {first['msg'].removeprefix('Value error, ')}."
