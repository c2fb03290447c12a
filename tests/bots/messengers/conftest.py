"""The catalogue as it ships."""

from tests.bots.web.conftest import catalogue

__all__ = ["catalogue"]
