"""Where lists are kept in step: each target a file of the broker's, `catalog/sync/NAME.yaml`. Secrets are named in it, never told."""

import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from forms.catalogue import Catalogue
from forms.covering import is_private_at
from forms.exports.columns import MARKED, Column, Record, Value
from forms.exports.contacts import is_contact
from forms.exports.files import Delimiter, TableFormat
from forms.exports.mapping import Mapped, look_for_faults, map_columns, map_record
from forms.exports.subjects import columns
from forms.model import Part
from rules.exports import Format, Subject, check_purpose
from rules.refusals import Refused
from rules.submissions import State

NEAR = frozenset({"localhost", "127.0.0.1", "::1"})
CHANGE = Column("change")
"""new, changed or gone: stands in each record that leaves, beside what it tells."""
XML_NAME = r"^[A-Za-z_][A-Za-z0-9_.-]*$"


type SecretName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{2,60}$")]


class _Target(Part):
    purpose: str
    """What for; it goes with what is sent, as in every list that leaves the house."""
    mode: Literal["auto", "controlled"] = "auto"
    """controlled: a colleague sees each difference, and releases it."""
    states: tuple[State, ...] = ()
    """Only those; what leaves them is told as gone. Empty = all."""

    @field_validator("purpose")
    @classmethod
    def _says_something(cls, told: str) -> str:
        return says_what_for(told)


class _Table(_Target):
    list: Subject
    mapping: tuple[Mapped, ...] = ()
    """Empty = all our columns by our names."""

    @model_validator(mode="after")
    def _can_be_told_apart(self) -> Self:
        if self.states and self.list not in {Subject.CLIENTS, Subject.SUBMISSIONS}:
            raise ValueError(f"{self.list} have no states: leave `states` out")
        if self.mapping and "id" not in {each.ours for each in self.mapping}:
            raise ValueError("one column of `mapping` must be `from: id`: without it nobody knows whose record has changed")
        return self


class Drop(_Table):
    """A file for each batch, in a folder that their program looks into."""

    kind: Literal["drop"]
    folder: Path
    format: TableFormat = Format.CSV
    delimiter: Delimiter = ","
    """Of csv, between two cells."""

    @field_validator("folder")
    @classmethod
    def _whole(cls, folder: Path) -> Path:
        return whole_path(folder)

    @model_validator(mode="after")
    def _tells_what_goes(self) -> Self:
        if self.mapping and "change" not in {each.ours for each in self.mapping}:
            raise ValueError("one column of `mapping` must be `from: change` (new, changed, gone): else nobody learns what was deleted")
        if self.format is not Format.CSV and self.delimiter != ",":
            raise ValueError("only csv has a `delimiter`: of txt it is a tab, the others have none")
        return self


class Http(_Table):
    """A message for each record, signed as Standard Webhooks 1.0.0 asks."""

    kind: Literal["http"]
    address: str
    secret: SecretName
    """Name of the environment variable that holds it: whsec_ and 24 to 64 bytes in base64."""

    @field_validator("address")
    @classmethod
    def _is_safe(cls, address: str) -> str:
        try:
            url = urlsplit(address)
            is_whole, _ = bool(url.hostname), url.port
        except ValueError as error:
            raise ValueError("is no address") from error
        if not is_whole or url.scheme not in {"http", "https"} or not address.isascii() or not address.isprintable() or " " in address:
            raise ValueError("is no address: write https://…")
        if url.scheme == "http" and url.hostname not in NEAR:
            raise ValueError("must begin with https://: only this machine itself may be spoken to in clear")
        if url.username or url.password:
            raise ValueError("must hold no user and password: the signature says who sends")
        return address

    @field_validator("secret")
    @classmethod
    def _is_theirs(cls, name: str) -> str:
        return not_ours(name)


class CardDav(_Target):
    """A vCard for each customer in a folder that a CardDAV server serves."""

    kind: Literal["carddav"]
    folder: Path
    format: Literal[Format.VCF, Format.VCF3] = Format.VCF
    list: Literal[Subject.CLIENTS] = Subject.CLIENTS

    @field_validator("folder")
    @classmethod
    def _whole(cls, folder: Path) -> Path:
        return whole_path(folder)


type Target = Drop | Http | CardDav
KINDS: Mapping[str, type[Target]] = {"drop": Drop, "http": Http, "carddav": CardDav}


def faults_of(target: Target, catalogue: Catalogue) -> Iterator[str]:
    """What only the questionnaires can tell."""
    if isinstance(target, CardDav) or not target.mapping:
        return
    yield from look_for_faults(target.mapping, known_columns(target, catalogue))
    if isinstance(target, Drop) and target.format is Format.XML:
        yield from (f"`{each.name}` can be no element of XML" for each in target.mapping if not re.match(XML_NAME, each.name))


def known_columns(target: Target, catalogue: Catalogue) -> tuple[Column, ...]:
    """All that a mapping may name."""
    listed = columns(target.list, catalogue)
    if isinstance(target, CardDav):
        return tuple(column for column in listed if is_contact(column.name))
    return (CHANGE, *listed, *MARKED)


def told_columns(target: Target, catalogue: Catalogue) -> tuple[Column, ...]:
    """What stands in what is sent."""
    known = known_columns(target, catalogue)
    return known if isinstance(target, CardDav) or not target.mapping else map_columns(target.mapping, known)


def private_names(target: Target, catalogue: Catalogue) -> frozenset[str]:
    """As they call the columns in which identifiers stand that are covered on a screen."""
    ours = {each.name for each in known_columns(target, catalogue) if any(is_private_at(catalogue, key) for key in each.keys)}
    mapping = () if isinstance(target, CardDav) else target.mapping
    return frozenset(each.name for each in mapping if each.ours in ours) if mapping else frozenset(ours)


def told_record(target: Target, known: Sequence[Column], record: Record, zone: ZoneInfo) -> dict[str, Value]:
    """What of it this target is told, and is compared with what it was told last: without the change and the mark."""
    if isinstance(target, CardDav):
        names = {column.name for column in known}
        return {name: value for name, value in record.items() if name in names}
    return map_record(target.mapping, record, zone) if target.mapping else dict(record)


def sent_record(target: Drop | Http, told: Mapping[str, Value], about: Record, zone: ZoneInfo) -> dict[str, Value]:
    """With the change and the mark (`about`), as far as the target is told them."""
    return {**told, **(map_record(target.mapping, about, zone) if target.mapping else about)}


def names_of_no_change(target: Target) -> frozenset[str]:
    """Columns that tell when something changed, and are no change themselves."""
    if isinstance(target, CardDav) or not target.mapping:
        return frozenset({"updated_at"})
    return frozenset(each.name for each in target.mapping if each.ours == "updated_at")


def fingerprint(target: Target, known: Sequence[Column]) -> str:
    """Another where anything would be told otherwise: then everything is compared again."""
    return sha256(f"{target.model_dump_json()} {known}".encode()).hexdigest()


def whole_path(folder: Path) -> Path:
    whole = folder.expanduser()
    if not whole.is_absolute() or "\0" in str(whole):
        raise ValueError("must be a whole path: it begins with /")
    return whole


def says_what_for(told: str) -> str:
    try:
        return check_purpose(told)
    except Refused as refused:
        raise ValueError("say in 8 to 200 characters on one line what it is for") from refused


def not_ours(name: str) -> str:
    if name.startswith("SOSPESO_"):
        raise ValueError("must not begin with SOSPESO_: what is called so is ours, and kept from the processes that send")
    return name
