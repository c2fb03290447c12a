"""All that is held about a customer, in one file: complete, readable by programs and people, with who looked at it."""

import json
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from bots.access.archive import archive_words, stream_archive
from dialogs.events import TextSaid
from dialogs.services import Services
from rules.access import Action, Role
from rules.languages import LANGUAGES
from storage.audit import Audited, audit
from storage.sealing import ErasedError
from storage.tables.base import new_id
from tests.bots.house import AT, EMAIL, unreadable
from tests.bots.sync.house import NAME, synced, with_target
from tests.bots.test_erasing import erase_now
from tests.builders import a_suspended_quote, a_suspended_registration
from tests.console.house import a_colleague, a_document

pytestmark = pytest.mark.slow


async def unpacked(house: Services, party) -> dict[str, bytes]:
    content = b"".join([chunk async for chunk in await stream_archive(house, party, who="customer")])
    with zipfile.ZipFile(BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


async def test_everything_of_a_customer_and_nothing_of_another_is_in_it(house: Services) -> None:
    case = await a_suspended_quote(house)
    other = await a_suspended_registration(house, email="altra@example.org", family_name="Altrove")
    document = await a_document(house, case.party)
    agent = await a_colleague(house, Role.AGENT, "Demo Agente")
    async with house.database.transaction() as session:
        for action in ("account.refused", "read_client.refused", "read_submission"):
            await audit(session, Audited(action, AT, colleague=agent.id, party=case.party, subject=case.submission))
    files = await unpacked(house, case.party)
    told = json.loads(files["data.json"])

    assert (told["customer"]["id"], told["customer"]["display_name"]) == (str(case.party), "Esempio Demetra")
    assert {(each["kind"], each["value"]) for each in told["customer"]["identifiers"]} >= {("email", EMAIL)}
    assert told["cards"][0]["answers"]["registration_person.identity.given_name"] == "Demetra"
    assert [each["form"] for each in told["requests"]] == ["registration_person", "quote_home"]
    assert told["requests"][1]["answers"] and [move["act"] for move in told["requests"][1]["moves"]] == ["confirm"]  # noqa: PT018
    assert len(told["acts"]) > 5
    assert [each["kind"] for each in told["receipts"]] == ["registration", "card_confirmation", "quote"]
    assert all(each["stamp"].endswith(EMAIL) for each in told["receipts"])
    assert {mail["to"] for mail in told["mails"] if mail["recipient"] == "customer"} == {EMAIL}
    said = [line["text"] for talk in told["conversations"] for line in talk["said"]]
    assert "Demetra" in said
    assert not any(word.isdigit() and len(word) == 6 for line in said for word in line.split())  # no code
    assert [(look["action"], look["role"]) for look in told["looked_at"]][-2:] == [("read_submission", "agent"), ("access.made", None)]

    (entry,) = [each for each in told["documents"] if each["id"] == str(document)]
    assert files[entry["file"]] == b"%PDF- demo"
    page = files["index.html"].decode()
    assert all(word in page for word in ("Demetra", "Esempio", entry["title"], EMAIL, "Letta una tua richiesta", "(tentativo rifiutato)"))
    assert all(word in page for word in ("<td>Ricevuta</td>", "· Chat sul web", "<td>Rifiutato un accesso alla tua area</td>"))
    assert page.count("UTC+01:00") == 1
    whole = b"".join(files.values())
    assert not any(word in whole for word in (b"Altrove", b"altra@example.org", str(other.party).encode()))
    assert agent.name.encode() not in files["data.json"]


async def test_a_document_that_cannot_be_read_is_told_and_the_rest_is_in_it(house: Services) -> None:
    case = await a_suspended_quote(house)
    documents = [await a_document(house, case.party) for _ in range(2)]
    with unreadable(house, case.party, documents[0]):
        files = await unpacked(house, case.party)
    kept = {each["id"]: each["file"] for each in json.loads(files["data.json"])["documents"]}
    assert kept[str(documents[0])] is None
    assert files[kept[str(documents[1])]] == b"%PDF- demo"
    assert "non si può leggere in nessuno dei due archivi" in files["index.html"].decode()


async def test_it_says_which_programs_were_told_what(house: Services, tmp_path: Path) -> None:
    mapping = [{"name": "COD", "from": "id"}, {"name": "OP", "from": "change"}, {"name": "COGNOME", "from": "family_name"}]
    house = with_target(house, "drop", folder=str(tmp_path), mapping=mapping)
    case = await a_suspended_registration(house)
    await a_suspended_registration(house, email="altra@example.org")
    await synced(house)
    files = await unpacked(house, case.party)
    (told,) = json.loads(files["data.json"])["programs"]
    assert (told["program"], told["told"]) == (NAME, {"COD": str(case.party), "COGNOME": "Esempio"})
    assert "Programmi a cui è stato comunicato" in files["index.html"].decode()


async def test_it_says_what_waits_what_may_have_arrived_and_what_a_program_says_it_has(house: Services, tmp_path: Path) -> None:
    house = with_target(house, "drop", folder=str(tmp_path), mode="controlled")
    house = with_target(house, "drop", name="away", folder=str(tmp_path / "away"))
    house = with_target(house, "carddav", name="cards", folder=str(tmp_path))
    case = await a_suspended_registration(house)
    (tmp_path / f"{case.party}.vcf").write_bytes(b"BEGIN:VCARD\r\nFN:Scritta da altri\r\nEND:VCARD\r\n")
    for name in house.targets:
        await synced(house, name, (60,))
    files = await unpacked(house, case.party)
    told = {each["program"]: each for each in json.loads(files["data.json"])["programs"]}
    assert {name: (each["state"], each["is_under_way"], each["told"]) for name, each in told.items()} == {
        NAME: ("waiting", False, None), "away": ("released", True, None), "cards": ("conflict", False, None),
    }  # fmt: skip
    assert all(each["due"]["family_name"] == "Esempio" for each in told.values())
    assert told["cards"]["theirs"] == {"FN": "Scritta da altri"}
    page = files["index.html"].decode()
    assert all(words in page for words in ("aspetta di essere comunicato", "forse è già arrivato", "Scritta da altri"))


async def test_of_nobody_and_of_the_erased_there_is_none(house: Services) -> None:
    with pytest.raises(LookupError):
        await stream_archive(house, new_id(), who="customer")  # before a page begins: half of a file is none
    case = await a_suspended_quote(house)
    await erase_now(house, case.party)
    with pytest.raises(ErasedError):
        await unpacked(house, case.party)
    loaded = await house.turn_store.load(case.customer.conversation)
    assert loaded is not None
    assert loaded.is_closed
    await case.customer.send(TextSaid("Ci siete ancora?"))
    assert case.customer.said == "Questa conversazione è finita e non conservo altro. Se vuoi, ne puoi aprire una nuova."


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_its_words(language: str) -> None:
    words = archive_words(language)
    assert set(words.who) == {"house", "customer", "colleague", "clock", "operator"}
    assert set(words.roles) == set(Role)
    unseen = {"list_submissions", "rank", "export", "agree_to_export", "list_exports", "assign_portfolio", "read_audit", "manage_staff"}
    unseen |= {"change_settings", "retry_sync", "import", "list_imports", "list_cards"}
    assert set(Action) - unseen <= set(words.actions)
