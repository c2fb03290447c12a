"""Sending by SMTP: what failed for now, and what failed for good."""

from urllib.parse import unquote, urlsplit

import aiosmtplib

from bots.mails.addresses import mailbox

TIMEOUT_S = 30.0
INTERNATIONAL = ("SMTPUTF8", "BODY=8BITMIME")  # RFC 6531, for an address that is not ASCII
PORTS = {"smtp": 587, "smtps": 465}
OUR_FAULT = frozenset({530, 534, 535, 538})  # sign-in and encryption: for the operator to mend, the address is not to blame


class NotSent(Exception):  # noqa: N818 - the outcome of a sending, not always an error
    """A mail that was not taken. `code` names why without repeating the server's sentence, which may hold the address."""

    def __init__(self, code: str, *, is_permanent: bool) -> None:
        super().__init__(code, is_permanent)
        self.code = code
        self.is_permanent = is_permanent


async def send(content: bytes, *, sender: str, to: str, url: str) -> None:
    """Sends one mail to its one address over `smtp://[user:password@]host[:port]` or `smtps://…`; a STARTTLS offer is taken, and
    required where a password goes over the line."""
    server = urlsplit(url)
    if server.scheme not in PORTS or not server.hostname:
        raise ValueError("SOSPESO_SMTP_URL is smtp://[user:password@]host[:port] or smtps://…")
    recipient = mailbox(to).addr_spec
    try:
        await aiosmtplib.send(
            content,
            sender=sender,
            recipients=[recipient],
            mail_options=[] if recipient.isascii() else INTERNATIONAL,
            hostname=server.hostname,
            port=server.port or PORTS[server.scheme],
            username=unquote(server.username) if server.username else None,
            password=unquote(server.password) if server.password else None,
            use_tls=server.scheme == "smtps",
            start_tls=True if server.username and server.scheme == "smtp" else None,
            timeout=TIMEOUT_S,
        )
    except aiosmtplib.SMTPRecipientsRefused as refused:
        raise _by_code(refused.recipients[0].code) from refused
    except aiosmtplib.SMTPResponseException as answer:
        raise _by_code(answer.code) from answer
    except aiosmtplib.SMTPNotSupported as lack:  # of SMTPUTF8: waiting teaches no server that
        raise NotSent("smtp_utf8", is_permanent=True) from lack
    except (aiosmtplib.SMTPException, OSError) as error:
        raise NotSent("smtp_connection", is_permanent=False) from error


def _by_code(code: int) -> NotSent:
    return NotSent(f"smtp_{code}", is_permanent=500 <= code <= 599 and code not in OUR_FAULT)
