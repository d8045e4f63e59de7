"""What is told of the work: the form of the log, and who may read the figures."""

from collections.abc import Mapping
from dataclasses import dataclass

from config.errors import SettingError
from config.logs import LINE, STYLES
from config.secret_file import read_secret

LOG = "TANGTHU_LOG"
PORT = "TANGTHU_METRICS_PORT"
TOKEN_FILE = "TANGTHU_METRICS_TOKEN_FILE"  # noqa: S105  a setting's name
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost", "[::1]"})
LEAST_TOKEN = 16
MOST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class SeeingOptions:
    """How the work can be watched."""

    log: str
    """One of config.logs.STYLES."""
    port: int | None
    """Where `tangthu work` and `tangthu beat` serve their figures; None: they do not."""
    token: str
    """What whoever asks for figures must bear; empty: only this machine may ask."""
    is_open: bool
    """Whether programs of this machine may ask without a token."""


def read_seeing(environment: Mapping[str, str]) -> SeeingOptions:
    """Read the settings. Raises SettingError."""
    get = environment.get
    log = get(LOG) or LINE
    if log not in STYLES:
        raise SettingError.of(LOG, "một trong các giá trị " + ", ".join(STYLES))
    token = read_secret(TOKEN_FILE, get(TOKEN_FILE))
    if get(TOKEN_FILE) and len(token) < LEAST_TOKEN:
        raise SettingError.of(TOKEN_FILE, f"một tệp có ít nhất {LEAST_TOKEN} ký tự")
    port, is_local = _port(get(PORT)), _is_local(environment)
    if port and not token and get("TANGTHU_HOST", "127.0.0.1") not in LOOPBACK:
        raise SettingError.of(TOKEN_FILE, f"một tệp khóa, vì {PORT} mở ra ngoài máy này")
    return SeeingOptions(log, port, token, is_open=is_local and not token)


def _is_local(environment: Mapping[str, str]) -> bool:
    """Whether nothing says that this installation serves others than this machine.

    Behind a proxy every question seems to come from this machine.
    """
    names = environment.get("TANGTHU_ALLOWED_HOSTS", "localhost").split(",")
    return (
        environment.get("TANGTHU_HOST", "127.0.0.1") in LOOPBACK
        and environment.get("TANGTHU_SECURE_COOKIES", "0") != "1"
        and all(name.strip() in LOOPBACK for name in names if name.strip())
    )


def _port(text: str | None) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_PORT):
        raise SettingError.of(PORT, f"một số từ 1 đến {MOST_PORT}")
    return int(text)
