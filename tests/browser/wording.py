"""Sample texts of the hand-made scenes; visibly invented."""

from typing import Any

TEXTS: dict[str, dict[str, Any]] = {
    "it": {
        "name": "Italiano", "language": "Lingua", "family": "Cognome", "given": "Nome", "birth": "Data di nascita", "tax": "Codice fiscale",
        "said": "Grazie. Cognome e nome li ho scritti come sul documento: se c’è un errore, toccali e li cambi.",
        "mismatch": "Il codice fiscale non corrisponde alla data di nascita. Nel codice c’è il 15, tu hai scritto il 12: uno dei due va corretto.",
        "receipt": "Ricevuta R-2026-000417", "receipt_text": "La ricevuta è nella tua posta: dimostra che cosa hai confermato e quando.",
        "short_notice": "Agenzia Demo usa il tuo indirizzo per riconoscerti e mandarti un codice.\nIl testo completo è in fondo alla pagina.",
        "why": "Per sapere con certezza chi sei e per controllare il codice fiscale.\nSenza, l’agenzia non può emettere la polizza.",
        "hint": "Giorno, mese e anno, come sul documento.", "birth_date": "Quando sei nata?", "doing": "domanda 5 di 8", "example": "12 marzo 1980",
        "sections": ["Identità", "Documento", "Residenza", "Famiglia", "Lavoro", "Banca"], "alarm": "C’è un allarme?", "money": "Quanto vale il contenuto?",
        "place": "In quale comune sei nata?", "notes": "Vuoi aggiungere qualcosa?", "email": "Qual è il tuo indirizzo e-mail?", "code": "Scrivi il codice che ti ho mandato {}",
        "file": "Una foto del fronte del documento", "question": "Perché vi serve la data di nascita?", "answer": "Per controllare il codice fiscale; non cambia il prezzo.",
        "sure": "Sei nata il 12 marzo 1910. È giusto così?", "home": "Che tipo di casa è?", "option": "Scelta", "tax_code": "Qual è il tuo codice fiscale?",
        "homes": [("flat", "Appartamento", "In un edificio con altri alloggi"), ("terraced", "A schiera", "Pareti in comune da due lati"), ("farmhouse", "Casa rurale", "Cascina o casale")],
        "consent": "Offerte dell’agenzia per e-mail", "consent_lead": "Agenzia Demo vorrebbe mandarti offerte. Decidi tu.", "consent_ask": "Vuoi ricevere le offerte per e-mail?",
        "consent_answers": ["Sì, acconsento", "No, non acconsento"], "free": "È una scelta libera: il preventivo e la polizza sono gli stessi in tutti e due i casi.",
        "paper": "Il titolare, Agenzia Demo, vorrebbe usare il tuo indirizzo e-mail.\n\n## Che cosa usiamo\n\n- Nome e indirizzo e-mail\n- Tipo di coperture che hai già\n\n## Per quanto tempo\n\nPer 24 mesi da quando acconsenti.",
        "since": "1° novembre 2026", "withdraw": "Cambi idea quando vuoi: scrivi «consensi».", "draft": "BOZZA: testo dimostrativo, non rivisto da un legale.", "position": "1 di 4",
        "building": "Fabbricato, 150.000 €", "base": "base 0,90 ‰ × 150.000", "year": "anno 1975", "liability": "Responsabilità civile, 1.000.000 €", "least": "minimo della copertura",
        "roof": "Tetto", "tiles": "tegole", "state": "Stato", "good": "buono", "per": "all’anno, imposte comprese, franchigia 150 €",
        "indicative": "Indicativo, non è un’offerta. Diventa un’offerta solo se una persona dell’agenzia lo verifica.", "until": "22 dicembre 2026", "go_on": "Vuoi andare avanti?",
        "referral": "Questo prezzo lo calcola una persona: l’edificio è vincolato.", "birth_value": "12 marzo 1980", "all_right": "È tutto giusto?",
        "declare": "Confermando dichiari che, per quanto ne sai, questi dati sono veri e completi.",
        "steps": ["Una persona dell’agenzia legge i dati.", "Se qualcosa non è chiaro ti chiede solo quella risposta.", "Quando vuoi una polizza lo dici tu."],
        "goal": "Che cosa vuoi fare adesso?", "goals": ["Chiedere un preventivo casa", "Vedere i miei documenti"],
        "offer": "Accetti l’offerta e chiedi la polizza?", "offer_answers": ["Accetto, chiedo la polizza", "Non accetto"], "offer_note": "Verificata da una persona. Valida fino al 22 dicembre 2026.",
    },
    "en": {
        "name": "English", "language": "Language", "family": "Family name", "given": "Given name", "birth": "Date of birth", "tax": "Tax code",
        "said": "Thank you. I wrote the names as on the document: if there is a mistake, press Change.",
        "mismatch": "The tax code does not match the date of birth. The code says 15, you wrote 12: one of the two needs correcting.",
        "receipt": "Receipt R-2026-000417", "receipt_text": "The receipt is in your mailbox: it shows what you confirmed, and when.",
        "short_notice": "Agenzia Demo uses your address to recognise you and to send you a code.\nThe full text is at the foot of the page.",
        "why": "To know for certain who you are and to check the tax code.\nWithout it the agency cannot issue the policy.",
        "hint": "Day, month and year, as on the document.", "birth_date": "When were you born?", "doing": "question 5 of 8", "example": "12 March 1980",
        "sections": ["Identity", "Document", "Residence", "Household", "Work", "Bank"], "alarm": "Is there an alarm?", "money": "What are the contents worth?",
        "place": "In which municipality were you born?", "notes": "Would you like to add anything?", "email": "What is your e-mail address?", "code": "Write the code I sent you {}",
        "file": "A photo of the front of the document", "question": "Why do you need the date of birth?", "answer": "To check the tax code; it does not change the price.",
        "sure": "You were born on 12 March 1910. Is that right?", "home": "What kind of home is it?", "option": "Choice", "tax_code": "What is your tax code?",
        "homes": [("flat", "Flat", "In a building with others"), ("terraced", "Terraced", "Walls shared on two sides"), ("farmhouse", "Farmhouse", "In the country")],
        "consent": "Offers by e-mail", "consent_lead": "Agenzia Demo would like to send you offers. You decide.", "consent_ask": "Would you like offers by e-mail?",
        "consent_answers": ["Yes, I consent", "No, I do not consent"], "free": "It is your free choice: quote and policy are the same either way.",
        "paper": "The controller, Agenzia Demo, would like to use your e-mail address.\n\n## What we use\n\n- Name and e-mail address\n- The kinds of cover you have\n\n## For how long\n\nFor 24 months from your consent.",
        "since": "1 November 2026", "withdraw": "Change your mind whenever you like: write “consents”.", "draft": "DRAFT: a sample text, not reviewed by counsel.", "position": "1 of 4",
        "building": "Building, €150,000", "base": "base 0.90 ‰ × 150,000", "year": "year 1975", "liability": "Liability, €1,000,000", "least": "least premium of the cover",
        "roof": "Roof", "tiles": "tiles", "state": "State", "good": "good", "per": "a year, taxes included, excess €150",
        "indicative": "Indicative, not an offer. It becomes one only once a person has checked it.", "until": "22 December 2026", "go_on": "Would you like to go on?",
        "referral": "A person works out this price: the building is listed.", "birth_value": "12 March 1980", "all_right": "Is everything right?",
        "declare": "By confirming you declare that, as far as you know, these details are true and complete.",
        "steps": ["A person at the agency reads the details.", "If something is unclear they ask you only that.", "When you want a policy, you say so."],
        "goal": "What would you like to do now?", "goals": ["Ask for a home quote", "See my documents"],
        "offer": "Do you accept the offer and ask for the policy?", "offer_answers": ["I accept and ask for the policy", "I do not accept"], "offer_note": "Checked by a person. Valid until 22 December 2026.",
    },
}  # fmt: skip


def texts(language: str) -> dict[str, Any]:
    """English ones for a language that has none here: its pages are tried for their layout, round the words that the program itself has."""
    return TEXTS.get(language, TEXTS["en"])
