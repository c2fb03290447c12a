"""The console in the house's clothes: palette, type and the few corrections panel-material-ui needs."""

from typing import Any

from console import mirroring
from rules.languages import direction

SANS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', Vazirmatn, sans-serif"
VOICE = "ui-serif, 'New York', Charter, 'Bitstream Charter', 'Sitka Text', Cambria, 'Noto Serif', serif"

HEADINGS = ("h1", "h2", "h3")

type Theme = dict[str, Any]  # as MUI nests it


def _palette(colours: dict[str, str]) -> Theme:
    on = colours["on"]
    return {
        "primary": {"main": colours["petrol"], "contrastText": colours["on_petrol"]},
        "info": {"main": colours["petrol"], "contrastText": colours["on_petrol"]},
        "secondary": {"main": colours["ink_2"], "contrastText": on},
        "warning": {"main": colours["crema"], "contrastText": on},
        "success": {"main": colours["basil"], "contrastText": on},
        "error": {"main": colours["brick"], "contrastText": on},
        "background": {"default": colours["page"], "paper": colours["surface"]},
        "text": {"primary": colours["ink"], "secondary": colours["ink_2"]},
        "divider": colours["line"],
        "contrastThreshold": 4.5,
    }


LIGHT = _palette(
    {
        "page": "#f2f5f4",
        "surface": "#ffffff",
        "ink": "#12262a",
        "ink_2": "#42565a",
        "line": "#cbd6d4",
        "petrol": "#0a555e",
        "on_petrol": "#ffffff",
        "crema": "#684000",
        "basil": "#17592e",
        "brick": "#8e1d16",
        "on": "#ffffff",
    }
)
DARK = _palette(
    {
        "page": "#0d191b",
        "surface": "#152528",
        "ink": "#e9f1f0",
        "ink_2": "#b4c6c7",
        "line": "#2f464a",
        "petrol": "#86d3db",
        "on_petrol": "#05262b",
        "crema": "#ffd792",
        "basil": "#98deac",
        "brick": "#ffb9b0",
        "on": "#12262a",
    }
)

_SHARED: Theme = {
    "typography": {
        "fontFamily": SANS,
        "fontSize": 14,
        "button": {"textTransform": "none", "fontWeight": 600},
        "h1": {"fontFamily": VOICE, "fontWeight": 600, "fontSize": "2rem", "lineHeight": 1.25},
        "h2": {"fontFamily": VOICE, "fontWeight": 600, "fontSize": "1.25rem", "lineHeight": 1.25},
        "h3": {"fontFamily": VOICE, "fontWeight": 600, "fontSize": "1.125rem", "lineHeight": 1.25},
    },
    "shape": {"borderRadius": 6},
    "spacing": 8,
    "components": {
        "MuiButton": {
            "defaultProps": {"disableElevation": True, "disableRipple": True, "size": "medium"},
            "styleOverrides": {
                "root": {"minHeight": 40},
                "contained": {"boxShadow": "none"},
                "outlined": {"borderWidth": 2, "borderColor": "currentColor"},
            },
        },
        "MuiTextField": {"defaultProps": {"size": "small"}},
        # as high as a field beside it
        "MuiSelect": {
            "defaultProps": {"size": "small"},
            "styleOverrides": {"select": {"&&&&": {"paddingTop": "8.5px", "paddingBottom": "8.5px"}}},
        },
        "MuiPaper": {"defaultProps": {"elevation": 0}, "styleOverrides": {"root": {"backgroundImage": "none"}}},
        "MuiChip": {"styleOverrides": {"root": {"fontWeight": 600}}},
        "MuiButtonBase": {
            "styleOverrides": {
                "root": {
                    "&.Mui-focusVisible": {
                        "outline": "3px solid var(--mui-palette-text-primary)",
                        "outlineOffset": 2,
                        "boxShadow": "0 0 0 8px #ffc35a",
                    }
                }
            }
        },
    },
}

# Page writes its title in white and its main in "paper" whatever the theme: without this the title is invisible on a light bar.
_BAR: Theme = {
    ".MuiAppBar-root": {
        "bgcolor": "primary.contrastText",
        "color": "primary.main",
        "boxShadow": "none",
        "borderBottom": "1px solid",
        "borderColor": "divider",
    },
    ".title": {"color": "primary.main"},
    "& .MuiAppBar-root .title": {"color": "primary.main"},
    "main": {"backgroundColor": "background.default"},
}


def theme(language: str) -> Theme:
    shared = _SHARED if direction(language) == "ltr" else _mirrored(_SHARED)
    return {"light": {"palette": LIGHT, **shared}, "dark": {"palette": DARK, **shared}}


def bar(language: str) -> Theme:
    return _BAR if direction(language) == "ltr" else {**_BAR, **mirroring.FRAME}


def _mirrored(shared: Theme) -> Theme:
    """Headings stand in one family with the rest: the voice has no Arabic letters."""
    typography = {name: {**kind, "fontFamily": SANS} if name in HEADINGS else kind for name, kind in shared["typography"].items()}
    return {**shared, "direction": "rtl", "typography": typography, "components": _joined(shared["components"], mirroring.COMPONENTS)}


def _joined(one: Theme, other: Theme) -> Theme:
    """Both, one inside the other."""
    both = {**one, **other}
    for name in one.keys() & other.keys():
        if isinstance(one[name], dict) and isinstance(other[name], dict):
            both[name] = _joined(one[name], other[name])
    return both
