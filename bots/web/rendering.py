"""Jinja2 for the pages: escaping always on, undefined names are errors, and the few filters that make markup."""

import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bots.web.wording import furniture
from forms.types.showing import TELEPHONE, comma, file_size, in_digits, isolated, manner, told_version

HERE: Final = Path(__file__).parent
FIRST_LAYER: Final = 4  # title, why, who, what for
NUMBER: Final = re.compile(rf"(\b[A-Z]-\d{{4}}-\d{{6}}\b|{TELEPHONE.pattern})")
LATIN_LISTED: Final = re.compile(r"(?<=[A-Za-z0-9])،(?= [A-Za-z])")
IN_AREA: Final = re.compile(r"https?://[^\s/]+(/area/[a-z]+)")


def page(
    template: str, language: str, context: Mapping[str, object], status: int = 200, *, words: Mapping[str, object] | None = None
) -> Response:
    """`words`: of a part of the house that has its own beside the furniture."""
    text = environment().get_template(f"{template}.html").render(w={**furniture(language), **(words or {})}, **context)
    return HTMLResponse(text, status)


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader([HERE / "templates", HERE / "client_area" / "templates"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(paper=set_paper, fingerprint=set_fingerprint, stamp=set_stamp, layered=layered, linked=set_links)
    made.filters.update(numbered=_numbers, addressed=set_addresses)
    made.globals.update(
        static=static_address,
        colon=lambda language: manner(language).colon,
        comma=comma,
        in_digits=in_digits,
        told_version=told_version,
        isolated=isolated,
        file_size=file_size,
    )
    return made


def set_paper(text: str) -> Markup:
    """A module's text as markup: paragraphs, `## ` headings, `- ` lists; everything else is text."""
    blocks = [block.strip() for block in text.replace("\r\n", "\n").split("\n\n")]
    return Markup("\n").join(_block(block) for block in blocks if block)


def _block(block: str) -> Markup:
    head, _, rest = block.partition("\n")
    if head.startswith("#"):
        heading = Markup("<h3>{}</h3>").format(head.lstrip("# "))
        return heading + _block(rest.strip()) if rest.strip() else heading
    lines = _from_the_right(block).split("\n")
    if all(line.startswith(("- ", "  ")) for line in lines):
        items = " ".join(line.strip() if line.startswith("  ") else f"\n{line[2:]}" for line in lines).strip().split("\n")
        return Markup("<ul>{}</ul>").format(Markup("").join(Markup("<li><span>{}</span></li>").format(item.strip()) for item in items))
    return Markup("<p>{}</p>").format(" ".join(line.strip() for line in lines))


def _from_the_right(text: str) -> str:
    """A Persian comma between Latin words belongs to the Persian sentence: without the mark it would stand before the word it follows."""
    return LATIN_LISTED.sub("،\u200f", text)


@dataclass(frozen=True, slots=True)
class Layers:
    """A notice in layers: the title and what comes first at once, the rest one tap away."""

    first: str
    rest: str


def layered(text: str) -> Layers:
    blocks = [block for block in text.split("\n\n") if block.strip()]
    if len(blocks) <= FIRST_LAYER + 1:
        return Layers(text, "")
    title, *body = blocks
    return Layers("\n\n".join([f"## {title.lstrip('# ')}", *body[: FIRST_LAYER - 1]]), "\n\n".join(body[FIRST_LAYER - 1 :]))


def set_links(text: str) -> Markup:
    """Addresses of a client area lead to our own, in a page of their own; every other address stays text. Numbers of papers and
    telephones stay whole, and from the left among words from the right."""
    parts, at = [], 0
    for found in IN_AREA.finditer(text):
        link = Markup('<a href="{}" target="_blank" rel="noopener"><bdi>{}</bdi></a>').format(found[1], found[0])
        parts += [_numbers(text[at : found.start()]), link]
        at = found.end()
    return Markup("").join([*parts, _numbers(text[at:])])


def _numbers(text: str) -> Markup:
    """Every second part is what the pattern has found."""
    whole = Markup('<bdi dir="ltr" class="number">{}</bdi>')
    return Markup("").join(whole.format(part) if at % 2 else escape(part) for at, part in enumerate(NUMBER.split(text)))


def set_addresses(text: str) -> Markup:
    """An e-mail address breaks behind its sign first: a name cut anywhere reads as another."""
    return Markup("@<wbr>").join(text.split("@"))


def set_fingerprint(sha256: str) -> str:
    """Groups of four, so that two people can compare it aloud; all of it, because a part proves less."""
    return " ".join(sha256[i : i + 4] for i in range(0, len(sha256), 4))


def set_stamp(stamp: str) -> Markup:
    """A validation string breaks at its spaces only."""
    parts = [Markup('<span class="stamp">{}</span>').format(part) for part in stamp.split(" ")]
    return Markup('<bdi dir="ltr" class="code">{}</bdi>').format(Markup(" ").join(parts))


@cache
def static_files() -> Mapping[str, bytes]:
    return {path.name: path.read_bytes() for path in (HERE / "static").iterdir() if path.is_file()}


@cache
def static_address(name: str) -> str:
    """The address changes with the content, so that browsers may keep it for good."""
    return f"/static/{name}?v={hashlib.sha256(static_files()[name]).hexdigest()[:12]}"


async def serve_static(request: Request) -> Response:
    name = request.path_params["name"]
    content = static_files().get(name)
    if content is None:
        return Response("", 404)
    keep = "public, max-age=31536000, immutable" if request.query_params.get("v") else "public, max-age=300"
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    # a broker's page on another origin loads embed.js
    return Response(content, headers={"cache-control": keep, "cross-origin-resource-policy": "cross-origin"}, media_type=kind)
