"""Telegram's HTML, read as its server does: to plain text with entities, or refused."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from re import fullmatch

TAGS = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    "tg-spoiler": "spoiler", "code": "code", "pre": "pre", "a": "text_link", "blockquote": "blockquote",
}  # fmt: skip
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
"""All that Telegram knows by name; any other stays as it is written."""


class BadHtml(ValueError):  # noqa: N818 - what the server says of it
    """The text after "can't parse entities: "."""


def units(text: str) -> int:
    """Length as Telegram counts it, in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def read_html(html: str) -> tuple[str, list[dict[str, object]]]:
    """The text and its entities."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    if reader.open:
        raise BadHtml(f'Can\'t find end tag corresponding to start tag "{reader.open[-1][0]}"')
    return reader.text, reader.entities


@dataclass
class _Reader(HTMLParser):
    text: str = ""
    entities: list[dict[str, object]] = field(default_factory=list)
    open: list[tuple[str, int, str | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self, convert_charrefs=False)

    def handle_data(self, data: str) -> None:
        if "<" in data:
            raise BadHtml("Unexpected end tag or unescaped <")
        self.text += data

    def handle_entityref(self, name: str) -> None:
        self.text += NAMED.get(name, f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.text += chr(int(name[1:], 16) if name[:1] in "xX" else int(name))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in TAGS or (given and not _allowed(tag, given)):
            raise BadHtml(f'Unsupported start tag "{tag}"')
        self.open.append((tag, units(self.text), given.get("href")))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            raise BadHtml(f'Unmatched end tag, expected "</{self.open[-1][0] if self.open else ""}>", found "</{tag}>"')
        _, offset, url = self.open.pop()
        length = units(self.text) - offset
        if length:
            self.entities.append({"type": TAGS[tag], "offset": offset, "length": length} | ({"url": url} if url else {}))

    def handle_decl(self, decl: str) -> None:
        raise BadHtml(f'Unsupported start tag "!{decl}"')

    def handle_pi(self, data: str) -> None:
        raise BadHtml(f'Unsupported start tag "?{data}"')

    def handle_comment(self, _data: str) -> None:
        raise BadHtml('Unsupported start tag "!--"')


def _allowed(tag: str, given: dict[str, str | None]) -> bool:
    match tag:
        case "a":
            return set(given) == {"href"}
        case "blockquote":
            return set(given) == {"expandable"}
        case "code":
            return set(given) == {"class"} and bool(fullmatch(r"language-[\w+#-]+", given["class"] or ""))
    return False
