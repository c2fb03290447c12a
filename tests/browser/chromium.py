"""Where Chromium is: the machine's own; as root on Debian installed from its packages; else Playwright's own; else one sentence."""

import os
import shutil
import subprocess
import sys
from functools import cache

SHELL = "chromium-headless-shell"  # no window, no browser around the page: the story of a customer takes three quarters of the time
WHOLE = ("chromium", "chromium-browser", "google-chrome")  # knows date fields in other languages
NONE = "The browser tests need Chromium: install it (Debian: apt-get install chromium), or say where it is in SOSPESO_CHROMIUM."


@cache
def find_chromium(*, whole: bool = False) -> str | None:
    """Path of the program; None = Playwright's own is there. Raises RuntimeError with one sentence where there is none."""
    names = WHOLE if whole else (SHELL, *WHOLE)
    found = os.environ.get("SOSPESO_CHROMIUM") or _on_path(names)
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        install = ["apt-get", "install", "-y", "-q", "--no-install-recommends"]
        packages = ("chromium", "chromium-l10n") if whole else (SHELL,)
        for command in (["apt-get", "update", "-q"], *([*install, package] for package in packages)):
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        found = _on_path(names)
    if found is None:
        installed = subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False, capture_output=True)
        if installed.returncode != 0:
            raise RuntimeError(NONE)
    return found


def _on_path(names: tuple[str, ...]) -> str | None:
    return next(filter(None, map(shutil.which, names)), None)
