"""S0-41: targets and their mappings as data: what may stand in a file, what is said of a mistake, what a record becomes."""

import json
import shutil
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from forms.exports.columns import Column
from forms.exports.mapping import Mapped, look_for_faults, map_columns, map_record
from forms.exports.targets import Drop, fingerprint, known_columns, names_of_no_change, told_record
from forms.files import CatalogueError
from forms.lint import lint
from forms.programs import Programs
from forms.schema import schemas
from tests.forms.content.shipped import catalogue

pytestmark = pytest.mark.slow

ROME = ZoneInfo("Europe/Rome")
ID, CHANGE = {"name": "COD", "from": "id"}, {"name": "OP", "from": "change"}
DROP = {"kind": "drop", "list": "clients", "purpose": "Programma di prova", "folder": "/srv/drop"}
HTTP = {"kind": "http", "list": "acts", "purpose": "Programma di prova", "address": "https://crm.example.org/hook", "secret": "CRM_SECRET"}
CARDS = {"kind": "carddav", "purpose": "Rubrica di prova", "folder": "/srv/cards"}


def a_folder(tmp_path: Path, told: object, name: str = "crm") -> Path:
    (tmp_path / "sync").mkdir()
    (tmp_path / "sync" / f"{name}.yaml").write_text(told if isinstance(told, str) else yaml.safe_dump(told), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("told", [DROP, HTTP, CARDS, {**DROP, "mapping": [ID, CHANGE], "states": ["accepted"], "mode": "controlled"}])
def test_a_right_file_is_loaded_and_lint_finds_nothing(tmp_path: Path, told: dict[str, object]) -> None:
    folder = a_folder(tmp_path, told)
    assert Programs.load(folder, catalogue()).targets["crm"].kind == told["kind"]
    assert lint(folder) == []


MISTAKES = {
    "kind": ({**DROP, "kind": "ftp"}, "`kind` says how it is reached: drop, http, carddav, pickup"),
    "not a mapping": ("- just\n- a list\n", "`kind` says how it is reached"),
    "unknown key": ({**DROP, "adress": "x"}, "adress"),
    "purpose": ({**DROP, "purpose": "x"}, "say in 8 to 200 characters on one line what it is for"),
    "relative": ({**DROP, "folder": "drop"}, "must be a whole path"),
    "list": ({**DROP, "list": "customers"}, "list"),
    "format": ({**DROP, "format": "vcf"}, "format"),
    "states of acts": ({**DROP, "list": "acts", "states": ["accepted"]}, "acts have no states"),
    "no id": ({**DROP, "mapping": [CHANGE]}, "`from: id`"),
    "no change": ({**DROP, "mapping": [ID]}, "`from: change`"),
    "unknown column": ({**DROP, "mapping": [ID, CHANGE, {"name": "C", "from": "famly_name"}]}, "no column `famly_name`; is it `family_name`?"),
    "nothing like it": ({**DROP, "mapping": [ID, CHANGE, {"name": "C", "from": "qqq"}]}, "we have no column `qqq`"),
    "twice theirs": ({**DROP, "mapping": [ID, CHANGE, {"name": "OP", "from": "state"}]}, "two columns are called `OP`"),
    "twice ours": ({**DROP, "mapping": [ID, CHANGE, {"name": "X", "from": "id"}]}, "`id` of ours is mapped twice"),
    "two sources": ({**DROP, "mapping": [ID, CHANGE, {"name": "X", "from": "state", "always": "x"}]}, "either `from`"),
    "no source": ({**DROP, "mapping": [ID, CHANGE, {"name": "X"}]}, "either `from`"),
    "always with values": ({**DROP, "mapping": [ID, CHANGE, {"name": "X", "always": "x", "values": {"a": "b"}}]}, "say nothing"),
    "values not readable back": ({**DROP, "mapping": [ID, CHANGE, {"name": "X", "from": "sex", "values": {"female": "A", "male": "A"}}]}, "same code"),
    "dates of no date": ({**DROP, "mapping": [ID, CHANGE, {"name": "X", "from": "sex", "dates": "%d/%m/%Y"}]}, "is no date"),
    "dates that cannot be read": ({**DROP, "mapping": [ID, CHANGE, {"name": "X", "from": "birth_date", "dates": "%A"}]}, "dates"),
    "xml name": ({**DROP, "format": "xml", "mapping": [ID, CHANGE, {"name": "COD CLI", "from": "state"}]}, "no element of XML"),
    "formula": ({**DROP, "mapping": [ID, CHANGE, {"name": "=1+1", "from": "state"}]}, "name"),
    "delimiter": ({**DROP, "delimiter": "|"}, "delimiter"),
    "delimiter of txt": ({**DROP, "format": "txt", "delimiter": ";"}, "only csv has a `delimiter`"),
    "clear http": ({**HTTP, "address": "http://crm.example.org/"}, "must begin with https://"),
    "user in it": ({**HTTP, "address": "https://me:secret@crm.example.org/"}, "no user and password"),
    "no address": ({**HTTP, "address": "crm.example.org"}, "write https://"),
    "other scheme": ({**HTTP, "address": "file:///etc/passwd"}, "write https://"),
    "bad port": ({**HTTP, "address": "https://crm.example.org:99999999/"}, "is no address"),
    "line break": ({**HTTP, "address": "https://crm.example.org/\r\nx: y"}, "write https://"),
    "secret told": ({**HTTP, "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, "secret"),
    "our own": ({**HTTP, "secret": "SOSPESO_MASTER_KEY"}, "must not begin with SOSPESO_"),
    "list of cards": ({**CARDS, "list": "acts"}, "list"),
}  # fmt: skip


def test_the_examples_of_the_documentation_are_right(tmp_path: Path) -> None:
    examples = Path(__file__).parents[3] / "docs" / "sync"
    shutil.copytree(examples, tmp_path / "sync")
    programs = Programs.load(tmp_path, catalogue())
    assert {name: each.kind for name, each in (programs.targets | programs.sources).items()} == {
        "gestionale": "drop", "gestionale-in": "pickup", "crm": "http", "rubrica": "carddav",
    }  # fmt: skip
    assert lint(tmp_path) == []


OF_COLUMNS = {"unknown column", "nothing like it", "twice theirs", "twice ours", "dates of no date", "xml name"}
"""Found once the questionnaires and all files are right by their format."""


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_mistake_is_a_clear_sentence_at_the_start(tmp_path: Path, mistake: str) -> None:
    told, sentence = MISTAKES[mistake]
    with pytest.raises(CatalogueError) as error:
        Programs.load(a_folder(tmp_path, told), catalogue())
    assert sentence in str(error.value)


@pytest.mark.parametrize("mistakes", [MISTAKES.keys() - OF_COLUMNS, OF_COLUMNS])
def test_lint_finds_all_of_them(tmp_path: Path, mistakes: set[str]) -> None:
    names = {f"crm-{number}": mistake for number, mistake in enumerate(sorted(mistakes))}
    (tmp_path / "sync").mkdir()
    for name, mistake in names.items():
        told, _ = MISTAKES[mistake]
        (tmp_path / "sync" / f"{name}.yaml").write_text(told if isinstance(told, str) else yaml.safe_dump(told))
    found = lint(tmp_path)
    for name, mistake in names.items():
        said = [one.message for one in found if one.file.stem == name and one.severity == "error"]
        assert any(MISTAKES[mistake][1] in each for each in said), mistake


def test_no_sentence_repeats_a_secret(tmp_path: Path) -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    folder = a_folder(tmp_path, {**HTTP, "secret": secret})
    with pytest.raises(CatalogueError) as error:
        Programs.load(folder, catalogue())
    assert secret not in str(error.value)
    assert not any(secret in one.message for one in lint(folder))


def test_a_name_goes_into_files_and_orders_so_it_is_plain(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="is no name for a program"):
        Programs.load(a_folder(tmp_path, DROP, "Il mio CRM"), catalogue())


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8000/x", "http://localhost/x", "http://[::1]:80/", "https://crm.example.org:8443/a?b=c"]
)
def test_only_this_machine_may_be_spoken_to_in_clear(tmp_path: Path, address: str) -> None:
    Programs.load(a_folder(tmp_path, {**HTTP, "address": address}), catalogue())


KNOWN = (
    Column("id"),
    Column("sex"),
    Column("birth_date", "date"),
    Column("created_at", "instant"),
    Column("adults", "integer"),
    Column("ok", "yes_no"),
)
MAPPING = [
    Mapped.model_validate(each)
    for each in (
        {"name": "COD", "from": "id"},
        {"name": "S", "from": "sex", "values": {"female": "F"}},
        {"name": "NATO", "from": "birth_date", "dates": "%d/%m/%Y"},
        {"name": "QUANDO", "from": "created_at", "dates": "%d.%m.%y %H:%M"},
        {"name": "N", "from": "adults"},
        {"name": "OK", "from": "ok", "values": {"true": "SI", "false": "NO"}},
        {"name": "FONTE", "always": "SOSPESO"},
    )
]


def test_ours_become_theirs() -> None:
    record = {"id": "7", "sex": "female", "birth_date": "1980-03-12", "created_at": "2026-11-22T23:30:00Z", "adults": 2, "ok": True}
    assert map_record(MAPPING, record, ROME) == {
        "COD": "7", "S": "F", "NATO": "12/03/1980", "QUANDO": "23.11.26 00:30", "N": 2, "OK": "SI", "FONTE": "SOSPESO",
    }  # fmt: skip
    assert map_record(MAPPING, {"id": "7", "sex": "male"}, ROME) == {"COD": "7", "S": "male", "FONTE": "SOSPESO"}
    assert list(look_for_faults(MAPPING, KNOWN)) == []
    assert [column.kind for column in map_columns(MAPPING, KNOWN)] == ["text", "text", "text", "text", "integer", "text", "text"]


def test_what_a_target_is_told_is_no_more_than_it_asks_for(tmp_path: Path) -> None:
    record = {"id": "7", "iban": "IT60X0542811101000000123456", "family_name": "Esempio", "updated_at": "2026-11-22T08:26:53Z"}
    told = {"cards": CARDS, "drop": {**DROP, "mapping": [ID, CHANGE, {"name": "Q", "from": "updated_at"}]}}
    (tmp_path / "sync").mkdir()
    for name, each in told.items():
        (tmp_path / "sync" / f"{name}.yaml").write_text(yaml.safe_dump(each))
    targets = Programs.load(tmp_path, catalogue()).targets
    cards, drop = targets["cards"], targets["drop"]
    assert told_record(cards, known_columns(cards, catalogue()), record, ROME) == {"id": "7", "family_name": "Esempio"}
    assert told_record(drop, known_columns(drop, catalogue()), record, ROME) == {"COD": "7", "Q": "2026-11-22T08:26:53Z"}
    assert names_of_no_change(drop) == {"Q"}


def test_another_mapping_is_another_fingerprint() -> None:
    first, second = (Drop.model_validate({**DROP, "mapping": [ID, CHANGE, *more]}) for more in ([], [{"name": "X", "always": "x"}]))
    assert fingerprint(first, KNOWN) == fingerprint(first, KNOWN)
    assert len({fingerprint(first, KNOWN), fingerprint(second, KNOWN), fingerprint(first, KNOWN[1:])}) == 3


@pytest.mark.parametrize("kind", ["drop", "http", "carddav"])
def test_an_editor_has_a_schema_for_each_kind(kind: str) -> None:
    schema = json.loads(schemas()[f"target_{kind}.json"])
    assert schema["properties"]["kind"]["const"] == kind
    if kind != "carddav":
        assert "from" in schema["$defs"]["Mapped"]["properties"]
