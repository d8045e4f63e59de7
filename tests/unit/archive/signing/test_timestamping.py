"""A timestamp service is not trusted to answer rightly, in time, or at all."""

import datetime as dt
import hashlib
import io
import socket
import time
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from asn1crypto import tsp

from archive.signing.errors import (
    ServiceRefusedError,
    ServiceUnavailableError,
    SigningError,
    TimestampBadError,
)
from archive.signing.timestamping import HttpTimestampService
from imaging.errors import Category
from proof.timestamps import check_token
from proof.verdicts import Verdict
from tests.pki import LocalPki, down, dripping, endless, garbage, refused

DIGEST = hashlib.sha256(b"ban quet").digest()


def service(pki: LocalPki, label: str = "tsa", **options: Any) -> HttpTimestampService:
    return HttpTimestampService(pki.timestamps_at(label), lambda: pki.roots, **options)


def changed(change: Callable[[Any], None]) -> Callable[..., None]:
    """Let the service answer another question than the one asked."""

    def meddle(environ: dict[str, Any], _start: object) -> None:
        length = int(environ["CONTENT_LENGTH"])
        question = tsp.TimeStampReq.load(environ["wsgi.input"].read(length)).copy()
        change(question)
        body = question.dump(force=True)
        environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}

    return meddle


def test_a_token_is_over_the_digest_and_says_now(pki: LocalPki) -> None:
    """What comes back proves the digest at this time, by a root that is trusted."""
    found = check_token(service(pki).token(DIGEST), DIGEST, pki.roots)
    assert found.verdict is Verdict.VALID
    assert found.at is not None
    assert abs(found.at - dt.datetime.now(dt.UTC)) < dt.timedelta(seconds=30)


def _other_nonce(question: Any) -> None:
    question["nonce"] = question["nonce"].native ^ 1


def _no_nonce(question: Any) -> None:
    del question["nonce"]


def _other_digest(question: Any) -> None:
    question["message_imprint"]["hashed_message"] = bytes(32)


@pytest.mark.parametrize("change", [_other_nonce, _no_nonce, _other_digest])
def test_an_answer_to_another_question_is_refused(
    pki: LocalPki, change: Callable[[Any], None]
) -> None:
    """A token replayed or made for other bytes is not taken."""
    with pki.faults.at("/tsa/", changed(change)), pytest.raises(TimestampBadError):
        service(pki).token(DIGEST)


def test_another_policy_is_refused(pki: LocalPki) -> None:
    """Where a policy is asked for, a token under another is not taken."""
    with pytest.raises(TimestampBadError, match="policy"):
        service(pki, policy="1.2.3.4").token(DIGEST)


@pytest.mark.parametrize("hours", [-48, 48])
def test_a_service_that_lies_about_the_time_is_refused(pki: LocalPki, hours: int) -> None:
    """A token of yesterday or tomorrow is not taken."""
    moment = dt.datetime.now(dt.UTC) + dt.timedelta(hours=hours)
    with pki.clock(moment), pytest.raises(TimestampBadError):
        service(pki).token(DIGEST)


def test_a_certificate_that_may_not_make_timestamps_is_refused(pki: LocalPki) -> None:
    """RFC 3161, 2.3: the one purpose of the certificate is timestamps."""
    with pytest.raises(TimestampBadError, match="unfit"):
        service(pki, "tsa-unfit").token(DIGEST)


def test_a_service_of_an_unknown_root_is_refused(pki: LocalPki) -> None:
    """A token that nobody here can vouch for proves nothing."""
    unknown = HttpTimestampService(pki.tsa_url, lambda: pki.public_roots)
    with pytest.raises(TimestampBadError, match="unknown_issuer"):
        unknown.token(DIGEST)


@pytest.mark.parametrize(
    ("fault", "error", "category"),
    [
        (down, ServiceUnavailableError, Category.RETRY),
        (dripping, ServiceUnavailableError, Category.RETRY),
        (refused, ServiceRefusedError, Category.ENVIRONMENT),
        (endless, ServiceRefusedError, Category.ENVIRONMENT),
        (garbage, TimestampBadError, Category.ENVIRONMENT),
    ],
)
def test_bad_answers_end_in_a_code_in_time(
    pki: LocalPki,
    fault: Callable[..., Iterable[bytes]],
    error: type[SigningError],
    category: Category,
) -> None:
    """Dead, slow, refusing, endless or senseless: each within the time, with a code."""
    begun = time.monotonic()
    with pki.faults.at("/tsa/", fault), pytest.raises(error) as caught:
        service(pki, seconds=1.0).token(DIGEST)
    assert category == caught.value.category
    assert time.monotonic() - begun < 3


def test_a_service_that_hangs_is_left_in_time() -> None:
    """A service that accepts and says nothing costs the time set and no more."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        begun = time.monotonic()
        with pytest.raises(ServiceUnavailableError):
            HttpTimestampService(url, tuple, seconds=0.5).token(DIGEST)
        assert time.monotonic() - begun < 2


def test_a_service_that_is_not_there_is_unavailable() -> None:
    """A refused connection may pass: try again."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ServiceUnavailableError):
        HttpTimestampService(f"http://127.0.0.1:{port}/", tuple, seconds=1).token(DIGEST)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x/y", "http://", "tsa"])
def test_only_http_is_spoken(url: str) -> None:
    """An address of another kind is not opened."""
    with pytest.raises(ServiceRefusedError):
        HttpTimestampService(url, tuple).token(DIGEST)


@pytest.mark.parametrize("status", ["rejection", "waiting"])
def test_a_refusal_by_the_service_is_told(pki: LocalPki, status: str) -> None:
    """A status other than granted is a refusal, whatever else is in the answer."""
    told = tsp.PKIStatusInfo({"status": status, "fail_info": {"bad_alg"}}).dump()
    answer = b"\x30" + bytes([len(told)]) + told

    def reject(_environ: object, start: Callable[..., Any]) -> list[bytes]:
        start("200 OK", [("Content-Type", "application/timestamp-reply")])
        return [answer]

    with pki.faults.at("/tsa/", reject), pytest.raises(ServiceRefusedError):
        service(pki).token(DIGEST)
