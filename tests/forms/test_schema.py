"""The editors' schemas: as the models say, and true of every file we ship."""

import json

import pytest

from forms.schema import FOLDER, schemas


def test_committed_schemas_are_what_the_models_say() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    assert committed == schemas(), "run: python -m forms.schema"


@pytest.mark.parametrize("name", ["form.json", "words.json", "module.json", "module_words.json", "glossary.json"])
def test_a_schema_forbids_what_the_format_does_not_know(name: str) -> None:
    assert json.loads(schemas()[name])["additionalProperties"] is False


def test_rules_and_computations_are_offered_by_name() -> None:
    parts = json.loads(schemas()["form.json"])["$defs"]
    assert "tax_code_matches" in parts["Check"]["properties"]["rule"]["anyOf"][0]["enum"]
    assert "seismic_zone" in parts["Question"]["properties"]["computed"]["anyOf"][0]["enum"]
