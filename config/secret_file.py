"""Passwords stand in files, never in the environment itself."""

from pathlib import Path

from config.errors import SettingError


def read_secret(variable: str, path: str | None) -> str:
    """Return what the file holds, "" where none is named. Raises SettingError."""
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError.of(variable, "đường dẫn một tệp đọc được") from error
