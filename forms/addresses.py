"""E-mail addresses as the house takes them, a customer's as well as the agency's own."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email_validator import ValidatedEmail


def read_address(text: str) -> "ValidatedEmail | None":
    """Its parts and its normal form; None for what is no address, or one within a network only. Nobody is asked whether it exists."""
    from email_validator import EmailNotValidError, validate_email  # here: most that import this read none

    try:
        valid = validate_email(text, check_deliverability=False, strict=True)
    except EmailNotValidError:
        return None
    if "=?" in valid.local_part:  # would begin an encoded word (RFC 2047): a mail's header would show another address
        return None
    return valid if "." in valid.domain and len(valid.domain.rpartition(".")[2]) >= 2 else None
