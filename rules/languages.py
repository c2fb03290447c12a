"""Languages that are spoken, those that are on their way, and the direction in which some are written."""

from typing import Final

BEING_WRITTEN: Final = frozenset({"es", "fa", "ru", "zh"})
"""Their texts are written, their typed answers are not read safely yet (docs/languages.md): files of theirs are passed over."""

WRITTEN: Final = ("it", "en", "es", "ru", "fa", "zh")
LANGUAGES: Final = tuple(language for language in WRITTEN if language not in BEING_WRITTEN)

RIGHT_TO_LEFT: Final = frozenset({"fa"})
