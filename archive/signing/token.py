"""Tokens and HSMs by PKCS#11: one session a process, opened when first needed.

A token locks after a few wrong PINs (three on most that Vietnamese authorities hand out). So a PIN
is tried once: what was refused is forgotten, and a kept PIN that was refused is not tried again,
by any process, before its file changes.
"""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pkcs11

from archive.signing.errors import (
    KeyNotFoundError,
    KeyRefusedError,
    PinLockedError,
    PinNeededError,
    PinWrongError,
    TokenMissingError,
)
from archive.signing.keys import checked_secret, read_secret
from archive.signing.pinguard import PinGuard

T = TypeVar("T")
_REFUSED = (
    pkcs11.PinIncorrect,
    pkcs11.PinInvalid,
    pkcs11.PinLenRange,
    pkcs11.PinLocked,
    pkcs11.PinExpired,
)
"""How a token refuses a PIN."""


@dataclass(frozen=True, slots=True)
class TokenAddress:
    """Where a token is, by the words of RFC 7512."""

    module: Path
    """The driver, a shared library (module-path)."""
    label: str = ""
    serial: str = ""

    @property
    def name(self) -> str:
        """How a person knows it."""
        return self.label or self.serial or self.module.name


class _Module:
    """A driver in this process. A renewed one has lost every session: `generation` tells."""

    def __init__(self, path: Path) -> None:
        try:
            self.library = pkcs11.lib(str(path))
        except (pkcs11.PKCS11Error, RuntimeError) as error:
            raise TokenMissingError(detail=f"{path.name}: {error!r}") from error
        self.lock = threading.RLock()
        self.generation = 0
        self._pid = os.getpid()

    def after_fork(self) -> None:
        """A session must not cross a fork: the child begins anew."""
        if self._pid != os.getpid():
            self._pid = os.getpid()
            self.lock = threading.RLock()
            self.renew()

    def renew(self) -> None:
        """Start the driver anew, so that it sees what was plugged in or out."""
        self.generation += 1
        with suppress(pkcs11.PKCS11Error):
            self.library.finalize()
        try:
            self.library.initialize()
        except pkcs11.PKCS11Error as error:
            raise TokenMissingError(detail=repr(error)) from error


@cache
def _module(path: Path) -> _Module:
    return _Module(path)


class Token:
    """One token, shared by all its keys in this process: PKCS#11 logs in once a process."""

    def __init__(
        self, address: TokenAddress, *, pin_file: Path | None = None, guard: PinGuard | None = None
    ) -> None:
        """Name the token; without `pin_file` its PIN is a person's and kept nowhere."""
        self.address = address
        self._pin_file = pin_file
        self._guard = guard
        self._pin: str | None = None
        self._session: Any = None
        self._is_open = False
        self._generation = -1

    @property
    def asks(self) -> bool:
        """Whether a person's PIN is needed and was not given yet."""
        return self._pin_file is None and self._pin is None

    def unlock(self, pin: str) -> None:
        """Take a person's PIN and try it once. Raises PinWrongError, PinLockedError and others."""
        self.close()
        self._pin = checked_secret(pin)
        self.use(lambda _session: None, logged_in=True)

    def use(self, work: Callable[[Any], T], *, logged_in: bool) -> T:
        """Do something with a session; where the token was out and is in again, once more.

        Raises TokenMissingError, KeyNotFoundError, KeyRefusedError, and what opening raises.
        """
        module = _module(self.address.module)
        module.after_fork()
        with module.lock:
            try:
                return work(self._opened(module, logged_in=logged_in))
            except pkcs11.PKCS11Error:
                # The driver may not have seen that the token was out: begin anew, once.
                module.renew()
            try:
                return work(self._opened(module, logged_in=logged_in))
            except pkcs11.NoSuchKey as error:
                raise KeyNotFoundError(detail=f"{self.address.name}: {error}") from error
            except pkcs11.PKCS11Error as error:
                raise KeyRefusedError(detail=repr(error)) from error

    def mechanisms(self) -> frozenset[Any]:
        """What the token can do."""
        return frozenset(
            self.use(lambda session: session.token.slot.get_mechanisms(), logged_in=False)
        )

    def pin(self) -> str:
        """The PIN for keys that want it at each signature. Raises PinNeededError."""
        if self._pin_file is not None:
            return read_secret(self._pin_file)
        if self._pin is None:
            raise PinNeededError(detail=self.address.name)
        return self._pin

    def close(self) -> None:
        """Close the session and forget a person's PIN."""
        self._drop()
        self._pin = None

    def _drop(self) -> None:
        session, self._session, self._is_open = self._session, None, False
        if session is not None and self._generation == _module(self.address.module).generation:
            with suppress(pkcs11.PKCS11Error):
                session.close()

    def _opened(self, module: _Module, *, logged_in: bool) -> Any:
        is_current = self._session is not None and self._generation == module.generation
        if is_current and (self._is_open or not logged_in):
            return self._session
        self._drop()
        self._session = self._login(module) if logged_in else self._find(module).open()
        self._is_open = logged_in
        self._generation = module.generation
        return self._session

    def _find(self, module: _Module) -> Any:
        """The token, present. Raises TokenMissingError, KeyNotFoundError."""
        found = self._listed(module)
        if not found:
            module.renew()  # many drivers list what was there when they started
            found = self._listed(module)
        if not found:
            raise TokenMissingError(detail=self.address.name)
        if len(found) > 1:
            raise KeyNotFoundError(detail=f"{len(found)} tokens are called {self.address.name}")
        return found[0]

    def _listed(self, module: _Module) -> list[Any]:
        wanted: dict[str, Any] = {}
        if self.address.label:
            wanted["token_label"] = self.address.label
        if self.address.serial:
            wanted["token_serial"] = self.address.serial.encode()
        try:
            found = list(module.library.get_tokens(**wanted))
        except pkcs11.PKCS11Error:
            return []
        ready = pkcs11.TokenFlag.TOKEN_INITIALIZED
        return [token for token in found if token.flags & ready]

    def _login(self, module: _Module) -> Any:
        if self._pin_file is None:
            return self._try(module, self.pin())
        if self._guard is None:
            return self._try(module, read_secret(self._pin_file))
        with self._guard.trying(f"{self.address.label}:{self.address.serial}", self._pin_file):
            return self._try(module, read_secret(self._pin_file))

    def _try(self, module: _Module, pin: str) -> Any:
        token = self._find(module)
        self._refuse_last_try(token)
        try:
            try:
                return token.open(user_pin=pin)
            except pkcs11.UserAlreadyLoggedIn:
                # Another session of this process is in, so the token did not look at this PIN.
                module.renew()
                return self._find(module).open(user_pin=pin)
        except _REFUSED as error:
            self._pin = None
            raise self._refusal(module, error) from error

    def _refuse_last_try(self, token: Any) -> None:
        """A kept PIN is not the one to spend a token's last try on."""
        if token.flags & pkcs11.TokenFlag.USER_PIN_LOCKED:
            raise PinLockedError(detail=self.address.name)
        if self._pin_file is not None and token.flags & pkcs11.TokenFlag.USER_PIN_FINAL_TRY:
            raise PinWrongError(_LAST_TRY, detail=self.address.name)

    def _refusal(self, module: _Module, error: Exception) -> PinWrongError | PinLockedError:
        """Say how many tries are left, as far as the token tells (it never tells a number)."""
        flags = next((token.flags for token in self._listed(module)), 0)
        if isinstance(error, pkcs11.PinLocked) or flags & pkcs11.TokenFlag.USER_PIN_LOCKED:
            return PinLockedError(detail=self.address.name)
        if flags & pkcs11.TokenFlag.USER_PIN_FINAL_TRY:
            return PinWrongError(_LAST_TRY, detail=f"{self.address.name}: final try")
        if flags & pkcs11.TokenFlag.USER_PIN_COUNT_LOW:
            return PinWrongError(_FEWER, detail=f"{self.address.name}: count low")
        return PinWrongError(detail=self.address.name)


_LAST_TRY = (
    "Mã PIN không đúng và chỉ còn một lần nhập trước khi thiết bị khóa."
    " Hãy hỏi lại mã PIN cho chắc, rồi người ký tự nhập trên trang Chờ ký."
)
_FEWER = (
    "Mã PIN không đúng, số lần nhập còn lại của thiết bị đã giảm. Máy không tự thử lại:"
    " hãy kiểm tra kỹ mã PIN rồi nhập lại."
)
