"""Reading bodies with a limit: JSON, page forms, and multipart with one file. Nothing personal is spooled to disk."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final, cast

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.types import Message

from bots.web.problems import not_of_a_form, too_large
from bots.web.raw import header

FORM_OVERHEAD: Final = 16 * 1024  # boundaries, part headers and the small fields around a file
DRAIN: Final = 64 * 1024 * 1024  # past the limit, read and thrown away, so that a browser sees our 413 and not a broken connection
MAX_FIELDS: Final = 40


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """A page's or program's form: its text fields in order, and its file."""

    fields: tuple[tuple[str, str], ...]
    upload: Upload | None

    def first(self, name: str) -> str | None:
        return next((value for key, value in self.fields if key == name), None)

    def every(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key == name]


class _InMemoryParser(MultiPartParser):
    # Starlette would write larger files to a temporary file in clear; the whole body is limited before it comes here.
    spool_max_size = 2**31


async def read_body(request: Request, limit: int) -> bytes:
    first = await request.receive()
    if first.get("body") and not first.get("more_body") and len(first["body"]) <= limit:
        return cast("bytes", first["body"])  # nearly always
    return b"".join([chunk async for chunk in _limited(request, limit, first=first)])


async def read_programs_body(request: Request, limit: int, *, is_kept: bool = True) -> bytes:
    """Of a program, which reads our answer also where we have not read all it sent: nothing is drained past the limit, and nothing at all is
    read where it says itself that it sends more. Empty where nothing of it is to be kept."""
    if _is_declared_over(request, limit):
        raise too_large(limit)
    return b"".join([chunk async for chunk in _limited(request, limit, drain=0) if is_kept])


async def read_form(request: Request, max_body: int, max_upload: int) -> Form:
    """A form in either encoding."""
    if is_multipart(request):
        return await _read_multipart(request, max_body, max_upload)
    parser = FormParser(request.headers, _limited(request, max_body))
    try:
        return await _collect(await parser.parse())
    except (UnicodeDecodeError, MultiPartException) as error:
        raise not_of_a_form("The form is not readable.") from error


def is_multipart(request: Request) -> bool:
    return header(request, b"content-type").lower().startswith("multipart/form-data")


async def _read_multipart(request: Request, max_body: int, max_upload: int) -> Form:
    limit = max_upload + FORM_OVERHEAD
    parser = _InMemoryParser(
        request.headers, _limited(request, limit, max_upload), max_files=1, max_fields=MAX_FIELDS, max_part_size=max_body
    )
    try:
        form = await _collect(await parser.parse())
    except (MultiPartException, UnicodeDecodeError, KeyError) as error:
        raise not_of_a_form("The multipart form is not readable.") from error
    if form.upload and len(form.upload.content) > max_upload:
        raise too_large(max_upload)
    return form


async def _collect(data: FormData) -> Form:
    fields: list[tuple[str, str]] = []
    upload: Upload | None = None
    for name, value in data.multi_items():
        if isinstance(value, UploadFile):
            upload = Upload(value.filename or "", await value.read()) if name == "file" else upload
        else:
            fields.append((name, value))
    await data.close()
    return Form(tuple(fields), upload)


def _is_declared_over(request: Request, limit: int) -> bool:
    declared = header(request, b"content-length")
    return declared.isdecimal() and int(declared) > limit


async def _limited(
    request: Request, limit: int, told: int | None = None, *, first: Message | None = None, drain: int = DRAIN
) -> AsyncGenerator[bytes]:
    """The body's chunks; past the limit the rest is drained and 413 is raised, naming `told` as the limit."""
    taken = 0
    is_over = _is_declared_over(request, limit)
    has_more = True
    while has_more and taken <= limit + drain:
        message, first = first or await request.receive(), None
        if message["type"] == "http.disconnect":
            raise not_of_a_form("The body ended early.")
        chunk, has_more = message.get("body", b""), message.get("more_body", False)
        taken += len(chunk)
        is_over = is_over or taken > limit
        if not is_over:
            yield chunk
    if is_over:
        raise too_large(told or limit)
