"""`python -m bench [names…]`: measures, shows a table, writes bench/results.json."""

import json
import logging
import os
import platform
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import uvloop
from rich.console import Console
from rich.table import Table

from bench import exports, growth, imports, ledger, program, reading, receipts, scrub, telegram, turns, web
from bench.house import House, a_house
from bench.measure import Result

RESULTS = Path(__file__).with_name("results.json")

type Suite = Callable[[House], Awaitable[list[Result]]]
type Apart = Callable[[], Awaitable[list[Result]]]

IN_A_HOUSE: dict[tuple[str, ...], Suite] = {
    ("turn_inprocess_per_s", "turn_serial_per_s", "turn_vs_aiogram_memory", "turn_vs_ptb_memory"): turns.measure,
    ("turn_http_per_s", "turn_http_cpu_us", "turn_http_serial_p95_ms"): web.measure,
    ("telegram_webhook_p95_ms", "telegram_updates_per_s", "telegram_overhead_ms"): telegram.measure,
    ("turn_cost_growth_1e5", "turn_cost_growth_60", "idle_conversation_bytes"): growth.measure,
    (
        *receipts.PRINTED_IN.values(),
        *("receipt_jobs_per_s", "receipt_start_p95_ms", "turn_p99_during_receipts_ms", "seal_per_core_per_s", "receipt_jobs_sealed_per_s"),
    ): receipts.measure,
    ("ledger_append_ms", "ledger_verify_1e6_s"): ledger.measure,
    ("scrub_documents_per_s",): scrub.measure,
}
ALONE: dict[tuple[str, ...], Apart] = {
    ("start_s", "resident_mb", "console_first_rows_s"): program.measure_console,
    ("reading_p99_us",): reading.measure,
    ("export_clients_per_s", "export_memory_growth_mb"): exports.measure,
    ("import_rows_per_s", "import_memory_growth_mb"): imports.measure,
    ("lint_s",): program.measure_lint,
    ("setup_s",): program.measure_setup,
}


def main(named: list[str]) -> None:
    known = [name for names in (*IN_A_HOUSE, *ALONE) for name in names]
    if unknown := [name for name in named if name not in known]:
        sys.exit(f"No such figure: {', '.join(unknown)}. There are: {', '.join(known)}.")
    logging.disable(logging.INFO)
    wanted = set(named or known)
    results, durability = uvloop.run(_measure(wanted))
    machine = _machine(durability)
    shown = [result for result in results if result.name in wanted]
    _show(shown, machine)
    RESULTS.write_text(
        json.dumps(
            {"machine": machine, "commit": _commit(), "results": [result.as_json() for result in shown]}, ensure_ascii=False, indent=1
        )
    )


async def _measure(wanted: set[str]) -> tuple[list[Result], dict[str, str]]:
    results: list[Result] = []
    durability: dict[str, str] = {}
    for names, suite in IN_A_HOUSE.items():
        if wanted & set(names):
            async with a_house() as house:
                durability = house.durability
                results += await _told(names, suite(house))
    for names, apart in ALONE.items():
        if wanted & set(names):
            results += await _told(names, apart())
    return results, durability


async def _told(names: Iterable[str], measuring: Awaitable[list[Result]]) -> list[Result]:
    print(f"{datetime.now(UTC):%H:%M:%S} {' '.join(names)}", file=sys.stderr, flush=True)
    return await measuring


def _machine(durability: dict[str, str]) -> dict[str, object]:
    with Path("/proc/cpuinfo").open() as lines:
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return {
        "processor": model,
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(memory, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_1min": round(os.getloadavg()[0], 1),
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        **durability,
    }


def _commit() -> str:
    found = subprocess.run(["git", "rev-parse", "HEAD"], cwd=RESULTS.parent, check=False, capture_output=True, text=True)
    return found.stdout.strip()


def _show(results: list[Result], machine: dict[str, object]) -> None:
    table = Table(title=f"{machine['processor']}, {machine['cores']} cores, Python {machine['python']}, {machine['at']}")
    for column in ("figure", "value", "unit", "floor / wished", "meets", "baseline", "of it", "ratio"):
        table.add_column(column, justify="right" if column in {"value", "of it", "ratio"} else "left", no_wrap=column == "figure")
    for one in results:
        table.add_row(
            one.name, _figure(one.value), one.unit, one.floor, {True: "yes", False: "NO", None: ""}[one.meets],
            one.baseline or "", _figure(one.baseline_value), _figure(one.ratio),
        )  # fmt: skip
    Console(width=max(Console().width, 150)).print(table)


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


if __name__ == "__main__":
    main(sys.argv[1:])
