"""Lists that leave the house: what is asked for, with its purpose, and the requests of the last days."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import panel_material_ui as pmui

from console.exporting import NewOrder, OrderRow, agree_to_export, confirm_destruction, list_exports, order_export
from console.pages.fragment import Fragment
from console.pages.shell import Frame
from forms.types import TYPES
from forms.types.base import Asked, Read
from rules.exports import FORMATS, Aim, Format, Subject, needs_second
from rules.refusals import Reason, Refused
from storage.exports import Wanted

FIELD: dict[str, Any] = {"size": "small", "margin": 0, "sx": {"& .MuiInputBase-root": {"minHeight": "44px"}}}
LONG: dict[str, Any] = {**FIELD, "sizing_mode": "stretch_width", "styles": {"flex": "1 1 20rem"}}
CHOICE: dict[str, Any] = {**FIELD, "sx": {"minHeight": "44px"}}
ACTS = {"agree_to_export": agree_to_export, "confirm_destruction": confirm_destruction}
ROW = {"gap": "12px", "alignItems": "center", "paddingBlockStart": "16px"}


class ExportsView:
    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        words = frame.words
        everything = {words.say("exports.everything"): ""}
        states = {text: state for state, text in words.of("states").items() if state != "draft"}
        self._subject = self._select("exports.subject", {words.of("exports.subjects")[each]: each for each in Subject}, Subject.CLIENTS)
        self._format = self._select("exports.format", self._formats(Subject.CLIENTS), Format.CSV)
        self._kind = self._select("exports.kind", everything | {text: kind for kind, text in words.of("exports.kinds").items()}, "")
        self._state = self._select("exports.state", everything | states, "")
        self._since = pmui.TextInput(label=words.say("exports.since"), width=300, **FIELD)
        self._aim = self._select("exports.aim", {words.of("exports.aims")[each]: each for each in Aim}, Aim.SERVICE, width=330)
        self._purpose = pmui.TextInput(label=words.say("exports.purpose"), **LONG)
        self._list = Fragment(sizing_mode="stretch_width", margin=0)
        self._list.on_press(self._press)
        self._subject.param.watch(self._fit, "value")

    async def show(self) -> None:
        frame = self._frame
        most = frame.services.settings.export_alone
        await self._load()
        frame.locate()
        frame.show(
            frame.html("title.html", title=frame.words.say("exports.title"), lead=frame.words.say("exports.lead", most=most)),
            pmui.FlexBox(self._subject, self._format, self._kind, self._state, self._since, sizing_mode="stretch_width", sx=ROW),
            pmui.FlexBox(
                self._aim,
                self._purpose,
                frame.button("exports.order", self._order, margin=0, variant="contained"),
                sizing_mode="stretch_width",
                sx=ROW,
            ),
            frame.heading(frame.words.say("exports.recent")),
            self._list,
        )

    def _select(self, key: str, options: dict[str, str], value: str, width: int = 230) -> pmui.Select:
        return pmui.Select(label=self._frame.words.say(key), options=options, value=value, width=width, **CHOICE)

    def _formats(self, subject: Subject) -> dict[str, str]:
        told = self._frame.words.of("exports.formats")
        return {told[form]: form for form in FORMATS[subject]}

    def _fit(self, _event: object) -> None:
        """Only what this list comes in, and can be parted by, is offered."""
        subject = Subject(self._subject.value)
        self._format.param.update(options=self._formats(subject), value=FORMATS[subject][0])
        self._state.param.update(value="", visible=subject in {Subject.CLIENTS, Subject.SUBMISSIONS})

    async def _order(self) -> None:
        frame, words = self._frame, self._frame.words
        wanted = Wanted(self._kind.value, self._state.value, self._since_told())
        new = NewOrder(
            Subject(self._subject.value),
            Format(self._format.value),
            self._purpose.value or "",
            wanted,
            words.language,
            Aim(self._aim.value),
        )
        order = await order_export(frame.services, await frame.actor(), new)
        self._purpose.value = ""
        await self._load()
        most = frame.services.settings.export_alone
        frame.tell(words.say("told.export_second", most=most) if needs_second(order.rows, most) else words.say("told.export"))

    async def _press(self, pressed: str) -> None:
        """`<what> <order>`."""
        frame, (what, _, order) = self._frame, pressed.partition(" ")

        async def act() -> None:
            await ACTS[what](frame.services, await frame.actor(), UUID(order))
            await self._load()
            frame.tell(frame.words.of("told")[what])

        if what in ACTS:
            await frame.pressed(act)

    async def _load(self) -> None:
        frame = self._frame
        orders = await list_exports(frame.services, await frame.actor())
        out = sum(order.is_out for order in orders)
        self._list.html = frame.render("exports.html", orders=[(order, self._told(order)) for order in orders], out=out)

    def _told(self, order: OrderRow) -> str:
        words = self._frame.words
        subject, form = words.of("exports.subjects")[order.subject], words.of("exports.formats")[order.format]
        name = order.by or words.say("exports.operator")
        return words.say(
            "exports.line", subject=subject, format=form, name=name, at=words.instant(order.at), aim=words.of("exports.aims")[order.aim]
        )

    def _since_told(self) -> datetime | None:
        """From the beginning of that day on, read as customers' dates are."""
        told, frame = (self._since.value or "").strip(), self._frame
        if not told:
            return None
        asked = Asked("exports.since", "date", frame.words.language, frame.today, max=frame.today.isoformat())
        reading = TYPES["date"].read_text(told, asked)
        if isinstance(reading, Read):
            return datetime.combine(date.fromisoformat(str(reading.value)), datetime.min.time(), frame.services.settings.zone)
        raise Refused(Reason.DATE_UNKNOWN)


async def show_exports(frame: Frame) -> None:
    await ExportsView(frame).show()
