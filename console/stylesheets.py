"""Which stylesheets a page needs, found once: Panel asks each of its 120 components, and for each the disk, at every page, a fifth of all that
the server does for one (Panel 1.10.0)."""

from functools import cache, wraps

from panel.io.resources import Resources
from panel.io.state import state


@cache
def find_stylesheets_once() -> None:
    """For the whole process, from then on. What is imported later brings no stylesheet of its own."""
    look = Resources.extra_resources
    known: dict[tuple[str, ...], list[str]] = {}

    @wraps(look)
    def extra_resources(self: Resources, resources: list[str], resource_type: str) -> None:
        asked = (resource_type, self.mode, state.rel_path or "", *resources)
        if asked not in known:
            found = list(resources)
            look(self, found, resource_type)  # type: ignore[no-untyped-call]
            known[asked] = found
        resources[:] = known[asked]

    Resources.extra_resources = extra_resources  # type: ignore[method-assign]
