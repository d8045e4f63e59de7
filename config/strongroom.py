"""Where the archive's copies and the vault's keys are chosen."""

from pathlib import Path

from archive.keyfiles import GivenKeys, Wrapper
from archive.stores import ArchiveStore, CopiedArchiveStore, LocalArchiveStore
from archive.vault import Vault
from config.errors import SettingError
from config.options import Options
from config.options_store import S3Options, TokenOptions


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
        wrapper=_token(token, options.home) if token else None,
    )


def _given(options: Options) -> GivenKeys | None:
    """Raises SettingError, and `key_damaged` for a document that cannot be read."""
    path, text = options.store.class_keys_file, options.store.class_keys
    if path is not None:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingError.of("TANGTHU_CLASS_KEYS_FILE", "một tệp đọc được") from error
    return GivenKeys(text) if text else None


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
