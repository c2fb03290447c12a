"""How papers and mails write instants and hashes; apart from printing, whose fonts take memory and a second to load."""

from datetime import datetime

from forms.types.showing import day, in_digits, manner


def grouped(digest: str) -> str:
    """A hash in groups of eight, as people compare it."""
    return " ".join(digest[i : i + 8] for i in range(0, len(digest), 8))


def instant(at: datetime, language: str) -> str:
    """`22 novembre 2026, 10:42:07, UTC+01:00`."""
    offset = at.strftime("%z")
    return manner(language).pause.join((second(at, language), f"UTC{offset[:3]}:{offset[3:5]}"))


def second(at: datetime, language: str) -> str:
    """`22 novembre 2026, 10:42:07`, where the zone is told once for many."""
    return manner(language).pause.join((day(at.date().isoformat(), language), in_digits(f"{at:%H:%M:%S}", language)))
