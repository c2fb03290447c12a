"""A colleague's optional second factor (storage.second_factors): begun, confirmed, taken away. Asked for at sign-in (storage.staff)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from storage.audit import Audited, audit
from storage.keys import Keys
from storage.passwords import count_failure, count_success, locked_until
from storage.sealing import Owner
from storage.second_factors import begin_second, confirm_second, end_second, is_second, pending_secret
from storage.tables.staff import Colleague


def second_owner(keys: Keys, row: Colleague) -> Owner:
    """Whose data key seals it; made with the first secret."""
    if row.wrapped_key is None:
        _, row.wrapped_key = keys.new_data_key()
    return Owner(None, row.id, keys, keys.unwrap(row.wrapped_key))


async def begin(session: AsyncSession, keys: Keys, colleague: UUID) -> tuple[str, str] | None:
    """The secret for the app and the address that the colleague signs in with; None where it is on already."""
    row = await _locked(session, colleague)
    if row.is_second_on:
        return None
    owner = second_owner(keys, row)
    return pending_secret(owner, row) or await begin_second(session, owner, row), row.email


async def confirm(session: AsyncSession, keys: Keys, colleague: UUID, code: str, now: datetime) -> tuple[str, ...] | None:
    """On from now on: the recovery codes, told once. None where the code is wrong."""
    row = await _locked(session, colleague)
    codes = await confirm_second(session, second_owner(keys, row), row, code, now)
    if codes is not None:
        await audit(session, Audited("staff.second_on", now, colleague=row.id, subject=row.id))
    return codes


async def switch_off(session: AsyncSession, keys: Keys, colleague: UUID, code: str, now: datetime) -> bool:
    """Only with a code: an open page alone does not weaken the access. Wrong ones count towards the lock; to be committed whatever comes back."""
    row = await _locked(session, colleague)
    if not row.is_second_on:
        return True
    if locked_until(row, now) is not None:
        return False
    if not await is_second(session, second_owner(keys, row), row, code, now):
        count_failure(row, now)
        await session.flush()
        return False
    count_success(row)
    end_second(row)
    await audit(session, Audited("staff.second_off", now, colleague=row.id, subject=row.id))
    return True


async def _locked(session: AsyncSession, colleague: UUID) -> Colleague:
    row: Colleague = await session.get_one(Colleague, colleague, with_for_update=True)
    return row
