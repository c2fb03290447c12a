"""A broker's folder written by a test: files by their path."""

from contextlib import suppress
from datetime import date
from pathlib import Path
from textwrap import dedent

from forms.records import write_records


def a_folder(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return root


VISIT_FORM = """
    form: visit
    sections:
      - section: when
        items:
          - {name: day, type: date, min: today, max: today+1y, personal: false}
          - name: place
            type: choice
            personal: false
            choices: [office, home]
          - {name: street, type: text, max_length: 60, ask_if: place == "home"}
"""

VISIT_WORDS = """
    title: A visit
    confirm: Is that right?
    sections:
      when: {title: When, confirm: Is the day right?}
    questions:
      day: {ask: Which day?, label: Day}
      place:
        ask: Where?
        label: Place
        choices: {office: At the office, home: At your home}
      street: {ask: Which street?, label: Street, why: So that we find you.}
"""

MODULE = """
    code: visits
    version: "1"
    kind: consent
    occasion: after_card
    order: 90
    acts:
      - {name: act, values: [accept, refuse]}
    valid_from: "2026-01-01"
    retention_months: 24
    basis: GDPR art. 7
"""

MODULE_TEXT = """
    ---
    title: Visits
    lead: May we call on you?
    acts:
      act:
        ask: May we call on you?
        label: Visits
        answers: {accept: You may, refuse: You may not}
    ---

    DRAFT: demonstration text.

    ## When

    - on weekdays
    - from nine
      to five
"""


def a_visit(root: Path, **changed: str) -> Path:
    """A folder with one form, in Italian and English, and one module; `changed` replaces files by their plain names."""
    files = {
        "visit/form.yaml": VISIT_FORM, "visit/it.yaml": VISIT_WORDS, "visit/en.yaml": VISIT_WORDS,
        "modules/visits/1/module.yaml": MODULE, "modules/visits/1/it.md": MODULE_TEXT, "modules/visits/1/en.md": MODULE_TEXT,
    }  # fmt: skip
    named = {"form": "visit/form.yaml", "it": "visit/it.yaml", "en": "visit/en.yaml", "module": "modules/visits/1/module.yaml",
             "it_md": "modules/visits/1/it.md", "en_md": "modules/visits/1/en.md"}  # fmt: skip
    a_folder(root, {**files, **{named[key]: text for key, text in changed.items()}})
    with suppress(ValueError):  # a planted fault that leaves nothing to record
        write_records([root], date(2026, 11, 22))
    return root
