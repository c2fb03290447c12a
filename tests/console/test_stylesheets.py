"""A page's stylesheets are looked for once, and are those that Panel finds."""

import panel as pn
import pytest
from panel.io.resources import Resources

from console.pages.shell import desk
from console.stylesheets import find_stylesheets_once

pytestmark = pytest.mark.slow  # with Panel


def test_a_page_names_the_same_stylesheets_as_without_and_the_disk_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert desk  # every component of ours is imported
    pn.extension()
    looked: list[str] = []
    look = Resources.extra_resources

    def counted(self: Resources, resources: list[str], resource_type: str) -> None:
        looked.append(resource_type)
        look(self, resources, resource_type)

    monkeypatch.setattr(Resources, "extra_resources", counted)
    as_panel_finds_them = Resources(mode="server").css_files
    asked = len(looked)
    find_stylesheets_once.__wrapped__()
    assert [Resources(mode="server").css_files for _ in range(3)] == [as_panel_finds_them] * 3
    assert any("panel-material-ui" in file for file in as_panel_finds_them)
    assert len(looked) == 2 * asked
