"""The signing keys, made from their settings. Nothing is opened or asked here."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from archive.signing import KeyUnreadableError, PinGuard, Pkcs12Key, SigningKey
from archive.signing.keys import read_secret
from config.options_keys import KeyOptions, KeysOptions, P12Place, RemotePlace

if TYPE_CHECKING:
    from archive.signing.token import Token

MISSING = (
    "Máy chưa cài phần mềm dùng thiết bị ký số."
    " Hãy cài gói python-pkcs11 (tangthu[token]) rồi chạy lại."
)


def build_keys(options: KeysOptions, home: Path) -> tuple[SigningKey, SigningKey]:
    """Return the digitiser's key and the agency's. Raises KeyUnreadableError."""
    builder = _Builder(PinGuard(home / "run" / "pins"))
    return builder.key(options.digitiser), builder.key(options.agency)


class _Builder:
    def __init__(self, guard: PinGuard) -> None:
        self._guard = guard
        # Two keys of one token share its session and its PIN: PKCS#11 logs in once a process.
        self._token = cache(self._make_token)

    def key(self, options: KeyOptions) -> SigningKey:
        """One key."""
        place, kept = options.place, options.secret_file
        if isinstance(place, P12Place):
            return Pkcs12Key(place.path, passphrase_file=kept, asks=options.asks)
        if isinstance(place, RemotePlace):
            return self._remote(place, kept)
        token = self._token(place.module, place.token, place.serial, kept)
        from archive.signing.pkcs11 import Pkcs11Key

        return Pkcs11Key(token, label=place.label, object_id=place.object_id)

    def _make_token(self, module: Path, label: str, serial: str, pin_file: Path | None) -> "Token":
        try:
            from archive.signing.token import Token, TokenAddress
        except ImportError as error:
            raise KeyUnreadableError(MISSING, detail="python-pkcs11") from error
        address = TokenAddress(module, label, serial)
        return Token(address, pin_file=pin_file, guard=self._guard)

    def _remote(self, place: RemotePlace, pin_file: Path | None) -> SigningKey:
        from archive.signing.csc import Access, CscClient, CscKey

        client = CscClient(place.base, lambda: Access.parse(read_secret(place.access_file)))
        return CscKey(client, credential=place.credential, pin_file=pin_file, guard=self._guard)
