"""One mail to one address: built as RFC 5322, kept as a file in the Maildir, or sent by SMTP."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from bots.mails.letters import House, Letter, as_html, as_text
from bots.mails.maildir import keep
from bots.mails.smtp import send


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    content: bytes


def build(letter: Letter, *, to: str, message_id: str, house: House, at: datetime, attachment: Attachment | None = None) -> EmailMessage:
    """The message: the same letter and instant give the same headers. An address that is none raises ValueError, as do line breaks."""
    if not to:
        raise ValueError("a mail needs an address")
    message = EmailMessage(policy=SMTP.clone(utf8=not to.isascii()))
    message["From"] = Address(house.agency, addr_spec=house.email)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(as_text(letter), cte="quoted-printable")
    message.add_alternative(as_html(letter), subtype="html", cte="quoted-printable")
    if attachment:
        message.add_attachment(attachment.content, maintype="application", subtype="pdf", filename=attachment.name)
    message["Content-Language"] = letter.language  # last: making it multipart moves Content- headers into the first part
    return message


async def deliver(message: EmailMessage, *, name: str, smtp_url: str | None, maildir: Path) -> None:
    """Sends by SMTP where there is an address of a server, else keeps the mail as a file called `name` (the same name again
    replaces it). Raises `bots.mails.smtp.NotSent`, which says whether trying again can help."""
    if smtp_url:
        await send(message, smtp_url)
    else:
        await asyncio.to_thread(keep, message, maildir, name)
