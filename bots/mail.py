"""One mail to one address: built as RFC 5322, kept as a file in the Maildir, or sent by SMTP."""

import asyncio
from base64 import encodebytes
from email.header import Header
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from bots.mails.addresses import mailbox
from bots.mails.letters import as_html, as_text
from bots.mails.maildir import keep
from bots.mails.smtp import send
from bots.orders import Attachment, MailOrder


class _Headers(HeaderRegistry):
    """The standard one makes a class anew for each header it meets: a quarter of the time that a mail took."""

    @cache  # noqa: B019 - there is one registry, and as many names as mails have headers
    def __getitem__(self, name: str) -> type:
        kind: type = super().__getitem__(name)
        return kind


class _Policy(EmailPolicy):
    """Keeps a subject's blanks inside of its encoded words: the library parts long ones at a blank, which stands between two words
    then and is left out by whoever reads them."""

    def fold(self, name: str, value: str) -> str:
        text = str(value)
        if name.lower() != "subject" or text.isascii() or self.utf8:
            folded: str = super().fold(name, value)
            return folded
        return f"{name}: {Header(text, 'utf-8', header_name=name).encode(linesep=self.linesep)}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode() if name.lower() == "subject" else super().fold_binary(name, value)


ASCII = _Policy(linesep="\r\n", header_factory=_Headers())
INTERNATIONAL = ASCII.clone(utf8=True)
_BLANKS = str.maketrans({"\u00a0": " ", "\u202f": " "})
"""Some mailboxes leave no-break spaces of a subject out."""
PLACE = b"the paper comes here"


def build(order: MailOrder) -> EmailMessage:
    """The message: the same letter and instant give the same headers. An address that is none raises ValueError, as do line breaks."""
    letter, to, attachment = order.letter, order.to, order.attachment
    recipient = mailbox(to)
    message = EmailMessage(policy=ASCII if recipient.addr_spec.isascii() else INTERNATIONAL)
    message["From"] = Address(order.house.agency, addr_spec=order.house.email)
    message["To"] = recipient
    message["Subject"] = letter.subject.translate(_BLANKS)
    message["Date"] = format_datetime(order.at)
    message["Message-ID"] = order.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(as_text(letter), cte="quoted-printable")
    message.add_alternative(as_html(letter), subtype="html", cte="quoted-printable")
    if attachment:
        message.add_attachment(attachment.content, maintype="application", subtype="pdf", filename=attachment.name)
    message["Content-Language"] = letter.language  # last: making it multipart moves Content- headers into the first part
    return message


def composed(order: MailOrder) -> bytes:
    """As it goes over the line and into a file."""
    if order.attachment is None:
        return build(order).as_bytes()
    # The library takes a paper's base64 apart and together line by line, twice: half of the whole mail's time.
    placed = replace(order, attachment=Attachment(order.attachment.name, PLACE))
    head, _, tail = build(placed).as_bytes().rpartition(encodebytes(PLACE).rstrip())
    return head + encodebytes(order.attachment.content).rstrip().replace(b"\n", b"\r\n") + tail


async def deliver(content: bytes, *, sender: str, to: str, name: str, smtp_url: str | None, maildir: Path) -> None:
    """Sends by SMTP where there is an address of a server, else keeps the mail as a file called `name` (the same name again
    replaces it). Raises `bots.mails.smtp.NotSent`, which says whether trying again can help."""
    if smtp_url:
        await send(content, sender=sender, to=to, url=smtp_url)
    else:
        await asyncio.to_thread(keep, content, maildir, name)
