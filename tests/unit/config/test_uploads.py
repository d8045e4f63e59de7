"""What is being uploaded lies in the data folder, private, and not for longer than it must."""

import stat
import tempfile
from pathlib import Path

import pytest

from config.commands.serve import _keep_uploads_in


def test_uploads_are_private_and_a_crash_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plain bytes of papers must not stay in the system's /tmp, nor after a kill anywhere."""
    monkeypatch.setattr(tempfile, "tempdir", None)
    folder = tmp_path / "uploads"
    _keep_uploads_in(folder)
    left = Path(tempfile.mkstemp(suffix=".upload")[1])
    assert left.parent == folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    _keep_uploads_in(folder)
    assert list(folder.iterdir()) == []
