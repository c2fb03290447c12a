"""rasa-sdk in an environment of its own, as it has where Rasa runs: its pins and ours do not fit into one."""

import fcntl
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[3]
PINNED = ROOT / "requirements/rasa.txt"
CALL = """
import asyncio, json, sys
from rasa_sdk.executor import ActionExecutor
from actions import TakeTurn

async def run(calls):
    executor = ActionExecutor()
    executor.register_action(TakeTurn())
    return [(await executor.run(call)).model_dump() for call in calls]

print(json.dumps(asyncio.run(run(json.load(sys.stdin)))))
"""


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
