"""What every page's frame needs: language, agency, addresses; and the small pages that are only read."""

from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from bots.web.fields import Field
from bots.web.rendering import page
from bots.web.wording import furniture, lines, word, written
from dialogs.chat_view import Said
from rules.languages import preferred, primary


@dataclass(frozen=True, slots=True)
class Agency:
    name: str
    email: str
    phone: str
    address: str
    register: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """The free talk; folded once the conversation has moved on."""

    lines: tuple[Said, ...]
    is_recent: bool


@dataclass(frozen=True, slots=True)
class Frame:
    language: str
    dir: str
    agency: str
    agency_email: str
    agency_phone: str
    agency_address: str
    agency_register: str
    other_languages: tuple[tuple[str, str], ...]
    is_embedded: bool = False
    # inside a conversation
    turn: int = 0
    documents: str = ""
    events: str = ""
    messages: tuple[dict[str, object], ...] = ()
    problems: tuple[str, ...] = ()
    talk: Talk | None = None
    field: Field | None = None
    described: str = ""
    heading: str = "h1"
    max_upload: str = ""

    @property
    def action(self) -> str:
        return f"/chat{self.embed_query}"

    @property
    def home(self) -> str:
        return f"/{self.embed_query}"

    @property
    def embed_query(self) -> str:
        return "?embed" if self.is_embedded else ""

    @property
    def embed_more(self) -> str:
        return "&embed" if self.is_embedded else ""


class Frames:
    def __init__(self, agency: Agency) -> None:
        self.agency = replace(agency, languages=written(agency.languages))

    def of(self, language: str, *, is_embedded: bool = False) -> Frame:
        spoken = language if language in self.agency.languages else self.agency.languages[0]
        others = tuple((code, word(furniture(code), "name")) for code in self.agency.languages if code != spoken)
        direction = word(furniture(spoken), "dir")
        house = self.agency
        return Frame(spoken, direction, house.name, house.email, house.phone, house.address, house.register, others, is_embedded)

    def language_of(self, request: Request) -> str:
        asked = primary(request.query_params.get("lang", ""))
        if asked in self.agency.languages:
            return asked
        return preferred(request.headers.get("accept-language", ""), self.agency.languages)

    def plain(self, request: Request) -> Frame:
        """For a page outside a conversation."""
        return self.of(self.language_of(request), is_embedded="embed" in request.query_params)

    def lost(self, request: Request) -> Response:
        return self.reading(request, "lost", status=404)

    def reading(
        self, request: Request, section: str, *, link: tuple[str, str] | None = None, steps: bool = False, status: int = 200
    ) -> Response:
        """A page made of one section of the words file: `title`, `lead`, perhaps `steps`."""
        frame = self.plain(request)
        words = furniture(frame.language)
        return self.text(
            frame,
            word(words, f"{section}.title"),
            lines(words, f"{section}.lead"),
            steps=lines(words, f"{section}.steps") if steps else [],
            link=link,
            status=status,
        )

    def text(
        self,
        frame: Frame,
        title: str,
        lead: list[str],
        *,
        steps: list[str] | None = None,
        paper: str = "",
        link: tuple[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        context = {"page": frame, "title": title, "lead": lead, "steps": steps or [], "paper": paper, "link": link}
        return page("reading", frame.language, context, status)
