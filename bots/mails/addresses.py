"""An address as a mail carries it."""

import re
from email.headerregistry import Address
from typing import Final

_ATOM: Final = r"""[^\s\x00-\x20\x7f-\x9f\ud800-\udfff()<>\[\]:;@\\,."]+"""
_MAILBOX: Final = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@({_ATOM}(?:\.{_ATOM})*)")
"""RFC 5322's dot-atom, of any letters (RFC 6531): what a form takes is no wider."""


def mailbox(address: str) -> Address:
    """A domain in other letters comes as a server knows it (xn--…), unless what is before the @ needs SMTPUTF8 anyway. Raises ValueError
    where it is not exactly one address, or holds what a header would show as other words."""
    parts = _MAILBOX.fullmatch(address)
    if parts is None or "=?" in address:
        raise ValueError("a mail needs one address")
    local, domain = parts.groups()
    if local.isascii() and not domain.isascii():
        domain = _ascii_domain(domain)
    # apart: told as one, the library takes no letter before the @ that is not ASCII
    return Address(username=local, domain=domain)


def _ascii_domain(domain: str) -> str:
    """IDNA 2008, as the form reads it."""
    from email_validator import validate_email

    return validate_email(f"postmaster@{domain}", check_deliverability=False).ascii_domain
