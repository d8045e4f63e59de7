"""The remote signing service: what goes under one authorisation, and what it may answer."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.signing.csc import Access, CscClient, CscKey, checked_base
from archive.signing.errors import (
    AccessRefusedError,
    KeyNotFoundError,
    KeyRefusedError,
    KeyUnavailableError,
    PinLockedError,
    PinNeededError,
    PinWrongError,
    RemoteAnswerError,
    RemoteUnreachableError,
)
from archive.signing.pinguard import PinGuard
from tests.csc_server import CLIENT_ID, CLIENT_SECRET, CscServer, Held
from tests.hsm import PIN, WRONG_PIN, Issued, Issuer

ACCESS = Access(client_id=CLIENT_ID, client_secret=CLIENT_SECRET)


@pytest.fixture(scope="module")
def issued() -> Issued:
    """One key."""
    return Issuer().issue("Phạm Thị Mẫu", "ec")


@pytest.fixture
def service(issued: Issued) -> Iterator[CscServer]:
    """A service with credentials of both kinds of authorisation."""
    held = {
        "pin": Held(issued, multisign=5),
        "pinned": Held(issued, scal="2", multisign=5),
        "code": Held(issued, multisign=100, secrets={"PIN": PIN, "OTP": "113355"}),
        "off": Held(issued, status="disabled"),
        "web": Held(issued, mode="oauth2code"),
    }
    with CscServer(**held) as running:
        yield running


def key_of(service: CscServer, credential: str = "pin", **more: object) -> CscKey:
    """A client of the service."""
    client = CscClient(service.base, lambda: ACCESS, seconds=0.5)
    return CscKey(client, credential=credential, **more)  # type: ignore[arg-type]  # of the tests' own


async def _many(key: CscKey, count: int) -> list[bytes]:
    signer = key.signer()
    return await asyncio.gather(
        *(signer.async_sign_raw(b"%d" % number, "sha256") for number in range(count))
    )


def test_one_authorisation_serves_what_is_expected(service: CscServer) -> None:
    """12 signatures one after the other, 5 to an authorisation: three."""
    key = key_of(service)
    key.expect(12)
    key.unlock(PIN)
    for number in range(12):
        assert asyncio.run(key.signer().async_sign_raw(b"%d" % number, "sha256"))
    assert service.times("credentials/authorize") == 3
    assert service.times("oauth2/token") == 1
    assert service.times("credentials/info") == 1


def test_digests_tied_to_the_authorisation_go_together(service: CscServer) -> None:
    """SCAL 2: 12 asked for at once are three authorisations and three calls."""
    key = key_of(service, "pinned")
    key.unlock(PIN)
    assert len(set(asyncio.run(_many(key, 12)))) == 12
    assert service.times("credentials/authorize") == 3
    assert service.times("signatures/signHash") == 3


def test_a_used_up_or_old_authorisation_is_renewed(service: CscServer) -> None:
    """By its end, as the service told it."""
    key = key_of(service)
    key.expect(5)
    service.life = 5  # less than we keep spare
    key.unlock(PIN)
    asyncio.run(_many(key, 1))
    assert service.times("credentials/authorize") == 2


def test_a_one_time_code_comes_with_the_pin(service: CscServer) -> None:
    """Both in one entry; one authorisation for a whole batch, for the code serves once."""
    key = key_of(service, "code")
    with pytest.raises(PinNeededError):
        key.open()
    assert key.lock
    assert "OTP" in key.lock.label
    key.expect(50)
    with pytest.raises(PinWrongError):
        key.unlock(PIN)
    key.unlock(f"{PIN} 113355")
    for _ in range(50):
        asyncio.run(_many(key, 1))
    assert service.times("credentials/authorize") == 1


def test_a_kept_pin_that_was_refused_is_not_sent_again(service: CscServer, tmp_path: Path) -> None:
    """The service counts wrong PINs as a token does."""
    pin = tmp_path / "pin"
    pin.write_text(WRONG_PIN)
    for _ in range(4):
        key = key_of(service, pin_file=pin, guard=PinGuard(tmp_path / "pins"))
        with pytest.raises(PinWrongError):
            asyncio.run(_many(key, 1))
    assert service.credentials["pin"].wrong == 1


def test_a_locked_pin_is_told(service: CscServer) -> None:
    """After three by persons."""
    key = key_of(service)
    for _ in range(3):
        with pytest.raises(PinWrongError):
            key.unlock(WRONG_PIN)
    with pytest.raises(PinLockedError):
        key.unlock(PIN)


@pytest.mark.parametrize(
    ("credential", "error"),
    [
        ("", KeyNotFoundError),
        ("unknown", KeyRefusedError),
        ("off", KeyRefusedError),
        ("web", KeyRefusedError),
    ],
)
def test_a_credential_that_cannot_sign(
    service: CscServer, credential: str, error: type[Exception]
) -> None:
    """Not the only one, not there, disabled, or for a browser."""
    with pytest.raises(error):
        key_of(service, credential).open()


def test_the_only_credential_needs_no_name(issued: Issued) -> None:
    """Listed by the service."""
    with CscServer(one=Held(issued, mode="implicit", secrets={})) as service:
        key = key_of(service, "")
        assert key.lock is None
        assert asyncio.run(_many(key, 1))
        assert service.times("credentials/list") == 1


@pytest.mark.parametrize(
    ("mood", "error"),
    [
        ("garbage", RemoteAnswerError),
        ("list", RemoteAnswerError),
        ("empty", RemoteAnswerError),
        ("huge", RemoteAnswerError),
        ("broken", RemoteUnreachableError),
        ("hangs", RemoteUnreachableError),
        ("elsewhere", KeyRefusedError),
        ("lies", KeyRefusedError),
        ("fewer", RemoteAnswerError),
    ],
)
@pytest.mark.parametrize("late", [False, True])
def test_a_service_that_misbehaves(
    service: CscServer,
    mood: str,
    error: type[Exception],
    late: bool,  # noqa: FBT001  a parameter of the table
) -> None:
    """From the start or only when it signs: a code, never a signature, never a hang."""
    key = key_of(service)
    if late:
        key.expect(2)
        key.unlock(PIN)
    service.mood = mood
    with pytest.raises(error):
        sign_two(key, None if late else PIN)
    service.mood = ""
    assert "elsewhere" not in service.calls
    key.unlock(PIN)
    assert asyncio.run(_many(key, 2))


def sign_two(key: CscKey, pin: str | None) -> None:
    """Open it if told so, and sign."""
    if pin:
        key.unlock(pin)
    asyncio.run(_many(key, 2))


def test_a_service_that_is_not_there(service: CscServer) -> None:
    """Nobody listens."""
    gone = CscServer()
    base = gone.base
    gone._server.server_close()
    with pytest.raises(RemoteUnreachableError):
        CscKey(CscClient(base, lambda: ACCESS), credential="pin").open()


def test_access_is_refused_and_renewed(service: CscServer) -> None:
    """A withdrawn token is asked for anew, once; a wrong secret is told."""
    key = key_of(service)
    key.unlock(PIN)
    service.tokens.clear()
    assert asyncio.run(_many(key, 1))
    wrong = CscClient(service.base, lambda: Access(client_id="x", client_secret="y"))
    with pytest.raises(AccessRefusedError):
        CscKey(wrong, credential="pin").open()
    bearer = CscClient(service.base, lambda: Access(bearer="unknown"))
    with pytest.raises(AccessRefusedError):
        CscKey(bearer, credential="pin").open()
    service.tokens.add("known")
    known = CscClient(service.base, lambda: Access(bearer="known"))
    assert CscKey(known, credential="pin").certificate


@pytest.mark.parametrize(
    ("text", "bearer"),
    [("abc.def\n", "abc.def"), ('{"client_id": "a", "client_secret": "b"}', "")],
)
def test_the_access_file(text: str, bearer: str) -> None:
    """A token alone, or client credentials."""
    assert Access.parse(text).bearer == bearer


@pytest.mark.parametrize("text", ["", "two words", '{"client_id": "a"}', "{", "kéo"])
def test_an_access_file_that_is_none(text: str) -> None:
    """Its content is in no message."""
    with pytest.raises(AccessRefusedError) as caught:
        Access.parse(text)
    assert not text or text not in str(caught.value)


def test_only_safe_addresses() -> None:
    """An access token does not travel in the clear."""
    assert checked_base("https://ky.example.vn/csc/v2/") == "https://ky.example.vn/csc/v2"
    for wrong in ("http://ky.example.vn/csc/v2", "ftp://x", "https://a:b@c/", "https://"):
        with pytest.raises(ValueError, match=r"https only|plain address"):
            checked_base(wrong)


def test_the_paper_never_goes_there(service: CscServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Digests of 32 bytes are all that is sent."""
    sent: list[bytes] = []
    keep = CscServer._answer

    def note(self: CscServer, method: str, headers: object, body: bytes) -> tuple[int, bytes]:
        sent.append(body)
        return keep(self, method, headers, body)

    monkeypatch.setattr(CscServer, "_answer", note)
    key = key_of(service)
    key.unlock(PIN)
    asyncio.run(key.signer().async_sign_raw(b"secret paper" * 100, "sha256"))
    assert [body for body in sent if b"c2VjcmV0" in body or len(body) > 2_000] == []


def test_every_refusal_is_one_that_papers_wait_for() -> None:
    """None of them fails a paper."""
    for error in (AccessRefusedError, KeyRefusedError, RemoteAnswerError, RemoteUnreachableError):
        assert issubclass(error, KeyUnavailableError)
