"""The address of a paper's QR code: whether a paper with this number and this text exists, whether a file is the one on record and what its
seal says; nothing about anybody, and nothing that is handed in is kept."""

import hmac
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bots.web.conversations import Conversations
from bots.web.frame import Frames
from bots.web.problems import ApiProblem
from bots.web.rendering import page
from bots.web.uploads import Form, read_form
from bots.web.wording import furniture, word
from dialogs.services import Services
from storage.documents import is_issued, issued_digests
from storage.receipts import find_receipt_by_number
from storage.tables.evidence import Receipt
from storage.tables.portfolio import Policy

LENGTH: Final = 16  # 64 bits of the text's hash: nobody finds a paper by counting numbers up
MOST_BYTES: Final = 5_000_000  # a paper of fifty pages in Chinese has a tenth of that
MOST_LOOKED_AT = 4  # files at a time: one made to harm takes seconds
_NUMBER = re.compile(r"[A-Z]{1,3}-\d{4}-\d{6,9}")
_CHECK = re.compile(rf"[0-9a-f]{{{LENGTH},64}}")
_INSIDE = re.compile(rb"/verify/([A-Z]{1,3}-\d{4}-\d{6,9})/([0-9a-f]{16,64})")
"""The address as our papers bear it in their metadata, whatever else in them was changed."""

type Verdict = Literal["valid", "other", "changed", "unknown"]


def verify_address(public_url: str, number: str, text_sha256: str) -> str:
    return f"{public_url.rstrip('/')}/verify/{number}/{text_sha256[:LENGTH]}"


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody handed in to be compared."""

    digest: bytes
    content: bytes = b""
    """Empty where only the hash was typed."""


class Problem(Exception):  # noqa: N818 - worded on the page
    def __init__(self, name: str, status: int) -> None:
        super().__init__(name)
        self.name, self.status = name, status


class Verification:
    def __init__(self, services: Services, conversations: Conversations, frames: Frames) -> None:
        self._services = services
        self._conversations = conversations
        self._frames = frames
        self._looking = 0

    def routes(self) -> list[Route]:
        return [
            Route("/verify", self.show, methods=["GET"]),
            Route("/verify", self.check, methods=["POST"]),
            Route("/verify/{number}/{check}", self.show, methods=["GET"]),
            Route("/verify/{number}/{check}", self.check, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        if not request.path_params:
            return self._page(request)
        async with self._services.database.transaction() as session:
            is_known = await _recorded(session, request.path_params["number"], request.path_params["check"]) is not None
        return self._page(request, lead="known" if is_known else "unknown", status=200 if is_known else 404)

    async def check(self, request: Request) -> Response:
        if not self._conversations.doors.is_own_origin(request):
            return self._frames.lost(request)
        if self._conversations.wait_to_check(request):
            return self._frames.reading(request, "busy", status=429)
        try:
            given = _given(await read_form(request, self._services.settings.max_body, MOST_BYTES))
        except Problem as problem:
            return self._page(request, problem=problem.name, status=problem.status)
        except ApiProblem as problem:
            return self._page(request, problem="too_large" if problem.status == 413 else "nothing", status=problem.status)
        async with self._services.database.transaction() as session:
            verdict = await _verdict(session, given, request.path_params.get("number", ""), request.path_params.get("check", ""))
        return self._page(request, verdict=verdict, seal=await self._look(given.content) if given.content else "")

    async def _look(self, content: bytes) -> str:
        """Where too many wait already the seal is not looked at; the verdict rests on the hash."""
        if self._looking >= MOST_LOOKED_AT:
            return "unread"
        self._looking += 1
        try:
            return await self._services.look_at_seal(content)
        finally:
            self._looking -= 1

    def _page(
        self, request: Request, *, lead: str = "", verdict: str = "", seal: str = "", problem: str = "", status: int = 200
    ) -> Response:
        frame = self._frames.plain(request)
        words = furniture(frame.language)

        def told(name: str) -> str:
            return word(words, f"verify.{name}").format(agency=frame.agency)

        context = {
            "page": frame,
            "action": request.url.path,
            "lead": [told(lead)] if lead else [],
            "verdict": verdict,
            "found": told(f"found.{verdict}") if verdict else "",
            "seal": told(f"seal.{seal}") if seal else "",
            "problem": told(f"problems.{problem}") if problem else "",
        }
        return page("verify", frame.language, context, status)


def _given(form: Form) -> Given:
    if form.upload and form.upload.content:
        return Given(sha256(form.upload.content).digest(), form.upload.content)
    typed = re.sub(r"[\s:-]", "", form.first("sha256") or "").lower()
    if not typed:
        raise Problem("nothing", 422)
    if not re.fullmatch(r"[0-9a-f]{64}", typed):
        raise Problem("no_hash", 422)
    return Given(bytes.fromhex(typed))


async def _verdict(session: AsyncSession, given: Given, number: str, check: str) -> Verdict:
    expected = await _recorded(session, number, check)
    if await is_issued(session, given.digest):
        return "valid" if expected is None or given.digest in expected else "other"
    if expected is None and (inside := _INSIDE.search(given.content)):
        expected = await _recorded(session, inside[1].decode(), inside[2].decode())
    return "changed" if expected else "unknown"


async def _recorded(session: AsyncSession, number: str, check: str) -> set[bytes] | None:
    """Hashes of the documents with this number, none yet while it is being printed; None where there is no paper with this text. An erased
    customer's papers are known by them too."""
    if not _NUMBER.fullmatch(number) or not _CHECK.fullmatch(check):
        return None
    receipt = await find_receipt_by_number(session, number)
    policy = None if receipt else await session.scalar(select(Policy).where(Policy.number == number))
    if receipt is not None:
        digests = [receipt.text_sha256]
    elif policy is not None:  # it prints the acceptance it was issued from
        digests = list(await session.scalars(select(Receipt.text_sha256).where(Receipt.submission_id == policy.submission_id)))
    else:
        return None
    if not any(hmac.compare_digest(digest.hex()[: len(check)], check) for digest in digests):
        return None
    return await issued_digests(session, receipt=receipt.id if receipt else None, policy=policy.id if policy else None)
