"""Languages on their way: their texts lie beside the others', whole, and nobody meets them yet."""

from pathlib import Path

import pytest

import forms
from forms.catalogue import load_catalogue
from forms.files import SHIPPED
from forms.types.vocabulary import languages
from rules.languages import BEING_WRITTEN

HOUSE = Path(forms.__file__).parents[1]
FOLDERS = [
    *(SHIPPED / form for form in ("registration_person", "quote_home")),
    *sorted(path.parent for path in SHIPPED.glob("modules/*/*/module.yaml")),
    *(
        HOUSE / room
        for room in ("forms/types/words", "forms/papers/words", "dialogs/wording", "bots/web/words", "bots/mails/words", "console/words")
    ),
]


@pytest.mark.parametrize("language", sorted(BEING_WRITTEN))
def test_every_text_is_there(language: str) -> None:
    for folder in FOLDERS:
        (italian,) = folder.glob("it.*")
        assert (folder / f"{language}{italian.suffix}").stat().st_size > italian.stat().st_size / 3, folder


def test_none_is_used() -> None:
    catalogue = load_catalogue()
    assert not BEING_WRITTEN & set(languages())
    for edition in catalogue.editions.values():
        assert not BEING_WRITTEN & set(edition.words)
    for module in catalogue.published.values():
        assert not BEING_WRITTEN & set(module.texts)
    for tariff in catalogue.tariffs.values():
        assert not BEING_WRITTEN & set(tariff.words)
