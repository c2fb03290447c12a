"""A conversation read again, as a colleague sees it."""

from datetime import UTC, datetime

import orjson
import pytest

from dialogs.history import read_history
from storage.turns import StoredTurn

AT = datetime(2026, 11, 22, 8, 26, 53, tzinfo=UTC)


@pytest.mark.parametrize(("language", "row"), [("it", "premio: 293,99"), ("zh", "premio：293,99")])
def test_a_row_stands_with_the_colon_of_the_language(language, row):
    replies = {"messages": [{"kind": "summary", "text": "", "rows": [{"label": "premio", "value": "293,99"}]}], "question": None}
    [line] = read_history([StoredTurn(1, None, None, orjson.dumps(replies), AT)], language)
    assert line.text.strip() == row
