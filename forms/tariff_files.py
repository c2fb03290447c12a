"""Tariffs as files: figures and words of each, ours in forms/tariffs/, the broker's in `tariffs/` over them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from forms.cards import CARDS
from forms.files import SHIPPED, CatalogueError, read_yaml_text
from forms.model import Form
from forms.names import questions_of
from forms.positions import Place, find_positions
from rules.tariff import Tariff, TariffError, load_tariff

type TariffWords = Mapping[str, str | Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class PublishedTariff:
    """A tariff with its words by language."""

    tariff: Tariff
    words: Mapping[str, TariffWords]


def tariff_files(overlay: Path | None) -> dict[str, Path]:
    """`<name>.yaml` and `<name>.<language>.yaml` by file name."""
    folders = [SHIPPED.parent / "tariffs", *([overlay / "tariffs"] if overlay is not None else [])]
    return {path.name: path for folder in folders for path in sorted(folder.glob("*.yaml")) if path.is_file()}


def load_tariffs(overlay: Path | None, forms: Mapping[str, Form]) -> dict[str, PublishedTariff]:
    """Every tariff by name, held against the choices of the form that it prices. Raises CatalogueError."""
    files = tariff_files(overlay)
    names = [name.removesuffix(".yaml") for name in files if name.count(".") == 1]
    return {
        name: PublishedTariff(read_tariff_file(files[f"{name}.yaml"], forms.get(f"quote_{name}")), _words(name, files)) for name in names
    }


def read_tariff_file(path: Path, form: Form | None) -> Tariff:
    text = path.read_text(encoding="utf-8")
    data = read_yaml_text(text, path)
    if not isinstance(data, dict):
        raise CatalogueError(path, 1, "is no tariff")
    try:
        return _read(data, form)
    except TariffError as error:
        raise CatalogueError(path, _line(text, error.place), str(error)) from error


def _read(data: Mapping[str, object], form: Form | None) -> Tariff:
    choices = {question.name: question.choices for _, question, _ in questions_of(form) if question.choices} if form is not None else {}
    tariff = load_tariff(data, choices)
    if form is not None and tariff.currency != form.currency:
        raise TariffError("currency", f"it is in {tariff.currency}, and `{form.form}` asks in {form.currency}")
    _look_at_proposals(tariff, form)
    return tariff


def _line(text: str, place: Sequence[str]) -> int:
    """Of what stands there, or nearest around it. Raises yaml.YAMLError."""
    positions = find_positions(text)
    found: Place = ()
    for key in place:
        number = int(key) if key.isdecimal() and (*found, key) not in positions.lines else key  # a list's, or a key of digits
        if (*found, number) not in positions.lines:
            break
        found = (*found, number)
    return positions.line(*found)


def _look_at_proposals(tariff: Tariff, form: Form | None) -> None:
    """Raises TariffError for covers proposed to a kind of customer that the form does not offer it."""
    if unknown := sorted(tariff.proposed_for.keys() - CARDS.keys()):
        told = f"there is no kind of customer `{unknown[0]}`; there is {', '.join(CARDS)}"
        raise TariffError("proposed_for", told, at=unknown[0])
    offered = (
        {kind: covers for _, one, _ in questions_of(form) if one.name == "covers" for kind, covers in one.choices_for.items()}
        if form
        else {}
    )
    for kind, covers in offered.items():
        proposed = {cover for one in tariff.proposed_for.get(kind, tariff.proposed).values() for cover in one}
        if left := sorted(proposed - set(covers)):
            raise TariffError("proposed_for", f"`{kind}` is not offered {', '.join(left)}", at=kind)


def _words(name: str, files: Mapping[str, Path]) -> dict[str, TariffWords]:
    found: dict[str, TariffWords] = {}
    for file, path in files.items():
        if file.startswith(f"{name}.") and file.count(".") == 2:
            data = read_yaml_text(path.read_text(encoding="utf-8"), path)
            if not isinstance(data, dict):
                raise CatalogueError(path, 1, "holds no words")
            found[file.split(".")[1]] = data
    return found
