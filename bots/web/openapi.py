"""The OpenAPI document, written by hand and served as JSON."""

from pathlib import Path
from typing import Final

import orjson
import yaml

DOCUMENT: Final = orjson.dumps(yaml.load((Path(__file__).parent / "openapi.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader))
