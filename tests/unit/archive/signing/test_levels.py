"""What each PAdES level adds, and what happens when the services it needs misbehave."""

import datetime as dt
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.dss import DocumentSecurityStore

from archive.signing import sign_agency, sign_digitiser, signatures_in
from archive.signing.errors import (
    CertificateUnusableError,
    ServiceUnavailableError,
    SigningError,
    SigningRestsError,
)
from archive.signing.levels import Level, Profile, complete, make_ready, renew
from proof.signatures import Coverage, Verdict, check_pdf
from tests.pki import LocalPki, blank_pdf, down, dripping, endless, garbage, refused

AT = dt.datetime.now(dt.UTC).replace(microsecond=0)


def signed(pki: LocalPki, profile: Profile, *, pdf: bytes | None = None) -> bytes:
    """Both signatures on a file or a blank page, as the stage makes them."""
    keys = pki.key("digitiser"), pki.key("agency")
    make_ready(profile, keys)
    stamper = profile.timestamper()
    once = sign_digitiser(
        pdf or blank_pdf(), keys[0], name="Nguyễn Văn Thử", at=AT, timestamper=stamper
    )
    agency = "Ủy ban nhân dân xã Thử Nghiệm"
    twice = sign_agency(once, keys[1], agency=agency, copy_form="SAO Y", at=AT, timestamper=stamper)
    made = complete(twice, profile)
    assert made.startswith(twice)
    return made


def stamps_in(pdf: bytes) -> int:
    """How many archive timestamps a file holds."""
    return len(list(PdfFileReader(BytesIO(pdf)).embedded_timestamp_signatures))


@pytest.mark.parametrize("level", Level)
def test_each_level_adds_what_it_says(pki: LocalPki, level: Level) -> None:
    """B-T timestamps both, B-LT brings the evidence along, B-LTA stamps it all."""
    pdf = signed(pki, pki.profile(level))
    asked = list(pki.faults.asked)
    found = check_pdf(pdf, pki.trust)
    assert found[0].coverage is Coverage.LATER_SIGNATURES
    assert all(one.intact for one in found)
    if level is Level.B:
        assert asked == []
        return
    assert stamps_in(pdf) == (level is Level.LTA)
    if level is Level.T:
        assert [one.verdict for one in found] == [Verdict.UNDETERMINED] * 2
        return
    assert all(one.timestamped_at for one in found)
    assert [one.verdict for one in found] == [Verdict.VALID] * 2
    store = DocumentSecurityStore.read_dss(PdfFileReader(BytesIO(pdf)))
    assert len(store.ocsps) == 2
    assert len(store.crls) == 1


def test_evidence_is_asked_for_once_a_batch(pki: LocalPki) -> None:
    """The second paper of a batch asks for timestamps alone."""
    profile = pki.profile(Level.LT)
    signed(pki, profile)
    pki.faults.asked.clear()
    signed(pki, profile)
    assert {path.split("/")[2] for path in pki.faults.asked} == {"tsa"}


def test_a_renewal_adds_a_timestamp_and_keeps_every_byte(pki: LocalPki) -> None:
    """What was there stays a prefix; both signatures stay valid."""
    profile = pki.profile(Level.LTA)
    pdf = signed(pki, profile)
    again = renew(pdf, profile)
    assert again.startswith(pdf)
    assert stamps_in(again) == 2
    assert [one.verdict for one in check_pdf(again, pki.trust)] == [Verdict.VALID] * 2
    assert len(signatures_in(again)) == 4


def test_a_renewal_raises_what_was_signed_without_proof(pki: LocalPki) -> None:
    """Papers sealed at B-B get evidence and a timestamp while their certificates still stand."""
    plain = signed(pki, pki.profile(Level.B))
    assert {one.verdict for one in check_pdf(plain, pki.trust)} == {Verdict.UNDETERMINED}
    raised = renew(plain, pki.profile(Level.LTA))
    assert {one.verdict for one in check_pdf(raised, pki.trust)} == {Verdict.VALID}


FAULTS = [down, dripping, garbage, endless, refused]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_timestamp_service_is_found_before_a_key_is_used(
    pki: LocalPki, fault: Callable[..., Iterable[bytes]]
) -> None:
    """Signing rests with a code; no signature was made."""
    profile = pki.profile(Level.LTA, seconds=0.5)
    with pki.faults.at("/tsa/", fault), pytest.raises(SigningRestsError):
        make_ready(profile, [pki.key("digitiser")])


@pytest.mark.parametrize("fault", [down, garbage, refused])
def test_where_one_kind_of_evidence_fails_the_other_serves(
    pki: LocalPki, fault: Callable[..., Iterable[bytes]]
) -> None:
    """A responder that misbehaves is passed over for the list."""
    profile = pki.profile(Level.LT, seconds=20)
    with pki.faults.at("/ocsp/", fault):
        pdf = signed(pki, profile)
    assert [one.verdict for one in check_pdf(pdf, pki.trust)] == [Verdict.VALID] * 2


@pytest.mark.parametrize("fault", FAULTS)
def test_without_any_evidence_signing_rests(
    pki: LocalPki, fault: Callable[..., Iterable[bytes]]
) -> None:
    """B-LT promises evidence; without it nothing is signed."""
    profile = pki.profile(Level.LT, seconds=0.5)
    with (
        pki.faults.at("/ocsp/", fault),
        pki.faults.at("/crls/", fault),
        pytest.raises(SigningRestsError),
    ):
        make_ready(profile, [pki.key("digitiser")])


@pytest.mark.parametrize("label", ["revoked", "expired", "future"])
def test_a_certificate_that_is_no_good_signs_nothing(pki: LocalPki, label: str) -> None:
    """Revoked, ended or not begun: told before the key is used."""
    with pytest.raises(CertificateUnusableError):
        make_ready(pki.profile(Level.LT), [pki.key(label)])


def test_a_service_lost_half_way_leaves_nothing_half(pki: LocalPki) -> None:
    """The archive timestamp fails after the signatures: no file comes out at all."""
    profile = pki.profile(Level.LTA, seconds=20)
    left = [3]

    def third_answer_fails(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        left[0] -= 1
        return None if left[0] >= 0 else down(environ, start)

    with pki.faults.at("/tsa/", third_answer_fails), pytest.raises(ServiceUnavailableError):
        signed(pki, profile)


def test_errors_of_services_say_what_to_do() -> None:
    """Each has a code, a category and a sentence of its own."""
    kinds = SigningRestsError.__subclasses__()
    assert len({kind.code for kind in kinds}) == len(kinds) >= 4
    assert all(kind.message != SigningError.message for kind in kinds)
