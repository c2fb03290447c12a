"""The papers' own words, one file per language."""

from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict


class Wording(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ActsWords(Wording):
    title: str
    head: tuple[str, str, str, str]


class ProofWords(Wording):
    title: str
    sent: str
    sequence: str
    shown: str
    chain: str
    root: str
    key: str
    signature: str
    signed: str
    """What the signature is good for."""
    replaces: str
    explain: str


class CertificateWords(Wording):
    title: str
    about: str
    who: str
    """How the customer was identified."""
    address: str
    proved: str
    what: str
    at: str
    channel: str
    shown: str
    texts: str
    delivery: str
    recipients: dict[str, str]
    channels: dict[str, str]
    states: dict[str, str]
    limits: str
    sealed: str
    """Of a paper that bears the agency's seal."""


class PaperWords(Wording):
    titles: dict[str, str]
    states: dict[str, str]
    missing: str
    continued: str
    acts: ActsWords
    declarations: str
    labels: dict[str, str]
    own_acts: dict[str, str]
    """Acts that belong to no module, by the last part of their question."""
    own_answers: dict[str, str]
    erasure: dict[str, str]
    """What a certificate of erasure says."""
    stamp: str
    scan: str
    proof: ProofWords
    certificate: CertificateWords
    ends: dict[str, str]
    page: str


@cache
def paper_words(language: str) -> PaperWords:
    text = files("forms.papers").joinpath("words", f"{language}.yaml").read_text(encoding="utf-8")
    return PaperWords.model_validate(yaml.load(text, yaml.CSafeLoader))
