"""A page's stylesheets are looked for once, and are those that Panel finds."""

from importlib import import_module
from inspect import unwrap
from pkgutil import iter_modules

import panel as pn
import pytest
from panel.io import resources
from panel.io.resources import Resources

from console import pages
from console.stylesheets import find_stylesheets_once

pytestmark = pytest.mark.slow  # with Panel


def test_they_are_what_panel_finds_also_once_every_page_is_imported_and_are_not_looked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    import_module("console.app")
    pn.extension()
    find_stylesheets_once()
    remembered = Resources(mode="server").css_files
    assert any("panel-material-ui" in file for file in remembered)
    for page in iter_modules(pages.__path__):
        import_module(f"{pages.__name__}.{page.name}")
    with monkeypatch.context() as as_panel_does:
        as_panel_does.setattr(Resources, "extra_resources", unwrap(Resources.extra_resources))
        assert Resources(mode="server").css_files == remembered

    def looked_for(*_: object, **__: object) -> None:
        raise AssertionError("looked for again")

    monkeypatch.setattr(resources, "component_resource_path", looked_for)
    assert Resources(mode="server").css_files == remembered
    with pytest.raises(AssertionError, match="looked for again"):
        unwrap(Resources.extra_resources)(Resources(mode="server"), [], "_bundle_css")
