"""The project for Rasa: what `rasa train` would stumble over is looked for here."""

import re
from pathlib import Path

import yaml

from bots.messengers.buttons import Place, Pressed
from bots.rasa.payloads import COMMANDS, payload_of, read
from bots.rasa.project import ACTION, project_files
from dialogs.phrases import COMMANDS as KNOWN
from forms.catalogue import Catalogue
from sospeso.cli import rasa_export

RESERVED = {"back", "restart", "session_start", "out_of_scope"}
"""Rasa's own: `rasa data validate` lets them pass, `rasa train` does not (seen with 3.6.21)."""


def documents(catalogue: Catalogue) -> dict[str, object]:
    return {name: yaml.safe_load(text) for name, text in project_files(catalogue, ("it", "en")).items() if name.endswith(".yml")}


def test_every_intent_has_a_rule_examples_and_a_name_of_its_own(catalogue: Catalogue) -> None:
    made = documents(catalogue)
    domain, nlu, rules = made["domain.yml"], made["data/nlu.yml"]["nlu"], made["data/rules.yml"]["rules"]
    assert set(domain["intents"]) & RESERVED == set()
    assert {rule["steps"][0]["intent"] for rule in rules} == set(domain["intents"])
    assert {rule["steps"][1]["action"] for rule in rules} == set(domain["actions"]) == {ACTION}
    assert {each["intent"] for each in nlu} == set(domain["intents"]) - {"nlu_fallback"}
    assert [each["intent"] for each in nlu if each["examples"].count("\n- ") < 1] == []
    assert made["config.yml"]["policies"][0]["core_fallback_action_name"] == ACTION


def test_no_example_stands_under_two_intents(catalogue: Catalogue) -> None:
    lines = [line for each in documents(catalogue)["data/nlu.yml"]["nlu"] for line in each["examples"].splitlines()]
    assert all(line.startswith("- ") for line in lines)
    assert len({line.casefold() for line in lines}) == len(lines)


def test_every_command_is_an_intent_and_every_action_is_in_its_file(catalogue: Catalogue) -> None:
    assert set(COMMANDS.values()) == set(KNOWN)
    files = project_files(catalogue, ("it", "en"))
    assert re.search(r'^NAME = "(\w+)"$', files["actions.py"], re.MULTILINE)[1] == ACTION
    compile(files["actions.py"], "actions.py", "exec")


def test_a_button_comes_back_as_it_was_sent() -> None:
    button = Place("0190a1b2-0000-7000-8000-0123456789ab", 7).button("Sì", "y")
    assert read(payload_of(button)) == read(button.data) == Pressed("0123456789ab", 7, "y", "")


def test_the_command_writes_the_project(tmp_path: Path) -> None:
    rasa_export(tmp_path / "rasa")
    assert sorted(str(path.relative_to(tmp_path / "rasa")) for path in (tmp_path / "rasa").rglob("*.*")) == [
        "actions.py", "config.yml", "credentials.yml", "data/nlu.yml", "data/rules.yml", "domain.yml", "endpoints.yml", "words.json",
    ]  # fmt: skip
