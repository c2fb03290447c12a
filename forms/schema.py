"""JSON Schemas of the catalogue's files, for editors: made from the models, kept in forms/catalog/schema/.

Written anew by `python -m forms.schema`; a test holds the committed files against the models.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel

from forms.checks import RULES
from forms.computed import COMPUTATIONS, PROPOSALS
from forms.exports.targets import CardDav, Drop, Http
from forms.files import SHIPPED
from forms.imports.sources import Pickup
from forms.model import Form, Glossary, Module, ModuleWords, Pack, PackWords, Words

FOLDER = SHIPPED / "schema"

_MODELS: Mapping[str, type[BaseModel]] = {
    "form": Form,
    "words": Words,
    "module": Module,
    "module_words": ModuleWords,
    "glossary": Glossary,
    "pack": Pack,
    "pack_words": PackWords,
    "target_drop": Drop,
    "target_http": Http,
    "target_carddav": CardDav,
    "source_pickup": Pickup,
}

# Fields that name something of ours: an editor offers what there is.
_NAMED = {("Check", "rule"): RULES, ("Question", "computed"): COMPUTATIONS, ("Question", "propose"): PROPOSALS}


def schemas() -> dict[str, str]:
    """The text of each schema file by its name."""
    return {f"{name}.json": json.dumps(_schema(name, model), indent=1, ensure_ascii=False) + "\n" for name, model in _MODELS.items()}


def _schema(name: str, model: type[BaseModel]) -> dict[str, object]:
    schema = model.model_json_schema()
    for (part, field), there_are in _NAMED.items():
        if part in schema.get("$defs", {}):
            known = {"enum": sorted(there_are), "type": "string"}
            schema["$defs"][part]["properties"][field]["anyOf"] = [known, {"type": "null"}]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"sospeso/catalog/{name}.json", **schema}


def write_schemas(folder: Path = FOLDER) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_schemas()
