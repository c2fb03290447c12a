"""Real parts for every test: one PostgreSQL server a run, a fresh migrated database a test."""

import gc
import os
import re
import shutil
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import psycopg
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings
from sqlalchemy import make_url
from xdist.scheduler import LoadScopeScheduling

from storage.database import Database
from storage.embedded import EmbeddedServer
from storage.migrations.run import upgrade
from tests import warm
from tests.cheaper import be_cheaper

UNSYNCED = {"fsync": "off", "full_page_writes": "off"}  # nothing kills this server: what is killed has one of its own
TOGETHER = {
    "tests/journeys/test_bad_requests.py": "program",
    "tests/journeys/test_company.py": "program",
    "tests/journeys/test_nasty_names.py": "program",
    "tests/sospeso/test_worker.py": "worker",
}
"""The running program that the tests of these files share."""
SLOW = re.compile(r"^pytestmark = .*\bslow\b", re.MULTILINE)
gc.disable()  # until all tests are collected: what is imported stays
# Each client of HTTP reads the list of authorities anew, though nobody is called by TLS here.
ssl.create_default_context = cache(ssl.create_default_context)
be_cheaper()
warm.one_for_this_run()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What is slow as a whole is not even imported where slow tests are left out: aiogram alone takes seconds."""
    if "not slow" not in config.option.markexpr:
        return None
    modules = [collection_path] if collection_path.is_file() else list(collection_path.rglob("test_*.py"))
    is_left_out = bool(modules) and all(SLOW.search(module.read_text(encoding="utf-8")) for module in modules)
    return True if is_left_out else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first: at the end many short ones keep every worker busy."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling | None:
    return OneProgram(config, log) if config.getvalue("dist") == "loadgroup" else None


class OneProgram(LoadScopeScheduling):
    """Any test to any worker, but those that share a running program to one, or each worker would start it. By their files: of
    marks only the workers know, and xdist 3.8 tells them in a test's id, which pytest 9.2 no longer lets it change."""

    def _split_scope(self, nodeid: str) -> str:
        return TOGETHER.get(nodeid.partition("::")[0], nodeid)


settings.register_profile("sospeso", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("sospeso"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "sospeso")
# For `make check`; `make test` tries the full number.
settings.register_profile("quick", parent=settings.default, max_examples=10, stateful_step_count=15)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """Address of a server where databases may be made: SOSPESO_TEST_DATABASE_URL, or an embedded one of this run."""
    if given := os.environ.get("SOSPESO_TEST_DATABASE_URL"):
        yield given
        return
    with _open_folder() as folder, EmbeddedServer(folder / "database", settings=UNSYNCED) as server:
        yield server.url("postgres")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that the embedded server's account may enter, unlike pytest's own; its name has a space."""
    with _open_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def template(server_url: str) -> Iterator[str]:
    """Name of a migrated, empty database that is only copied."""
    with created(server_url, f"sospeso_template_{uuid4().hex}") as url:
        upgrade(url)
        yield str(make_url(url).database)


@pytest.fixture
def empty_database_url(server_url: str) -> Iterator[str]:
    """Address of a database without a table."""
    with created(server_url, f"sospeso_empty_{uuid4().hex}") as url:
        yield url


@pytest.fixture
def database_url(server_url: str, template: str) -> Iterator[str]:
    """Address of a fresh, migrated database of this test's own."""
    with created(server_url, f"sospeso_test_{uuid4().hex}", template=template) as url:
        yield url


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh, migrated database, as the running program sees it."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest_asyncio.fixture(scope="module")
async def shared_database(server_url: str, template: str) -> AsyncIterator[Database]:
    """One for all tests of a file: where each opens a conversation of its own and looks at no other."""
    with created(server_url, f"sospeso_shared_{uuid4().hex}", template=template) as url:
        database = Database(url)
        yield database
        await database.close()


@contextmanager
def created(server_url: str, name: str, *, template: str = "template0") -> Iterator[str]:
    """Address of a copy of that template, which lives as long as the block."""
    with psycopg.connect(server_url, autocommit=True) as admin:
        # Copied as files in two thirds of the time that writing it page by page takes.
        admin.execute(f'create database "{name}" template "{template}" strategy file_copy')
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
        admin.execute(f'drop database "{name}" with (force)')


@contextmanager
def _open_folder() -> Iterator[Path]:
    """Not under pytest's own, which is closed to `nobody` and cleared by later runs. In memory where there is plenty of it:
    making and copying a database syncs hundreds of files."""
    memory = Path("/dev/shm")
    place = memory if memory.is_dir() and shutil.disk_usage(memory).free > 2_000_000_000 else None
    with TemporaryDirectory(prefix="sospeso test ", dir=place, ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)
