"""A conversation in Telegram: opened, answered by taps and words, corrected, kept apart from what is none."""

from dataclasses import replace
from pathlib import Path

import pytest

from forms.catalogue import Catalogue, load_catalogue
from forms.files import SHIPPED
from tests.bots.telegram.house import House, a_bot
from tests.bots.telegram.robot import TelegramRobot
from tests.bots.web.conftest import Made
from tests.dialogs.driver import PERSON
from tests.telegram_person import Person, a_file, a_group, a_person, a_photo
from tests.telegram_server import TelegramServer

pytestmark = pytest.mark.slow

IDENTITY = "registration_person.identity"
NAME = f"{IDENTITY}.family_name"
FRONT = "registration_person.document.document_front"


async def at(house: House, path: str) -> TelegramRobot:
    """Somebody who registers, as far as that question."""
    robot = await TelegramRobot(house, a_person(house.telegram)).open()
    await robot.walk({**PERSON}, path)
    return robot


async def test_somebody_new_is_greeted_and_asked(house: House, telegram: TelegramServer) -> None:
    person = a_person(telegram)
    await person.say("Buongiorno")
    [heard] = await person.hears()
    assert "Agenzia Demo" in heard.text
    assert [button.text for button in heard.buttons] == ["Italiano", "English"]


async def test_who_speaks_another_language_is_greeted_in_the_agencys_first(house: House, telegram: TelegramServer) -> None:
    english, unknown = a_person(telegram, language="en-GB"), a_person(telegram, language=None)
    await english.say("/start")
    await unknown.say("/start")
    assert "Which language" in (await english.hears())[0].text
    assert "Buongiorno" in (await unknown.hears())[0].text


async def test_a_card_is_filled_in_by_taps_and_words(house: House) -> None:
    """To the end of what a messenger may ask; each question stood in the chat."""
    robot = await at(house, "registration_person.bank.iban")
    asked = [turn["question"]["text"] for turn in await house.turns(robot.person)]
    seen = "\n".join(sent.text for sent in robot.person.heard)
    assert [text for text in asked if text not in seen] == []
    assert house.telegram.disobeyed == 0


async def test_what_was_tapped_stands_under_the_question_and_its_buttons_are_gone(house: House) -> None:
    robot = await at(house, "journey.goal")
    question = robot.person.heard[0]
    await house.telegram.until(lambda: not question.buttons)
    assert question.text.endswith("✓ Italiano")


async def test_a_double_tap_answers_once(house: House) -> None:
    robot = await at(house, "journey.goal")
    question = robot.shown
    data = question.buttons[0].callback_data
    await robot.person.tap_data(data, on=question)
    await robot.person.tap_data(data, on=question)
    await house.telegram.until_taken()
    await robot.read()
    assert [turn["question"]["path"] for turn in await house.turns(robot.person)][2:] == ["journey.party_kind"]
    assert len([sent for sent in robot.person.heard if robot.question["text"] in sent.text]) == 1


async def test_a_stale_button_shows_todays_question_again(house: House) -> None:
    robot = await at(house, NAME)
    turns = len(await house.turns(robot.person))
    goal = next(sent for sent in robot.person.heard if "✓" in sent.text and sent is not robot.person.heard[0])
    tail = (await house.chat(robot.person)).conversation[-12:]
    robot.person.read = robot.person.room.last
    await robot.person.tap_data(f"{tail}.2.c1", on=goal)
    assert robot.question["text"] in (await robot.person.hears())[0].text
    assert len(await house.turns(robot.person)) == turns


async def test_a_stale_skip_passes_over_nothing(house: House) -> None:
    robot = await at(house, f"{IDENTITY}.pec")
    question = robot.shown
    skip = next(button.callback_data for button in question.buttons if button.callback_data.endswith("lskip"))
    await robot.say("demetra.esempio@pec.example.org")
    assert robot.path == f"{IDENTITY}.emails_other.more"
    turns = len(await house.turns(robot.person))
    robot.person.read = robot.person.room.last
    await robot.person.tap_data(skip, on=question)
    assert robot.question["text"] in (await robot.person.hears())[-1].text
    assert len(await house.turns(robot.person)) == turns


@pytest.mark.parametrize("data", ["confirm:card:OTHER-USER-ID", "x" * 64, "0123456789ab.2.y", "consent:mkt:v3:yes"])
async def test_a_forged_button_does_nothing_but_show_todays_question(house: House, data: str) -> None:
    robot = await at(house, "modules.electronic_collection.act")
    turns = len(await house.turns(robot.person))
    robot.person.read = robot.person.room.last
    await robot.person.tap_data(data, on=robot.shown)
    assert robot.question["text"] in (await robot.person.hears())[-1].text
    assert len(await house.turns(robot.person)) == turns


async def test_the_same_update_again_changes_nothing(house: House) -> None:
    robot = await at(house, NAME)
    update = await robot.person.say("Esempio")
    await house.telegram.until_taken()
    await robot.read()
    before = (await house.turns(robot.person), len(robot.person.heard))
    await house.telegram.redeliver(update)
    await house.telegram.until_taken()
    await robot.person.say("/why")
    await house.telegram.until_taken()
    await robot.read()
    assert (await house.turns(robot.person))[:-1] == before[0]
    assert len(robot.person.heard) == before[1] + 1


async def test_the_second_of_two_messages_at_once_is_no_answer_to_what_it_had_not_seen(house: House) -> None:
    robot = await at(house, NAME)
    with house.telegram.reordered():
        await robot.person.say("Esempio")
        await robot.person.say("Demetra")
    house.telegram.queue.sort(key=lambda update: update["update_id"])
    async with house.telegram.changed:
        house.telegram.changed.notify_all()
    await house.telegram.until_taken()
    await robot.read()
    assert robot.path == f"{IDENTITY}.given_name"
    assert "domanda di prima" in robot.turn["messages"][0]["text"]


async def test_a_typed_yes_counts_only_for_what_stands_last_in_the_chat(house: House) -> None:
    robot = await at(house, "modules.electronic_collection.act")
    await robot.say("ok")
    assert (robot.path, robot.turn["messages"][0]["kind"]) == ("modules.electronic_collection.act", "problem")
    await robot.say("accetto")
    assert robot.path == "modules.privacy_insurance.act"


async def test_a_refusal_of_electronic_collection_is_told_and_the_chat_forgotten(house: House) -> None:
    robot = await at(house, "modules.electronic_collection.act")
    robot.person.read = robot.person.room.last
    await robot.person.tap(robot._label("refuse"))
    await robot.person.until_hears("ci fermiamo qui")
    await robot.person.say("Buongiorno")
    assert "Agenzia Demo" in (await robot.person.until_hears("Agenzia Demo")).text


async def test_a_text_to_read_stands_there_once_while_the_same_is_asked(house: House) -> None:
    robot = await at(house, "journey.email")
    assert "che cosa facciamo dei tuoi dati" in robot.shown.text
    for words in ("demetra", "/why", "demetra@"):
        await robot.say(words)
        assert robot.question["text"] in robot.shown.text
        assert "che cosa facciamo dei tuoi dati" not in robot.shown.text
    await robot.say("/back")
    await robot.answer("person")
    assert "che cosa facciamo dei tuoi dati" in robot.shown.text


async def test_what_is_agreed_to_stands_right_above_the_answer_each_time(house: House) -> None:
    robot = await at(house, "modules.electronic_collection.act")
    text = robot.shown.text
    await robot.say("ok")
    assert text.splitlines()[-1] == robot.shown.text.splitlines()[-1]
    assert "Che cosa autorizzi" in robot.shown.text


async def test_an_edited_message_is_a_correction_that_asks(house: House) -> None:
    robot = await at(house, NAME)
    await robot.say("Esempoi")
    message = max(number for number, sent in robot.person.room.sent.items() if not sent.is_bots)
    await robot.person.edit(message, "Esempio")
    await house.telegram.until_taken()
    await robot.read()
    assert robot.path == f"{NAME}.sure"
    await robot.answer(value=True)
    assert robot.path == f"{IDENTITY}.given_name"
    await robot.person.edit(message, "Esempio")
    await house.telegram.until_taken()
    await robot.read()
    assert "com’era" in robot.turn["messages"][0]["text"]


async def test_an_edit_of_what_was_refused_is_typed_anew(house: House) -> None:
    robot = await at(house, "journey.email")
    await robot.say("demetra")
    message = max(number for number, sent in robot.person.room.sent.items() if not sent.is_bots)
    await robot.person.edit(message, "demetra@example.org")
    await house.telegram.until_taken()
    await robot.read()
    assert robot.path == "journey.email_code"


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ({"sticker": {"file_id": "s", "file_unique_id": "us", "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}}, "leggo testo"),
        ({"voice": {"file_id": "v", "file_unique_id": "uv", "duration": 1}}, "leggo testo"),
        ({"location": {"latitude": 40.8, "longitude": 14.2}}, "via, numero e comune"),
        ({"dice": {"emoji": "🎲", "value": 3}}, "leggo testo"),
        ({"text": "Rossi", "forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "Qualcuno"}}, "inoltrato"),
        ({"contact": {"phone_number": "393331234567", "first_name": "Altro", "user_id": 999}}, "solo dove lo chiedo"),
    ],
)  # fmt: skip
async def test_what_is_no_answer_gets_a_sentence_and_the_question_stays(house: House, what: dict, words: str) -> None:
    robot = await at(house, NAME)
    turns = len(await house.turns(robot.person))
    robot.person.read = robot.person.room.last
    await robot.person.send(**what)
    heard = await robot.person.until_hears(words)
    assert robot.question["text"] in heard.text
    assert len(await house.turns(robot.person)) == turns


@pytest.mark.parametrize(
    "what",
    [
        {"pinned_message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "x"}},
        {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86_400}},
        {"write_access_allowed": {"from_request": True}},
        {"chat_background_set": {"type": {"type": "chat_theme", "theme_name": "x"}}},
        {"of_a_kind_to_come": {}},
    ],
)
async def test_what_tells_of_the_chat_itself_opens_nothing(house: House, what: dict) -> None:
    person = a_person(house.telegram)
    await person.send(**what)
    await person.say("/start")
    await person.until_hears("lingua")
    await person.send(**what)
    await person.say("/start")
    await person.until_hears("lingua")
    await house.settled(person)
    assert [sent.text.count("In che lingua") for sent in person.heard] == [1, 1]


async def test_a_contact_of_ones_own_is_the_telephone_number(house: House) -> None:
    robot = await at(house, f"{IDENTITY}.mobile")
    assert robot.shown.markup.keyboard[0][0].request_contact
    contact = {"phone_number": "393331234567", "first_name": "Demetra", "user_id": robot.person.user.id}
    await robot.person.send(contact=contact)
    await house.telegram.until_taken()
    await robot.read()
    assert robot.path == f"{IDENTITY}.landline"
    assert robot.shown.markup.keyboard[0][0].request_contact
    assert not any(getattr(sent.markup, "remove_keyboard", False) for sent in robot.person.heard)
    await robot.say("/skip")
    assert robot.path == f"{IDENTITY}.pec"
    assert any(getattr(sent.markup, "remove_keyboard", False) for sent in robot.person.heard)


async def test_a_contact_of_somebody_else_is_not_the_telephone_number(house: House) -> None:
    robot = await at(house, f"{IDENTITY}.mobile")
    await robot.person.send(contact={"phone_number": "393331234567", "first_name": "Altro", "user_id": 999})
    assert robot.question["text"] in (await robot.person.until_hears("non è il tuo numero")).text


async def test_a_contact_is_no_answer_to_a_question_for_something_else(house: House) -> None:
    robot = await at(house, NAME)
    turns = len(await house.turns(robot.person))
    robot.person.read = robot.person.room.last
    await robot.person.send(contact={"phone_number": "393331234567", "first_name": "Demetra", "user_id": robot.person.user.id})
    assert robot.question["text"] in (await robot.person.until_hears("solo dove lo chiedo")).text
    assert len(await house.turns(robot.person)) == turns


async def test_a_contact_that_comes_again_is_the_answer_that_it_was(house: House) -> None:
    robot = await at(house, f"{IDENTITY}.mobile")
    contact = {"phone_number": "393331234567", "first_name": "Demetra", "user_id": robot.person.user.id}
    update = await robot.person.send(contact=contact)
    await house.telegram.until_taken()
    await robot.walk({**PERSON}, f"{IDENTITY}.pec")
    before = len(robot.person.heard)
    await house.telegram.redeliver(update)
    await house.telegram.until_taken()
    await robot.say("/why")
    assert len(robot.person.heard) == before + 1


async def test_a_file_nobody_asked_for_is_refused_and_not_fetched(house: House) -> None:
    robot = await at(house, NAME)
    await robot.person.send(document=a_file(house.telegram, b"%PDF-1.7", name="../../etc/passwd"))
    await house.telegram.until_taken()
    await robot.read()
    assert (robot.path, robot.turn["messages"][0]["kind"]) == (NAME, "problem")
    assert "getFile" not in [name for name, _, _ in house.telegram.calls]


async def test_of_an_album_one_sentence_is_said(house: House) -> None:
    robot = await at(house, NAME)
    before = len(robot.person.heard)
    for _ in range(3):
        await robot.person.send(photo=a_photo(house.telegram), media_group_id="album")
    await house.telegram.until_taken()
    await robot.read()
    assert len(robot.person.heard) == before + 1


async def test_of_an_album_forwarded_one_sentence_is_said_too(house: House) -> None:
    robot = await at(house, NAME)
    before = len(robot.person.heard)
    origin = {"type": "hidden_user", "date": 1, "sender_user_name": "Qualcuno"}
    for _ in range(3):
        await robot.person.send(photo=a_photo(house.telegram), media_group_id="album", forward_origin=origin)
    await robot.say("/why")
    assert len(robot.person.heard) == before + 2


async def test_of_an_album_that_answers_the_first_file_is_taken_and_it_is_said(
    made: Made, telegram: TelegramServer, tmp_path: Path
) -> None:
    """Ours ask for files on the web only; a broker's own questionnaire may ask here."""
    async with a_bot(replace(made, catalogue=asking_here(tmp_path)), telegram) as house:
        robot = await at(house, FRONT)
        robot.person.read = robot.person.room.last
        for _ in range(3):
            await robot.person.send(photo=a_photo(telegram), media_group_id="album")
        heard = await robot.person.until_hears("solo il primo")
        await telegram.until_taken()
        await robot.read()
        assert robot.path == FRONT.replace("front", "back")
        assert robot.question["text"] in heard.text
        assert len([sent for sent in robot.person.heard if "solo il primo" in sent.text]) == 1
        assert len([name for name, _, _ in telegram.calls if name == "getFile"]) == 1


async def test_a_file_that_cannot_be_fetched_is_asked_for_again(made: Made, telegram: TelegramServer, tmp_path: Path) -> None:
    async with a_bot(replace(made, catalogue=asking_here(tmp_path)), telegram) as house:
        robot = await at(house, FRONT)
        robot.person.read = robot.person.room.last
        telegram.are_files_away = True
        await robot.person.send(photo=a_photo(telegram))
        assert robot.question["text"] in (await robot.person.until_hears("Mandamelo di nuovo")).text
        telegram.are_files_away = False
        await robot.person.send(photo=a_photo(telegram))
        await telegram.until_taken()
        await robot.read()
        assert robot.path == FRONT.replace("front", "back")


def asking_here(folder: Path) -> Catalogue:
    form = SHIPPED / "registration_person/form.yaml"
    own = folder / "registration_person/form.yaml"
    own.parent.mkdir()
    own.write_text(form.read_text(encoding="utf-8").replace("sensitive: true, accept", "accept"), encoding="utf-8")
    return load_catalogue(folder)


async def test_in_a_group_one_sentence_and_out(house: House, telegram: TelegramServer) -> None:
    group = a_group(telegram)
    await group.say("RSSMRA85T10A562S")
    assert "@sospeso_demo_bot" in (await group.hears())[0].text
    await telegram.until(lambda: group.room.has_left)


async def test_brought_into_a_group_it_says_so_once(house: House, telegram: TelegramServer) -> None:
    group, person = a_group(telegram), a_person(telegram)
    await group.join()
    await telegram.until(lambda: group.room.has_left)
    await telegram.until_taken()
    await person.say("/start")
    await person.until_hears("lingua")
    assert len(group.heard) == 1
    assert [name for name, _, _ in telegram.calls].count("leaveChat") == 1


async def test_a_command_for_another_bot_is_met_with_silence(house: House) -> None:
    robot = await at(house, NAME)
    before = len(robot.person.heard)
    await robot.person.say("/start@otherbot")
    await robot.say("/why@sospeso_demo_bot")
    assert len(robot.person.heard) == before + 1


async def test_a_deep_link_that_is_none_consents_to_nothing(house: House) -> None:
    robot = await at(house, "modules.electronic_collection.act")
    turns = len(await house.turns(robot.person))
    robot.person.read = robot.person.room.last
    await robot.person.say("/start consent_yes")
    assert robot.question["text"] in (await robot.person.hears())[-1].text
    assert len(await house.turns(robot.person)) == turns


@pytest.mark.parametrize("why", ["bot was blocked by the user", "user is deactivated"])
async def test_who_blocked_us_hears_nothing_until_they_write_again(house: House, why: str) -> None:
    robot = await at(house, NAME)
    await robot.person.block(why=why)
    await house.telegram.until_taken()
    assert not (await house.chat(robot.person)).is_reachable
    await robot.person.unblock()
    await robot.say("Esempio")
    assert (await house.chat(robot.person)).is_reachable
    assert robot.path == f"{IDENTITY}.given_name"


async def test_who_floods_is_told_once(made: Made, telegram: TelegramServer) -> None:
    async with a_bot(made, telegram, limit_turns="1/min burst 8, 100/s") as house:
        robot = await at(house, "journey.goal")
        for number in range(30):
            await robot.person.say(f"ciao {number}")
        await telegram.until_taken()
        await robot.person.until_hears("troppi messaggi")
        assert len([sent for sent in robot.person.heard if "troppi messaggi" in sent.text]) == 1


async def test_who_floods_by_editing_is_told_too_and_not_taken(made: Made, telegram: TelegramServer) -> None:
    async with a_bot(made, telegram, limit_turns="1/min burst 8, 100/s") as house:
        robot = await at(house, "journey.goal")
        await robot.say("ciao")
        message = max(number for number, sent in robot.person.room.sent.items() if not sent.is_bots)
        for number in range(30):
            await robot.person.edit(message, f"ciao {number}")
        await telegram.until_taken()
        assert (await house.settled(robot.person)).told < 12
        await robot.person.until_hears("troppi messaggi")


async def test_the_menu_of_commands_is_there_in_every_language(house: House, person: Person) -> None:
    await house.telegram.until(lambda: set(house.telegram.api.commands) >= {None, "it", "en"})
    assert {command.command for command in house.telegram.api.commands["it"]} >= {"back", "why", "web", "human"}
