"""The tables, one module a subject. Importing this package knows them all: `Base.metadata` is complete."""

from importlib import import_module
from pkgutil import iter_modules

from storage.tables.base import Base

for module in iter_modules(__path__):
    import_module(f"{__name__}.{module.name}")

__all__ = ["Base"]
