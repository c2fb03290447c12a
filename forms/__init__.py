"""Questionnaires as data: catalogue, types, conditions, flow, lint, papers."""

import sys
from types import ModuleType

sys.modules.setdefault("cel.cli", ModuleType("cel.cli"))  # cel brings its command line along: 20 MB that nobody types at
