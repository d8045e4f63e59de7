"""Tokens on a real SoftHSM: PINs tried once, tokens pulled out and put back."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pkcs11
import pytest

from archive.signing.errors import (
    KeyNotFoundError,
    PinLockedError,
    PinNeededError,
    PinWrongError,
    TokenMissingError,
)
from archive.signing.pinguard import PinGuard
from archive.signing.pkcs11 import Pkcs11Key
from archive.signing.token import Token, TokenAddress, _module
from tests.hsm import PIN, WRONG_PIN, Issued, Issuer, SoftHsm, soft_hsm_module


@pytest.fixture(scope="module")
def issued() -> Issued:
    """One key."""
    return Issuer().issue("Lê Văn Mẫu", "ec")


@pytest.fixture
def hsm(tmp_path: Path, issued: Issued) -> Iterator[SoftHsm]:
    """A SoftHSM of this test's own with one key on one token."""
    module = soft_hsm_module()
    if module is None:
        pytest.skip("SoftHSM is missing: script/setup test")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", "")
        made = SoftHsm(tmp_path / "hsm")
        made.make_token("kho")
        made.put("kho", "nguoi", issued, key_id="01")
        _module(module).renew()
        yield made


@pytest.fixture
def address(hsm: SoftHsm) -> TokenAddress:
    """Where the token is."""
    assert hsm.module
    return TokenAddress(hsm.module, "kho")


@pytest.fixture
def pin_file(tmp_path: Path) -> Path:
    """A kept PIN."""
    path = tmp_path / "pin"
    path.write_text(PIN + "\n")
    return path


def sign(key: Pkcs11Key) -> bytes:
    """One raw signature, checked by the signer itself."""
    return asyncio.run(key.signer().async_sign_raw(b"data", "sha256"))


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every PIN that reaches a token."""
    seen: list[str] = []
    keep = Token._refuse_last_try

    def note(self: Token, token: object) -> None:
        keep(self, token)
        seen.append("tried")

    monkeypatch.setattr(Token, "_refuse_last_try", note)
    return seen


def test_a_token_put_back_signs_on(hsm: SoftHsm, address: TokenAddress) -> None:
    """Without a new PIN entry; while it is out the error says so."""
    key = Pkcs11Key(Token(address), label="nguoi")
    key.unlock(PIN)
    assert sign(key)
    hsm.pull_out()
    for _ in range(2):
        with pytest.raises(TokenMissingError):
            sign(key)
    hsm.put_back()
    assert sign(key)
    key.close()


def test_a_kept_pin_that_was_refused_is_not_tried_again(
    address: TokenAddress, pin_file: Path, tmp_path: Path, tried: list[str]
) -> None:
    """By no process, before the file changes; then it is."""
    guard = PinGuard(tmp_path / "pins")
    pin_file.write_text(WRONG_PIN)
    for _ in range(3):
        with pytest.raises(PinWrongError):
            Pkcs11Key(Token(address, pin_file=pin_file, guard=guard), label="nguoi").open()
    assert len(tried) == 1
    assert WRONG_PIN not in "".join(one.read_text() for one in (tmp_path / "pins").iterdir())
    pin_file.write_text(PIN + " \n")
    key = Pkcs11Key(Token(address, pin_file=pin_file, guard=guard), label="nguoi")
    key.open()
    assert sign(key)
    assert len(tried) == 2
    assert not list((tmp_path / "pins").glob("*.refused"))
    key.close()


def test_a_wrong_pin_says_that_fewer_tries_are_left(
    address: TokenAddress, tried: list[str]
) -> None:
    """SoftHSM tells "count low"; one entry is one try."""
    key = Pkcs11Key(Token(address), label="nguoi")
    with pytest.raises(PinWrongError) as caught:
        key.unlock(WRONG_PIN)
    assert "còn lại" in caught.value.message
    with pytest.raises(PinNeededError):
        key.open()
    assert len(tried) == 1


class _Flagged:
    """A token that shows flags of its own and counts what opens it."""

    def __init__(self, token: pkcs11.Token, flags: int) -> None:
        self._token = token
        self.flags = token.flags | flags
        self.opened = 0

    def open(self, **_words: object) -> None:
        """Refuse as a token does."""
        self.opened += 1
        raise pkcs11.PinIncorrect


@pytest.mark.parametrize(
    ("flag", "kept", "error", "opened"),
    [
        (pkcs11.TokenFlag.USER_PIN_FINAL_TRY, True, PinWrongError, 0),
        (pkcs11.TokenFlag.USER_PIN_FINAL_TRY, False, PinWrongError, 1),
        (pkcs11.TokenFlag.USER_PIN_LOCKED, True, PinLockedError, 0),
        (pkcs11.TokenFlag.USER_PIN_LOCKED, False, PinLockedError, 0),
    ],
)
def test_the_last_try_is_a_persons(
    address: TokenAddress,
    pin_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    flag: int,
    kept: bool,  # noqa: FBT001  a parameter of the table
    error: type[Exception],
    opened: int,
) -> None:
    """SoftHSM never locks: the flags are put over a real token's."""
    real = _module(address.module).library.get_token(token_label="kho")
    flagged = _Flagged(real, flag)
    monkeypatch.setattr(Token, "_listed", lambda *_: [flagged])
    key = Pkcs11Key(Token(address, pin_file=pin_file if kept else None), label="nguoi")
    monkeypatch.setattr(key, "_look", lambda: None)
    with pytest.raises(error):
        key.open() if kept else key.unlock(WRONG_PIN)
    assert flagged.opened == opened


def test_two_keys_of_a_token_open_by_one_entry(
    hsm: SoftHsm, address: TokenAddress, issued: Issued
) -> None:
    """One PIN for the digitiser and the agency."""
    hsm.put("kho", "co-quan", issued, key_id="02")
    _module(address.module).renew()
    token = Token(address)
    first, second = Pkcs11Key(token, label="nguoi"), Pkcs11Key(token, object_id=b"\x02")
    assert first.lock == second.lock is not None
    first.unlock(PIN)
    assert first.lock is second.lock is None
    assert sign(first)
    assert sign(second)
    first.close()


def test_the_only_key_needs_no_name(address: TokenAddress, issued: Issued) -> None:
    """The authority's certificate on the token is no signer's."""
    key = Pkcs11Key(Token(address))
    assert key.certificate == issued.der
    assert key.chain == (issued.issuer_der,)


@pytest.mark.parametrize("label", ["ai-do", "ca"])
def test_a_key_that_is_not_there(address: TokenAddress, label: str) -> None:
    """No such label, or a certificate without its private key."""
    key = Pkcs11Key(Token(address), label=label)
    key.unlock(PIN)
    with pytest.raises(KeyNotFoundError):
        key.open()
    key.close()


def test_two_that_fit_are_refused(hsm: SoftHsm, address: TokenAddress, issued: Issued) -> None:
    """Better none than the wrong one."""
    hsm.put("kho", "nguoi", issued, key_id="07")
    _module(address.module).renew()
    with pytest.raises(KeyNotFoundError):
        _ = Pkcs11Key(Token(address), label="nguoi").certificate


def test_another_token_and_no_driver(address: TokenAddress, tmp_path: Path) -> None:
    """Both are a token that is missing."""
    for other in (
        TokenAddress(address.module, "khac"),
        TokenAddress(address.module, serial="00"),
        TokenAddress(tmp_path / "none.so", "kho"),
    ):
        with pytest.raises(TokenMissingError):
            _ = Pkcs11Key(Token(other)).certificate
