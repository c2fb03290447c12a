"""The queue, page by page."""

import pytest
from sqlalchemy import text

from console.reading import list_submissions
from storage.queue import Filter

pytestmark = pytest.mark.slow

COPIES = text("""
insert into submission (id, party_id, conversation_id, form, form_version, language, state, version, sealed_answers, missing_count, waiting_since)
select gen_random_uuid(), party_id, conversation_id, form, form_version, language, state, version, sealed_answers, missing_count,
       waiting_since + number / 3 * interval '1 second'
from submission, generate_series(1, 998) number where id = :id
""")


async def test_a_thousand_rows_are_turned_forth_and_back_each_seen_once(house, request_, agent):
    async with house.database.transaction() as session:
        await session.execute(COPIES, {"id": request_.card})
    forth, after = [], None
    while True:
        page = (await list_submissions(house, agent, Filter(), after=after)).page
        forth += page.rows
        if page.next is None:
            break
        after = page.next
    assert len(forth) == len({row.submission for row in forth}) == 1_000
    assert [row.waiting_since for row in forth] == sorted(row.waiting_since for row in forth)
    back, before = list(page.rows), page.previous
    while before is not None:
        page = (await list_submissions(house, agent, Filter(), before=before)).page
        back = [*page.rows, *back]
        before = page.previous
    assert back == forth
