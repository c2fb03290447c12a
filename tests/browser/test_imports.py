"""A list of customers in a real browser: handed over, looked at before and after, released; what cannot be read is told in a sentence."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from rules.access import Role
from storage.prepared import open_prepared_cards, read_sheet
from tests.bots.house import AT, EMAIL, a_house
from tests.bots.sync.house import NAME, synced, with_source, with_target
from tests.bots.sync.house import SOURCE as PROGRAM
from tests.bots.sync.test_arriving import looked
from tests.browser.axe import violations
from tests.browser.test_console import THE_LIBRARYS, told
from tests.browser.test_exports import AGENT, MANAGER, enter
from tests.console.house import Clock, a_colleague, a_request, at_its_clock
from tests.console.serving import Served, serving

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::bokeh.util.warnings.BokehUserWarning"),
]
CLIENTS = f"""email;family_name;given_name;mobile;postcode;occupation
nuova@example.org;Nuovissima;Demo;333 7654321;;
{EMAIL};<b>Esempio</b>;Demetra;333 999 9999;;Orafa
errore@example.org;Erronea;Demo;;185;
"""
IN_PERSIAN = "ورود فهرست"
PADDING_PX = 16  # of the page on a phone
SOURCE = "Vecchio gestionale, passaggio"


@pytest_asyncio.fixture
async def served(database_url: str, tmp_path: Path) -> AsyncIterator[Served]:
    async with a_house(database_url, tmp_path / "home") as services:
        house = at_its_clock(services, Clock(AT))
        await a_colleague(house, Role.MANAGER, "Demo Responsabile", MANAGER)
        await a_colleague(house, Role.AGENT, "Demo Agente", AGENT)
        await a_request(house)
        async with serving(house) as running:
            yield running


async def test_r9_identifiers_of_a_list_are_seen_whole_once_it_is_said_why_and_other_rows_are_covered(
    chromium: Browser, served: Served, tmp_path: Path
) -> None:
    page = await enter(chromium, served, MANAGER)
    await page.get_by_text("Importazioni", exact=True).first.click()
    listed = tmp_path / "clienti.csv"
    listed.write_text("email;family_name;given_name;iban\nnuova@example.org;Nuovissima;Demo;IT60X0542811101000000123456\n")
    await page.get_by_label("Da dove viene").fill(SOURCE)
    await page.locator("input[type=file]").set_input_files(listed)
    await expect(page.get_by_text("clienti.csv")).to_be_visible()
    await page.get_by_role("button", name="Leggi il file").click()
    await expect(page.get_by_text("···· 3456")).to_be_visible()
    await page.get_by_role("button", name="Mostra per intero").click()
    await told(page, "Scegli perché ti servono")
    await page.get_by_label("Perché ti servono").click()
    await page.get_by_text("Controllo della scheda", exact=True).click()
    await page.get_by_role("button", name="Mostra per intero").click()
    await expect(page.get_by_text("IT60 X054 2811 1010 0000 0123 456")).to_be_visible()
    await expect(page.get_by_role("button", name="Mostra per intero")).not_to_be_visible()
    await page.get_by_role("button", name="Cambiati (0)").click()
    await page.get_by_role("button", name="Nuovi (1)").click()
    await expect(page.get_by_text("···· 3456")).to_be_visible()
    await expect(page.get_by_role("button", name="Mostra per intero")).to_be_visible()


async def test_a_list_is_handed_over_looked_at_and_released(chromium: Browser, served: Served, tmp_path: Path) -> None:
    page = await enter(chromium, served, MANAGER)
    await page.get_by_text("Importazioni", exact=True).first.click()
    await expect(page.get_by_text("Nessuna lista")).to_be_visible()
    await page.get_by_role("button", name="Leggi il file").click()
    await told(page, "Scegli prima un file")

    wrong = tmp_path / "clienti.csv"
    wrong.write_bytes("email;family_name\nnuova@example.org;Però\n".encode("cp1252"))
    await page.get_by_label("Da dove viene").fill(SOURCE)
    await page.locator("input[type=file]").set_input_files(wrong)
    await expect(page.get_by_text("clienti.csv")).to_be_visible()
    await page.get_by_role("button", name="Leggi il file").click()
    await told(page, "La riga 2 non è in UTF-8")

    wrong.write_text(CLIENTS)
    await page.locator("input[type=file]").set_input_files(wrong)
    await expect(page.get_by_text("clienti.csv")).to_be_visible()
    await page.get_by_role("button", name="Leggi il file").click()
    await told(page, "niente conta finché")
    await expect(page.get_by_text("Scegli un file")).to_be_visible()
    await expect(page.get_by_role("heading", name="Nuovissima Demo")).to_be_visible()
    assert [each for each in await violations(page) if each.partition(":")[0] not in THE_LIBRARYS] == []

    await page.get_by_role("button", name="Cambiati (1)").click()
    changed = page.get_by_role("region").filter(has_text="+39 333 999 9999").first
    await expect(changed).to_contain_text("+39 333 123 4567")
    await expect(changed).to_contain_text("<b>Esempio</b>")  # as text
    await page.get_by_role("button", name="Chiedi al cliente").click()
    await told(page, "Il cliente riceve la domanda")
    await page.get_by_role("button", name="Rifiutati (1)").click()
    await expect(page.get_by_text("Un CAP")).to_be_visible()
    await page.get_by_role("button", name="Nuovi (1)").click()
    await page.get_by_role("button", name="Rilascia tutte").click()
    await told(page, "Rilasciate: 1")
    await page.get_by_text("Messaggi", exact=True).first.click()
    await page.get_by_text("Importazioni", exact=True).first.click()
    await page.get_by_role("button", name=SOURCE).click()  # opened again, it stands where something waits
    await expect(page.locator("b[aria-current]")).to_have_text("Rifiutati (1)")
    await page.get_by_role("button", name="Scarta tutto il resto").click()
    await told(page, "Non ne resta nulla")
    await expect(page.get_by_text("non ne resta nulla").first).to_be_visible()

    services = served.services
    async with services.database.transaction() as session:
        sheets = [read_sheet(services.keys, row) for row in await open_prepared_cards(session, services.clock())]
    assert {sheet.email: sheet.file for sheet in sheets} == {EMAIL: SOURCE, "nuova@example.org": SOURCE}

    agent = await enter(chromium, served, AGENT)
    await expect(agent.get_by_text("Demo Agente")).to_be_visible()
    await expect(agent.get_by_text("Importazioni", exact=True)).to_have_count(0)
    await the_desk_stands_from_right_to_left(await enter(chromium, served, MANAGER, locale="fa-IR"))
    await on_a_phone_the_menu_makes_room(await enter(chromium, served, MANAGER, locale="fa-IR", width=390))
    await in_a_narrow_window_the_menu_is_closed_at_first(await enter(chromium, served, MANAGER, width=700))


async def test_a_list_that_came_by_itself_and_a_file_that_was_refused_are_seen(
    chromium: Browser, database_url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    async with a_house(database_url, tmp_path / "home") as services:
        house = with_target(with_source(at_its_clock(services, Clock(AT)), folder), "drop", folder=str(folder / "away"))
        await a_colleague(house, Role.MANAGER, "Demo Responsabile", MANAGER)
        await a_request(house)
        (folder / "clienti.csv").write_text("email;family_name\nnuova@example.org;Nuovissima\n")
        folders = await looked(house)
        (folder / "<b>rossi.csv").write_bytes("email;family_name\nnuova@example.org;Però\n".encode("cp1252"))
        await looked(house, folders)
        await synced(house)
        async with serving(house) as running:
            page = await enter(chromium, running, MANAGER)
            await page.get_by_text("Importazioni", exact=True).first.click()
            await expect(page.get_by_text(f"Arrivata in automatico da {PROGRAM}")).to_be_visible()
            await expect(page.get_by_text("«<b>rossi.csv»")).to_contain_text("La riga 2 non è in UTF-8")
            assert [each for each in await violations(page) if each.partition(":")[0] not in THE_LIBRARYS] == []
            await page.get_by_role("button", name="Guarda").click()
            await expect(page.get_by_role("heading", name="Nuovissima")).to_be_visible()
            await page.get_by_text("Messaggi", exact=True).first.click()
            await expect(page.get_by_text(f"{NAME} non riceve più nulla da noi")).to_contain_text("La cartella non si può scrivere.")
            await expect(page.get_by_text(f"{PROGRAM}: il file arrivato")).to_be_visible()


async def the_desk_stands_from_right_to_left(page: Page) -> None:
    """In Persian: the menu on the right, and what it shows beside it."""
    await page.get_by_text(IN_PERSIAN, exact=True).first.click()
    await expect(page.get_by_role("heading", name=IN_PERSIAN)).to_be_visible()
    assert await page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["fa", "rtl"]
    menu, shown = await page.locator("nav .MuiDrawer-paper").bounding_box(), await page.locator("main.main").bounding_box()
    assert menu
    assert shown
    assert (shown["x"], menu["x"]) == (0, shown["width"])
    assert [each for each in await violations(page) if each.partition(":")[0] not in THE_LIBRARYS] == []


async def on_a_phone_the_menu_makes_room(page: Page) -> None:
    """For what was chosen in it, where every field says its whole name."""
    await page.locator("header button").first.click()
    await page.get_by_text(IN_PERSIAN, exact=True).first.click()
    await expect(page.get_by_role("heading", name=IN_PERSIAN)).to_be_visible()
    await expect(page.locator(".MuiDrawer-paper")).to_be_hidden()
    ticked = page.locator("main .MuiFormControlLabel-label")
    await expect(ticked).to_have_count(2)  # the last that come
    cut = await page.locator("main label").evaluate_all(
        "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.innerText)"
    )
    assert cut == []
    assert min(await ticked.evaluate_all("all => all.map(one => one.getBoundingClientRect().left)")) >= PADDING_PX


async def in_a_narrow_window_the_menu_is_closed_at_first(page: Page) -> None:
    """Also where it is no phone that asks; the buttons of the bar say their names in the page's language, whatever is pressed."""
    menu = page.locator("nav .MuiDrawer-paper")
    await page.get_by_role("button", name="Apri il menu", exact=True).click()
    await page.get_by_role("button", name="Chiudi il menu", exact=True).wait_for()
    await expect(page.get_by_role("button", name="Chiaro o scuro", exact=True)).to_have_count(1)
    await page.get_by_text("Importazioni", exact=True).first.click()
    await expect(page.get_by_role("heading", name="Importazioni")).to_be_visible()
    await expect(menu).to_be_hidden()
    await page.set_viewport_size({"width": 1280, "height": 900})
    await expect(menu).to_be_visible()
    await page.set_viewport_size({"width": 700, "height": 900})
    await expect(menu).to_be_hidden()
