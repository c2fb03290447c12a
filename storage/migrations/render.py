"""`python -m storage.migrations.render`: writes the first revision's SQL from the tables. Only until the first release; then revisions are added."""

from pathlib import Path

from storage.migrations.schema import schema_statements
from storage.tables import Base

INITIAL = Path(__file__).parent / "versions" / "0001_initial.sql"


def render() -> str:
    return "".join(f"{_tidy(statement)};\n\n" for statement in schema_statements(Base.metadata))


def _tidy(statement: str) -> str:
    return "\n".join(line.rstrip().replace("\t", "  ") for line in statement.splitlines())


if __name__ == "__main__":
    INITIAL.write_text(render())
