"""Where lists come in by themselves: each source a file of the broker's beside those of the targets."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import field_validator, model_validator

from forms.catalogue import Catalogue
from forms.exports.columns import MARKED, Column
from forms.exports.mapping import Mapped, look_for_faults
from forms.exports.subjects import columns
from forms.exports.targets import CHANGE, SecretName, not_ours, says_what_for, whole_path
from forms.model import Part
from rules.exports import Format, Subject
from rules.imports import Encoding

type ListFormat = Literal[Format.CSV, Format.TXT, Format.XML, Format.JSON, Format.JSONL, Format.VCF, Format.VCF3]
"""rules.imports.FORMATS."""


class Pickup(Part):
    """A folder into which their program writes lists of customers."""

    kind: Literal["pickup"]
    purpose: str
    """Where the lists come from and what for: customers read it."""
    folder: Path
    format: ListFormat = Format.CSV
    encoding: Encoding = Encoding.UTF_8
    language: Literal["it", "en", "es", "ru", "fa", "zh"] | None = None
    """In which words and dates are written; default: the first of the house's."""
    mapping: tuple[Mapped, ...] = ()
    """Their columns; empty = ours, or those of `columns_of`."""
    columns_of: str | None = None
    """The program of ours whose columns they are: the lines of its file are read backwards."""
    leave_out_unknown: bool = False
    """Columns that nobody knows are left out; otherwise the list is refused for them."""
    take_the_rest: bool = False
    """A row is taken without a refused cell, where that is neither its address nor who it is about."""
    secret: SecretName | None = None
    """Lists may be sent too, signed: name of the environment variable that holds whsec_ and 24 to 64 bytes in base64."""
    afterwards: Literal["delete", "keep"] = "delete"
    """What becomes of a file once its rows wait with us; `keep` = it goes into the folder's `done`."""

    @field_validator("purpose")
    @classmethod
    def _says_something(cls, told: str) -> str:
        return says_what_for(told)

    @field_validator("folder")
    @classmethod
    def _whole(cls, folder: Path) -> Path:
        return whole_path(folder)

    @field_validator("secret")
    @classmethod
    def _is_theirs(cls, name: str | None) -> str | None:
        return name and not_ours(name)

    @model_validator(mode="after")
    def _has_one_mapping(self) -> Self:
        if self.mapping and self.columns_of:
            raise ValueError("has either `mapping` or `columns_of`")
        return self


def known_columns(catalogue: Catalogue) -> tuple[Column, ...]:
    """All that the mapping of a list of customers may name."""
    return (CHANGE, *columns(Subject.CLIENTS, catalogue), *MARKED)


def faults_of(source: Pickup, catalogue: Catalogue, mapped: Mapping[str, object]) -> Iterator[str]:
    """What only the questionnaires and the other files can tell. `mapped`: the programs that a list of customers is written for."""
    yield from look_for_faults(source.mapping, known_columns(catalogue))
    if source.columns_of is not None and source.columns_of not in mapped:
        yield f"`columns_of`: `{source.columns_of}` has no `mapping` of customers"
