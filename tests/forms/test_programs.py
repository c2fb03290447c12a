"""S0-41, S0-43: the files of the agency's other programs: sources beside targets, and files that change while the program runs."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from forms.files import CatalogueError
from forms.lint import lint
from forms.programs import Programs
from tests.forms.content.shipped import catalogue

pytestmark = pytest.mark.slow

DROP = {"kind": "drop", "list": "clients", "purpose": "Programma di prova", "folder": "/srv/out", "mapping": [
    {"name": "COD", "from": "id"}, {"name": "OP", "from": "change"}, {"name": "MAIL", "from": "email"},
]}  # fmt: skip
PICKUP = {"kind": "pickup", "purpose": "Programma di prova", "folder": "/srv/in"}


def put(folder: Path, **programs: object) -> Path:
    (folder / "sync").mkdir(exist_ok=True)
    for name, told in programs.items():
        (folder / "sync" / f"{name}.yaml").write_text(yaml.safe_dump(told))
    return folder


def test_a_source_stands_beside_the_target_whose_columns_it_has(tmp_path: Path) -> None:
    folder = put(tmp_path, gestionale=DROP, ricevute={**PICKUP, "columns_of": "gestionale", "format": "xml", "language": "it"})
    programs = Programs.load(folder, catalogue())
    assert (list(programs.targets), list(programs.sources)) == (["gestionale"], ["ricevute"])
    assert lint(folder) == []


MISTAKES = {
    "no such program": ({**PICKUP, "columns_of": "crm"}, "`columns_of`: `crm` has no `mapping` of customers"),
    "two mappings": (
        {**PICKUP, "columns_of": "gestionale", "mapping": [{"name": "MAIL", "from": "email"}]},
        "either `mapping` or `columns_of`",
    ),
    "unknown column": ({**PICKUP, "mapping": [{"name": "MAIL", "from": "emial"}]}, "is it `email`?"),
    "their folder": ({**PICKUP, "folder": "/srv/out"}, "`folder` is another program's too"),
    "their folder by another way": ({**PICKUP, "folder": "/srv/in/../out"}, "`folder` is another program's too"),
    "no path": ({**PICKUP, "folder": "/srv/in\0"}, "must be a whole path"),
    "relative": ({**PICKUP, "folder": "in"}, "must be a whole path"),
    "purpose": ({**PICKUP, "purpose": "x"}, "say in 8 to 200 characters"),
    "calendar": ({**PICKUP, "format": "ics"}, "format"),
    "language": ({**PICKUP, "language": "de"}, "language"),
    "encoding": ({**PICKUP, "encoding": "latin1"}, "encoding"),
    "unknown key": ({**PICKUP, "delete": True}, "delete"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_mistake_of_a_source_is_a_clear_sentence(tmp_path: Path, mistake: str) -> None:
    told, sentence = MISTAKES[mistake]
    folder = put(tmp_path, gestionale=DROP, ricevute=told)
    with pytest.raises(CatalogueError) as error:
        Programs.load(folder, catalogue())
    assert sentence in str(error.value)
    assert "ricevute.yaml" in str(error.value)


@pytest.mark.parametrize("inner", ["/srv/in/agency", "/srv/in/done", "/srv/in/refused/old", "/srv/elsewhere/../in/done"])
def test_no_source_lies_in_the_folder_of_another(tmp_path: Path, inner: str) -> None:
    folder = put(tmp_path, ricevute=PICKUP, altre={**PICKUP, "folder": inner})
    with pytest.raises(CatalogueError, match=r"altre\.yaml.*`folder` lies in that of ricevute"):
        Programs.load(folder, catalogue())
    assert [(each.code, each.file.name) for each in lint(folder) if each.severity == "error"] == [("F063", "altre.yaml")]


def test_a_folder_is_known_by_its_link_too_and_one_beside_it_is_none_of_its(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/srv/in")
    for inner, sentence in (("link", "is another program's too"), ("link/done", "lies in that of ricevute")):
        put(tmp_path, ricevute=PICKUP, altre={**PICKUP, "folder": str(tmp_path / inner)})
        with pytest.raises(CatalogueError, match=sentence):
            Programs.load(tmp_path, catalogue())
    put(tmp_path, altre={**PICKUP, "folder": "/srv/in2"}, gestionale={**DROP, "folder": "/srv/in/out"})
    assert list(Programs.load(tmp_path, catalogue()).sources) == ["altre", "ricevute"]


@pytest.mark.parametrize(("told", "code"), [(MISTAKES["no such program"][0], "F063"), (MISTAKES["calendar"][0], "F003")])
def test_lint_finds_them(tmp_path: Path, told: dict[str, object], code: str) -> None:
    assert [each.code for each in lint(put(tmp_path, ricevute=told)) if each.severity == "error"] == [code]


def test_files_that_come_change_and_go_are_noticed(tmp_path: Path) -> None:
    programs = Programs.load(put(tmp_path), catalogue())
    assert programs.refresh(catalogue()) is False
    put(tmp_path, gestionale=DROP)
    assert programs.refresh(catalogue()) is True
    assert list(programs.targets) == ["gestionale"]
    put(tmp_path, gestionale={**DROP, "purpose": "Un altro scopo ancora"})
    assert programs.refresh(catalogue()) is True
    assert programs.targets["gestionale"].purpose == "Un altro scopo ancora"
    assert programs.refresh(catalogue()) is False
    (tmp_path / "sync" / "gestionale.yaml").unlink()
    assert programs.refresh(catalogue()) is True
    assert (programs.targets, programs.fault) == ({}, "")


def test_a_file_with_a_mistake_changes_nothing_and_is_told_until_it_is_mended(tmp_path: Path) -> None:
    programs = Programs.load(put(tmp_path, gestionale=DROP), catalogue())
    put(tmp_path, gestionale={**DROP, "format": "vcf"}, ricevute=PICKUP)
    assert programs.refresh(catalogue()) is True
    assert (programs.targets["gestionale"].format, programs.sources) == ("csv", {})
    assert "gestionale.yaml:1: format" in programs.fault
    put(tmp_path, gestionale={**DROP, "format": "txt"})
    assert programs.refresh(catalogue()) is True
    assert (programs.targets["gestionale"].format, list(programs.sources), programs.fault) == ("txt", ["ricevute"], "")


def goes(folder: Path) -> None:
    folder.rename(folder.with_name("sync-away"))


def leads_nowhere(folder: Path) -> None:
    """As a link does to a disk that is away."""
    goes(folder)
    folder.symlink_to(folder.with_name("mounted"))


def is_unreadable(folder: Path) -> None:
    goes(folder)
    folder.touch()


def holds_a_file_that_is_unreadable(folder: Path) -> None:
    goes(folder)
    folder.mkdir()
    (folder / "gestionale.yaml").symlink_to(folder / "gestionale.yaml")


AWAY = (goes, leads_nowhere, is_unreadable, holds_a_file_that_is_unreadable)


@pytest.mark.parametrize("happens", AWAY)
def test_a_folder_that_is_away_says_nothing_of_its_programs(tmp_path: Path, happens: Callable[[Path], None]) -> None:
    folder = put(tmp_path, gestionale=DROP, ricevute=PICKUP) / "sync"
    programs = Programs.load(tmp_path, catalogue())
    happens(folder)
    assert programs.refresh(catalogue()) is True
    assert (list(programs.targets), list(programs.sources), programs.is_away) == (["gestionale"], ["ricevute"], True)
    assert str(folder) in programs.fault
    assert programs.refresh(catalogue()) is False
    shutil.rmtree(folder) if folder.is_dir() and not folder.is_symlink() else folder.unlink(missing_ok=True)
    folder.with_name("sync-away").rename(folder)
    assert programs.refresh(catalogue()) is True
    assert (list(programs.targets), programs.fault, programs.is_away) == (["gestionale"], "", False)


def test_a_folder_that_never_was_is_no_fault_and_one_that_comes_is_read(tmp_path: Path) -> None:
    programs = Programs.load(tmp_path, catalogue())
    assert (programs.refresh(catalogue()), programs.fault) == (False, "")
    put(tmp_path, gestionale=DROP)
    assert programs.refresh(catalogue()) is True
    assert list(programs.targets) == ["gestionale"]


@pytest.mark.parametrize("happens", [leads_nowhere, is_unreadable])
def test_neither_a_start_nor_lint_passes_over_a_folder_that_cannot_be_read(tmp_path: Path, happens: Callable[[Path], None]) -> None:
    happens(put(tmp_path, gestionale=DROP) / "sync")
    with pytest.raises(CatalogueError, match="sync:1: cannot be read"):
        Programs.load(tmp_path, catalogue())
    assert [each.code for each in lint(tmp_path) if each.severity == "error"] == ["F063"]
