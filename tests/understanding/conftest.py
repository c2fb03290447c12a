"""The real catalogue, loaded once."""

from tests.dialogs.conftest import forms

__all__ = ["forms"]
