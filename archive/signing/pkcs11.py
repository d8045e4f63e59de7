"""Keys in tokens and HSMs, by PKCS#11."""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pkcs11
from asn1crypto import x509
from pkcs11.util.ec import encode_ecdsa_signature

from archive.signing.errors import KeyNotFoundError
from archive.signing.keys import Lock
from archive.signing.limits import MAX_TOKEN_OBJECTS
from archive.signing.token import Token

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer


@dataclass(frozen=True, slots=True)
class _Found:
    """What the token holds of one key."""

    certificate: bytes
    chain: tuple[bytes, ...]
    key_id: bytes
    label: str


class Pkcs11Key:
    """A key in a token or HSM, RSA or elliptic curve.

    Its certificate is found by label, id or both; with neither, the token must hold exactly one
    that is not an authority's. The private key is the one with the certificate's id (else label).
    """

    def __init__(
        self, token: Token, *, label: str = "", object_id: bytes = b"", is_test: bool = False
    ) -> None:
        """Nothing is opened here. Keys of one token share its `Token`."""
        self._token = token
        self._label = label
        self._id = object_id
        self._is_test = is_test
        self._found: _Found | None = None

    @property
    def certificate(self) -> bytes:
        """The signer's certificate, DER: read without a PIN where the token shows it."""
        return self._look().certificate

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The issuers' certificates that the token holds, DER, nearest first."""
        return self._look().chain

    @property
    def is_test(self) -> bool:
        """Whether what it signs must say THỬ NGHIỆM."""
        return self._is_test

    @property
    def lock(self) -> Lock | None:
        """The token's PIN, where it is a person's and was not given yet."""
        if not self._token.asks:
            return None
        address = self._token.address
        scope = f"pkcs11:{address.module}:{address.label}:{address.serial}"
        return Lock(scope, f"Mã PIN của thiết bị ký số {address.name}")

    def unlock(self, secret: str) -> None:
        """Take a person's PIN and try it once."""
        self._token.unlock(secret)

    def open(self) -> None:
        """Log in and find the private key."""
        self._look()
        self._token.use(self._private, logged_in=True)

    def expect(self, signatures: int) -> int:  # noqa: ARG002  the protocol's
        """Nothing to do: an open token signs as often as it is asked."""
        return 1

    def signer(self) -> "Signer":
        """What pyHanko signs with."""
        from archive.signing._raw import RawSigner

        found = self._look()
        return RawSigner(found.certificate, found.chain, self._sign)

    def close(self) -> None:
        """Log out and forget a person's PIN."""
        self._token.close()
        self._found = None

    async def _sign(self, digest: bytes, algorithm: str, kind: str) -> bytes:
        loop = asyncio.get_running_loop()
        work = partial(self._sign_here, digest=digest, algorithm=algorithm, kind=kind)
        return await loop.run_in_executor(None, partial(self._token.use, work, logged_in=True))

    def _sign_here(self, session: Any, *, digest: bytes, algorithm: str, kind: str) -> bytes:
        """By the raw mechanisms, which every token has: the digest is made here."""
        key = self._private(session)
        given: dict[str, Any] = {}
        if key[pkcs11.Attribute.ALWAYS_AUTHENTICATE]:
            given["pin"] = self._token.pin()
        if kind == "ec":
            signature = key.sign(digest, mechanism=pkcs11.Mechanism.ECDSA, **given)
            return bytes(encode_ecdsa_signature(signature))
        info = _digest_info(digest, algorithm)
        return bytes(key.sign(info, mechanism=pkcs11.Mechanism.RSA_PKCS, **given))

    def _look(self) -> _Found:
        if self._found is None:
            found = self._token.use(self._search, logged_in=False)
            if found is None and not self._token.asks:
                # some tokens show their certificates only to who is logged in
                found = self._token.use(self._search, logged_in=True)
            if found is None:
                raise KeyNotFoundError(detail=f"{self._token.address.name}: {self._name}")
            self._found = found
        return self._found

    @property
    def _name(self) -> str:
        return self._label or self._id.hex() or "any"

    def _search(self, session: Any) -> _Found | None:
        from archive.signing._raw import in_order

        wanted = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE}
        all_found = []
        for number, one in enumerate(session.get_objects(wanted)):
            if number >= MAX_TOKEN_OBJECTS:
                raise KeyNotFoundError(detail=f"over {MAX_TOKEN_OBJECTS} certificates")
            all_found.append(_read(one))
        fitting = [
            one
            for one in all_found
            if (not self._label or one.label == self._label)
            and (not self._id or one.key_id == self._id)
            and (self._label or self._id or not _is_authority(one.certificate))
        ]
        if not fitting:
            return None
        if len(fitting) > 1:
            raise KeyNotFoundError(detail=f"{len(fitting)} certificates fit {self._name}")
        own = fitting[0]
        others = [one.certificate for one in all_found if one is not own]
        return _Found(own.certificate, in_order(own.certificate, others), own.key_id, own.label)

    def _private(self, session: Any) -> Any:
        own = self._look() if self._found is None else self._found
        wanted: dict[pkcs11.Attribute, Any] = {
            pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY
        }
        if own.key_id:
            wanted[pkcs11.Attribute.ID] = own.key_id
        else:
            wanted[pkcs11.Attribute.LABEL] = own.label
        keys = list(session.get_objects(wanted))
        if not keys:
            raise pkcs11.NoSuchKey(self._name)  # or its token is out: looked for once more
        if len(keys) > 1:
            raise KeyNotFoundError(detail=f"{len(keys)} private keys fit {self._name}")
        return keys[0]


def _read(one: Any) -> _Found:
    return _Found(
        bytes(one[pkcs11.Attribute.VALUE]),
        (),
        bytes(_attribute(one, pkcs11.Attribute.ID, b"")),
        str(_attribute(one, pkcs11.Attribute.LABEL, "")),
    )


def _attribute(one: Any, name: pkcs11.Attribute, default: Any) -> Any:
    try:
        return one[name]
    except pkcs11.AttributeTypeInvalid:
        return default


def _is_authority(certificate: bytes) -> bool:
    return bool(x509.Certificate.load(certificate).ca)


def _digest_info(digest: bytes, algorithm: str) -> bytes:
    from asn1crypto.algos import DigestInfo

    return bytes(
        DigestInfo({"digest_algorithm": {"algorithm": algorithm}, "digest": digest}).dump()
    )
