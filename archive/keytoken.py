"""Class keys wrapped by a key that never leaves a token (PKCS#11): AES, or an RSA pair.

AES: AES-256-GCM in the token, bound to the file's name. RSA: OAEP with SHA-1, which every token
has and which is sound for this; it binds nothing, so the name stands inside what is wrapped.
"""

import base64
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from archive.keyfiles import encoded
from archive.stores.cipher import KEY_BYTES
from archive.stores.errors import KeyDamagedError, KeyTokenError
from imaging.errors import CodedError

if TYPE_CHECKING:
    from archive.signing.token import Token

_NONCE_BYTES = 12
_TAG_BITS = 128
_AES, _RSA = "aes-gcm", "rsa-oaep"
_T = TypeVar("_T")


class TokenKey:
    """See `Wrapper`. The token keeps one session a process; a refused PIN is not tried again."""

    def __init__(self, token: "Token", label: str) -> None:
        """`label` names the AES key or the RSA pair in the token."""
        self._token = token
        self._label = label

    def wrap(self, secret: bytes, bound: bytes) -> dict[str, str]:
        """Under the AES key if there is one of this label, else under the RSA public key."""
        return self._use(lambda session: self._wrap(session, secret, bound))

    def unwrap(self, wrapped: dict[str, str], bound: bytes) -> bytes:
        """Inside the token."""
        try:
            by, sealed = wrapped["by"], base64.b64decode(wrapped["sealed"])
            nonce = base64.b64decode(wrapped["nonce"]) if by == _AES else b""
        except (KeyError, ValueError, TypeError) as error:
            raise KeyDamagedError(detail=bound.decode()) from error
        if by == _AES:
            return self._use(lambda session: self._open_aes(session, sealed, nonce, bound))
        opened = self._use(lambda session: self._open_rsa(session, sealed))
        if opened[KEY_BYTES:] != bound:
            raise KeyDamagedError(detail=bound.decode())
        return opened[:KEY_BYTES]

    def _use(self, work: Callable[[Any], _T]) -> _T:
        """Log in and do it; what goes wrong keeps its own sentence."""
        try:
            return self._token.use(work, logged_in=True)
        except KeyTokenError:
            raise
        except CodedError as error:
            detail = f"{error.code}: {error.detail}"
            raise KeyTokenError(error.message, detail=detail) from error

    def _wrap(self, session: Any, secret: bytes, bound: bytes) -> dict[str, str]:
        import pkcs11

        key = self._found(session, pkcs11.ObjectClass.SECRET_KEY)
        if key is not None:
            nonce = secrets.token_bytes(_NONCE_BYTES)
            sealed = key.encrypt(secret, **_gcm(nonce, bound))
            return {"by": _AES, "nonce": encoded(nonce), "sealed": encoded(sealed)}
        key = self._needed(session, pkcs11.ObjectClass.PUBLIC_KEY)
        return {"by": _RSA, "sealed": encoded(key.encrypt(secret + bound, **_oaep()))}

    def _open_aes(self, session: Any, sealed: bytes, nonce: bytes, bound: bytes) -> bytes:
        import pkcs11

        key = self._needed(session, pkcs11.ObjectClass.SECRET_KEY)
        return bytes(key.decrypt(sealed, **_gcm(nonce, bound)))

    def _open_rsa(self, session: Any, sealed: bytes) -> bytes:
        import pkcs11

        key = self._needed(session, pkcs11.ObjectClass.PRIVATE_KEY)
        return bytes(key.decrypt(sealed, **_oaep()))

    def _needed(self, session: Any, kind: Any) -> Any:
        key = self._found(session, kind)
        if key is None:
            raise KeyTokenError(detail=f"no key {self._label} in token {self._token.address.name}")
        return key

    def _found(self, session: Any, kind: Any) -> Any:
        import pkcs11

        attributes = {pkcs11.Attribute.CLASS: kind, pkcs11.Attribute.LABEL: self._label}
        return next(iter(session.get_objects(attributes)), None)


def _gcm(nonce: bytes, bound: bytes) -> dict[str, Any]:
    import pkcs11

    parameters = pkcs11.GCMParams(nonce, bound, _TAG_BITS)
    return {"mechanism": pkcs11.Mechanism.AES_GCM, "mechanism_param": parameters}


def _oaep() -> dict[str, Any]:
    import pkcs11

    parameters = (pkcs11.Mechanism.SHA_1, pkcs11.MGF.SHA1, None)
    return {"mechanism": pkcs11.Mechanism.RSA_PKCS_OAEP, "mechanism_param": parameters}
