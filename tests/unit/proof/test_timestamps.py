"""A timestamp token is judged offline, by what it holds and the roots named here."""

import datetime as dt
import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest
from asn1crypto import cms
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.signing.timestamping import HttpTimestampService
from proof.timestamps import TimestampReason, check_token
from proof.verdicts import Verdict
from tests.pki import LocalPki

DIGEST = hashlib.sha256(b"dau nhat ky").digest()


@pytest.fixture(scope="module")
def token(pki_services: LocalPki) -> bytes:
    return HttpTimestampService(pki_services.tsa_url, lambda: pki_services.roots).token(DIGEST)


def test_a_good_token_tells_its_time_and_until_when_it_stands(pki: LocalPki, token: bytes) -> None:
    """The evidence names the authority, the root and the end of its certificate."""
    found = check_token(token, DIGEST, pki.roots)
    assert (found.verdict, found.reason) == (Verdict.VALID, TimestampReason.SOUND)
    assert found.authority == "TSA thử nghiệm"
    assert found.trust_root == "CA gốc công vụ thử nghiệm"
    assert found.stands_until == dt.datetime(2039, 1, 1, tzinfo=dt.UTC)
    assert found.algorithm == "sha256/rsa2048"
    assert found.as_json()["verdict"] == "valid"


def test_other_bytes_make_it_invalid(pki: LocalPki, token: bytes) -> None:
    """It proves the digest that it was made for and no other."""
    found = check_token(token, bytes(32), pki.roots)
    assert (found.verdict, found.reason) == (Verdict.INVALID, TimestampReason.OTHER_DIGEST)


def test_an_unknown_root_is_not_called_invalid(pki: LocalPki, token: bytes) -> None:
    """Nobody here vouches for it: undetermined, never invalid."""
    found = check_token(token, DIGEST, pki.public_roots)
    assert (found.verdict, found.reason) == (Verdict.UNDETERMINED, TimestampReason.UNKNOWN_ISSUER)


def test_after_its_certificate_ended_it_no_longer_stands_alone(pki: LocalPki, token: bytes) -> None:
    """From then on only a later token keeps it; at the later token's time it stood."""
    late = dt.datetime(2039, 6, 1, tzinfo=dt.UTC)
    assert check_token(token, DIGEST, pki.roots, stands_at=late).reason is TimestampReason.TOO_OLD
    early = dt.datetime(2038, 6, 1, tzinfo=dt.UTC)
    assert check_token(token, DIGEST, pki.roots, stands_at=early).verdict is Verdict.VALID


def test_a_time_to_come_proves_nothing(pki: LocalPki, token: bytes) -> None:
    """A token ahead of the clock is doubted."""
    before = dt.datetime.now(dt.UTC) - dt.timedelta(days=2)
    found = check_token(token, DIGEST, pki.roots, stands_at=before)
    assert (found.verdict, found.reason) == (Verdict.UNDETERMINED, TimestampReason.FUTURE)


def test_a_time_put_into_it_afterwards_is_found(pki: LocalPki, token: bytes) -> None:
    """The time is under the authority's signature."""
    whole = cms.ContentInfo.load(token)
    content = whole["content"]["encap_content_info"]["content"]
    at = content.parsed["gen_time"].contents
    forged = token.replace(at, at.replace(b"2026", b"2024", 1))
    assert forged != token
    found = check_token(forged, DIGEST, pki.roots)
    assert (found.verdict, found.reason) == (Verdict.INVALID, TimestampReason.BROKEN)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(place=st.integers(0, 1_500), bit=st.integers(0, 7))
def test_a_flipped_bit_never_passes_for_another_time(
    pki: LocalPki, token: bytes, place: int, bit: int
) -> None:
    """Whatever bit is flipped: a verdict, and never a valid one of another time or digest."""
    forged = bytearray(token)
    forged[place] ^= 1 << bit
    good = check_token(token, DIGEST, pki.roots)
    found = check_token(bytes(forged), DIGEST, pki.roots)
    if found.verdict is Verdict.VALID:
        assert (found.at, found.authority) == (good.at, good.authority)


@pytest.mark.parametrize(
    "junk", [b"", b"\x30\x80", b"junk", b"\x30\x84\xff\xff\xff\xff", bytes(300_000)]
)
def test_junk_is_unreadable(pki: LocalPki, junk: bytes) -> None:
    """What is no token gets a verdict, not an exception."""
    assert check_token(junk, DIGEST, pki.roots).reason is TimestampReason.UNREADABLE


def test_openssl_agrees(pki: LocalPki, token: bytes, tmp_path: Path) -> None:
    """A tool that is not ours verifies the same token against the same root."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    (tmp_path / "t.der").write_bytes(token)
    (tmp_path / "root.pem").write_bytes(pki.pem("root"))
    command = f"openssl ts -verify -token_in -in t.der -digest {DIGEST.hex()} -CAfile root.pem"
    done = subprocess.run(
        command.split(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Verification: OK" in done.stdout + done.stderr
