"""Papers with visibly invented contents."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

from forms.papers.model import Agency, Occasion, Paper, PaperAct, PaperRow, PaperSection, PaperState, PaperSum, Proof

AT = datetime(2026, 11, 22, 10, 42, 7, tzinfo=timezone(timedelta(hours=1)))
STAMP = "22/11/26/10/42/07 demo.customer@example.org"
STATES: dict[Occasion, PaperState] = {
    "registration": "suspended",
    "quote": "suspended",
    "card_update": "suspended",
    "card_confirmation": "confirmed",
    "offer_acceptance": "issue_requested",
    "offer_refusal": "refused",
    "consents": "recorded",
    "offer": "quoted",
    "policy": "issued",
    "path": "path",
    "erasure": "erased",
}


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def some_sections(count: int = 5, rows: int = 5) -> tuple[PaperSection, ...]:
    return tuple(
        PaperSection(
            f"Section {s}",
            (
                *(PaperRow(f"Label {s}.{r}", f"Demo answer {s}.{r} perché città", is_code=False) for r in range(1, rows)),
                PaperRow("IBAN", "IT60 X054 2811 1010 0000 0123 456", is_code=True),
                PaperRow("PEC", ""),
            ),
        )
        for s in range(1, count + 1)
    )


def some_acts(count: int = 4) -> tuple[PaperAct, ...]:
    return tuple(PaperAct(f"Module {n}", "Non acconsento", "3", digest(f"text {n}"), AT.astimezone(UTC)) for n in range(1, count + 1))


def a_proof(stamp: str = STAMP) -> Proof:
    return Proof(stamp, AT, 23, digest("shown"), digest("head"))


def a_paper(occasion: Occasion = "registration", language: str = "it", **changes: object) -> Paper:
    paper = Paper(
        occasion=occasion,
        language=language,
        number="R-2026-000417",
        state=STATES[occasion],
        agency=Agency("Agenzia Demo", "via Esempio 1, 80100 Napoli · RUI n. A000000000 · agenzia@example.org"),
        made_at=AT,
        parties=(
            PaperSection("Contraente", (PaperRow("Cognome e nome", "Demo Cliente"), PaperRow("E-mail", "demo.customer@example.org"))),
        ),
        sum=PaperSum("462,87 €", "all’anno", "Offerta valida fino al 22 dicembre 2026.") if occasion in {"offer", "policy"} else None,
        sections=some_sections(),
        declarations=("Confermo che i dati sono completi e veri. DEMO.",),
        acts=some_acts(),
        proof=None if occasion == "offer" else a_proof(),
        verify_url="https://agenzia.example.org/check/R-2026-000417#5f2c91d0",
    )
    return replace(paper, **changes)  # type: ignore[arg-type]
