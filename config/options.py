"""What the operator may set. This package is the only one that reads the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEFAULT_HOME = "var"
DEFAULT_PORT = 8470
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class S3Options:
    """Where the archive store lives when it is S3."""

    endpoint: str
    bucket: str
    access_key: str
    secret_key: str
    secure: bool
    mode: str
    """GOVERNANCE or COMPLIANCE."""


@dataclass(frozen=True, slots=True)
class Options:
    """Every setting, typed; each is named in docs/settings.md."""

    home: Path
    host: str
    port: int
    allowed_hosts: tuple[str, ...]
    secure_cookies: bool
    workers: int
    confirm_account: str
    agency_name: str
    signing_p12: Path | None
    signing_p12_password_file: Path | None
    agency_p12: Path | None
    agency_p12_password_file: Path | None
    s3: S3Options | None


def read_options(environment: Mapping[str, str] = os.environ) -> Options:
    """Read the settings; what is not set has the default that a commune's one machine needs."""
    get = environment.get
    return Options(
        home=Path(get("TANGTHU_HOME", DEFAULT_HOME)).absolute(),
        host=get("TANGTHU_HOST", LOOPBACK),
        port=int(get("TANGTHU_PORT", str(DEFAULT_PORT))),
        allowed_hosts=_words(get("TANGTHU_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")),
        secure_cookies=get("TANGTHU_SECURE_COOKIES", "0") == "1",
        workers=int(get("TANGTHU_WORKERS", str(os.cpu_count() or 1))),
        confirm_account=get("TANGTHU_ACCOUNT", "tai-may"),
        agency_name=get("TANGTHU_AGENCY", "Cơ quan chưa đặt tên"),
        signing_p12=_path(get("TANGTHU_DIGITISER_P12")),
        signing_p12_password_file=_path(get("TANGTHU_DIGITISER_P12_PASSWORD_FILE")),
        agency_p12=_path(get("TANGTHU_AGENCY_P12")),
        agency_p12_password_file=_path(get("TANGTHU_AGENCY_P12_PASSWORD_FILE")),
        s3=_s3(environment),
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _path(text: str | None) -> Path | None:
    return Path(text).absolute() if text else None


def _s3(environment: Mapping[str, str]) -> S3Options | None:
    endpoint = environment.get("TANGTHU_S3_ENDPOINT")
    if not endpoint:
        return None
    return S3Options(
        endpoint=endpoint,
        bucket=environment.get("TANGTHU_S3_BUCKET", "tangthu"),
        access_key=environment["TANGTHU_S3_ACCESS_KEY"],
        secret_key=environment["TANGTHU_S3_SECRET_KEY"],
        secure=environment.get("TANGTHU_S3_SECURE", "1") == "1",
        mode=environment.get("TANGTHU_S3_LOCK", "GOVERNANCE"),
    )
