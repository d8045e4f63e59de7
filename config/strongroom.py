"""Where the stores, the archive's copies and the vault's keys are chosen."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from archive.keyfiles import NODE_FORMAT, GivenKeys, Wrapper
from archive.stores import (
    ArchiveStore,
    CopiedArchiveStore,
    LocalArchiveStore,
    LocalWorkStore,
    WorkStore,
)
from archive.stores.errors import KeyMissingError
from archive.vault import NodeKeys, Vault
from config.errors import SettingError
from config.options import Options
from config.options_store import S3Options, TokenOptions


@dataclass(frozen=True, slots=True)
class WorkStores:
    """What is under way, and the examples of kinds, encrypted alike."""

    work: WorkStore
    examples: WorkStore


def build_work(options: Options, vault: Vault) -> WorkStores:
    """A bucket that all nodes share, or folders of this one."""
    keys, bucket = NodeKeys(vault), options.work.bucket
    if bucket is None:
        return WorkStores(
            LocalWorkStore(options.home / "work", keys),
            LocalWorkStore(options.home / "models" / "examples", keys),
        )
    from archive.stores.s3_work import S3WorkStore
    from archive.worklock import RecordsTurnstile
    from config.nodes import admit_bucket

    work = S3WorkStore.connect(
        endpoint=bucket.endpoint,
        bucket=bucket.bucket,
        access_key=bucket.access_key,
        secret_key=bucket.secret_key,
        secure=bucket.secure,
        sse=bucket.sse,
        key=keys,
        scratch=options.home / "run" / "work",
        turnstile=RecordsTurnstile(),
        admit=partial(admit_bucket, bucket=bucket.bucket),
    )
    return WorkStores(work, work.beside("examples/"))


def build_archive(options: Options) -> ArchiveStore:
    """The archive store: one place, or two as one."""
    second = _second(options)
    first = _first(options)
    return CopiedArchiveStore([first, second]) if second else first


def _first(options: Options) -> ArchiveStore:
    if options.store.s3:
        return _bucket(options.store.s3)
    return LocalArchiveStore(options.home / "archive")


def _second(options: Options) -> ArchiveStore | None:
    if options.store.copy_s3:
        return _bucket(options.store.copy_s3)
    folder = options.store.copy_folder
    if folder is None:
        return None
    if folder.is_relative_to(options.home):
        raise SettingError.of("TANGTHU_COPY_FOLDER", "một thư mục ngoài thư mục dữ liệu")
    return LocalArchiveStore(folder, place=f"folder:{folder}", is_marked=True)


def _bucket(options: S3Options) -> ArchiveStore:
    from archive.stores.s3 import S3ArchiveStore

    return S3ArchiveStore.connect(
        endpoint=options.endpoint,
        bucket=options.bucket,
        access_key=options.access_key,
        secret_key=options.secret_key,
        secure=options.secure,
        mode=options.mode,
        sse=options.sse,
    )


def build_vault(options: Options) -> Vault:
    """The vault: class keys made here, given by the operator, or wrapped by a token."""
    token = options.store.class_keys_token
    return Vault(
        options.home / "keys",
        given=_given(options),
        given_node=_given_node(options),
        wrapper=_token(token, options.home) if token else None,
    )


def _given(options: Options) -> GivenKeys | None:
    """Raises SettingError, and `key_damaged` for a document that cannot be read."""
    path, text = options.store.class_keys_file, options.store.class_keys
    if path is None:
        return GivenKeys(text) if text else None
    try:
        return GivenKeys.in_file(path)
    except KeyMissingError as error:
        raise SettingError.of("TANGTHU_CLASS_KEYS_FILE", "một tệp đọc được") from error


def _given_node(options: Options) -> GivenKeys | None:
    """Raises as `_given`."""
    path = options.work.node_key_file
    if path is None:
        return None
    try:
        return GivenKeys.in_file(path, format_name=NODE_FORMAT)
    except KeyMissingError as error:
        raise SettingError.of("TANGTHU_NODE_KEY_FILE", "một tệp đọc được") from error


def _token(options: TokenOptions, home: Path) -> Wrapper:
    """The driver is loaded here only, where a token is set."""
    from archive.keytoken import TokenKey

    try:
        from archive.signing.pinguard import PinGuard
        from archive.signing.token import Token, TokenAddress
    except ImportError as error:
        raise SettingError.of("TANGTHU_CLASS_KEYS_PKCS11", "gói python-pkcs11") from error
    address = TokenAddress(options.module, label=options.token)
    guard = PinGuard(home / "run" / "pins")
    return TokenKey(Token(address, pin_file=options.pin_file, guard=guard), options.label)
