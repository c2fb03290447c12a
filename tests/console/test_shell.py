"""The frame of the desk: what its buttons do when they are pressed."""

import asyncio
from dataclasses import replace
from datetime import date, datetime
from importlib.resources import files
from uuid import UUID
from zoneinfo import ZoneInfo

import panel_material_ui as pmui
import pytest

from console.acting import Actor
from console.pages.fragment import Fragment
from console.pages.shell import NEEDED, Frame, _named, views_of
from console.pages.window import NAMES, Window
from console.wording import Wording
from rules.access import ALLOWED, Role
from rules.refusals import Reason, Refused
from tests.console.views import click

pytestmark = pytest.mark.slow  # only because of Panel, which takes seconds to import


@pytest.fixture
def frame():
    words = Wording("it", ZoneInfo("Europe/Rome"), "EUR")
    return Frame(None, None, "", words, "/console", pmui.Container(), Fragment(visible=False))


def test_the_buttons_of_the_bar_are_called_by_the_library_as_we_think():
    """Else nobody would notice that they are English again."""
    page = files("panel_material_ui").joinpath("template", "Page.jsx").read_text(encoding="utf-8")
    assert [name for name in NAMES if f'"{name}"' not in page] == []


def test_the_day_is_the_agencys_when_rome_is_a_year_ahead_of_utc(frame, house):
    at = replace(house, clock=lambda: datetime.fromisoformat("2026-12-31T23:30Z"))
    assert replace(frame, services=at).today == date(2027, 1, 1)


def pressed(button):
    """What Panel calls when the browser tells of a click."""
    (watcher,) = (each for each in button.param.watchers["clicks"]["value"] if asyncio.iscoroutinefunction(each.fn))
    return asyncio.ensure_future(watcher.fn(None))


async def test_a_second_click_while_the_first_is_at_work_counts_for_nothing(frame):
    done, gate = [], asyncio.Event()

    async def act():
        done.append(1)
        await gate.wait()

    button = frame.button("buttons.claim", act)
    both = [pressed(button), pressed(button)]
    await asyncio.sleep(0)  # as far as they come
    gate.set()
    await asyncio.gather(*both)
    assert done == [1]
    await pressed(button)
    assert done == [1, 1]


async def test_a_second_click_on_a_link_while_the_first_is_at_work_counts_for_nothing():
    done, gate, fragment = [], asyncio.Event(), Fragment()

    async def act(pressed):
        done.append(pressed)
        await gate.wait()

    fragment.on_press(act)
    clicks = [click(fragment, each) for each in ("agree 1", "agree 1", "agree 2", 7)]
    await asyncio.sleep(0)  # as far as they come
    gate.set()
    await asyncio.gather(*clicks)
    assert done == ["agree 1", "agree 2"]
    await click(fragment, "agree 1")
    assert done == ["agree 1", "agree 2", "agree 1"]


async def test_a_link_whose_act_broke_can_be_pressed_again():
    done, fragment = [], Fragment()

    async def act(pressed):
        done.append(pressed)
        raise RuntimeError

    fragment.on_press(act)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            await click(fragment, "agree")
    assert done == ["agree", "agree"]


async def test_what_is_pressed_next_waits_for_what_was_pressed_before(frame):
    done, gate = [], asyncio.Event()

    async def first():
        await gate.wait()
        done.append("first")

    async def second():
        done.append("second")

    async def third():
        done.append("third")

    buttons = [pressed(frame.button("queue.apply", first)), pressed(frame.button("queue.next", second))]
    all_three = [*buttons, asyncio.ensure_future(frame.pressed(third))]  # as a row of a table is
    await asyncio.sleep(0)  # as far as they come
    assert done == []
    gate.set()
    await asyncio.gather(*all_three)
    assert done == ["first", "second", "third"]


async def test_what_a_browser_says_late_of_a_button_does_not_shut_it(frame):
    """A browser sends back what it was told; were that `disabled`, its True could come after our False."""
    told = []

    async def act():
        raise Refused(Reason.NOT_ALLOWED)

    button = frame.button("buttons.claim", act)
    button.param.watch(lambda event: told.append(event.new), "disabled")
    await pressed(button)
    assert told == []
    assert frame.notice.visible
    await pressed(button)


async def test_the_library_tells_of_a_press_on_the_entry_that_is_marked():
    """No parameter changes then: a watcher would not hear of it."""
    menu, pressed = pmui.MenuList(items=[{"label": "In sospeso", "icon": None}, {"label": "Messaggi", "icon": None}], active=0), []

    async def choose(item):
        pressed.append(item)

    menu.on_click(choose)
    for index in ([0], [0], [1], [7]):
        menu._handle_msg({"type": "click", "item": index})
    await asyncio.sleep(0.01)
    assert pressed == [menu.items[0], menu.items[0], menu.items[1], None]


@pytest.mark.parametrize("role", Role)
def test_a_colleague_is_offered_what_they_may_do_and_has_a_first_page(role):
    offered = views_of(Actor(UUID(int=1), "Demo", role))
    assert set(offered) == {view for view, action in NEEDED.items() if action in ALLOWED[role]}
    assert offered[0] == ("record" if role is Role.ADMIN else "queue")
    assert ("record" in offered) == (role is not Role.AGENT)


def test_an_address_that_is_named_already_is_not_named_anew(frame):
    """Else whoever goes back would have one more step to go back."""
    named, submission = [], UUID(int=7)
    frame.window = Window(frame.words, is_narrow=False)
    frame.window.param.watch(lambda event: named.append(event.new), "search")
    frame.locate(submission=submission)
    frame.locate(submission=submission)
    frame.locate()
    assert named == [f"?submission={submission}", ""]
    frame.located = frame.window.search = f"?submission={submission}"  # the browser went back
    frame.locate(submission=submission)
    assert named[2:] == [f"?submission={submission}"]


@pytest.mark.parametrize("crooked", ["", "?", "?submission", "?submission=x", "?submission=../..", f"?party={UUID(int=7)}", "?path=%00"])
def test_an_address_names_what_there_is_or_nothing(crooked):
    assert _named(crooked) is None
    for name in ("submission", "conversation", "path"):
        assert _named(f"?{name}={UUID(int=7)}") == (name, UUID(int=7))
