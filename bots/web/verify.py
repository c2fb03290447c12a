"""The address of a paper's QR code: whether a paper with this number and this text exists, and nothing about anybody."""

import hmac
import re
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bots.web.frame import Frames
from bots.web.wording import furniture, word
from dialogs.services import Services
from storage.receipts import find_receipt_by_number
from storage.tables.evidence import Receipt
from storage.tables.portfolio import Policy

LENGTH: Final = 16  # 64 bits of the text's hash: nobody finds a paper by counting numbers up
_NUMBER = re.compile(r"[A-Z]{1,3}-\d{4}-\d{6,9}")
_CHECK = re.compile(rf"[0-9a-f]{{{LENGTH},64}}")


def verify_address(public_url: str, number: str, text_sha256: str) -> str:
    return f"{public_url.rstrip('/')}/verify/{number}/{text_sha256[:LENGTH]}"


class Verification:
    def __init__(self, services: Services, frames: Frames) -> None:
        self._services = services
        self._frames = frames

    def routes(self) -> list[Route]:
        return [Route("/verify/{number}/{check}", self.verify, methods=["GET"])]

    async def verify(self, request: Request) -> Response:
        number, check = request.path_params["number"], request.path_params["check"]
        is_known = await self._is_known(number, check)
        frame = self._frames.plain(request)
        words = furniture(frame.language)
        found = word(words, "verify.known" if is_known else "verify.unknown").format(agency=frame.agency)
        return self._frames.text(frame, word(words, "verify.title"), [found, word(words, "verify.more")], status=200 if is_known else 404)

    async def _is_known(self, number: str, check: str) -> bool:
        if not _NUMBER.fullmatch(number) or not _CHECK.fullmatch(check):
            return False
        async with self._services.database.transaction() as session:
            digests = await _digests(session, number)
        return any(hmac.compare_digest(digest.hex()[: len(check)], check) for digest in digests)


async def _digests(session: AsyncSession, number: str) -> list[bytes]:
    """Of the texts that papers with this number print; a policy prints the acceptance it was issued from."""
    receipt = await find_receipt_by_number(session, number)
    if receipt is not None:
        return [receipt.text_sha256]
    policy = await session.scalar(select(Policy).where(Policy.number == number))
    if policy is None:
        return []
    return list(await session.scalars(select(Receipt.text_sha256).where(Receipt.submission_id == policy.submission_id)))
