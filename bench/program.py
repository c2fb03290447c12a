"""The whole program as a newcomer and a colleague meet it: set up, started, resident, linted, its console opened."""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from playwright.async_api import Page, async_playwright, expect

from bench.house import a_folder
from bench.measure import ROUNDS, Result, at_most
from bench.processes import resident_mb
from tests.browser.chromium import find_chromium
from tests.browser.conftest import FLAGS
from tests.program import Program, a_connection, a_customer

ROOT = Path(__file__).parent.parent
OPENED = 100
PATIENCE_MS = 60_000


async def measure_console() -> list[Result]:
    """Starts, memory and the console, on one demo that a customer has used."""
    with a_folder() as folder:
        program = Program(folder / "home", is_cold=True)
        with program:
            await _use(program)
        starts = [await _start_s(program) for _ in range(ROUNDS)]
        with program:
            rows_s, resident = await _look(program)
    return [
        at_most("start_s", starts, "s", floor=6, wished=6),
        at_most("resident_mb", [resident], "MB", floor=400, wished=400),
        at_most("console_first_rows_s", rows_s, "s", floor=5, wished=3),
    ]


async def measure_lint() -> list[Result]:
    command = [sys.executable, "-m", "sospeso", "forms", "lint"]
    samples = [_seconds(lambda: subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)) for _ in range(ROUNDS + 1)]
    return [at_most("lint_s", samples[1:], "s", floor=3, wished=3)]


async def measure_setup() -> list[Result]:
    """`make setup` in a fresh clone of what is committed; downloads come from wherever this machine's tools get them."""
    with TemporaryDirectory(prefix="sospeso clone ") as folder:
        clone = Path(folder) / "sospeso"
        _run("git", "clone", "--quiet", "--no-local", str(ROOT), str(clone))
        outside = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}}
        taken = _seconds(lambda: subprocess.run(["make", "setup"], cwd=clone, env=outside, check=True, stdout=subprocess.DEVNULL))
    return [at_most("setup_s", [taken], "s", floor=180, wished=180)]


async def _use(program: Program) -> None:
    """A customer registers, so that a colleague finds a row; until their receipt is mailed: a job left over would be printed later."""
    async with a_connection() as http:
        customer = await a_customer(program, program.mails, http).open()
        await customer.register()
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while not any([*mail.iter_attachments()] for mail in program.mails.to(customer.address)):  # noqa: ASYNC110 - a file tells nobody
            await asyncio.sleep(0.1)


async def _start_s(program: Program) -> float:
    """From the command to the first answer of the chat."""
    begun = time.perf_counter()
    with program:
        async with a_connection() as http:
            await _open(program, http)
        return time.perf_counter() - begun


async def _open(program: Program, http: httpx.AsyncClient) -> None:
    answer = await http.post(f"{program.url}/api/chat/conversations", json={"language": "it"})
    answer.raise_for_status()


async def _look(program: Program) -> tuple[list[float], float]:
    """Seconds to the console's first rows, and megabytes with one of its pages and a hundred conversations open."""
    async with async_playwright() as playwright, a_connection() as http:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        page = await browser.new_page()
        await _sign_in(program, page)
        seconds = []
        for _ in range(ROUNDS):
            await page.goto("about:blank")
            begun = time.perf_counter()
            await _see_rows(program, page)
            seconds.append(time.perf_counter() - begun)
        for _ in range(OPENED):
            await _open(program, http)
        resident = resident_mb(program.pid, without="postgres")
        await browser.close()
    return seconds, resident


async def _sign_in(program: Program, page: Page) -> None:
    await page.goto(f"{program.url}/console")
    await page.fill("#email", "agent@example.org")
    await page.fill("#password", program.password("agent@example.org"))
    await page.locator("button").click()
    await _see_rows(program, page)


async def _see_rows(program: Program, page: Page) -> None:
    await page.goto(f"{program.url}/console")
    await expect(page.get_by_role("link", name="Esempio Demetra").first).to_be_visible(timeout=PATIENCE_MS)


def _seconds(run: Callable[[], object]) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def _run(*command: str) -> None:
    subprocess.run([shutil.which(command[0]) or command[0], *command[1:]], check=True, stdout=subprocess.DEVNULL)
