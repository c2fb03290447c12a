"""GDPR 7(3) counted: over the chat API a consent takes no more taps to take back than to give."""

from dataclasses import replace

import pytest

from tests.bots.web.conftest import Robot, a_client
from tests.dialogs.driver import HOME, PERSON
from tests.dialogs.test_renewing import published_anew

pytestmark = pytest.mark.slow
BY_MAIL, BY_POST = "modules.privacy_marketing.act_email", "modules.privacy_marketing.act_post"


async def taps(robot: Robot, *presses: dict[str, str]) -> int:
    """Each is one turn of the customer's; what is open is answered with what was shown."""
    for press in presses:
        answer = await (robot.send(**press) if "command" in press else robot.answer(press["value"]))
        assert answer.status_code == 200, answer.text
    return len(presses)


def said(robot: Robot) -> str:
    return "\n".join(message["text"] for message in robot.turn["messages"])


async def test_taking_back_takes_no_more_taps_than_giving(robot, read_code):
    await robot.walk({**PERSON, BY_MAIL: "accept"}, BY_MAIL, read_code)
    giving = await taps(robot, {"value": "accept"})
    await robot.walk(PERSON, "registration_person.confirm", read_code)
    await robot.answer(value=True)
    taking_back = await taps(robot, {"command": "withdraw", "argument": BY_MAIL})
    assert "Hai revocato: Offerte per e-mail" in said(robot)
    assert taking_back <= giving == 1

    giving_from_menu = await taps(robot, {"value": "modules"}, {"value": BY_POST}, {"value": "accept"})
    assert "Ho registrato la tua scelta" in said(robot)
    taking_back_from_menu = await taps(robot, {"value": "modules"}, {"value": BY_POST})
    assert "Hai revocato: Offerte per posta" in said(robot)
    assert taking_back_from_menu <= giving_from_menu
    assert robot.question["path"] == "journey.goal"


async def test_a_text_asked_again_shows_old_and_new_without_need_of_colour(made, client, robot, read_code):
    await robot.walk(PERSON, "registration_person.confirm", read_code)
    await robot.answer(value=True)
    old, new = "Per 24 mesi da quando acconsenti", "Per 12 mesi da quando acconsenti"
    changed = replace(made, catalogue=published_anew(made.catalogue, {"privacy_marketing": ("material",)}, old, new))
    async with a_client(changed.services()) as later:
        again = await Robot(later).open()
        await again.walk({**PERSON, **HOME, "journey.goal": "quote_home"}, BY_MAIL, read_code)
        assert any("Prima: Per 24 mesi" in message["text"] for message in again.turn["messages"])
        page = await later.get("/chat", headers={"Cookie": f"chat={again.conversation}.{again.secret}"})
    assert "<b>Prima: </b>Per <del>24</del> mesi da quando acconsenti" in page.text
    assert "<b>Adesso: </b>Per <ins>12</ins> mesi da quando acconsenti" in page.text


async def test_the_page_has_one_button_for_each(client, robot, read_code):
    await robot.walk({**PERSON, BY_MAIL: "accept"}, "modules.profiling.act", read_code)
    await robot.send(command="consents")
    page = await client.get("/chat", headers={"Cookie": f"chat={robot.conversation}.{robot.secret}"})
    assert page.status_code == 200
    assert (
        f'<button class="button plain" name="value" value="{BY_MAIL}">Revoca<span class="sr"> Offerte per e-mail</span></button>'
        in page.text
    )
