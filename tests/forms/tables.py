"""Small forms written as tables: one row a question, as people write questionnaires in a spreadsheet."""

from datetime import date

import yaml

from forms.flow import CompiledForm, Environment
from forms.model import Form

TODAY = date(2026, 11, 22)
ENV = Environment(TODAY)


def a_form(table: str, name: str = "trip") -> CompiledForm:
    """Rows `section | name | type | ask_if | more fields as YAML`.

    `name` is `group/name` within a group, whose count or ask_if stands in a row `section | group/ | | ask_if | count: n`."""
    return CompiledForm(Form.model_validate(form_data(table, name)))


def form_data(table: str, name: str = "trip") -> dict[str, object]:
    sections: dict[str, list[dict[str, object]]] = {}
    groups: dict[str, dict[str, object]] = {}
    for line in table.strip().splitlines():
        section, path, kind, ask_if, extra = ([cell.strip() for cell in line.split("|", 4)] + ["", "", ""])[:5]
        row: dict[str, object] = {**({"ask_if": ask_if} if ask_if else {}), **(yaml.safe_load("{" + extra + "}") if extra else {})}
        items = sections.setdefault(section, [])
        group, _, own = path.rpartition("/")
        if group and group not in groups:
            groups[group] = {"group": group, "questions": []}
            items.append(groups[group])
        if group and not own:
            groups[group].update(row)
            continue
        target = groups[group]["questions"] if group else items
        assert isinstance(target, list)
        target.append({"name": own, "type": kind, **row})
    return {"form": name, "sections": [{"section": section, "items": items} for section, items in sections.items()]}
