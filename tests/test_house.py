"""What holds the house together and no other test would miss: containers, requirements, links."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from tests import warm

ROOT = Path(__file__).parent.parent
ROOMS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
PAGE = re.compile(r"(?<![\w./{}*])(?!(?:[\w-]+/)*[a-z]{2}\.md)[\w-][\w./-]*\.md\b")  # it.md and the like are texts of modules
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def test_the_container_holds_every_room() -> None:
    copied = set(re.findall(r"^COPY (\w+) \1$", (ROOT / "docker/Dockerfile").read_text(), re.MULTILINE))
    assert copied == set(ROOMS)


def test_compose_starts_roles_that_the_program_has() -> None:
    services = yaml.safe_load((ROOT / "docker/compose.yaml").read_text())["services"]
    commands = [service["command"] for service in services.values() if "command" in service]
    roles = {command[command.index("--role") + 1] for command in commands if "--role" in command}
    assert roles == {"web", "bots", "worker", "console"}
    assert ["sospeso", "db", "upgrade"] in commands


def test_every_volume_is_mounted_where_the_container_may_write() -> None:
    mounted = {volume.partition(":")[2] for volume in yaml.safe_load((ROOT / "docker/compose.yaml").read_text())["x-sospeso"]["volumes"]}
    made = re.findall(r"install -d -o 10001 -g 10001 (.+)", (ROOT / "docker/Dockerfile").read_text())
    assert mounted == set(" ".join(made).split())


@pytest.mark.parametrize("level", ["build", "run", "dev", "rasa"])
def test_every_requirement_is_pinned_by_hash_and_names_no_host(level: str) -> None:
    text = (ROOT / f"requirements/{level}.txt").read_text()
    pinned = re.split(r"\n(?=\S)", text)
    for entry in (entry for entry in pinned if not entry.startswith("#")):
        assert "==" in entry.splitlines()[0]
        assert HASH.search(entry), entry
    assert "://" not in text


def test_every_page_that_a_source_names_is_in_the_repository() -> None:
    sources = [
        path
        for room in (*ROOMS, "tests", "bench", "docs")
        for kind in ("py", "css", "html", "md")
        for path in (ROOT / room).rglob(f"*.{kind}")
    ]
    named = {(str(path.relative_to(ROOT)), name) for path in sources for name in PAGE.findall(path.read_text(encoding="utf-8"))}
    assert {
        (path, name) for path, name in named if not any((at / name).exists() for at in (ROOT, ROOT / "docs", (ROOT / path).parent))
    } == set()


@pytest.mark.parametrize("page", sorted(str(path.relative_to(ROOT)) for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]))
def test_every_link_leads_somewhere(page: str) -> None:
    missing = [link for link in LINK.findall((ROOT / page).read_text()) if not ((ROOT / page).parent / link).exists()]
    assert missing == []


@pytest.mark.slow
def test_the_benchmark_finds_all_it_measures() -> None:
    running = warm.start_python("-c", "import bench.__main__")
    with running.stdout:
        assert running.wait(300) == 0


def test_no_page_of_the_console_uses_a_component_that_takes_its_text_for_markup() -> None:
    """A customer's words would run in a colleague's session: what is written stands in our own templates, which escape it."""
    taking = re.compile(r"\b(Typography|Alert|StaticText|Markdown|HTML|Str|Tooltip|Tabulator)\(")
    found = {path.name: taking.findall(path.read_text(encoding="utf-8")) for path in ROOT.joinpath("console").rglob("*.py")}
    assert {name: each for name, each in found.items() if each} == {}
