"""Tables of measurements, printed and kept in the documents that quote them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def write_section(path: Path, name: str, table: str) -> None:
    """Put a table, dated, between the marks of its section. Raises ValueError where none are."""
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    before, _, rest = path.read_text(encoding="utf-8").partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise ValueError(f"{path} has no section {name}")
    day = datetime.now(UTC).date().isoformat()
    path.write_text(f"{before}{begin}\nMeasured {day}.\n\n{table}\n{end}{after}", encoding="utf-8")
