"""Lists of customers that were read in: handed over here, looked at, released or dropped."""

from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import PurePath
from uuid import UUID

import panel_material_ui as pmui

from console.acting import Actor
from console.importing import read_in
from console.pages.exports import CHOICE, LONG, ROW
from console.pages.fragment import Fragment
from console.pages.reveal import Reveal
from console.pages.shell import Frame
from console.programs import list_sources
from console.releasing import ImportLine, OpenImport, decide_row, drop_import, list_imports, open_import, release_others
from console.revealing import Whole
from dialogs.importing import Incoming, list_mappings
from forms.imports.files import Handed
from rules.exports import Format
from rules.imports import FORMAT_OF_ENDING, FORMATS, WAITING, Decision, Encoding, Outcome
from rules.refusals import Reason, Refused
from storage.imports import NOWHERE, Place

CHUNK = 1_000_000  # bytes of a file that come in one message: uvicorn takes up to 16 MB
ENDINGS = ",".join(f".{ending}" for ending in FORMAT_OF_ENDING)


class ImportsView:
    def __init__(self, frame: Frame, actor: Actor) -> None:
        self._frame = frame
        words, told = frame.words, frame.words.of("exports.formats")
        self._file = self._new_file()
        self._format = self._select("imports.format", {words.say("imports.by_ending"): "", **{told[each]: each for each in FORMATS}})
        self._encoding = self._select("imports.encoding", {text: each for each, text in words.of("imports.encodings").items()})
        self._mapping = self._select(
            "imports.mapping", {words.say("imports.own_columns"): ""} | {each: each for each in list_mappings(frame.services)}
        )
        self._leave_out = pmui.Checkbox(label=words.say("imports.leave_out"), value=False, margin=0)
        self._take_rest = pmui.Checkbox(label=words.say("imports.take_rest"), value=False, margin=0)
        self._source = pmui.TextInput(label=words.say("imports.source"), **LONG)
        self._handed = pmui.FlexBox(self._file, self._format, self._encoding, self._mapping, sizing_mode="stretch_width", sx=ROW)
        self._sources = Fragment(sizing_mode="stretch_width", margin=(16, 0, 0, 0))
        self._list = Fragment(sizing_mode="stretch_width", margin=0)
        self._list.on_press(self._choose)
        self._rows = Fragment(sizing_mode="stretch_width", margin=0)
        self._rows.on_press(self._press)
        self._reveal = Reveal(frame, actor, self._show_whole)
        self._whole: Whole | None = None
        self._open: UUID | None = None
        self._outcome, self._after = Outcome.NEW, NOWHERE

    async def show(self) -> None:
        frame, words = self._frame, self._frame.words
        await self._load()
        frame.locate()
        frame.show(
            frame.html("title.html", title=words.say("imports.title"), lead=words.say("imports.lead")),
            self._handed,
            pmui.FlexBox(
                self._source,
                self._leave_out,
                self._take_rest,
                frame.button("imports.read", self._read, margin=0, variant="contained"),
                sizing_mode="stretch_width",
                sx=ROW,
            ),
            self._sources,
            frame.heading(words.say("imports.recent")),
            self._list,
            self._reveal.row,
            self._rows,
        )

    def _new_file(self) -> pmui.FileInput:
        return pmui.FileInput(
            label=self._frame.words.say("imports.file"),
            uploaded_label="{filename}",
            accept=ENDINGS,
            chunk_size=CHUNK,
            max_file_size=self._frame.services.settings.max_import,
            variant="outlined",
            margin=0,
        )

    def _select(self, key: str, options: dict[str, str]) -> pmui.Select:
        return pmui.Select(label=self._frame.words.say(key), options=options, value=next(iter(options.values())), width=230, **CHOICE)

    async def _read(self) -> None:
        frame = self._frame
        reading = await read_in(frame.services, await frame.actor(), self._incoming())
        self._file = self._handed[0] = self._new_file()  # nothing of the old one stays in this visit
        self._source.value = ""
        self._turn_to(reading.id, _first(reading.counts))
        await self._load()
        left = frame.words.say("told.import_left_out", fields=", ".join(reading.left_out)) if reading.left_out else ""
        frame.tell(f"{frame.words.say('told.import')} {left}".strip())

    def _incoming(self) -> Incoming:
        """Raises Refused where there is no file, or nobody can tell its format."""
        name, content = self._file.filename, self._file.value
        if not isinstance(content, bytes) or not isinstance(name, str):
            raise Refused(Reason.NOT_POSSIBLE_NOW, state="import_no_file")
        told = self._format.value or FORMAT_OF_ENDING.get(PurePath(name).suffix.lower().removeprefix("."))
        if not told:
            raise Refused(Reason.NOT_POSSIBLE_NOW, state="import_format")
        handed = Handed(BytesIO(content), Format(told), Encoding(self._encoding.value), bool(self._leave_out.value))
        language, takes_rest = self._frame.words.language, bool(self._take_rest.value)
        return Incoming(handed, self._source.value or "", language, self._mapping.value, takes_rest=takes_rest)

    async def _choose(self, pressed: str) -> None:
        """On a list: its rows are shown below."""

        frame, chosen = self._frame, UUID(pressed)

        async def choose() -> None:
            lines = await list_imports(frame.services, await frame.actor())
            self._turn_to(chosen, _first(next((line.waiting for line in lines if line.id == chosen), {})))
            await self._load()

        await frame.pressed(choose)

    async def _press(self, pressed: str) -> None:
        """`show <outcome>`, `next`, `release`, `drop` (all that is left), `released <row>`, `dropped <row>`."""
        frame, (what, _, which) = self._frame, pressed.partition(" ")

        async def act() -> None:
            actor, told = await frame.actor(), ""
            match what:
                case "show" if which in set(WAITING):
                    self._turn_to(self._open, Outcome(which))
                case "next":
                    self._turn_to(self._open, self._outcome, self._next)
                case "release" if self._open:
                    done = await release_others(frame.services, actor, self._open)
                    key = "told.import_released" if done.released else "told.import_none_released"
                    told = frame.words.say(key, released=done.released, left=done.left)
                case "drop" if self._open:
                    await drop_import(frame.services, actor, self._open)
                    told = frame.words.say("told.import_dropped")
                case "released" | "dropped":
                    await decide_row(frame.services, actor, UUID(which), Decision(what))
                    told = frame.words.say(f"told.import_row_{what}")
            await self._load()
            if told:
                frame.tell(told)

        await frame.pressed(act)

    def _turn_to(self, opened: UUID | None, outcome: Outcome, after: Place = NOWHERE) -> None:
        """Other rows are covered again: a reason is said for those that are seen."""
        self._open, self._outcome, self._after, self._whole = opened, outcome, after, None

    async def _show_whole(self, whole: Whole) -> None:
        await self._load(whole)
        self._whole = replace(whole, is_known=True)

    async def _load(self, whole: Whole | None = None) -> None:
        frame = self._frame
        actor = await frame.actor()
        sources = await list_sources(frame.services, actor, frame.words)
        self._sources.html = frame.render("sources.html", rows=sources)
        lines = await list_imports(frame.services, actor)
        self._list.html = frame.render("imports.html", lines=[(line, self._told(line)) for line in lines], chosen=self._open)
        is_open = any(line.id == self._open and line.ended_at is None for line in lines)
        page = (
            await open_import(frame.services, actor, self._open, self._outcome, frame.words, after=self._after, whole=whole or self._whole)
            if is_open and self._open
            else None
        )
        self._next: Place = (page.next if page else None) or NOWHERE
        self._rows.html = self._shown(page) if page else ""
        self._reveal.stand(is_covered=any(value.is_covered for row in page.rows for value in row.values) if page else False)

    def _shown(self, page: OpenImport) -> str:
        return self._frame.render("import_rows.html", page=page, outcomes=WAITING, told=self._told(page.line))

    def _told(self, line: ImportLine) -> str:
        words = self._frame.words
        key, name = ("imports.by_program", line.program) if line.program else ("imports.line", line.by or words.say("exports.operator"))
        return words.say(key, format=words.of("exports.formats")[line.format], name=name, at=words.instant(line.at))


def _first(counts: Mapping[str, int]) -> Outcome:
    """What there is to look at first."""
    return next((outcome for outcome in WAITING if counts.get(outcome)), Outcome.NEW)


async def show_imports(frame: Frame) -> None:
    await ImportsView(frame, await frame.actor()).show()
