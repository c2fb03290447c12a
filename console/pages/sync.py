"""Other programs kept in step: each target, what waits to be released to it, what it has otherwise, what was given up."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from console.acting import Actor
from console.pages.fragment import Fragment
from console.pages.reveal import Reveal
from console.pages.shell import Frame
from console.programs import told_fault
from console.revealing import Whole
from console.syncing import (
    Differences,
    TargetRow,
    list_differences,
    list_gone_targets,
    list_targets,
    release,
    release_all,
    retry,
    settle_conflict,
    withhold,
    withhold_all,
)
from rules.refusals import Refused

type Press = Callable[[Actor, str, datetime, list[UUID]], Awaitable[object]]


class SyncView:
    def __init__(self, frame: Frame, actor: Actor) -> None:
        self._frame = frame
        self._reveal = Reveal(frame, actor, self._show_whole)
        self._covered: set[str] = set()
        self._wholes: dict[str, Whole] = {}
        """By the name of the target."""
        self._list = Fragment(sizing_mode="stretch_width", margin=0)
        self._list.on_press(self._press)
        services = frame.services
        self._presses: dict[str, Press] = {
            "release": lambda actor, record, at, _shown: release(services, actor, UUID(record), at),
            "withhold": lambda actor, record, at, _shown: withhold(services, actor, UUID(record), at),
            "release_all": lambda actor, target, at, shown: release_all(services, actor, target, at, shown),
            "withhold_all": lambda actor, target, at, shown: withhold_all(services, actor, target, at, shown),
            "ours": lambda actor, record, at, _shown: settle_conflict(services, actor, UUID(record), at, is_ours=True),
            "theirs": lambda actor, record, at, _shown: settle_conflict(services, actor, UUID(record), at, is_ours=False),
            "retry": lambda actor, target, _at, _shown: retry(services, actor, target),
        }

    async def show(self) -> None:
        frame, words = self._frame, self._frame.words
        await self._load()
        frame.locate()
        frame.show(frame.html("title.html", title=words.say("sync.title"), lead=words.say("sync.lead")), self._reveal.row, self._list)

    async def _press(self, pressed: str) -> None:
        """`<what> <of which> <as it was shown when>`, and of what is decided together each that was shown."""
        frame = self._frame

        async def decide() -> None:
            what, subject, shown_at, *shown = pressed.split(" ")
            await self._presses[what](await frame.actor(), subject, datetime.fromisoformat(shown_at), [UUID(each) for each in shown])
            await self._load()
            frame.tell(frame.words.of("told")[f"sync_{what.removesuffix('_all')}"])

        await frame.pressed(decide)

    async def _show_whole(self, whole: Whole) -> None:
        """Of the targets of which something is covered, and what is left of it once something is decided."""
        covered, before = self._covered, self._wholes
        self._wholes = before | dict.fromkeys(covered, whole)
        try:
            await self._load()
        except Refused:
            self._wholes = before
            raise
        self._wholes |= dict.fromkeys(covered, replace(whole, is_known=True))

    async def _load(self) -> None:
        frame = self._frame
        actor = await frame.actor()
        rows: list[tuple[TargetRow, str, Differences]] = [
            (row, self._told(row), await list_differences(frame.services, actor, row.name, whole=self._wholes.get(row.name)))
            for row in await list_targets(frame.services, actor)
        ]
        self._covered = {row.name for row, _, differences in rows if differences.is_covered}
        self._reveal.stand(is_covered=bool(self._covered))
        gone = await list_gone_targets(frame.services, actor)
        self._list.html = frame.render("sync.html", rows=rows, gone=gone, fault=told_fault(frame.services))

    def _told(self, row: TargetRow) -> str:
        words = self._frame.words
        told = {
            "list": words.of("exports.subjects")[row.list],
            "kind": words.of("sync.kinds")[row.kind],
            "mode": words.of("sync.modes")[row.mode],
        }
        return words.say("sync.line", **told)


async def show_sync(frame: Frame) -> None:
    await SyncView(frame, await frame.actor()).show()
