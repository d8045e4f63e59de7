"""Settings of proof: how strongly our signatures are made, and what those of others are held to."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from config.errors import SettingError

LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")
"""The PAdES levels, first the default."""
REVOCATION = ("offline", "online")
RENEW_DAYS = 365
MOST_RENEW_DAYS = 3_650


@dataclass(frozen=True, slots=True)
class TrustOptions:
    """What docs/settings.md says of signatures and timestamps."""

    level: str = LEVELS[0]
    """One of LEVELS."""
    tsa_url: str = ""
    tsa_policy: str = ""
    revocation: str = REVOCATION[0]
    """One of REVOCATION: whether issuers are asked about signatures that come in."""
    renew_days: int = RENEW_DAYS
    """How long before its end an archive timestamp is renewed."""


def read_trust(environment: Mapping[str, str]) -> TrustOptions:
    """Read the settings of proof. Raises SettingError."""
    options = TrustOptions(
        level=_choice(environment, "TANGTHU_SIGNING_LEVEL", LEVELS),
        tsa_url=environment.get("TANGTHU_TSA_URL", ""),
        tsa_policy=_policy(environment.get("TANGTHU_TSA_POLICY", "")),
        revocation=_choice(environment, "TANGTHU_REVOCATION", REVOCATION),
        renew_days=_days(environment.get("TANGTHU_RENEW_DAYS", str(RENEW_DAYS))),
    )
    _check_service(options)
    return options


def _check_service(options: TrustOptions) -> None:
    """Refuse a level whose timestamps nobody would give, and a service that is no address."""
    if options.level != LEVELS[0] and not options.tsa_url:
        raise SettingError.of(
            "TANGTHU_TSA_URL", f"địa chỉ dịch vụ dấu thời gian, vì đã đặt mức {options.level}"
        )
    if options.tsa_policy and not options.tsa_url:
        raise SettingError.of("TANGTHU_TSA_URL", "một địa chỉ, vì TANGTHU_TSA_POLICY đã đặt")
    parts = urlsplit(options.tsa_url)
    if options.tsa_url and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise SettingError.of("TANGTHU_TSA_URL", "một địa chỉ bắt đầu bằng http:// hoặc https://")


def _choice(environment: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    text = environment.get(name) or choices[0]
    if text not in choices:
        raise SettingError.of(name, "một trong các giá trị " + ", ".join(choices))
    return text


def _policy(text: str) -> str:
    if text and not all(part.isascii() and part.isdigit() for part in text.split(".")):
        raise SettingError.of("TANGTHU_TSA_POLICY", "mã chính sách dạng số, ví dụ 1.3.6.1.4.1.1.2")
    return text


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_RENEW_DAYS):
        raise SettingError.of("TANGTHU_RENEW_DAYS", f"một số từ 1 đến {MOST_RENEW_DAYS}")
    return int(text)
