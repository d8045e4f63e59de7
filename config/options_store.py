"""Settings of the archive: where its copies lie, what encrypts it, how often it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from config.errors import SettingError
from config.options_work import sse_named
from config.secret_file import read_either

ENCRYPT = ("kind", "all")
"""What is sealed encrypted: the kinds that the catalogue marks, or everything."""
LOCKS = ("GOVERNANCE", "COMPLIANCE")
FIXITY_DAYS = 365
MOST_FIXITY_DAYS = 3 * 365
"""TT 05/2025: everything is read within three years."""
FIXITY_MB_S = 5
MOST_FIXITY_MB_S = 10_000


class _Names(NamedTuple):
    """The variables of one S3 place."""

    endpoint: str
    bucket: str
    access_key: str
    secret_key: str
    secret_key_file: str
    secure: str
    lock: str
    sse: str


_FIRST = _Names(
    "TANGTHU_S3_ENDPOINT",
    "TANGTHU_S3_BUCKET",
    "TANGTHU_S3_ACCESS_KEY",
    "TANGTHU_S3_SECRET_KEY",
    "TANGTHU_S3_SECRET_KEY_FILE",
    "TANGTHU_S3_SECURE",
    "TANGTHU_S3_LOCK",
    "TANGTHU_S3_SSE",
)
_COPY = _Names(
    "TANGTHU_COPY_S3_ENDPOINT",
    "TANGTHU_COPY_S3_BUCKET",
    "TANGTHU_COPY_S3_ACCESS_KEY",
    "TANGTHU_COPY_S3_SECRET_KEY",
    "TANGTHU_COPY_S3_SECRET_KEY_FILE",
    "TANGTHU_COPY_S3_SECURE",
    "TANGTHU_COPY_S3_LOCK",
    "TANGTHU_COPY_S3_SSE",
)


@dataclass(frozen=True, slots=True)
class S3Options:
    """A bucket."""

    endpoint: str
    bucket: str
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    secure: bool
    mode: str
    """One of LOCKS."""
    sse: str
    """What the server encrypts with beside us: nothing, "s3" or "kms:KEY"."""


@dataclass(frozen=True, slots=True)
class TokenOptions:
    """A token whose key wraps the class keys."""

    module: Path
    token: str
    label: str
    pin_file: Path


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """What docs/settings.md says of the archive."""

    s3: S3Options | None = None
    """None: the first copy is the local folder."""
    copy_s3: S3Options | None = None
    copy_folder: Path | None = None
    encrypt_all: bool = False
    class_keys_file: Path | None = None
    class_keys: str = field(default="", repr=False)
    """The same document as in the file."""
    class_keys_token: TokenOptions | None = None
    fixity_days: int = FIXITY_DAYS
    fixity_mb_s: int = FIXITY_MB_S


def read_store(environment: Mapping[str, str]) -> StoreOptions:
    """Read the settings of the archive. Raises SettingError."""
    _check_alone(environment, ("TANGTHU_COPY_FOLDER", _COPY.endpoint))
    sources = ("TANGTHU_CLASS_KEYS_FILE", "TANGTHU_CLASS_KEYS", "TANGTHU_CLASS_KEYS_PKCS11")
    _check_alone(environment, sources)
    copy_folder = environment.get("TANGTHU_COPY_FOLDER")
    keys_file = environment.get("TANGTHU_CLASS_KEYS_FILE")
    return StoreOptions(
        s3=_s3(environment, _FIRST),
        copy_s3=_s3(environment, _COPY),
        copy_folder=Path(copy_folder).absolute() if copy_folder else None,
        encrypt_all=_choice(environment, "TANGTHU_ENCRYPT", ENCRYPT) == "all",
        class_keys_file=Path(keys_file).absolute() if keys_file else None,
        class_keys=environment.get("TANGTHU_CLASS_KEYS", ""),
        class_keys_token=_token(environment),
        fixity_days=_number(environment, "TANGTHU_FIXITY_DAYS", FIXITY_DAYS, MOST_FIXITY_DAYS),
        fixity_mb_s=_number(environment, "TANGTHU_FIXITY_MB_S", FIXITY_MB_S, MOST_FIXITY_MB_S),
    )


def _check_alone(environment: Mapping[str, str], names: tuple[str, ...]) -> None:
    """Refuse two answers to one question."""
    given = [name for name in names if environment.get(name)]
    if len(given) > 1:
        raise SettingError.of(given[1], f"để trống, vì {given[0]} đã đặt")


def _s3(environment: Mapping[str, str], names: _Names) -> S3Options | None:
    endpoint = environment.get(names.endpoint)
    if not endpoint:
        return None
    secret = read_either(environment, names.secret_key, names.secret_key_file)
    if not secret:
        raise SettingError.of(names.secret_key_file, f"một giá trị, vì {names.endpoint} đã đặt")
    return S3Options(
        endpoint=endpoint,
        bucket=environment.get(names.bucket, "tangthu"),
        access_key=_required(environment, names.access_key, names.endpoint),
        secret_key=secret,
        secure=environment.get(names.secure, "1") == "1",
        mode=_choice(environment, names.lock, LOCKS),
        sse=sse_named(environment, names.sse),
    )


def _token(environment: Mapping[str, str]) -> TokenOptions | None:
    module = environment.get("TANGTHU_CLASS_KEYS_PKCS11")
    if not module:
        return None
    because = "TANGTHU_CLASS_KEYS_PKCS11"
    return TokenOptions(
        module=Path(module),
        token=_required(environment, "TANGTHU_CLASS_KEYS_TOKEN", because),
        label=_required(environment, "TANGTHU_CLASS_KEYS_LABEL", because),
        pin_file=Path(_required(environment, "TANGTHU_CLASS_KEYS_PIN_FILE", because)),
    )


def _required(environment: Mapping[str, str], name: str, because: str) -> str:
    if not environment.get(name):
        raise SettingError.of(name, f"một giá trị, vì {because} đã đặt")
    return environment[name]


def _choice(environment: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    text = environment.get(name) or choices[0]
    if text not in choices:
        raise SettingError.of(name, "một trong các giá trị " + ", ".join(choices))
    return text


def _number(environment: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = environment.get(name, str(default)).strip()
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise SettingError.of(name, f"một số từ 1 đến {most}")
    return int(text)
