"""kill -9 while batches are under way: every turn that was acknowledged is there, none twice."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import textwrap

import pytest

from storage.database import Database
from storage.keys import Keys
from storage.turns import TurnStore

KILLS = 4
CONVERSATIONS = 12
WRITER = textwrap.dedent("""
    import asyncio, sys
    from storage.database import Database
    from storage.keys import Keys
    from storage.turns import TurnStore, Turn, Written

    async def talk(store, conversation):
        for _ in range(100_000):
            loaded = await store.load(conversation)
            name = f"turn-{loaded.version + 1}"
            outcome = await store.write(Turn(loaded, name, b"said", b"snapshot", f"reply to {name}".encode(), "it"))
            assert outcome == Written(loaded.version + 1), outcome
            print(conversation, loaded.version + 1, flush=True)

    async def main(url, conversations):
        async with TurnStore(Database(url), Keys(b"m" * 32)) as store:
            await asyncio.gather(*(talk(store, each) for each in conversations))

    asyncio.run(main(sys.argv[1], sys.argv[2:]))
""")


@pytest.mark.slow
async def test_no_acknowledged_turn_is_lost_and_none_stands_twice(database: Database) -> None:
    async with TurnStore(database, Keys(b"m" * 32), cache_entries=0) as store:
        conversations = [
            (await store.create(language="it", channel="web", snapshot=b"", replies=b"welcome")).conversation for _ in range(CONVERSATIONS)
        ]
        acknowledged: dict[str, int] = {}
        for seed in range(KILLS):
            acknowledged |= await asyncio.to_thread(write_until_killed, database.url, conversations, random.Random(seed).randint(20, 400))
        for conversation in conversations:
            turns = await store.read_turns(conversation)
            assert [turn.number for turn in turns] == list(range(1, len(turns) + 1))
            assert len(turns) >= acknowledged[conversation]
            assert all(turn.replies == f"reply to {turn.incoming_id}".encode() for turn in turns[1:])


def write_until_killed(url: str, conversations: list[str], turns: int) -> dict[str, int]:
    """The last number of each conversation that was acknowledged, the rest of the pipe included."""
    command = [sys.executable, "-c", WRITER, url, *conversations]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": "."}) as writer:
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(turns)]
        writer.send_signal(signal.SIGKILL)
        lines += writer.stdout.readlines()
    whole = [line.split() for line in lines if line.endswith("\n")]
    return {conversation: int(number) for conversation, number in whole}
