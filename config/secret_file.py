"""Secrets stand in files; where an older variable holds one itself, it or the file is set."""

from collections.abc import Mapping
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


def read_either(environment: Mapping[str, str], plain: str, file: str) -> str:
    """Return a secret given in a variable or in a file, "" where in neither; both is refused.

    Raises SettingError.
    """
    if environment.get(plain) and environment.get(file):
        raise SettingError.of(file, f"để trống, vì {plain} đã đặt")
    return environment.get(plain) or read_secret(file, environment.get(file))
