"""Pages that are only read: how data are treated."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bots.web.frame import Frames
from bots.web.wording import furniture, word
from dialogs.services import Services
from forms.types.showing import day, in_digits

NOTICE = "privacy_insurance"


class Reading:
    def __init__(self, services: Services, frames: Frames) -> None:
        self._services = services
        self._frames = frames

    def routes(self) -> list[Route]:
        return [Route("/privacy", self.privacy, methods=["GET"])]

    async def privacy(self, request: Request) -> Response:
        """The notice in force, in full, exactly as customers see it in the conversation."""
        frame = self._frames.plain(request)
        words = furniture(frame.language)
        today = self._services.clock().astimezone(self._services.settings.zone).date()
        notice = next((module for module in self._services.catalogue.modules(today) if module.module.code == NOTICE), None)
        if notice is None:
            return self._frames.text(frame, word(words, "privacy"), [word(words, "privacy_page.none")])
        version, since = in_digits(notice.module.version, frame.language), day(notice.module.valid_from, frame.language)
        version = word(words, "paper.version").format(version=version, since=since)
        return self._frames.text(frame, notice.words[frame.language].title, [version], paper=notice.text(frame.language))
