"""Until when an Italian tax code could name a place of birth.

By python-codicefiscale's lists and as it judges them, without its own index of them: that takes 25 MB, and an answer a millisecond."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from functools import cache
from sys import intern

import msgspec

from forms.types.municipalities import package_file

_LISTS = ("municipalities.json", "countries.json", "deleted-countries.json")
_NEVER = "9999-12-31"


class _Row(msgspec.Struct):
    """It has more."""

    code: str
    date_deleted: str


def was_a_place(code: str, born: date) -> bool:
    """Also before the place began: codes were given out later. One that began more than once is taken at any time: the lists have gaps."""
    return born.isoformat() <= _ends().get(code, "")


@cache
def _ends() -> Mapping[str, str]:
    """ISO dates by Belfiore code."""
    ends: dict[str, list[str]] = defaultdict(list)
    for name in _LISTS:
        for row in msgspec.json.decode(package_file("codicefiscale", "data", name).read_bytes(), type=list[_Row]):
            ends[row.code].append(intern(row.date_deleted[:10] or _NEVER))
    return {code: last[0] if len(last) == 1 else _NEVER for code, last in ends.items()}
