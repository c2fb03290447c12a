"""`sospeso demo`: the whole program on this machine, with an invented agency and its colleagues."""

import asyncio
import secrets
import shutil
from pathlib import Path

from bots.seal_keys import make_seal
from rules.access import Role
from sospeso.parts import Addresses, make_current, open_database
from sospeso.server import address_of, listen, run
from sospeso.settings import SECRETS, keep_secrets, load_settings, new_key
from storage.database import Database
from storage.processes import lock
from storage.settings import NotConfigured, Settings
from storage.tables.base import now

HOST = "127.0.0.1"
COLLEAGUES = {
    "agent@example.org": ("Demo Agente", Role.AGENT),
    "manager@example.org": ("Demo Responsabile", Role.MANAGER),
    "auditor@example.org": ("Demo Revisione", Role.AUDITOR),
    "admin@example.org": ("Demo Amministrazione", Role.ADMIN),
}
MADE = ("documents", "documents-copy", "mail", "database", "ledger-keys", "seal", SECRETS)


def demo(home: Path | None, port: int | None, *, fresh: bool) -> None:
    settings = load_settings(home)
    if fresh:
        remove(settings)
    passwords = {f"password of {email}": secrets.token_urlsafe(12) for email in COLLEAGUES}
    kept = keep_secrets(settings.home, secret_key=new_key(), master_key=new_key(), **passwords)
    make_seal(settings.home / "seal" / "seal.pem", settings.agency_name, now())
    settings = load_settings(home)
    with listen(HOST, settings.port if port is None else port) as listening, open_database(settings, own=True) as addresses:
        make_current(addresses)
        asyncio.run(seed(addresses, kept))
        run(settings, addresses, listening, role="all", is_demo=True, when_ready=lambda: tell(address_of(listening), kept))


def remove(settings: Settings) -> None:
    """Everything a demo made in this home, and nothing else."""
    if settings.database_url is not None:
        raise NotConfigured("--fresh removes an embedded database only: unset SOSPESO_DATABASE_URL.")
    if not (settings.home / "database").exists():
        return
    with lock(settings.home / "database" / "lock"):  # never under a running one
        for name in MADE:
            path = settings.home / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


async def seed(addresses: Addresses, kept: dict[str, str]) -> None:
    from storage.staff import add_colleague, list_colleagues

    database = Database(addresses.app)
    try:
        async with database.transaction() as session:
            there = {colleague.email for colleague in await list_colleagues(session)}
            for email, (name, role) in COLLEAGUES.items():
                if email not in there:
                    await add_colleague(session, email=email, name=name, role=role, password=kept[f"password of {email}"], at=now())
    finally:
        await database.close()


def tell(address: str, kept: dict[str, str]) -> None:
    lines = [
        f"chat     {address}/",
        f"console  {address}/console",
        f"mail     {address}/mail",
        "",
        "Colleagues of the demo, for the console:",
    ]
    lines += [f"  {email:<22} {kept[f'password of {email}']:<18} {role.value}" for email, (_, role) in COLLEAGUES.items()]
    print("\n".join([*lines, "", f"ready {address}/"]), flush=True)  # noqa: T201 - what the command is for
