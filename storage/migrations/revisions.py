"""The revisions by name, for whoever only asks whether a database is current: importing alembic would be a tenth of the program's start."""

from hashlib import sha256
from pathlib import Path

VERSIONS = Path(__file__).parent / "versions"


def revision_of(script: Path) -> str:
    """By its number and its SQL: until the first release it is rendered anew when the tables change, and a database of other tables is
    told apart."""
    return f"{script.name.partition('_')[0]}_{sha256(script.read_bytes()).hexdigest()[:12]}"


def revisions() -> list[str]:
    """All, the newest last."""
    return [revision_of(script) for script in sorted(VERSIONS.glob("*.sql"))]
