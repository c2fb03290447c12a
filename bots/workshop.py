"""What the jobs work with: services, what all papers share, and the processes that print."""

from dataclasses import dataclass, field

from bots.papers import Press
from bots.printing import Printers
from bots.sealing import Seal
from dialogs.services import Services
from storage.ledger.keys import Signer

# A refused mail is tried again after these seconds, over two days; then a colleague sees it as failed.
RETRIES_S: tuple[float, ...] = (60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)


@dataclass(slots=True)
class Workshop:
    """One a process."""

    services: Services
    press: Press
    signer: Signer
    seal: Seal | None = None
    """None: papers are not sealed."""
    printers: Printers = field(default_factory=Printers)
    retries_s: tuple[float, ...] = RETRIES_S

    def close(self) -> None:
        self.printers.close()
