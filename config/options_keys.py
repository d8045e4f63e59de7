"""Settings of the signing keys: where each is, and which secrets are kept in files.

A key is named by one line: `p12:/path`, `pkcs11:token=...;object=...?module-path=...` (RFC 7512) or
`csc:https://service/csc/v2#credential`. No secret stands in it: it would be in every process list.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from config.errors import SettingError

ASK = "ask"
"""Said in place of a file: the secret is a person's and kept nowhere."""


class _Names(NamedTuple):
    """The variables of one key."""

    key: str
    pin_file: str
    access_file: str
    p12: str
    p12_password_file: str


DIGITISER = _Names(
    "TANGTHU_DIGITISER_KEY",
    "TANGTHU_DIGITISER_PIN_FILE",
    "TANGTHU_DIGITISER_ACCESS_FILE",
    "TANGTHU_DIGITISER_P12",
    "TANGTHU_DIGITISER_P12_PASSWORD_FILE",
)
AGENCY = _Names(
    "TANGTHU_AGENCY_KEY",
    "TANGTHU_AGENCY_PIN_FILE",
    "TANGTHU_AGENCY_ACCESS_FILE",
    "TANGTHU_AGENCY_P12",
    "TANGTHU_AGENCY_P12_PASSWORD_FILE",
)


@dataclass(frozen=True, slots=True)
class P12Place:
    """A PKCS#12 file."""

    path: Path


@dataclass(frozen=True, slots=True)
class TokenPlace:
    """A key in a token or HSM."""

    module: Path
    token: str
    serial: str
    label: str
    object_id: bytes


@dataclass(frozen=True, slots=True)
class RemotePlace:
    """A key at a remote signing service."""

    base: str
    credential: str
    access_file: Path


@dataclass(frozen=True, slots=True)
class KeyOptions:
    """One signing key."""

    place: P12Place | TokenPlace | RemotePlace
    secret_file: Path | None
    """PIN or passphrase."""
    asks: bool
    """Whether a person gives the secret each time."""


@dataclass(frozen=True, slots=True)
class KeysOptions:
    """The two keys that sign."""

    digitiser: KeyOptions
    agency: KeyOptions


def read_keys(environment: Mapping[str, str]) -> KeysOptions | None:
    """Read both keys; None where neither is set. Raises SettingError for half a setting.

    One key without the other is refused: the test keys would quietly sign real papers.
    """
    digitiser, agency = (_read_key(environment, names) for names in (DIGITISER, AGENCY))
    if digitiser and agency:
        return KeysOptions(digitiser, agency)
    if digitiser or agency:
        there, missing = (DIGITISER, AGENCY) if digitiser else (AGENCY, DIGITISER)
        name = missing.p12 if environment.get(there.p12) else missing.key
        raise SettingError.of(name, "một khóa ký, vì khóa kia đã đặt")
    return None


def _read_key(environment: Mapping[str, str], names: _Names) -> KeyOptions | None:
    old, new = environment.get(names.p12), environment.get(names.key)
    if old and new:
        raise SettingError.of(names.key, f"để trống, vì {names.p12} đã đặt")
    secret_name = names.p12_password_file if old else names.pin_file
    _refuse_strays(environment, names, used=secret_name if old or new else "")
    secret = environment.get(secret_name, "")
    if old:
        return KeyOptions(P12Place(_path(old)), _path(secret) if secret else None, asks=False)
    if not new:
        return None
    place = _place(new, names, environment.get(names.access_file, ""))
    asks = secret == ASK or (not secret and not isinstance(place, P12Place))
    return KeyOptions(place, None if asks or not secret else _path(secret), asks)


def _refuse_strays(environment: Mapping[str, str], names: _Names, *, used: str) -> None:
    """A secret without its key is a slip of the pen somewhere."""
    for other in (names.p12_password_file, names.pin_file):
        if environment.get(other) and other != used:
            raise SettingError.of(other, "để trống, vì không có khóa ký nào dùng đến")
    is_remote = environment.get(names.key, "").startswith("csc:")
    if environment.get(names.access_file) and not is_remote:
        raise SettingError.of(names.access_file, "để trống, vì chỉ khóa ký từ xa (csc:) dùng đến")


def _place(text: str, names: _Names, access: str) -> P12Place | TokenPlace | RemotePlace:
    scheme, _, rest = text.partition(":")
    if scheme == "p12" and rest:
        return P12Place(_path(rest))
    if scheme == "pkcs11":
        return _token(rest, names)
    if scheme == "csc":
        return _remote(rest, names, access)
    raise SettingError.of(names.key, "địa chỉ khóa bắt đầu bằng p12:, pkcs11: hoặc csc:")


def _token(rest: str, names: _Names) -> TokenPlace:
    """Read the attributes of RFC 7512; those of the query may stand in the path too."""
    given: dict[str, str] = {}
    for part in rest.replace("?", ";").replace("&", ";").split(";"):
        key, equals, value = part.partition("=")
        if not equals or key in given:
            raise SettingError.of(names.key, "các cặp tên=giá trị, mỗi tên một lần")
        given[key] = value
    known = {"module-path", "token", "serial", "object", "id", "type"}
    if set(given) - known:
        unknown = ", ".join(sorted(set(given) - known))
        raise SettingError.of(names.key, f"bỏ phần {unknown} (mã PIN để trong {names.pin_file})")
    if "module-path" not in given or not ({"token", "serial"} & set(given)):
        raise SettingError.of(names.key, "module-path và token (hoặc serial) của thiết bị")
    return TokenPlace(
        module=_path(unquote(given["module-path"])),
        token=unquote(given.get("token", "")),
        serial=unquote(given.get("serial", "")),
        label=unquote(given.get("object", "")),
        object_id=unquote_to_bytes(given.get("id", "")),
    )


def _remote(rest: str, names: _Names, access: str) -> RemotePlace:
    address, _, credential = rest.partition("#")
    parts = urlsplit(address)
    is_here = parts.hostname in ("127.0.0.1", "::1", "localhost")
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_here)
    if not is_safe or not parts.hostname or parts.username or parts.query:
        raise SettingError.of(names.key, "csc: rồi địa chỉ https của dịch vụ, #mã khóa")
    if not access:
        raise SettingError.of(names.access_file, "tệp mã truy cập của dịch vụ ký từ xa")
    return RemotePlace(address.rstrip("/"), unquote(credential), _path(access))


def _path(text: str) -> Path:
    return Path(text).absolute()
