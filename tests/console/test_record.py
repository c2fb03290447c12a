"""The audit trail as colleagues read it (R9, S4-18): who may, what each role is told, filters, pages, words for every code."""

import ast
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

import console
from console import reading
from console.record import Asked, What, list_record
from console.telling import CODES, FACTS, WHY_NOT, told_action, told_facts, told_reason, told_who
from console.wording import Wording, load_words
from rules.access import ALLOWED, LOOKS, REVEAL_REASONS, Action, Role
from rules.languages import LANGUAGES
from rules.refusals import Reason, Refused
from storage.audit import REFUSED, Audited, audit
from storage.receipts import receipts_of
from storage.tables.evidence import AuditEvent
from storage.tables.parties import Party
from tests.bots.house import AT
from tests.console.house import a_colleague, a_document, a_request, audited

ROOT = Path(console.__file__).parent.parent
ROOMS = ("sospeso", "bots", "console", "dialogs", "storage", "forms", "rules")
COMPUTED = {
    ("scrub.py", "action"): {"document.mended", "document.damaged"},
    ("sending.py", "f'sync.{row.state}'"): {"sync.sent", "sync.failed"},
    ("arriving.py", "f'{Action.IMPORT.value}.refused'"): {Action.IMPORT},
    ("acting.py", "action.value"): set(Action),
    ("acting.py", "f'{action.value}{REFUSED}'"): set(Action),
    ("staff.py", "action"): {f"staff.{each}" for each in ("added", "disabled", "enabled", "password_set", "role_changed")},
    ("syncing.py", "action.value"): {Action.RELEASE_SYNC, Action.WITHHOLD_SYNC},
}
"""Codes that are no literals where they are written down, by file and expression."""


@pytest.fixture(params=LANGUAGES)
def words(request):
    return Wording(request.param, ZoneInfo("Europe/Rome"), "EUR")


@pytest.fixture
async def auditor(house):
    return await a_colleague(house, Role.AUDITOR, "Demo Revisione")


@pytest.fixture
async def admin(house):
    return await a_colleague(house, Role.ADMIN, "Demo Sistemi")


async def noted(house, *events):
    async with house.database.transaction() as session:
        for event in events:
            await audit(session, event)


def actions_of(record):
    return [f"{row.action}{REFUSED if row.is_refused else ''}" for row in record.rows]


@pytest.mark.parametrize("role", Role)
async def test_r9_managers_auditors_and_admins_read_it_and_nobody_else(house, role):
    actor = await a_colleague(house, role)
    if role in {Role.MANAGER, Role.AUDITOR, Role.ADMIN}:
        assert (await list_record(house, actor, Asked())).rows == ()
        assert await audited(house, actor) == ["read_audit"]
    else:
        with pytest.raises(Refused, check=lambda error: error.reason is Reason.NOT_ALLOWED):
            await list_record(house, actor, Asked())
        assert await audited(house, actor) == ["read_audit.refused"]


async def test_reading_it_is_on_record_with_counts_alone(house, request_, auditor):
    await noted(house, Audited("offer.expired", AT, "clock", party=request_.party))
    await list_record(house, auditor, Asked(customer=str(request_.party)))
    async with house.database.transaction() as session:
        (event,) = await session.scalars(select(AuditEvent).where(AuditEvent.action == "read_audit"))
    assert (event.detail, event.party_id, event.subject_id) == ({"rows": 1}, None, None)


async def test_r9_it_tells_who_looked_at_what_about_whom_the_latest_first(house, request_, agent, auditor):
    await reading.open_submission(house, agent, request_.card, "it")
    await reading.open_submission(house, agent, request_.card, "it", reason="law")
    await reading.read_document(house, agent, await a_document(house, request_.party), "issue")
    document, reveal, opened = (await list_record(house, auditor, Asked())).rows
    assert [row.action for row in (document, reveal, opened)] == ["read_document", "reveal", "read_submission"]
    assert {(row.colleague, row.who, row.customer, row.at) for row in (document, reveal, opened)} == {
        ("Demo Agente", "colleague", "Esempio Demetra", AT)
    }
    assert (document.submission, reveal.submission, opened.submission) == (None, request_.card, request_.card)
    assert reveal.detail == {"reason": "law"}


async def test_a_refused_look_is_told_with_its_reason_and_whose_it_was_tried_on(house, request_, agent, auditor):
    with pytest.raises(Refused):
        await reading.open_submission(house, agent, request_.card, "it", reason="curiosity")
    (opened,) = (await list_record(house, auditor, Asked(customer=str(request_.party)))).rows
    assert (opened.action, opened.is_refused, opened.customer, opened.submission) == ("reveal", True, "Esempio Demetra", request_.card)
    assert opened.detail == {"reason": "reason_needed"}


async def test_who_makes_accounts_reads_it_without_any_customer(house, request_, agent, admin):
    await reading.open_submission(house, agent, request_.card, "it")
    order = {"rows": 3, "purpose": "Telefonare a Demetra", "import": str(request_.card)}
    await noted(house, Audited("fetch_export", AT, "operator", party=request_.party, subject=request_.card, detail=order))
    rows = (await list_record(house, admin, Asked())).rows
    assert [(row.customer, row.submission, row.is_of_customer) for row in rows] == [(None, None, True)] * 2
    assert [row.detail for row in rows] == [{"rows": 3}, {}]
    for told in (str(request_.party), "R-2026-000001"):
        with pytest.raises(Refused, check=lambda error: error.reason is Reason.NOT_ALLOWED):
            await list_record(house, admin, Asked(customer=told))


async def test_only_facts_that_are_known_to_be_harmless_are_told(house, auditor):
    await noted(house, Audited("import", AT, "clock", detail={"rows": 2, "import": "0190", "sentence": "Demetra"}))
    ((row),) = (await list_record(house, auditor, Asked())).rows
    assert row.detail == {"rows": 2}


async def test_it_is_filtered_by_who(house, agent, other, manager):
    await noted(
        house,
        Audited("sign_in", AT, colleague=agent.id),
        Audited("account.entered", AT, "customer"),
        Audited("offer.expired", AT, "clock"),
        Audited("evidence.made", AT, "operator"),
        Audited("sign_in.refused", AT, detail={"why": "wrong"}),
    )
    for who, expected in (
        (agent.id, ["sign_in"]),
        (other.id, []),
        ("customer", ["account.entered"]),
        ("clock", ["offer.expired"]),
        ("operator", ["evidence.made"]),
        (None, ["read_audit"] * 5 + ["sign_in.refused", "evidence.made", "offer.expired", "account.entered", "sign_in"]),
    ):
        assert actions_of(await list_record(house, manager, Asked(who))) == expected


async def test_it_is_filtered_by_looks_acts_and_refusals(house, agent, manager):
    codes = ("read_submission", "approve", "fetch_export", "account.refused", "read_submission.refused", "sync.sent", "erasure.kept_read")
    await noted(house, *(Audited(code, AT, colleague=agent.id) for code in codes))
    told = {what: actions_of(await list_record(house, manager, Asked(agent.id, what))) for what in What}
    assert told == {
        What.EVERYTHING: [*reversed(codes)],
        What.LOOKS: ["erasure.kept_read", "fetch_export", "read_submission"],
        What.ACTS: ["sync.sent", "approve"],
        What.REFUSED: ["read_submission.refused", "account.refused"],
    }


async def test_it_is_filtered_by_a_customers_id_or_receipt_after_they_were_erased_too(house, request_, manager):
    other = await a_request(house, email="demo.due@example.org")
    await noted(house, Audited("claim", AT, party=request_.party), Audited("approve", AT, party=other.party))
    async with house.database.transaction() as session:
        number = (await receipts_of(session, request_.party))[0].number
    for told in (str(request_.party), f" {number} "):
        assert actions_of(await list_record(house, manager, Asked(customer=told))) == ["claim"]
    async with house.database.transaction() as session:
        (await session.get_one(Party, request_.party)).display_name = None
    ((row),) = (await list_record(house, manager, Asked(customer=str(request_.party)))).rows
    assert row.customer == str(request_.party)


@pytest.mark.parametrize("told", ["R-2026-999999", "Demetra", "00000000-0000-7000-8000-000000000000", "R-2026\x00\ud800", "'; --"])
async def test_a_customer_there_is_not_is_refused_in_words_and_on_record(house, request_, manager, told):
    with pytest.raises(Refused, check=lambda error: error.facts == {"state": "customer_unknown"}):
        await list_record(house, manager, Asked(customer=told))
    assert await audited(house, manager) == ["read_audit.refused"]


async def test_pages_follow_each_other_without_a_gap_or_a_double_while_more_is_written_down(house, manager):
    await noted(house, *(Audited("offer.expired", AT, "clock", detail={"line": line}) for line in range(7)))
    asked, told, before = Asked("clock"), [], None
    for expected in (3, 3, 1):
        page = await list_record(house, manager, asked, before=before, size=3)
        assert len(page.rows) == expected
        told += [row.detail["line"] for row in page.rows]
        before = page.next
        await noted(house, Audited("offer.expired", AT, "clock", detail={"line": 99}))
    assert (told, before) == ([6, 5, 4, 3, 2, 1, 0], None)


async def test_a_full_last_page_has_no_next(house, manager):
    await noted(house, *(Audited("offer.expired", AT, "clock") for _ in range(3)))
    assert (await list_record(house, manager, Asked("clock"), size=3)).next is None


async def test_colleagues_of_one_name_are_told_apart_by_their_address(house, agent, manager):
    namesake = await a_colleague(house, email="demo.due@example.org")
    colleagues = (await list_record(house, manager, Asked())).colleagues
    assert colleagues[namesake.id] == "Demo Agente, demo.due@example.org"
    assert colleagues[manager.id] == "Demo Responsabile"


# words


def test_s4_18_every_code_that_is_written_down_has_its_words(words):
    assert set(words.of("record.acts")) == CODES


def test_s4_18_no_code_is_written_down_that_the_record_cannot_tell():
    written = set()
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
        for call in calls:
            if isinstance(call.func, ast.Name) and call.func.id == "Audited" and call.args:
                written |= codes_of(call.args[0], path)
    assert len(written) > len(Action)
    assert {code.removesuffix(REFUSED) for code in written} <= CODES


def codes_of(code, path):
    if isinstance(code, ast.Constant):
        return {code.value}
    told = ast.unparse(code)
    named = {f"Action.{action.name}.value": {action.value} for action in Action}
    assert told in named or (path.name, told) in COMPUTED, f"{path}: say in COMPUTED which codes {told} can be"
    return named.get(told) or COMPUTED[path.name, told]


def test_looks_are_codes_of_the_trail():
    assert LOOKS <= CODES
    assert not LOOKS & {action.value for action in (Action.CLAIM, Action.EXPORT, Action.ORDER_ERASURE, Action.RELEASE_SYNC)}
    assert {action.value for action in ALLOWED[Role.AUDITOR]} - LOOKS == {
        Action.EXPORT.value, Action.AGREE_TO_EXPORT.value, Action.AGREE_TO_ERASURE.value, Action.CONFIRM_DESTRUCTION.value
    }  # fmt: skip


def test_an_unknown_code_is_told_as_it_is(words):
    assert told_action(words, "demo.unheard_of") == "demo.unheard_of"
    assert told_reason(words, {"reason": "demo_unheard_of"}) == "demo_unheard_of"
    assert told_reason(words, {}) == ""


def test_a_list_that_was_refused_is_told_in_words(words):
    told = {code: told_reason(words, {"reason": code}) for code in ("import_again", "import_table", "import_encoding")}
    assert told["import_table"] == told["import_encoding"] != told["import_again"]
    assert not any("_" in words_of_it for words_of_it in told.values())


def test_every_refusal_that_the_desk_words_is_told_in_a_few_words(words):
    worded = {reason.value for reason in Reason if reason.value in words.of("refused")}
    assert worded | {"wrong", "locked", "second wrong", "second locked"} <= set(words.of("record.reasons"))
    assert not [text for text in words.of("record.reasons").values() if len(text) > 50]


def test_every_fact_has_its_words_and_no_other(words):
    assert set(words.of("record.facts")) == set(FACTS)


def test_facts_are_told_as_people_read_them():
    words = Wording("it", ZoneInfo("Europe/Rome"), "EUR")
    order = {"aim": "service", "rows": 12, "format": "csv", "purpose": "Giro di telefonate", "subject": "clients"}
    assert list(told_facts(words, order)) == [
        "Clienti", "Foglio di calcolo (csv)", "righe: 12", "Richieste e contratti dei clienti", "«Giro di telefonate»"
    ]  # fmt: skip
    for detail, told in (
        ({"premium_cents": 46287}, ["premio 462,87\xa0€"]),
        ({"reason": "law"}, ["motivo: Legge, autorità o reclamo"]),
        ({"form": "page", "rows": 2}, ["a video", "righe: 2"]),
        ({"form": "registration_person", "source": "telephone", "values": 4}, ["fonte: Per telefono", "Registrazione", "risposte: 4"]),
        ({"is_dry": False, "error": None, "same": 0}, []),
        ({"rows": 0}, ["righe: 0"]),
        ({"is_dry": True, "source": "gestionale"}, ["fonte: gestionale", "prova, senza tenere niente"]),
        ({"choice": "ours"}, ["tenuta la nostra"]),
        ({"decision": "released", "line": 4}, ["rilasciato", "riga 4"]),
    ):
        assert list(told_facts(words, detail)) == told
    assert list(told_facts(words, {"reason": "not_allowed"}, but=WHY_NOT)) == []


def test_a_reveals_reason_is_worded_in_every_language(words):
    assert all(words.of("reveal.reasons")[reason] in next(told_facts(words, {"reason": reason})) for reason in REVEAL_REASONS)


def test_who_has_no_name_is_told_by_what_they_are(words):
    assert told_who(words, "colleague", "Demo Agente") == "Demo Agente"
    assert len({told_who(words, who, None) for who in ("colleague", "customer", "clock", "operator")}) == 4


def test_the_time_is_told_to_the_second_in_the_agencys_zone_and_the_languages_digits():
    at = AT.replace(hour=8, minute=5, second=9)
    assert Wording("it", ZoneInfo("Europe/Rome"), "EUR").moment(at) == "22 novembre 2026, 09:05:09"
    assert Wording("fa", ZoneInfo("Europe/Rome"), "EUR").moment(at).endswith("۰۹:۰۵:۰۹")


def test_every_language_has_a_name_for_it_in_the_menu():
    assert all(load_words(language)["menu"]["record"] == load_words(language)["record"]["title"] for language in LANGUAGES)
