"""Settings of a node that keeps no state: the shared work store, and the keys given to all nodes.

With the work store on S3 nothing may stay behind in one node's folder, so the records, the archive
and every key must be shared too: half of it is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.errors import SettingError
from config.records import URL
from config.secret_file import read_either

ENDPOINT = "TANGTHU_WORK_S3_ENDPOINT"
NODE_KEY_FILE = "TANGTHU_NODE_KEY_FILE"
COOKIE_KEY_FILE = "TANGTHU_COOKIE_KEY_FILE"
LEAST_COOKIE_KEY = 32


@dataclass(frozen=True, slots=True)
class WorkBucket:
    """A bucket without a lock."""

    endpoint: str
    bucket: str
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    secure: bool
    sse: str


@dataclass(frozen=True, slots=True)
class WorkOptions:
    """What docs/settings.md says of the work store and of the keys that all nodes share."""

    bucket: WorkBucket | None = None
    """None: the work store is a folder, and the house has one node."""
    node_key_file: Path | None = None
    """None: made in the data folder."""
    cookie_key: str = field(default="", repr=False)
    """Empty: made in the data folder."""


def read_work(environment: Mapping[str, str]) -> WorkOptions:
    """Read the settings of a node. Raises SettingError."""
    bucket = _bucket(environment)
    node_key_file = environment.get(NODE_KEY_FILE)
    if bucket:
        _check_whole(environment)
        _check_apart(environment, bucket)
    return WorkOptions(
        bucket=bucket,
        node_key_file=Path(node_key_file).absolute() if node_key_file else None,
        cookie_key=_cookie_key(environment),
    )


def _bucket(environment: Mapping[str, str]) -> WorkBucket | None:
    endpoint = environment.get(ENDPOINT)
    if not endpoint:
        return None
    because = f"một giá trị, vì {ENDPOINT} đã đặt"
    access = environment.get("TANGTHU_WORK_S3_ACCESS_KEY")
    secret = read_either(
        environment, "TANGTHU_WORK_S3_SECRET_KEY", "TANGTHU_WORK_S3_SECRET_KEY_FILE"
    )
    if not access:
        raise SettingError.of("TANGTHU_WORK_S3_ACCESS_KEY", because)
    if not secret:
        raise SettingError.of("TANGTHU_WORK_S3_SECRET_KEY_FILE", because)
    return WorkBucket(
        endpoint=endpoint,
        bucket=environment.get("TANGTHU_WORK_S3_BUCKET", "tangthu-work"),
        access_key=access,
        secret_key=secret,
        secure=environment.get("TANGTHU_WORK_S3_SECURE", "1") == "1",
        sse=sse_named(environment, "TANGTHU_WORK_S3_SSE"),
    )


def _check_whole(environment: Mapping[str, str]) -> None:
    """Refuse a node that would share its work but not what the work needs."""
    because = f"một giá trị, vì {ENDPOINT} đã đặt: nhiều máy phải dùng chung"
    if environment.get("TANGTHU_CLASS_KEYS_PKCS11"):
        need = f"để trống, vì {ENDPOINT} đã đặt: khóa bọc bằng thiết bị nằm trong thư mục một máy"
        raise SettingError.of("TANGTHU_CLASS_KEYS_PKCS11", need)
    if not (environment.get("TANGTHU_CLASS_KEYS_FILE") or environment.get("TANGTHU_CLASS_KEYS")):
        raise SettingError.of("TANGTHU_CLASS_KEYS_FILE", because)
    for name in (URL, "TANGTHU_S3_ENDPOINT", NODE_KEY_FILE, COOKIE_KEY_FILE):
        if not environment.get(name):
            raise SettingError.of(name, because)


def _check_apart(environment: Mapping[str, str], work: WorkBucket) -> None:
    """Refuse one bucket for both stores: one must lock, the other must not."""
    archive = environment.get("TANGTHU_S3_BUCKET", "tangthu")
    if (work.endpoint, work.bucket) == (environment["TANGTHU_S3_ENDPOINT"], archive):
        raise SettingError.of("TANGTHU_WORK_S3_BUCKET", "một bucket khác TANGTHU_S3_BUCKET")


def _cookie_key(environment: Mapping[str, str]) -> str:
    key = read_either(environment, "", COOKIE_KEY_FILE)
    if environment.get(COOKIE_KEY_FILE) and len(key) < LEAST_COOKIE_KEY:
        raise SettingError.of(COOKIE_KEY_FILE, f"một tệp có ít nhất {LEAST_COOKIE_KEY} ký tự")
    return key


def sse_named(environment: Mapping[str, str], name: str) -> str:
    """What the server encrypts with beside us. Raises SettingError."""
    text = environment.get(name, "")
    if text not in ("", "s3") and not (text.startswith("kms:") and len(text) > len("kms:")):
        raise SettingError.of(name, "s3, hoặc kms: và tên khóa, hoặc để trống")
    return text
