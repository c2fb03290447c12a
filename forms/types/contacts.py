"""E-mail addresses and telephone numbers."""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from forms.addresses import read_address
from forms.types.base import Asked, Doubt, Read, Reading, Wire
from forms.types.characters import clean_line, compatible
from forms.types.showing import phone
from forms.types.text import Typed
from forms.types.vocabulary import vocabularies, vocabulary
from rules.refusals import Reason, Refused

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

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
    valid = read_address(address)
    if valid is None:
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

    mobile, dear = {Kind.MOBILE, Kind.FIXED_LINE_OR_MOBILE}, {Kind.PREMIUM_RATE, Kind.SHARED_COST, Kind.UAN}
    number = _parsed_phone(told, _HOME_REGION)
    kind = phonenumbers.number_type(number) if number else Kind.UNKNOWN  # unknown is what is_valid_number refuses, at twice the price
    needs_mobile = asked.name.endswith("mobile")
    if kind not in mobile and (needs_mobile or kind in {Kind.UNKNOWN, *dear}):
        from_home = _mobile_of_home(told, asked)
        if from_home is not None:
            return from_home
    if number is None or number.extension or kind == Kind.UNKNOWN:
        return Refused(Reason.PHONE_FORM)
    if kind in dear:
        return Refused(Reason.PHONE_PREMIUM)
    kept = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if needs_mobile and kind not in mobile:
        return Doubt(kept, Reason.PHONE_NOT_MOBILE, {"guess": phone(kept)})
    return Read(kept)


def _parsed_phone(told: str, region: str) -> "PhoneNumber | None":
    import phonenumbers

    try:
        return phonenumbers.parse(told, region)
    except phonenumbers.NumberParseException:
        return None


def _mobile_of_home(told: str, asked: Asked) -> Doubt | None:
    """A mobile written as where the conversation's language is spoken, "0912 345 6789": asked about, since it is nobody's in Italy."""
    import phonenumbers

    region = vocabulary(asked.language).phone_region
    number = _parsed_phone(told, region) if region and not told.startswith(("+", "00")) else None
    if number is None or number.extension or phonenumbers.number_type(number) != phonenumbers.PhoneNumberType.MOBILE:
        return None
    kept = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Doubt(kept, Reason.PHONE_FROM_HOME, {"guess": phone(kept)})
