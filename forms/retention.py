"""The duties to keep, as the catalogue's file tells them."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from forms.files import catalogue_folders, read_model
from forms.model import Part
from rules.retention import IMPORT_DAYS, PREPARED_DAYS, Duty, Retention

FILE = "retention.yaml"


class Duties(Part):
    """retention.yaml, where each part is explained."""

    contract_months: int
    acts: dict[str, Duty]
    modules: dict[str, Duty]
    documents: dict[str, Duty]
    import_days: Annotated[int, Field(ge=1, le=366)] = IMPORT_DAYS
    prepared_days: Annotated[int, Field(ge=1, le=366)] = PREPARED_DAYS


def load_retention(overlay: Path | None = None) -> Retention:
    """The broker's own file where there is one. Raises CatalogueError for one that cannot be used."""
    path = [folder / FILE for folder in catalogue_folders(overlay) if (folder / FILE).is_file()][-1]
    told = read_model(path, Duties)
    return Retention(told.contract_months, told.acts, told.modules, told.documents, told.import_days, told.prepared_days)
