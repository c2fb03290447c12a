"""The demo's mailbox shows what was mailed, and lets nothing of it run."""

import mailbox
from email.message import EmailMessage

import httpx

from tests.bots.web.conftest import Made, a_client

NASTY = '<p onclick="x()">Ciao</p><script>top.location="https://evil.example"</script>'


def a_mail(subject: str, *, html: str | None = None, pdf: bytes | None = None) -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "agenzia@example.org", "demo@example.org"
    message["Date"] = "Sun, 22 Nov 2026 09:26:53 +0100"
    message.set_content("Il codice è 246810 <b>")
    if html:
        message.add_alternative(html, subtype="html")
    if pdf:
        message.add_attachment(pdf, maintype="application", subtype="pdf", filename='ricevuta "1"\r\n.pdf'.replace("\r\n", ""))
    return message


def delivered(made: Made, *messages: EmailMessage) -> list[str]:
    box = mailbox.Maildir(made.home / "mail")
    return [box.add(message) for message in messages]


async def test_mails_are_listed_and_shown(client: httpx.AsyncClient, made: Made) -> None:
    assert "Non è ancora partita" in (await client.get("/mail")).text
    delivered(made, a_mail("Primo <script>"), a_mail("Secondo", html=NASTY, pdf=b"%PDF-1.7 x"))
    page = (await client.get("/mail")).text
    assert "Primo &lt;script&gt;" in page
    assert "allegati: 1" in page


async def test_a_mails_html_can_neither_run_nor_load_nor_leave_its_frame(client: httpx.AsyncClient, made: Made) -> None:
    delivered(made, a_mail("Secondo", html=NASTY, pdf=b"%PDF-1.7 x"))
    key = (await client.get("/mail")).text.split('href="/mail/')[1].split('"')[0]
    page = (await client.get(f"/mail/{key}")).text
    assert "246810 &lt;b&gt;" in page
    assert "sandbox" in page
    html = await client.get(f"/mail/{key}/html")
    policy = html.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    assert html.text.strip() == NASTY


async def test_an_attachment_is_downloaded_under_its_name(client: httpx.AsyncClient, made: Made) -> None:
    delivered(made, a_mail("Terzo", pdf=b"%PDF-1.7 x"))
    key = (await client.get("/mail")).text.split('href="/mail/')[1].split('"')[0]
    file = await client.get(f"/mail/{key}/attachments/0")
    assert (file.content, file.headers["content-type"]) == (b"%PDF-1.7 x", "application/pdf")
    assert file.headers["content-disposition"].startswith("attachment; filename=")
    assert '"1"' not in file.headers["content-disposition"]
    for rest in ("attachments/1", "html", "attachments/99999999999"):
        assert (await client.get(f"/mail/{key}/{rest}")).status_code == 404


async def test_no_key_leads_out_of_the_mailbox(client: httpx.AsyncClient, made: Made) -> None:
    delivered(made, a_mail("Primo"))
    for key in ("..%2f..%2fetc%2fpasswd", "nothing", "%00"):
        assert (await client.get(f"/mail/{key}")).status_code == 404


async def test_there_is_no_mailbox_outside_the_demo(made: Made) -> None:
    from dataclasses import replace

    async with a_client(replace(made.services(), is_demo=False)) as client:
        assert (await client.get("/mail")).status_code == 404
