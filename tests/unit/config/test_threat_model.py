"""Every promise of docs/threat-model.md and docs/operations.md names a test that exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


@pytest.mark.parametrize("page", ["threat-model.md", "operations.md"])
def test_each_test_that_a_promise_names_exists(page: str) -> None:
    """The file, and the function in it."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    named = NAMED.findall(text)
    assert named
    lost = [
        f"{path}::{test}"
        for path, test in named
        if not (ROOT / path).is_file()
        or (test and f"def {test}(" not in (ROOT / path).read_text(encoding="utf-8"))
    ]
    assert lost == []


def test_every_row_of_the_threat_model_names_a_test() -> None:
    """A promise without a test is not made there."""
    text = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    promised, _, _ = text.partition("## What is not promised")
    rows = [line for line in promised.splitlines() if re.match(r"\| (?!May |What lies )\w", line)]
    assert len(rows) > 20
    assert [row for row in rows if "`tests/" not in row and "the same" not in row] == []
