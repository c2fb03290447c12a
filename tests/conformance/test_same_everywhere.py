"""One customer, every channel: the same acts come to the same transcript, turn by turn, word by word."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from forms.catalogue import Catalogue
from storage.database import Database
from storage.turns import TurnStore
from tests.bots.web.conftest import KEYS, Made
from tests.conformance import houses
from tests.conformance.channels import Meaning
from tests.conformance.scenes import SCENES, say_two_things_at_once
from tests.conftest import created

pytestmark = [pytest.mark.slow, pytest.mark.browser]

type Transcripts = dict[str, list[Meaning]]
"""Of each scene, by its name."""
type ADatabase = Callable[[Path], AbstractAsyncContextManager[Made]]
"""Of its own, with files in that folder."""
type House = Callable[[Made], AbstractAsyncContextManager[houses.Come]]

CHANNELS: dict[str, House] = {
    "telegram by polling": houses.telegram,
    "telegram by webhook": partial(houses.telegram, by_webhook=True),
    "inside a bot on python-telegram-bot": houses.a_bot_on_ptb,
    "Rasa's REST channel": houses.rasas_rest_channel,
    "a Rasa's action": houses.a_rasas_action,
    "pages without JavaScript": houses.pages,
    "pages with JavaScript": houses.pages_with_javascript,
}
NOT_THERE = {"a Rasa's action": {say_two_things_at_once}}
"""A Rasa takes what one sender sends one after the other: the second answers the next question."""


@pytest.fixture(scope="module")
def a_database(server_url: str, template: str, catalogue: Catalogue) -> ADatabase:
    @asynccontextmanager
    async def a_database(home: Path) -> AsyncIterator[Made]:
        with created(server_url, f"sospeso_test_{uuid4().hex}", template=template) as url:
            database = Database(url)
            async with TurnStore(database, KEYS) as store:
                yield Made(database, store, catalogue, home)
            await database.close()

    return a_database


@pytest_asyncio.fixture(scope="module")
async def on_the_api(a_database: ADatabase, tmp_path_factory: pytest.TempPathFactory) -> Transcripts:
    """What every other channel is held against."""
    async with a_database(tmp_path_factory.mktemp("api")) as made:
        return await played(houses.the_chat_api, made)


@pytest.mark.parametrize("name", CHANNELS)
async def test_the_transcript_is_the_same_on_every_channel(
    name: str, on_the_api: Transcripts, a_database: ADatabase, tmp_path: Path
) -> None:
    async with a_database(tmp_path) as made:
        told = await played(CHANNELS[name], made)
    for scene in SCENES:
        if scene not in NOT_THERE.get(name, ()):
            assert told[scene.__name__] == on_the_api[scene.__name__], scene.__name__


async def played(house: House, made: Made) -> Transcripts:
    """All scenes in one house, each by another customer."""
    transcripts = {}
    async with house(made) as come:
        for number, scene in enumerate(SCENES):
            channel = come(f"demo{number}@example.org")
            await channel.open()
            await scene(channel)
            transcripts[scene.__name__] = await channel.transcript()
    return transcripts
