"""The real catalogue, loaded once."""

import pytest

from forms.catalogue import Catalogue, load_catalogue


@pytest.fixture(scope="session")
def forms() -> Catalogue:
    return load_catalogue()
