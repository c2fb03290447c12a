"""Every pair of colour tokens that is used together, in both schemes: text at least 7:1 (AAA), the rest at least 3:1."""

import re
from pathlib import Path

import pytest

import bots.web.rendering

CSS = Path(bots.web.rendering.__file__).parent / "static" / "tokens.css"
TEXT_ON = {
    "ink": ("page", "surface", "sunken", "petrol-soft"),
    "ink-2": ("page", "surface"),
    "petrol": ("page", "surface", "petrol-soft"),
    "petrol-2": ("surface",),
    "on-petrol": ("petrol", "petrol-2"),
    "crema": ("crema-soft",),
    "basil": ("basil-soft",),
    "brick": ("page", "surface", "brick-soft"),
}
SHAPES_ON = {"edge": ("page", "surface"), "crema-dot": ("page", "surface"), "petrol": ("line",)}


def schemes() -> list[dict[str, str]]:
    blocks = re.findall(r":root \{(.*?)\}", CSS.read_text(encoding="utf-8"), re.DOTALL)
    return [{name: _long(value) for name, value in re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block)} for block in blocks[:2]]


def _long(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(c * 2 for c in colour[1:])


def ratio(first: str, second: str) -> float:
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT_ON, 7.0), (SHAPES_ON, 3.0)], ids=["text", "shapes"])
def test_colours_used_together_can_be_told_apart(scheme: int, pairs: dict[str, tuple[str, ...]], least: float) -> None:
    tokens = schemes()[scheme]
    too_close = [
        (a, b, ratio(tokens[a], tokens[b])) for a, grounds in pairs.items() for b in grounds if ratio(tokens[a], tokens[b]) < least
    ]
    assert too_close == []


def test_only_the_tokens_name_a_colour() -> None:
    for sheet in CSS.parent.glob("*.css"):
        if sheet.name not in {"tokens.css", "media.css"}:
            assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgb\(", sheet.read_text(encoding="utf-8")), sheet.name


def test_sheets_use_logical_properties_only() -> None:
    physical = re.compile(r"^\s*((margin|padding|inset)-)?(left|right|top|bottom|width|height)\s*:", re.MULTILINE)
    for sheet in CSS.parent.glob("*.css"):
        assert not physical.search(sheet.read_text(encoding="utf-8")), sheet.name
