"""`python -m forms.exports.publishing`: writes the schemas of our own questionnaires' lists, for readers who want them at hand.

A broker's own questions have theirs by `sospeso export clients --format xml --schema`."""

from pathlib import Path

from forms.catalogue import load_catalogue
from forms.exports.files import schema
from forms.exports.subjects import columns
from rules.exports import Format, Subject

FOLDER = Path(__file__).with_name("schemas")
ENDINGS = {Format.XML: "xsd", Format.JSON: "schema.json"}


def main() -> None:
    catalogue = load_catalogue()
    FOLDER.mkdir(exist_ok=True)
    for subject in Subject:
        for form, ending in ENDINGS.items():
            (FOLDER / f"{subject}.{ending}").write_bytes(schema(subject, form, columns(subject, catalogue)) or b"")


if __name__ == "__main__":
    main()
