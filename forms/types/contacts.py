"""E-mail addresses and telephone numbers."""

import re
from functools import cache, lru_cache
from pathlib import Path

import yaml

from forms.types.base import Asked, Doubt, Read, Reading, Wire
from forms.types.characters import clean_line, compatible
from forms.types.showing import phone
from forms.types.text import Typed
from forms.types.vocabulary import vocabularies
from rules.refusals import Reason, Refused

_EMAIL_MOST = 254
"""RFC 5321, as corrected: the longest address that fits a MAIL command."""
_PHONE_MOST = 40
_HOME_REGION = "IT"


class EmailType(Typed):
    name = "email"
    input = "email"

    def read_text(self, text: str, asked: Asked) -> Reading:  # noqa: ARG002 - the protocol's shape
        line = clean_line(text)
        if isinstance(line, Refused):
            return line
        address = _bare_address(line)
        if len(address) > _EMAIL_MOST:
            return Refused(Reason.TOO_LONG, max_length=_EMAIL_MOST)
        return _judged_email(address)


class PhoneType(Typed):
    """Kept as E.164. Italian numbers may come without +39."""

    name = "phone"
    input = "tel"

    def read_text(self, text: str, asked: Asked) -> Reading:
        line = clean_line(text)
        if isinstance(line, Refused):
            return line
        number = _lead_in(asked.language).sub("", compatible(line))
        if len(number) > _PHONE_MOST or any(sign.isalpha() for sign in number):
            return Refused(Reason.PHONE_FORM)
        return _judged_phone(number, asked)

    def show(self, value: Wire, asked: Asked) -> str:  # noqa: ARG002 - the protocol's shape
        return phone(str(value))


@cache
def _lead_in(language: str) -> re.Pattern[str]:
    words = sorted((word for known in vocabularies(language) for word in known.lead_ins.phone), key=len, reverse=True)
    return re.compile(rf"^(?:{'|'.join(map(re.escape, words))})\b[.:\s]*", re.IGNORECASE)


def _bare_address(line: str) -> str:
    """Without the signs that come along when an address is copied: `<…>`, `mailto:`, a full stop."""
    bare = line.removeprefix("<").removesuffix(">").rstrip(".,;").strip()
    return bare[7:] if bare[:7].casefold() == "mailto:" else bare


def _judged_email(address: str) -> Reading:
    from email_validator import EmailNotValidError, validate_email

    try:
        valid = validate_email(address, check_deliverability=False, strict=True)
    except EmailNotValidError:
        return Refused(Reason.EMAIL_FORM)
    if "." not in valid.domain or len(valid.domain.rpartition(".")[2]) < 2:
        return Refused(Reason.EMAIL_FORM)
    suggestion = _likelier_domain(valid.domain)
    if suggestion:
        return Doubt(valid.normalized, Reason.EMAIL_TYPO, {"suggestion": f"{valid.local_part}@{suggestion}", "guess": valid.normalized})
    if not valid.normalized.isascii():
        return Doubt(valid.normalized, Reason.EMAIL_INTERNATIONAL, {"guess": valid.normalized})
    return Read(valid.normalized)


@cache
def _mail_domains() -> dict[str, list[str]]:
    domains: dict[str, list[str]] = yaml.load(
        Path(__file__).with_name("words").joinpath("mail_domains.yaml").read_bytes(), yaml.CSafeLoader
    )
    return domains


@lru_cache(maxsize=4096)  # most people are with the same few
def _likelier_domain(domain: str) -> str | None:
    """A widely used domain one slip of the finger away, None where the domain is itself known or far from all."""
    from rapidfuzz.distance import OSA

    table = _mail_domains()
    if domain in table["used"] or domain in table["others"]:
        return None
    for used in table["used"]:
        if len(used) > 6 and OSA.distance(domain, used, score_cutoff=1) <= 1:
            return used
    stem, _, ending = domain.rpartition(".")
    if ending not in table["slips_of_com"]:
        return None
    return next((used for used in table["used"] if used.rpartition(".")[0] == stem), f"{stem}.com")


def _judged_phone(told: str, asked: Asked) -> Reading:
    import phonenumbers
    from phonenumbers import PhoneNumberType as Kind

    try:
        number = phonenumbers.parse(told, _HOME_REGION)
    except phonenumbers.NumberParseException:
        return Refused(Reason.PHONE_FORM)
    kind = phonenumbers.number_type(number)
    if number.extension or kind == Kind.UNKNOWN:  # unknown is what is_valid_number refuses, at twice the price
        return Refused(Reason.PHONE_FORM)
    if kind in {Kind.PREMIUM_RATE, Kind.SHARED_COST, Kind.UAN}:
        return Refused(Reason.PHONE_PREMIUM)
    kept = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if asked.name.endswith("mobile") and kind not in {Kind.MOBILE, Kind.FIXED_LINE_OR_MOBILE}:
        return Doubt(kept, Reason.PHONE_NOT_MOBILE, {"guess": PhoneType().show(kept, asked)})
    return Read(kept)
