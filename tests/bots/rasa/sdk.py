"""rasa-sdk in an environment of its own, as it has where Rasa runs: its pins and ours do not fit into one."""

import asyncio
import fcntl
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
PINNED = ROOT / "requirements/rasa.txt"
RECORDED = [json.loads((ROOT / f"tests/data/rasa/action_request_{number}.json").read_text())["body"] for number in (1, 2, 8)]
"""What a live Rasa 3.6.21 sent its action."""
MOST_ANSWERED = 1_000_000  # bytes of a line; a module's text is longer than what a pipe is read by
CALL = """
import asyncio, json, sys
from rasa_sdk.executor import ActionExecutor
from actions import TakeTurn

async def run():
    executor = ActionExecutor()
    executor.register_action(TakeTurn())
    for line in sys.stdin:
        print(json.dumps((await executor.run(json.loads(line))).model_dump()), flush=True)

asyncio.run(run())
"""


class Executor:
    """The SDK's own, in a process; a call at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def run(self, call: dict[str, Any]) -> dict[str, Any] | None:
        """What it made of it; None where it failed."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(call).encode() + b"\n")
        line = await self._process.stdout.readline()
        return json.loads(line) if line else None

    async def complaint(self) -> str:
        """Once it has ended."""
        assert self._process.stderr
        return (await self._process.stderr.read()).decode()


@asynccontextmanager
async def an_executor(project: Path, told: dict[str, str]) -> AsyncIterator[Executor]:
    """Of the exported project's actions; `told`: where Sospeso answers, and its secret."""
    python = await asyncio.to_thread(python_with_sdk)
    process = await asyncio.create_subprocess_exec(
        python, "-c", CALL, cwd=project, env={"PATH": os.environ["PATH"], **told}, limit=MOST_ANSWERED,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Executor(process)
    finally:
        assert process.stdin
        process.stdin.close()
        await process.wait()


def python_with_sdk() -> Path:
    """Made once, inside the folder that `make setup-dev` makes."""
    folder = ROOT / ".venv" / f"rasa-{sha256(PINNED.read_bytes()).hexdigest()[:12]}"
    done = folder / "made"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            _make(folder)
            done.touch()
    return folder / "bin/python"


def _make(folder: Path) -> None:
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder], check=True)
    subprocess.run([*uv, "pip", "install", "--quiet", "--python", folder, "--require-hashes", "-r", PINNED], check=True)
