"""Languages that are on their way."""

from typing import Final

BEING_WRITTEN: Final = frozenset({"es", "fa", "ru", "zh"})
"""Their texts are written, their typed answers are not read safely yet (docs/languages.md): files of theirs are passed over."""
