"""The real catalogue, loaded once."""

import pytest

from forms.catalogue import Catalogue
from tests.forms.content import shipped


@pytest.fixture(scope="session")
def forms() -> Catalogue:
    return shipped.catalogue()
