"""A person in front of the web chat: reads the page's own inputs and uses them, with or without JavaScript."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Page

from tests.dialogs.driver import more_of


@dataclass
class Person:
    page: Page
    script: Mapping[str, Any]
    read_code: Callable[[], Awaitable[str]]
    items: Counter[str] = field(default_factory=Counter)

    async def question(self) -> str:
        hidden = self.page.locator('main input[name="question"]')
        return str(await hidden.first.get_attribute("value")) if await hidden.count() else ""

    async def walk(self, until: str, most: int = 150) -> list[str]:
        """Answers until a question is open; gives back the questions passed."""
        passed: list[str] = []
        for _ in range(most):
            path = await self.question()
            if path == until:
                return passed
            passed.append(path)
            await self.answer(path)
            assert not (await self.page.title()).startswith(("Errore", "Error")), (path, await self.page.inner_text("main"))
        raise AssertionError(f"still at {await self.question()}")

    async def answer(self, path: str) -> None:
        if path.endswith("email_code"):
            await self.fill_in(await self.read_code())
        elif path in self.script:
            await self.give(self.script[path])
        elif path.endswith(".more"):
            await self.give(more_of(self.script, path, self.items))
        elif await self.page.locator('main button[name="value"][value="true"]').count():
            await self.press('main button[name="value"][value="true"]')
        elif await self.page.locator('main input[name="value"][value="true"]').count():
            await self.give(value=True)
        else:
            await self.press('main button[value="skip"]')

    async def give(self, value: object) -> None:
        values = [str(one).lower() if isinstance(one, bool) else str(one) for one in (value if isinstance(value, list) else [value])]
        button = self.page.locator(f'main button[name="value"][value="{values[0]}"]')
        if await button.count():
            await self.press(f'main button[name="value"][value="{values[0]}"]')
            return
        boxes = self.page.locator('main input[name="value"][type="radio"], main input[name="value"][type="checkbox"]')
        if await boxes.count():
            for box in await boxes.all():
                if await box.get_attribute("type") == "checkbox" or await box.get_attribute("value") in values:
                    await box.set_checked(await box.get_attribute("value") in values)
            await self.go_on()
        elif await self.page.locator("main select#value").count():
            await self.page.select_option("select#value", values[0])
            await self.go_on()
        else:
            await self.fill_in(values[0])

    async def fill_in(self, text: str) -> None:
        if await self.page.locator("main .parts").count():  # of a date in either of two calendars; written, it is one
            await self.page.fill("#text", text)
            await self.press(".talk .button")
            return
        await self.page.fill("#value", text)
        await self.go_on()

    async def go_on(self) -> None:
        await self.press("main .sheet .actions .button")

    async def press(self, selector: str) -> None:
        async with self.page.expect_navigation():
            await self.page.locator(selector).first.click()
