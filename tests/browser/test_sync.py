"""S0-43 in a real browser: a colleague sees what differs, withholds one record and releases the rest; it lies in the folder."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from rules.access import Role
from tests.bots.house import AT, SECOND, a_house
from tests.bots.sync.house import NAME, a_client, changed, records, synced, with_target
from tests.browser.axe import violations
from tests.browser.test_console import THE_LIBRARYS, told
from tests.browser.test_exports import AGENT, AUDITOR, MANAGER, enter
from tests.console.house import Clock, a_colleague, at_its_clock
from tests.console.serving import Served, serving

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::bokeh.util.warnings.BokehUserWarning"),
]
MAPPING = [
    {"name": "ID", "from": "id"},
    {"name": "OP", "from": "change"},
    {"name": "COGNOME", "from": "family_name"},
    {"name": "CF", "from": "tax_code"},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "theirs"
    made.mkdir()
    return made


@pytest_asyncio.fixture
async def served(database_url: str, tmp_path: Path, folder: Path) -> AsyncIterator[Served]:
    clock = Clock(AT)
    async with a_house(database_url, tmp_path / "home") as services:
        house = with_target(at_its_clock(services, clock), "drop", folder=str(folder), format="jsonl", mode="controlled", mapping=MAPPING)
        await a_colleague(house, Role.MANAGER, "Demo Responsabile", MANAGER)
        await a_colleague(house, Role.AUDITOR, "Demo Revisione", AUDITOR)
        await a_colleague(house, Role.AGENT, "Demo Agente", AGENT)
        first = await a_client(house)
        await a_client(house, SECOND)
        await changed(house, first, family_name="Prova")
        await synced(house)
        async with serving(house) as running:
            yield running


async def test_differences_are_seen_withheld_and_released(chromium: Browser, served: Served, folder: Path) -> None:
    page = await enter(chromium, served, MANAGER)
    await page.get_by_text("Sincronizzazione", exact=True).first.click()
    await expect(page.get_by_role("heading", name="2 differenze aspettano")).to_be_visible()
    await expect(page.get_by_text("Prova", exact=True)).to_be_visible()
    assert [each for each in await violations(page) if each.partition(":")[0] not in THE_LIBRARYS] == []
    await expect(page.get_by_text("···· 839N")).to_have_count(2)
    await page.get_by_role("button", name="Mostra per intero").click()
    await told(page, "Scegli perché ti servono")
    await page.get_by_label("Perché ti servono").click()
    await page.get_by_text("Legge, autorità o reclamo", exact=True).click()
    await page.get_by_role("button", name="Mostra per intero").click()
    await expect(page.get_by_text("SMPDTR80C52F839N")).to_have_count(2)
    await page.get_by_role("button", name="Trattieni Esempio Demetra").first.click()
    await told(page, "Trattenuto")
    await expect(page.get_by_text("SMPDTR80C52F839N")).to_have_count(1)  # what is left of what was shown
    await expect(page.get_by_role("heading", name="Una differenza aspetta")).to_be_visible()
    await page.get_by_role("button", name="Rilascia tutto").click()
    await told(page, "Rilasciato")
    await expect(page.get_by_text("Qui non aspetta niente.")).to_be_visible()

    await synced(served.services)
    ((line,),) = [path.read_text().splitlines() for path in folder.glob(f"{NAME}-*.jsonl")]
    assert json.loads(line)["OP"] == "new"

    house = served.services
    assert isinstance(house.clock, Clock)
    house.clock.pass_(minutes=1)
    for record in await records(house):
        await changed(house, record.party_id, family_name="Altra")
    await synced(house)
    house.programs.targets = {}  # as a look at the folder does once the file is gone
    await page.get_by_text("Messaggi", exact=True).first.click()
    await page.get_by_text("Sincronizzazione", exact=True).first.click()
    await expect(page.get_by_text("2 differenze riprendono da sole quando il file torna.")).to_be_visible()
    await expect(page.get_by_text("Ultimo invio 1")).to_be_visible()

    auditor = await enter(chromium, served, AUDITOR)
    await auditor.get_by_text("Sincronizzazione", exact=True).first.click()
    await expect(auditor.get_by_role("heading", name=NAME)).to_be_visible()
    await expect(auditor.get_by_role("button", name="Rilascia")).to_have_count(0)
    agent = await enter(chromium, served, AGENT)
    await expect(agent.get_by_text("Demo Agente")).to_be_visible()
    await expect(agent.get_by_text("Sincronizzazione", exact=True)).to_have_count(0)
