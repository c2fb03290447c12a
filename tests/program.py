"""The real program as a child process on 127.0.0.1, and customers who talk to it over HTTP: for tests that kill it, crowd it or lie to it."""

import asyncio
import email
import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx
from sqlalchemy import make_url

from storage.database import Database
from storage.embedded import EmbeddedServer
from storage.keys import Keys
from storage.processes import postmaster_state
from storage.settings import Settings
from storage.turns import TurnStore
from tests import warm
from tests.dialogs.driver import HOME, PERSON, more_of

READY_S = 180  # a start takes 5 s alone, far more where eight others share the machine
PATIENCE_S = 600  # of a customer who sends the same message again while the program is down, or waits for a code from worker after worker
CODE = re.compile(r"\b(\d{6})\b")


@contextmanager
def a_home() -> Iterator[Path]:
    """A folder that the database server's account may enter (pytest's own it may not), in memory where there is plenty."""
    memory = Path("/dev/shm")
    place = memory if memory.is_dir() and shutil.disk_usage(memory).free > 2_000_000_000 else None
    with TemporaryDirectory(prefix="sospeso home ", dir=place, ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        yield Path(folder) / "home"


class Program:
    """`sospeso demo` on a home folder, with its own embedded server unless `database_url` says where another is.

    `async with` is not needed: starting blocks until the line `ready`. Leaving ends it and its database server. `is_cold`: started by a
    Python of its own, not forked from one that has imported it; `is_alone`: so are the processes it starts."""

    def __init__(
        self, home: Path, *, database_url: str | None = None, is_cold: bool = False, is_alone: bool = False, **settings: str
    ) -> None:
        self.home = home
        self.url = ""
        self.port = 0
        self._database_url = database_url
        self._settings = settings
        self._start = warm.start_cold if is_cold else partial(warm.start, is_alone=is_alone)
        self._process: warm.Started | subprocess.Popen[str] | None = None

    def start(self) -> Self:
        """Until it is ready to answer."""
        self.begin()
        return self.until_ready()

    def begin(self) -> None:
        """Only begins to start."""
        assert self._process is None, "it runs already"
        self.home.mkdir(parents=True, exist_ok=True)
        with self.log.open("a") as log:
            self._process = self._start(["demo", "--home", str(self.home), "--port", str(self.port)], self._environment(), log)

    def until_ready(self) -> Self:
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("ready "):
                self.url = line.split()[1].rstrip("/")
                self.port = int(self.url.rpartition(":")[2])
                return self
        self._process.wait()
        raise AssertionError(f"the program did not start:\n{self.log.read_text()[-3000:]}")

    def kill(self) -> None:
        """SIGKILL of exactly this process. Its database server ends by itself, or the next start ends it."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._reap()

    def stop(self) -> int:
        """As Ctrl-C does; the exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        return self._reap()

    def wait(self) -> int:
        """Until it ends by itself; the exit status."""
        return self._reap()

    def set(self, **settings: str) -> None:
        """From the next start on, instead of those given before."""
        self._settings = settings

    def restart(self) -> Self:
        if self._process is not None:
            self.kill()
        return self.start()

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> Path:
        return self.home.parent / f"{self.home.name}.log"

    @property
    def mails(self) -> "Mailbox":
        return Mailbox(self.home / "mail")

    def settings(self) -> Settings:
        """As the program has them, its secrets included."""
        secrets = json.loads((self.home / "secrets.json").read_text())
        given = {name: secrets[name] for name in ("secret_key", "master_key")}
        return Settings(_env_file=None, home=self.home, **given)

    def password(self, email_: str) -> str:
        return str(json.loads((self.home / "secrets.json").read_text())[f"password of {email_}"])

    @property
    def database_url(self) -> str:
        return self._database_url or EmbeddedServer(self.home / "database").url()

    @property
    def postmaster(self) -> int | None:
        """Process id that the embedded server's own file tells, living or not."""
        with suppress(FileNotFoundError, ValueError, IndexError):
            return int((self.home / "database/pg/postmaster.pid").read_text().splitlines()[0])
        return None

    def until_no_server(self, patience_s: float = 60) -> None:
        """Fails where the embedded server outlives its program."""
        until = time.monotonic() + patience_s
        while (pid := self.postmaster) is not None and postmaster_state(pid, self.home / "database/pg") == "alive":
            assert time.monotonic() < until, f"PostgreSQL {pid} is an orphan"
            time.sleep(0.05)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._process is not None:
            try:
                self._process.send_signal(signal.SIGINT)
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
            self._reap()
        self.until_no_server()

    def _reap(self) -> int:
        assert self._process is not None
        status = self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process = None
        return status

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SOSPESO_")}
        given = {f"SOSPESO_{name.upper()}": value for name, value in self._settings.items()}
        if self._database_url is not None:
            given["SOSPESO_DATABASE_URL"] = make_url(self._database_url).set(drivername="postgresql").render_as_string(hide_password=False)
        return kept | given


@asynccontextmanager
async def looking_into(program: Program) -> AsyncIterator["Inside"]:
    """The running program's database, beside the program."""
    database, keys = Database(program.database_url), Keys(program.settings().master)
    try:
        async with TurnStore(database, keys, cache_entries=0) as store:
            yield Inside(database, keys, store)
    finally:
        await database.close()


@dataclass(frozen=True, slots=True)
class Inside:
    database: Database
    keys: Keys
    store: TurnStore


@dataclass
class Mailbox:
    """The demo's Maildir. Each file is read once, and only by whom it is for."""

    folder: Path
    _to: dict[Path, str] = field(default_factory=dict)
    _read: dict[Path, EmailMessage] = field(default_factory=dict)

    def all(self) -> list[EmailMessage]:
        return self.to("")

    def to(self, address: str) -> list[EmailMessage]:
        return [self._whole(path) for path in self._paths() if address in self._whom(path)]

    def _paths(self) -> list[Path]:
        return sorted([*self.folder.glob("new/*"), *self.folder.glob("cur/*")])

    def _whom(self, path: Path) -> str:
        if path not in self._to:
            with path.open("rb") as file:
                self._to[path] = str(BytesHeaderParser(policy=policy.default).parse(file)["To"])
        return self._to[path]

    def _whole(self, path: Path) -> EmailMessage:
        if path not in self._read:
            self._read[path] = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        return self._read[path]


def code_of(mail: EmailMessage) -> str | None:
    """The one-time code; receipts hold six digits too, but come with a paper."""
    found = CODE.search(text_of(mail)) if not list(mail.iter_attachments()) else None
    return found[1] if found else None


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    body = mail.get_body((kind,))
    return str(body.get_content()) if body is not None else ""


@dataclass
class Customer:
    """Answers every question by its path, over HTTP; sends a message again until it is acknowledged, under the same id.

    `acknowledged` holds each turn exactly as it was answered, by the message's id."""

    program: Program
    mailbox: Mailbox
    http: httpx.AsyncClient
    answers: dict[str, Any]
    language: str = "it"
    conversation: str = ""
    secret: str = ""
    turn: dict[str, Any] = field(default_factory=dict)
    acknowledged: dict[str, bytes] = field(default_factory=dict)
    resent: int = 0
    sent: int = 0
    items: Counter[str] = field(default_factory=Counter)

    @property
    def address(self) -> str:
        return str(self.answers["journey.email"])

    @property
    def question(self) -> dict[str, Any]:
        question = self.turn["question"]
        assert question is not None, f"the conversation has ended: {self.said}"
        return dict(question)

    @property
    def path(self) -> str:
        return str(self.question["path"])

    @property
    def said(self) -> str:
        return "\n".join(message["text"] for message in self.turn["messages"])

    @property
    def problems(self) -> list[str]:
        return [message["text"] for message in self.turn["messages"] if message["kind"] == "problem"]

    @property
    def api(self) -> str:
        return f"/api/chat/conversations/{self.conversation}"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}

    async def open(self) -> Self:
        answer = await self._until_answered("/api/chat/conversations", {"language": self.language}, {})
        assert answer.status_code == 201, answer.text
        opened = answer.json()
        self.conversation, self.secret, self.turn = opened["conversation"], opened["secret"], opened["turn"]
        return self

    async def look(self) -> None:
        """At what is open now, should something have been said elsewhere."""
        answer = await self.http.get(f"{self.program.url}{self.api}", headers=self.headers)
        self.turn = answer.raise_for_status().json()["turns"][-1]

    async def send(self, **body: Any) -> httpx.Response:
        """One message, until it is answered; anything but 200 is an error of the test."""
        message = {"id": f"m{self.sent}-{uuid4().hex[:8]}"} | body
        self.sent += 1
        answer = await self._until_answered(f"{self.api}/turns", message, self.headers)
        assert answer.status_code == 200, (answer.status_code, answer.text, body)
        self.acknowledged[message["id"]] = answer.content
        self.turn = answer.json()
        return answer

    async def post(self, **request: Any) -> httpx.Response:
        """Once, whatever comes back."""
        headers = self.headers | request.pop("headers", {})
        return await self.http.post(f"{self.program.url}{self.api}/turns", headers=headers, **request)

    async def answer(self, value: object, **more: Any) -> httpx.Response:
        return await self.send(question=self.path, value=value, shown=self.question["shown"], **more)

    async def walk(self, *, until: str | None = None, most: int = 200) -> list[str]:
        """Answers until `until` is open or a goal is reached again; the questions passed."""
        passed: list[str] = []
        for _ in range(most):
            path = self.turn["question"]["path"] if self.turn["question"] else None
            if path in {None, until} or (path == "journey.goal" and "journey.goal" in passed):
                return passed
            passed.append(str(path))
            await self.answer_one()
            assert not self.problems, (path, self.problems)
        raise AssertionError(f"still at {self.path} after {most} answers: {self.said}")

    async def answer_one(self) -> None:
        question = self.question
        path = question["path"]
        if question["type"] == "code":
            await self.answer(await self.read_code())
        elif path in self.answers:
            await self.answer(self.answers[path])
        elif question["type"] == "confirm":
            await self.answer(value=True)
        elif path.endswith(".more"):
            await self.answer(more_of(self.answers, path, self.items))
        elif not question["required"]:
            await self.send(command="skip")
        else:
            raise AssertionError(f"no answer to {path}: {self.said}")

    async def register(self, *, until: str | None = None) -> Self:
        self.answers |= {"journey.goal": "register"}
        await self.walk(until=until)
        return self

    async def quote(self) -> Self:
        """After a registration, in the same chat."""
        self.answers |= {"journey.goal": "quote_home"}
        await self.walk()
        return self

    async def read_code(self) -> str:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            if codes := [code for mail in self.mailbox.to(self.address) if (code := code_of(mail))]:
                return codes[-1]
            await asyncio.sleep(0.05)
        raise AssertionError(f"no code was mailed to {self.address}")

    async def _until_answered(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> httpx.Response:
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                return await self.http.post(f"{self.program.url}{path}", json=body, headers=headers)
            except httpx.TransportError:
                assert time.monotonic() < until, "the program did not come back"
                self.resent += 1
                await asyncio.sleep(0.1)


def a_customer(program: Program, mailbox: Mailbox, http: httpx.AsyncClient, *, language: str = "it", **answers: Any) -> Customer:
    """One with an address of its own; `answers` by the last part of their path."""
    script: dict[str, Any] = {
        **PERSON,
        **HOME,
        "quote_home.needs.starts_on": _soon(),
        "journey.email": f"demo-{uuid4().hex[:10]}@example.org",
        "journey.language": language,
    }
    script.pop("journey.email_code")
    for name, value in answers.items():
        script[next(path for path in script if path.rpartition(".")[2] == name)] = value
    return Customer(program, mailbox, http, {path: value for path, value in script.items() if value is not None}, language)


def a_connection() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=60, trust_env=False)


def _soon() -> str:
    return (datetime.now(UTC) + timedelta(days=10)).date().isoformat()
