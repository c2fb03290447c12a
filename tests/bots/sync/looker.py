"""A process that looks into one folder again and again, without the minute between: `python -m tests.bots.sync.looker URL HOME FOLDER`."""

import asyncio
import sys
from pathlib import Path

from bots.sync.arriving import Folders
from tests.bots.house import a_house
from tests.bots.sync.house import with_source


async def look(url: str, home: Path, folder: Path) -> None:
    async with a_house(url, home) as services:
        folders = Folders(with_source(services, folder))
        while True:
            await folders.look()
            await asyncio.sleep(0.005)


if __name__ == "__main__":
    asyncio.run(look(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
