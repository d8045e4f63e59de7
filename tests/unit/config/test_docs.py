"""What the documents promise is there, and what is there is in the documents."""

import re
from pathlib import Path

from archive.stages import Stage
from config.cli import _parser

ROOT = Path(__file__).resolve().parents[3]


def test_every_setting_is_documented() -> None:
    """A variable that config reads stands in docs/settings.md, and no other does."""
    modules = (ROOT / "config").rglob("*.py")
    code = "".join(path.read_text(encoding="utf-8") for path in modules)
    told = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    name = re.compile(r"TANGTHU_[A-Z0-9_]+")
    assert set(name.findall(code)) == set(name.findall(told))


def test_every_stage_is_documented() -> None:
    """The way of a paper is told whole."""
    told = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert [stage for stage in Stage if not re.search(rf"\b{stage}\b", told)] == []


def test_no_command_is_shown_before_it_works() -> None:
    """Commands that later work brings are absent from the help."""
    shown = _parser().format_help()
    for absent in ("backup", "restore"):
        assert absent not in shown


def test_only_config_reads_the_environment() -> None:
    """Settings are read in one place; libraries take values."""
    readers = [
        str(path.relative_to(ROOT))
        for path in ROOT.glob("*/**/*.py")
        if path.parts[len(ROOT.parts)]
        not in ("config", "tests", "bench", "script", "deploy", ".venv")
        and re.search(r"os\.environ(?!\.setdefault)|getenv", path.read_text(encoding="utf-8"))
    ]
    assert readers == []


def test_every_choice_is_listed() -> None:
    """The index names each page, and the numbers have no holes."""
    pages = sorted(path.name for path in (ROOT / "docs" / "adr").glob("[0-9]*.md"))
    assert [int(name[:4]) for name in pages] == list(range(1, len(pages) + 1))
    index = (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")
    assert [name for name in pages if f"({name})" not in index] == []


def test_every_link_in_the_documents_leads_somewhere() -> None:
    """Files of the house only."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    lost = [
        (page.name, target)
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert lost == []
