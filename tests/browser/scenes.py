"""Every scene of the web chat as a hand-made view, in Italian and English, for tests of the pages alone."""

from dataclasses import replace
from typing import Any

import msgspec

from dialogs.chat_view import ChatView, CoverPrice, Paper, Price, Progress, RowGroup, Said, Sent
from dialogs.messages import Ask, Row
from tests.browser.wording import texts

SHOWN = "0f" * 32
EMAIL = "demo.cliente@example.org"
LONG_EMAIL = "demetra.addolorata.esempio@posta.example.org"
STAMP = f"22/11/26/10/42/07 {EMAIL}"
BIRTH = "registration_person.identity.birth_date"


def every_scene(language: str) -> dict[str, tuple[ChatView, list[dict[str, Any]]]]:
    """Scene name -> the view and the messages of the last turn."""
    t = texts(language)
    house = [{"kind": "text", "text": t["said"]}]
    problem = [{"kind": "problem", "text": t["mismatch"]}]
    receipt = {"id": "d", "title": t["receipt"], "media_type": "application/pdf", "bytes": 39_426}
    document = [{"kind": "document", "text": t["receipt_text"], "document": receipt}]
    notice = [{"kind": "notice", "text": t["short_notice"]}]
    talking = replace(a_view(language), thread=(Said("customer", None, t["question"]), Said("house", None, t["answer"])))
    return {
        "ask": (a_view(language), house),
        "choice": (a_choice(language), house),
        "select": (a_select(language), []),
        "checkbox": (
            replace(a_choice(language), ask=msgspec.structs.replace(_ask(a_choice(language)), type="choices", value=["flat"])),
            [],
        ),
        "yes_no": (replace(a_view(language), ask=an_ask(t, "alarm", "yes_no", t["alarm"]), input="radio"), []),
        "money": (replace(a_view(language), ask=an_ask(t, "value", "money", t["money"], unit="EUR"), input="decimal"), []),
        "search": (replace(a_view(language), ask=an_ask(t, "birth_municipality", "municipality", t["place"]), input="search"), []),
        "multiline": (replace(a_view(language), ask=an_ask(t, "notes", "multiline", t["notes"]), input="textarea"), []),
        "email": (replace(a_view(language), card=(), ask=an_ask(t, "email", "email", t["email"]), input="email"), notice),
        "code": (
            replace(a_view(language), card=(), ask=an_ask(t, "email_code", "code", t["code"].format(LONG_EMAIL)), input="numeric"),
            house,
        ),
        "upload": (
            replace(
                a_view(language), ask=an_ask(t, "document_front", "file", t["file"], accept=("image/jpeg", "application/pdf")), input="file"
            ),
            [],
        ),
        "refused": (a_refusal(language), problem),
        "talk": (talking, [{"kind": "text", "text": t["answer"]}]),
        "talked": (talking, house),
        "person": (a_talk_with_a_colleague(language), []),
        "sure": (replace(a_view(language), ask=an_ask(t, "birth_date.sure", "confirm", t["sure"]), input="none"), []),
        "consent": (a_consent(language), []),
        "price": (a_price(language), []),
        "referral": (a_referral(language), []),
        "review": (a_review(language), []),
        "quote_review": (replace(a_review(language), price=a_price(language).price), []),
        "sent": (a_sent(language), document),
        "requested": (a_sent(language, "offer_accept"), document),
        "refused_offer": (a_sent(language, "offer_refuse"), document),
        "offer": (an_offer(language), document),
        "closed": (replace(a_view(language), scene="closed", ask=None), house),
    }


def an_ask(t: dict[str, Any], name: str, kind: str, text: str, **more: Any) -> Ask:
    return Ask(
        path=f"registration_person.identity.{name}", form="registration_person", section="identity", name=name, type=kind, text=text,
        required=True, shown=SHOWN, answered=4, total=38, why=t["why"], **({"hint": t["hint"]} | more),
    )  # fmt: skip


def a_talk_with_a_colleague(language: str) -> ChatView:
    t = texts(language)
    thread = (Said("customer", None, t["question"]), Said("colleague", "Demo Due", t["answer"]))
    return replace(a_view(language), scene="person", ask=None, colleague="Demo Due", card=(), thread=thread)


def a_view(language: str) -> ChatView:
    t = texts(language)
    return ChatView(
        language=language,
        scene="ask",
        ask=an_ask(t, "birth_date", "date", t["birth_date"], min="1906-11-22", max="2008-11-22"),
        input="date",
        doing=t["doing"],
        progress=tuple(Progress(title, 4 if i == 0 else 0, 8, is_current=i == 0) for i, title in enumerate(t["sections"])),
        card=(Row("journey.language", t["language"], t["name"]), Row("journey.email", "E-mail", EMAIL, ltr=True), Row(f"{BIRTH}x", t["family"], "Demo"), Row(f"{BIRTH}y", t["given"], "Cliente")),
        can_go_back=True,
        can_skip=True,
        can_skip_section=True,
        example=t["example"],
        thread=(),
    )  # fmt: skip


def a_choice(language: str) -> ChatView:
    t = texts(language)
    choices = tuple({"value": value, "label": label, "description": more} for value, label, more in t["homes"])
    return replace(a_view(language), card=(), ask=an_ask(t, "home_kind", "choice", t["home"], choices=choices, hint=None), input="radio")


def a_select(language: str) -> ChatView:
    t = texts(language)
    choices = tuple({"value": f"v{number}", "label": f"{t['option']} {number}"} for number in range(12))
    return replace(a_view(language), ask=an_ask(t, "country", "choice", t["home"], choices=choices), input="select")


def a_refusal(language: str) -> ChatView:
    t = texts(language)
    return replace(a_view(language), card=(), ask=an_ask(t, "tax_code", "it_tax_code", t["tax_code"], max_length=16), input="text")


def a_consent(language: str) -> ChatView:
    t = texts(language)
    choices = tuple({"value": value, "label": label} for value, label in zip(("accept", "refuse"), t["consent_answers"], strict=True))
    paper = Paper(
        t["consent"], t["consent_lead"], t["paper"], "2026-11", t["since"], "9c417e0a52d8b3f6" * 4, t["withdraw"], t["draft"], t["position"]
    )
    ask = an_ask(t, "act_email", "choice", t["consent_ask"], choices=choices, hint=t["free"])
    return replace(a_view(language), scene="consent", ask=ask, paper=paper, input="radio", card=())


def a_price(language: str) -> ChatView:
    t = texts(language)
    covers = (
        CoverPrice(t["building"], "148,50", ((t["base"], "135,00"), (t["year"], "× 1,10"))),
        CoverPrice(t["liability"], "63,85", ((t["least"], "63,85"),)),
    )
    assumed = (Row("quote_home.home.roof", t["roof"], t["tiles"]), Row("quote_home.home.state", t["state"], t["good"]))
    price = Price("462,87 €", t["per"], t["indicative"], covers, "399,17 €", "63,70 €", assumed, t["until"], "home 2026-11", "4f0d91bc" * 8)
    return replace(
        a_view(language), scene="price", price=price, ask=an_ask(t, "go_on", "yes_no", t["go_on"], hint=None), input="radio", card=()
    )


def a_referral(language: str) -> ChatView:
    view = a_price(language)
    assert view.price is not None
    price = replace(view.price, total=None, per="", note=texts(language)["referral"], covers=(), net="", tax="", assumptions=())
    return replace(view, price=price)


def a_review(language: str) -> ChatView:
    t = texts(language)
    rows = (Row(BIRTH, t["birth"], t["birth_value"]), Row(f"{BIRTH}t", t["tax"], "DMECLN80C52F839X", ltr=True), Row(f"{BIRTH}p", "PEC", ""))
    groups = tuple(RowGroup(title, rows) for title in t["sections"][:3])
    return replace(
        a_view(language),
        scene="review",
        groups=groups,
        declaration=t["declare"],
        ask=an_ask(t, "confirm", "confirm", t["all_right"], hint=None),
        card=(),
    )


def a_sent(language: str, form: str = "registration_person") -> ChatView:
    t = texts(language)
    sent = Sent(form, "R-2026-000417", STAMP, (EMAIL,), tuple(t["steps"]))
    choices = tuple({"value": value, "label": label} for value, label in zip(("quote_home", "documents"), t["goals"], strict=True))
    return replace(
        a_view(language),
        scene="sent",
        sent=sent,
        card=(),
        progress=(),
        ask=an_ask(t, "goal", "choice", t["goal"], choices=choices, hint=None),
        input="radio",
    )


def an_offer(language: str) -> ChatView:
    t = texts(language)
    view = a_price(language)
    choices = tuple({"value": value, "label": label} for value, label in zip(("accept", "refuse"), t["offer_answers"], strict=True))
    assert view.price is not None
    return replace(
        view,
        scene="offer",
        price=replace(view.price, assumptions=(), note=t["offer_note"]),
        ask=an_ask(t, "act", "choice", t["offer"], choices=choices, hint=None),
    )


def _ask(view: ChatView) -> Ask:
    assert view.ask is not None
    return view.ask
