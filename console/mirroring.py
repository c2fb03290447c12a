"""The console from right to left: what MUI's components lay out by left and right is turned here, the rest follows the page's direction."""

from importlib.resources import files
from typing import Final

from rules.languages import direction

type Style = dict[str, object]

MENU_PX: Final = 220
ENGLISH: Final = '<html lang="en"'


def page_template(language: str) -> str:
    """The library's own, which says of every page that it is English, and nothing of its direction."""
    return in_language(files("panel_material_ui").joinpath("_templates", "base.html").read_text(encoding="utf-8"), language)


def in_language(source: str, language: str) -> str:
    """Raises LookupError for a template that says it otherwise: every page would be English, and Persian stand from the left."""
    before, english, after = source.partition(ENGLISH)
    if not english:
        raise LookupError(f"panel-material-ui's template has no {ENGLISH} any more: console/mirroring.py cannot tell it the language")
    return f'{before}<html lang="{language}" dir="{direction(language)}"{after}'


COMPONENTS: Final[dict[str, Style]] = {
    "MuiInputLabel": {
        "styleOverrides": {
            "root": {
                "left": "auto",
                "right": 0,
                "transformOrigin": "top right",
                "&.MuiInputLabel-outlined": {"transform": "translate(-14px, 16px) scale(1)"},
                "&.MuiInputLabel-outlined.MuiInputLabel-sizeSmall": {"transform": "translate(-14px, 9px) scale(1)"},
                "&&.MuiInputLabel-outlined.MuiInputLabel-shrink": {"transform": "translate(-14px, -9px) scale(0.75)"},
            }
        }
    },
    "MuiOutlinedInput": {"styleOverrides": {"notchedOutline": {"textAlign": "right"}}},
    "MuiSelect": {
        "styleOverrides": {
            "select": {"&&&&": {"paddingRight": "14px", "paddingLeft": "32px"}},
            "icon": {"right": "auto", "left": 7},
        }
    },
    "MuiFormControlLabel": {"styleOverrides": {"root": {"&&": {"marginLeft": 16, "marginRight": -6}}}},
    "MuiButton": {
        "styleOverrides": {
            "startIcon": {"marginLeft": 8, "marginRight": -4},
            "endIcon": {"marginLeft": -4, "marginRight": 8},
        }
    },
    "MuiListItemButton": {
        "styleOverrides": {
            "root": {
                "&&": {"textAlign": "right"},
                "&&&&.Mui-selected": {"borderLeft": 0, "borderRight": "6px solid var(--pmui-accent-main)"},
            }
        }
    },
    "MuiDrawer": {
        "styleOverrides": {
            "paper": {"left": "auto", "right": 0, "borderRight": 0, "borderLeft": "1px solid var(--mui-palette-divider)"},
        }
    },
}
FRAME: Final[Style] = {
    ".header .MuiIconButton-edgeStart": {"marginLeft": "16px", "marginRight": "-12px"},
    ".header .MuiIconButton-edgeStart svg": {"transform": "scaleX(-1)"},
    "& > .main": {"marginLeft": "0 !important"},
    # a closed menu keeps its room, which the page's own negative margin takes back, on the other side
    "@media (min-width: 600px)": {"&:has(> nav .MuiDrawer-paper[style*='hidden']) > .main": {"marginRight": f"-{MENU_PX}px"}},
}
