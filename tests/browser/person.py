"""A person in front of the web chat: reads the page's own inputs and uses them, with or without JavaScript."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Page

from tests.dialogs.driver import more_of

LOOK = """() => {
  const all = inputs => [...document.querySelectorAll(`main ${inputs}`)].map(input => input.value);
  return {
    question: all('input[name="question"]')[0] ?? '',
    title: document.title,
    buttons: all('button[name="value"]'),
    boxes: [...all('input[name="value"][type="radio"]'), ...all('input[name="value"][type="checkbox"]')],
    is_list: document.querySelector('main select#value') !== null,
  };
}"""

PLACE = """selector => {
  const found = document.querySelector(selector);
  found.scrollIntoView({block: 'center', behavior: 'instant'});
  const box = found.getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2;
  const hit = document.elementFromPoint(x, y);
  return [x, y, hit !== null && (found === hit || found.contains(hit))];
}"""
"""Middle of an element, once it is in view, and whether a pointer meets it there."""

TYPED = """() => {
  const field = document.querySelector('#value');
  field.focus();
  field.select?.();
  return !['date', 'number'].includes(field.type);
}"""
"""Whether what is typed goes into the field as it is, which is chosen then."""

VALUES = "inputs => inputs.map(input => input.value)"


@dataclass(frozen=True, slots=True)
class Look:
    """What the page offers, seen at once: each thing asked of a browser passes through three processes."""

    question: str
    title: str
    buttons: list[str]
    boxes: list[str]
    is_list: bool


@dataclass
class Person:
    page: Page
    script: Mapping[str, Any]
    read_code: Callable[[], Awaitable[str]]
    items: Counter[str] = field(default_factory=Counter)

    async def look(self) -> Look:
        return Look(**await self.page.evaluate(LOOK))

    async def question(self) -> str:
        return (await self.look()).question

    async def walk(self, until: str, most: int = 150) -> list[str]:
        """Answers until a question is open; gives back the questions passed."""
        passed: list[str] = []
        for _ in range(most + 1):
            seen = await self.look()
            assert not passed or not seen.title.startswith(("Errore", "Error")), (passed[-1], await self.page.inner_text("main"))
            if seen.question == until:
                return passed
            passed.append(seen.question)
            await self._answer(seen)
        raise AssertionError(f"still at {passed[-1]}")

    async def answer(self, path: str) -> None:
        seen = await self.look()
        assert seen.question == path
        await self._answer(seen)

    async def _answer(self, seen: Look) -> None:
        path = seen.question
        if path.endswith("email_code"):
            await self.fill_in(await self.read_code())
        elif path in self.script:
            await self._give(seen, self.script[path])
        elif path.endswith(".more"):
            await self._give(seen, more_of(self.script, path, self.items))
        elif "true" in [*seen.buttons, *seen.boxes]:
            await self._give(seen, value=True)
        else:
            await self.press('main button[value="skip"]')

    async def give(self, value: object) -> None:
        await self._give(await self.look(), value)

    async def _give(self, seen: Look, value: object) -> None:
        values = [str(one).lower() if isinstance(one, bool) else str(one) for one in (value if isinstance(value, list) else [value])]
        if values[0] in seen.buttons:
            await self.press(f'main button[name="value"][value="{values[0]}"]')
        elif seen.boxes:
            for one in set(await self.page.locator("main :checked[type=checkbox]").evaluate_all(VALUES)) - set(values):
                await self.page.uncheck(f'main input[name="value"][value="{one}"]')
            for one in values:
                await self.page.check(f'main input[name="value"][value="{one}"]')
            await self.go_on()
        elif seen.is_list:
            await self.page.select_option("select#value", values[0])
            await self.go_on()
        else:
            await self.fill_in(values[0])

    async def fill_in(self, text: str) -> None:
        if await self.page.locator("main .parts").count():  # of a date in either of two calendars; written, it is one
            await self.page.fill("#text", text)
            await self.press(".talk .button")
            return
        if await self.page.evaluate(TYPED):
            await self.page.keyboard.insert_text(text)
        else:
            await self.page.fill("#value", text)
        await self.go_on()

    async def go_on(self) -> None:
        await self.press("main .sheet .actions .button")

    async def press(self, selector: str) -> None:
        """With the pointer, where it meets the element: a locator's own click costs half of the walk."""
        async with self.page.expect_navigation():
            x, y, is_met = await self.page.evaluate(PLACE, selector)
            assert is_met, f"{selector} is covered"
            await self.page.mouse.click(x, y)
