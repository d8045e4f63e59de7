"""Every kind of key keeps the promises of `SigningKey`: one class over all of them."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest

from archive.signing import (
    KeyUnavailableError,
    PinNeededError,
    PinWrongError,
    SigningKey,
    sign_agency,
    sign_digitiser,
)
from archive.signing.keys import Pkcs12Key
from proof.signatures import Verdict, check_pdf
from tests.csc_server import CLIENT_ID, CLIENT_SECRET, CscServer, Held
from tests.hsm import PIN, WRONG_PIN, Issued, Issuer, SoftHsm, soft_hsm_module

AT = datetime.now(UTC).replace(microsecond=0)
KINDS = ("p12", "p12-asked", "token-rsa", "token-ec", "token-asked", "csc", "csc-asked", "csc-2")


@dataclass
class Case:
    """One kind of key, made anew at each call of `make`."""

    make: Callable[[], SigningKey]
    issued: Issued
    asks: bool


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    """One authority for all."""
    return Issuer()


@pytest.fixture(scope="module")
def rsa_key(issuer: Issuer) -> Issued:
    """One RSA key."""
    return issuer.issue("Nguyễn Văn Mẫu")


@pytest.fixture(scope="module")
def ec_key(issuer: Issuer) -> Issued:
    """One elliptic curve key."""
    return issuer.issue("Trần Thị Mẫu", "ec")


@pytest.fixture(scope="module")
def hsm(
    tmp_path_factory: pytest.TempPathFactory, rsa_key: Issued, ec_key: Issued
) -> Iterator[SoftHsm]:
    """A SoftHSM with an RSA and an elliptic curve key on one token."""
    if soft_hsm_module() is None:
        pytest.skip("SoftHSM is missing: script/setup test")
    from archive.signing import token

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", "")
        made = SoftHsm(tmp_path_factory.mktemp("hsm"))
        made.make_token("kho")
        made.put("kho", "nguoi", rsa_key, key_id="01")
        made.put("kho", "co-quan", ec_key, key_id="02")
        token._module.cache_clear()
        if made.module:
            token._module(made.module).renew()
        yield made


@pytest.fixture(scope="module")
def service(rsa_key: Issued) -> Iterator[CscServer]:
    """A remote service with one credential a kind."""
    held = {
        "implicit": Held(rsa_key, mode="implicit", secrets={}, multisign=4),
        "pin": Held(rsa_key, multisign=4),
        "pinned": Held(rsa_key, scal="2", multisign=4),
    }
    with CscServer(**held) as running:
        yield running


@pytest.fixture(params=KINDS)
def case(request: pytest.FixtureRequest, tmp_path: Path, rsa_key: Issued, ec_key: Issued) -> Case:
    """One kind of key."""
    kind = str(request.param)
    secret = tmp_path / "pin"
    secret.write_text(PIN + "\n")
    if kind.startswith("p12"):
        return p12_case(tmp_path, rsa_key, asks=kind == "p12-asked")
    if kind.startswith("token"):
        hsm = request.getfixturevalue("hsm")
        issued, label = (ec_key, "co-quan") if kind == "token-ec" else (rsa_key, "nguoi")
        kept = None if kind == "token-asked" else secret
        return token_case(hsm, issued, label, pin_file=kept)
    service = request.getfixturevalue("service")
    credential = {"csc": "implicit", "csc-asked": "pin", "csc-2": "pinned"}[kind]
    kept = secret if kind == "csc-2" else None
    return csc_case(service, rsa_key, credential, pin_file=kept, asks=kind == "csc-asked")


def p12_case(folder: Path, issued: Issued, *, asks: bool) -> Case:
    path = folder / "key.p12"
    path.write_bytes(issued.p12(PIN))
    kept = None if asks else PIN
    return Case(lambda: Pkcs12Key(path, kept, asks=asks), issued, asks)


def token_case(hsm: SoftHsm, issued: Issued, label: str, *, pin_file: Path | None) -> Case:
    from archive.signing.pkcs11 import Pkcs11Key
    from archive.signing.token import Token, TokenAddress

    assert hsm.module
    address = TokenAddress(hsm.module, "kho")
    return Case(
        lambda: Pkcs11Key(Token(address, pin_file=pin_file), label=label), issued, pin_file is None
    )


def csc_case(
    service: CscServer, issued: Issued, credential: str, *, pin_file: Path | None, asks: bool
) -> Case:
    from archive.signing.csc import Access, CscClient, CscKey

    access = Access(client_id=CLIENT_ID, client_secret=CLIENT_SECRET)
    return Case(
        lambda: CscKey(
            CscClient(service.base, lambda: access), credential=credential, pin_file=pin_file
        ),
        issued,
        asks,
    )


@pytest.fixture
def key(case: Case) -> Iterator[SigningKey]:
    """A key that may sign."""
    made = case.make()
    if case.asks:
        made.unlock(PIN)
    yield made
    made.close()


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A blank page."""
    path = tmp_path_factory.mktemp("paper") / "paper.pdf"
    with pikepdf.Pdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        pdf.save(path)
    return path.read_bytes()


class TestSigningKey:
    """What every kind promises."""

    def test_knows_its_certificate_and_issuer(self, key: SigningKey, case: Case) -> None:
        """The signer's, then who vouches for it."""
        assert key.certificate == case.issued.der
        assert key.chain == (case.issued.issuer_der,)
        assert not key.is_test

    def test_signs_what_holds(self, key: SigningKey, case: Case, paper: bytes) -> None:
        """Two signatures, both by the certificate's key, both valid."""
        key.open()
        once = sign_digitiser(paper, key, name="Nguyễn Văn Mẫu", at=AT)
        twice = sign_agency(once, key, agency="Cơ quan mẫu", copy_form="SAO Y", at=AT)
        found = check_pdf(twice, [case.issued.issuer_der])
        assert [one.verdict for one in found] == [Verdict.VALID] * 2

    def test_says_what_a_person_must_open(self, case: Case) -> None:
        """Until it was given; a kept secret is asked of nobody."""
        made = case.make()
        try:
            if not case.asks:
                assert made.lock is None
                return
            lock = made.lock
            assert lock is not None
            assert lock.label
            with pytest.raises(PinNeededError):
                made.open()
            made.unlock(PIN)
            assert made.lock is None
            made.open()
        finally:
            made.close()

    def test_forgets_a_persons_secret_when_closed(self, case: Case) -> None:
        """Then it asks again."""
        if not case.asks:
            pytest.skip("its secret is kept")
        made = case.make()
        made.unlock(PIN)
        made.close()
        assert made.lock is not None
        with pytest.raises(PinNeededError):
            made.open()

    def test_a_wrong_secret_is_refused_and_forgotten(self, case: Case) -> None:
        """One try, then it asks anew; the right one still opens."""
        if not case.asks:
            pytest.skip("its secret is kept")
        made = case.make()
        for wrong in (WRONG_PIN, "", "x" * 1_000, "1\x002"):
            with pytest.raises(PinWrongError):
                made.unlock(wrong)
            assert made.lock is not None
            with pytest.raises(PinNeededError):
                made.open()
        made.unlock(PIN)
        made.open()
        made.close()

    def test_its_secret_is_in_no_message(self, case: Case) -> None:
        """Neither in the error nor in how the key shows itself."""
        if not case.asks:
            pytest.skip("its secret is kept")
        made = case.make()
        with pytest.raises(KeyUnavailableError) as caught:
            made.unlock(WRONG_PIN + "9")
        told = [str(caught.value), repr(caught.value), caught.value.detail or "", repr(made)]
        assert [one for one in told if WRONG_PIN in one] == []

    def test_signs_in_several_threads(self, key: SigningKey, paper: bytes) -> None:
        """The web server and a batch may hold the same key."""
        from concurrent.futures import ThreadPoolExecutor

        def sign(number: int) -> bytes:
            return sign_digitiser(paper, key, name=f"Người {number}", at=AT)

        key.expect(4)
        with ThreadPoolExecutor(2) as pool:
            assert len(set(pool.map(sign, range(4)))) == 4

    def test_signs_again_after_close(self, case: Case) -> None:
        """Closed is not broken."""
        made = case.make()
        for _ in range(2):
            if case.asks:
                made.unlock(PIN)
            digest = b"\x07" * 32
            signer = made.signer()
            assert asyncio.run(signer.async_sign_raw(digest, "sha256"))
            made.close()


def test_a_session_is_not_carried_over_a_fork(
    hsm: SoftHsm, rsa_key: Issued, tmp_path: Path
) -> None:
    """The child opens its own; the parent's goes on."""
    pin = tmp_path / "pin"
    pin.write_text(PIN)
    script = tmp_path / "forks.py"
    script.write_text(FORKS)
    done = subprocess.run(
        [sys.executable, script, str(hsm.module), str(pin)],
        check=False,
        capture_output=True,
        text=True,
        env={"SOFTHSM2_CONF": str(hsm.config), "PYTHONPATH": str(Path(__file__).parents[2])},
        timeout=60,
    )
    assert done.stdout.split() == ["parent", "child", "parent"], done.stderr


FORKS = """
import asyncio, os, sys
from pathlib import Path
from archive.signing.pkcs11 import Pkcs11Key
from archive.signing.token import Token, TokenAddress

address = TokenAddress(Path(sys.argv[1]), "kho")
key = Pkcs11Key(Token(address, pin_file=Path(sys.argv[2])), label="nguoi")

def sign(who):
    assert len(asyncio.run(key.signer().async_sign_raw(b"x", "sha256"))) == 256
    print(who, flush=True)

sign("parent")
child = os.fork()
if child == 0:
    sign("child")
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
sign("parent")
"""
