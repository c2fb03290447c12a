"""docs/dependencies.md names every package that is asked for; none that is installed binds us to the GPL or AGPL."""

import re
import tomllib
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).parent.parent
CHOSEN = {"text-unidecode"}  # GPL or Artistic License, whichever one likes


def name_of(asked: str) -> str:
    return re.split(r"[\s\[<>=!~]", asked, maxsplit=1)[0].lower()


def test_every_package_asked_for_has_its_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lists = [project["dependencies"], *project["optional-dependencies"].values()]
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
