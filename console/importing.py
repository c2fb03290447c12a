"""Lists of customers that a colleague or an operator hands over. Nothing of a list counts by itself (console/releasing.py)."""

from console.acting import Actor, acting
from dialogs.importing import Incoming, Reading, read_list
from dialogs.services import Services
from rules.access import Action
from storage.audit import Audited, audit


async def read_in(services: Services, actor: Actor, incoming: Incoming) -> Reading:
    """The file itself is kept nowhere. Raises Refused for one that cannot be read, and for one that was read before."""
    async with acting(services, actor, Action.IMPORT) as work:
        row, reading = await read_list(services, work.session, incoming, colleague=actor.id)
        reading.id = work.subject = row.id
        work.detail |= {"format": row.format, **reading.counts}
        return reading


async def read_in_for_operator(services: Services, incoming: Incoming, *, is_dry: bool) -> Reading:
    """Of the command line: whoever may read the keys may read lists in, and it is written down all the same. Dry = nothing is kept.

    Raises Refused as `read_in`."""
    async with services.database.transaction() as session:
        savepoint = await session.begin_nested()
        row, reading = await read_list(services, session, incoming)
        detail: dict[str, str | int | bool | None] = {"format": row.format, "is_dry": is_dry, **reading.counts}
        reading.id = None if is_dry else row.id
        if is_dry:
            await savepoint.rollback()
        await audit(session, Audited(Action.IMPORT.value, services.clock(), who="operator", subject=reading.id, detail=detail))
        return reading
