"""The console on a real server, in this process."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import httpx
import uvicorn

from dialogs.services import Services
from tests.storage.builders import PASSWORD


@dataclass(frozen=True, slots=True)
class Served:
    services: Services
    url: str

    def client(self, **headers: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, headers={"origin": self.url, **headers}, timeout=60)

    @asynccontextmanager
    async def signed_in(self, email: str) -> AsyncIterator[httpx.AsyncClient]:
        async with self.client() as client:
            answer = await client.post("/console/sign-in", data={"email": email, "password": PASSWORD})
            assert answer.status_code == 303
            yield client

    @property
    def socket(self) -> str:
        return f"{self.url.replace('http', 'ws')}/console/ws"


@asynccontextmanager
async def serving(services: Services, *, unused_s: float = 15) -> AsyncIterator[Served]:
    from console.app import create_console  # with Panel, seconds that only these tests need to wait for

    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        served = replace(services, settings=services.settings.model_copy(update={"public_url": url}))
        console = create_console(served, unused_s=unused_s)
        server = uvicorn.Server(uvicorn.Config(console, log_level="warning", lifespan="on", timeout_graceful_shutdown=2))
        running = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield Served(served, url)
        finally:
            server.should_exit = True
            await running


def token_of(page: str) -> str:
    """The Bokeh session token that a page carries."""
    found = re.search(r'"token":\s*"([^"]+)"', page)
    assert found is not None
    return found[1]
