"""Class keys wrapped by a key that never leaves a token (PKCS#11): AES, or an RSA pair.

AES: AES-256-GCM in the token, bound to the file's name. RSA: OAEP with SHA-1, which every token
has and which is sound for this; it binds nothing, so the name stands inside what is wrapped.
"""

import base64
import os
import secrets
from functools import cached_property
from pathlib import Path
from typing import Any

from archive.keyfiles import encoded
from archive.stores.cipher import KEY_BYTES
from archive.stores.errors import KeyDamagedError, KeyTokenError

_NONCE_BYTES = 12
_TAG_BITS = 128
_AES, _RSA = "aes-gcm", "rsa-oaep"


class TokenKey:
    """See `Wrapper`. A session belongs to one process: it is opened when first needed there."""

    def __init__(self, module: Path, *, token: str, label: str, pin: str) -> None:
        """The module is the maker's library; `label` names the AES key or the RSA pair."""
        self._module = module
        self._token = token
        self._label = label
        self._pin = pin
        self._opened: tuple[int, Any] | None = None

    def wrap(self, secret: bytes, bound: bytes) -> dict[str, str]:
        """Under the AES key if there is one of this label, else under the RSA public key."""
        pkcs11 = self._pkcs11
        with _answering(pkcs11):
            key = self._find(pkcs11.ObjectClass.SECRET_KEY)
            if key is not None:
                nonce = secrets.token_bytes(_NONCE_BYTES)
                sealed = key.encrypt(secret, **self._gcm(nonce, bound))
                return {"by": _AES, "nonce": encoded(nonce), "sealed": encoded(sealed)}
            key = self._find(pkcs11.ObjectClass.PUBLIC_KEY)
            if key is None:
                raise KeyTokenError(detail=f"no key {self._label} in token {self._token}")
            return {"by": _RSA, "sealed": encoded(key.encrypt(secret + bound, **self._oaep()))}

    def unwrap(self, wrapped: dict[str, str], bound: bytes) -> bytes:
        """Inside the token."""
        pkcs11 = self._pkcs11
        by = wrapped.get("by") if isinstance(wrapped, dict) else None
        if by not in (_AES, _RSA):
            raise KeyDamagedError(detail=bound.decode())
        kind = pkcs11.ObjectClass.SECRET_KEY if by == _AES else pkcs11.ObjectClass.PRIVATE_KEY
        with _answering(pkcs11):
            key = self._find(kind)
        if key is None:
            raise KeyTokenError(detail=f"no key {self._label} in token {self._token}")
        try:
            sealed = base64.b64decode(wrapped["sealed"])
            if by == _AES:
                nonce = base64.b64decode(wrapped["nonce"])
                return bytes(key.decrypt(sealed, **self._gcm(nonce, bound)))
            opened = bytes(key.decrypt(sealed, **self._oaep()))
        except (pkcs11.PKCS11Error, ValueError, KeyError, TypeError) as error:
            raise KeyDamagedError(detail=bound.decode()) from error
        if opened[KEY_BYTES:] != bound:
            raise KeyDamagedError(detail=bound.decode())
        return opened[:KEY_BYTES]

    @cached_property
    def _pkcs11(self) -> Any:
        try:
            import pkcs11
        except ImportError as error:
            raise KeyTokenError(detail="python-pkcs11 is not installed") from error
        return pkcs11

    def _gcm(self, nonce: bytes, bound: bytes) -> dict[str, Any]:
        parameters = self._pkcs11.GCMParams(nonce, bound, _TAG_BITS)
        return {"mechanism": self._pkcs11.Mechanism.AES_GCM, "mechanism_param": parameters}

    def _oaep(self) -> dict[str, Any]:
        pkcs11 = self._pkcs11
        parameters = (pkcs11.Mechanism.SHA_1, pkcs11.MGF.SHA1, None)
        return {"mechanism": pkcs11.Mechanism.RSA_PKCS_OAEP, "mechanism_param": parameters}

    def _find(self, kind: Any) -> Any:
        attributes = {self._pkcs11.Attribute.CLASS: kind, self._pkcs11.Attribute.LABEL: self._label}
        return next(iter(self._session().get_objects(attributes)), None)

    def _session(self) -> Any:
        if self._opened is None or self._opened[0] != os.getpid():
            library = self._pkcs11.lib(str(self._module))
            if self._opened is not None:
                library.reinitialize()  # what was opened before a fork belongs to the parent
            token = library.get_token(token_label=self._token)
            self._opened = os.getpid(), token.open(user_pin=self._pin)
        return self._opened[1]


class _answering:  # noqa: N801  reads as a function
    """Turn what the token says into `key_token`."""

    def __init__(self, pkcs11: Any) -> None:
        self._errors = pkcs11.PKCS11Error

    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Translate."""
        if isinstance(error, self._errors):
            raise KeyTokenError(detail=type(error).__name__) from error
