"""What a messenger that is not ours must not ask."""

from collections.abc import Mapping

from forms.catalogue import Catalogue


def handover(catalogue: Catalogue, question: Mapping[str, object], language: str) -> str | None:
    """What is said instead of a sensitive question, and where it is asked; None for a question that may be asked there."""
    form = catalogue.editions.get(str(question["form"]))
    if form is None:
        return None
    try:
        asked = form.form.step(str(question["path"])).question
    except KeyError:
        return None  # `<group>.more`, a confirmation
    return form.words[language].handover if asked is not None and asked.sensitive else None
