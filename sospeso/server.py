"""One process, one port: web chat, messengers and console, which loads while the chat already answers; the jobs run in a child."""

import asyncio
import contextlib
import gc
import importlib
import logging
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, MutableMapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, Literal

import uvicorn
import uvloop

from sospeso.health import Health
from sospeso.joined_writes import OneWrite
from sospeso.keeping import kept
from sospeso.parts import Addresses, open_services
from sospeso.worker import WorkerProcess, working
from storage.settings import NotConfigured, Settings

if TYPE_CHECKING:
    from bots.telegram.door import Door
    from dialogs.services import Services

type Role = Literal["all", "web", "console", "bots", "worker"]
type Scope = MutableMapping[str, Any]  # Any: as ASGI has it
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
type App = Callable[[Scope, Receive, Send], Awaitable[None]]

log = logging.getLogger(__name__)
PARTING_S = 2  # for answers under way; streams of events are cut then, and resume elsewhere
TALKING: Final[frozenset[Role]] = frozenset({"all", "web", "bots"})  # take part in conversations, messengers' among them
CONSOLE = "/console"
CONSOLE_AFTER_S = 5  # at once where somebody asks for it sooner


class House:
    """The ASGI application: `/healthz`, the console under its path, the web or the messengers for everything else."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self._parts: dict[str, asyncio.Future[App]] = {}
        self.console_wanted = asyncio.Event()

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
            await (_say(send, 200, b"ok\n") if await self._health.is_well() else _say(send, 503, b"the database does not answer\n"))
        elif (part := self._part(path)) is None:
            await (_say(send, 404, b"not here\n") if scope["type"] == "http" else send({"type": "websocket.close"}))
        else:
            app = part.result() if part.done() else await asyncio.shield(part)
            await app(scope, receive, send)

    def _part(self, path: str) -> asyncio.Future[App] | None:
        if path == CONSOLE or path.startswith(f"{CONSOLE}/"):
            self.console_wanted.set()
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
    """Serves until SIGINT or SIGTERM, then ends everything in order. Raises NotConfigured where the seal's file cannot be used, CannotStart
    where the embedded database does not stay."""
    if settings.seal_file is not None:
        from bots.seal_keys import check_seal

        check_seal(settings.seal_file, settings.seal_password)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, addresses, listening, role, is_demo=is_demo, when_ready=when_ready))


async def _serve(
    settings: Settings, addresses: Addresses, listening: socket.socket, role: Role, *, is_demo: bool, when_ready: Callable[[], None]
) -> None:
    _look_at_addresses(settings, role)
    settings = settings.model_copy(update={"public_url": settings.public_url or address_of(listening)})
    async with AsyncExitStack() as stack:
        services = await stack.enter_async_context(open_services(settings, addresses, is_demo=is_demo))
        house = House(Health(services.turn_store.answers))
        server = _Server(house)
        server.end_on_signals()
        if addresses.server is not None:
            await stack.enter_async_context(kept(addresses.server, server.end))
        if role in {"all", "console"}:
            house.expect(CONSOLE)
        if role == "console":
            house.console_wanted.set()
        if role in TALKING:
            house.expect("/")
            door = _telegram_door(settings)
            house.add("/", await stack.enter_async_context(_talking(services, door, role)))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        stack.push_async_callback(server.leave, serving)
        await server.until_started()
        when_ready()
        if role == "all":
            await stack.enter_async_context(WorkerProcess(settings, addresses, is_demo=is_demo))
        if role == "worker":
            await stack.enter_async_context(working(services, addresses))
        if role in TALKING:
            await asyncio.to_thread(_warm_up, services)  # no customer waits for the lists of places
            if door is not None:
                await stack.enter_async_context(_telegram(services, door))
        gc.freeze()  # what was imported stays: looking through it again and again would halt turns for half a second
        if role in {"all", "console"}:
            await stack.enter_async_context(_console(house, services))
        await serving


def _look_at_addresses(settings: Settings, role: Role) -> None:
    """Says where a process that has no pages would send people to itself, and where it has nobody to talk to."""
    if settings.public_url is None and role not in {"all", "web"}:
        log.warning("SOSPESO_PUBLIC_URL is not set: links that are sent from here would lead to this process, which has no pages")
    if role == "bots" and settings.telegram_token is None and settings.rasa_secret is None:
        log.warning("neither SOSPESO_TELEGRAM_TOKEN nor SOSPESO_RASA_SECRET is set: no messenger can talk to this process")


@asynccontextmanager
async def _talking(services: "Services", door: "Door | None", role: Role) -> AsyncIterator[App]:
    from bots.web.app import create_app, create_messengers_door

    routes = [] if door is None else door.routes()
    if role == "bots":
        app: App = create_messengers_door(services, routes)
    else:
        app = create_app(services, routes, lambda: None if door is None else door.username)
    async with _living(app):
        yield app


def _telegram_door(settings: Settings) -> "Door | None":
    if settings.telegram_token is None:
        return None
    from bots.telegram.door import Door

    return Door(settings)


@asynccontextmanager
async def _telegram(services: "Services", door: "Door") -> AsyncIterator[None]:
    """aiogram takes a second and more to import: in a thread, and only where there is a bot."""

    async def load(stack: AsyncExitStack) -> None:
        try:
            lean = await asyncio.to_thread(importlib.import_module, "bots.telegram.lean")
            await asyncio.to_thread(lean.import_aiogram)
            module = await asyncio.to_thread(importlib.import_module, "bots.telegram.station")
            await asyncio.to_thread(module.warm_up)
            gc.freeze()  # aiogram's share
            station = module.Station(services)
            await stack.enter_async_context(station.at_work())
            door.open(station)
        except Exception as error:
            log.exception("the bot did not start")
            door.fail(error)

    async with _meanwhile(load):
        yield


def _warm_up(services: "Services") -> None:
    from forms.types import warm_up

    warm_up(services.clock().astimezone(services.settings.zone).date())


@asynccontextmanager
async def _console(house: House, services: "Services") -> AsyncIterator[None]:
    """Panel takes seconds to import: in a thread, while the chat answers, and not while all who were cut off come back after a restart."""

    async def load(stack: AsyncExitStack) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(house.console_wanted.wait(), CONSOLE_AFTER_S)
        try:
            from bots.web.limits import brake_by

            module = await asyncio.to_thread(importlib.import_module, "console.app")
            console = module.create_console(services, brake=brake_by(services.settings))
            await stack.enter_async_context(_living(console))
        except Exception as error:
            log.exception("the console did not load")
            house.fail(CONSOLE, error)
        else:
            house.add(CONSOLE, console)
            gc.freeze()  # Panel's share

    async with _meanwhile(load):
        yield


@asynccontextmanager
async def _meanwhile(load: Callable[[AsyncExitStack], Coroutine[None, None, None]]) -> AsyncIterator[None]:
    """A part that loads while others answer; what it has entered is left at the end, also where it was still loading."""
    stack = AsyncExitStack()
    loading = asyncio.create_task(load(stack))
    try:
        yield
    finally:
        await _ended(loading)
        await stack.aclose()


@asynccontextmanager
async def _living(app: App) -> AsyncIterator[None]:
    """ASGI's lifespan, for an application within ours; one that knows none lives without."""
    events: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
    started = asyncio.Event()

    async def hear(message: MutableMapping[str, Any]) -> None:
        if message["type"].startswith("lifespan.startup"):
            started.set()

    async def live() -> None:
        try:
            await app({"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}, events.get, hear)
        finally:
            started.set()

    living = asyncio.create_task(live())
    events.put_nowait({"type": "lifespan.startup"})
    await started.wait()
    try:
        yield
    finally:
        events.put_nowait({"type": "lifespan.shutdown"})
        await living


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
                http=OneWrite,
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

    def end_on_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self.end)

    def end(self) -> None:
        self.force_exit = self.should_exit  # the second time at once
        self.should_exit = True

    async def leave(self, serving: asyncio.Task[None]) -> None:
        """Also where a part did not start."""
        self.should_exit = True
        await serving

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._started.set()

    async def until_started(self) -> None:
        await self._started.wait()


async def _say(send: Send, status: int, body: bytes) -> None:
    await send(
        {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]}
    )
    await send({"type": "http.response.body", "body": body})
