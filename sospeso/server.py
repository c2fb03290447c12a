"""One process, one port: web chat, console, jobs. The console loads while the chat already answers."""

import asyncio
import contextlib
import importlib
import logging
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, Literal

import uvicorn
import uvloop

from sospeso.parts import Addresses, open_services
from storage.settings import NotConfigured, Settings

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from dialogs.services import Services

type Role = Literal["all", "web", "console", "worker"]
type Scope = MutableMapping[str, Any]  # Any: as ASGI has it
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
type App = Callable[[Scope, Receive, Send], Awaitable[None]]

log = logging.getLogger(__name__)
PARTING_S = 3  # for answers under way; streams end with it
CONSOLE = "/console"


class House:
    """The ASGI application: `/healthz`, the console under its path, the web for everything else."""

    def __init__(self) -> None:
        self._parts: dict[str, asyncio.Future[App]] = {}

    def expect(self, path: str) -> None:
        """A part that will come: requests to it wait."""
        self._parts[path] = asyncio.get_running_loop().create_future()

    def add(self, path: str, app: App) -> None:
        self._parts[path].set_result(app)

    def fail(self, path: str, error: BaseException) -> None:
        self._parts[path].set_exception(error)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "")
        if path == "/healthz":
            await _say(send, 200, b"ok\n")
        elif (part := self._part(path)) is None:
            await (_say(send, 404, b"not here\n") if scope["type"] == "http" else send({"type": "websocket.close"}))
        else:
            app = await asyncio.shield(part)
            await app(scope, receive, send)

    def _part(self, path: str) -> asyncio.Future[App] | None:
        if path == CONSOLE or path.startswith(f"{CONSOLE}/"):
            return self._parts.get(CONSOLE)
        return self._parts.get("/")


def listen(host: str, port: int) -> socket.socket:
    """Bound at once, so that the address is known before anything is built. Raises NotConfigured where it is taken."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=2048)
    except OSError as error:
        raise NotConfigured(
            f"{host}:{port} cannot be listened on ({error.strerror}): choose another with --port or SOSPESO_PORT."
        ) from error


def address_of(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - told, not bound
    return f"http://{host}:{port}"


def run(
    settings: Settings,
    addresses: Addresses,
    listening: socket.socket,
    *,
    role: Role,
    is_demo: bool = False,
    when_ready: Callable[[], None] = lambda: None,
) -> None:
    """Serves until SIGINT or SIGTERM, then ends everything in order."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, addresses, listening, role, is_demo=is_demo, when_ready=when_ready))


async def _serve(
    settings: Settings, addresses: Addresses, listening: socket.socket, role: Role, *, is_demo: bool, when_ready: Callable[[], None]
) -> None:
    settings = settings.model_copy(update={"public_url": settings.public_url or address_of(listening)})
    async with AsyncExitStack() as stack:
        services = await stack.enter_async_context(open_services(settings, addresses, is_demo=is_demo))
        house = House()
        server = _Server(house)
        _end_on_signals(server)
        if role in {"all", "console"}:
            house.expect(CONSOLE)
        if role in {"all", "web"}:
            house.expect("/")
            house.add("/", await stack.enter_async_context(_web(services)))
        if role in {"all", "worker"}:
            await stack.enter_async_context(_worker(services, addresses))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        await server.until_started()
        when_ready()
        if role in {"all", "console"}:
            stack.push_async_callback(_ended, asyncio.create_task(_load_console(house, services)))
        await serving


@asynccontextmanager
async def _web(services: "Services") -> AsyncIterator[App]:
    from bots.web.app import create_app

    app: Starlette = create_app(services)
    async with app.router.lifespan_context(app):
        yield app


@asynccontextmanager
async def _worker(services: "Services", addresses: Addresses) -> AsyncIterator[None]:
    from bots import receipts
    from storage.jobs import Worker

    receipts.register(services)
    async with Worker(addresses.app, receipts.QUEUES):
        yield


async def _load_console(house: House, services: "Services") -> None:
    """Panel takes seconds to import: in a thread, while the chat answers."""
    try:
        module = await asyncio.to_thread(importlib.import_module, "console.app")
        house.add(CONSOLE, module.create_console(services))
    except Exception as error:
        log.exception("the console did not load")
        house.fail(CONSOLE, error)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


class _Server(uvicorn.Server):
    """uvicorn's, without its signals: it would raise them again after serving and skip what we have to end."""

    def __init__(self, app: App) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="off",
                log_config=None,
                access_log=False,  # addresses are personal data
                proxy_headers=False,  # bots.web.limits believes SOSPESO_TRUSTED_PROXIES
                server_header=False,
                timeout_graceful_shutdown=PARTING_S,
            )
        )
        self.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]  # see above
        self._started = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._started.set()

    async def until_started(self) -> None:
        await self._started.wait()


def _end_on_signals(server: _Server) -> None:
    def end() -> None:
        server.force_exit = server.should_exit  # the second time at once
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end)


async def _say(send: Send, status: int, body: bytes) -> None:
    await send(
        {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]}
    )
    await send({"type": "http.response.body", "body": body})
