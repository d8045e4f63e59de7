"""The settings of proof: typed, whole, and the trust folders kept apart."""

from pathlib import Path

import pytest

from archive.signing.levels import Level
from config.errors import SettingError, TrustFileError
from config.options_trust import TrustOptions, read_trust
from config.trust import build_profile, build_trust
from proof.trust import Trust
from tests.pki import LocalPki

TSA = "http://tsa.invalid/tsa"


def test_nothing_set_is_the_level_that_needs_nobody() -> None:
    """B-B, offline, no service."""
    options = read_trust({})
    assert options == TrustOptions()
    profile = build_profile(options, Trust())
    assert (profile.level, profile.timestamps) == (Level.B, None)


@pytest.mark.parametrize("level", ["B-T", "B-LT", "B-LTA"])
def test_a_level_with_its_service_is_taken(level: str) -> None:
    """Both halves of the setting."""
    options = read_trust({"TANGTHU_SIGNING_LEVEL": level, "TANGTHU_TSA_URL": TSA})
    profile = build_profile(options, Trust())
    assert (profile.level, profile.timestamps is not None) == (Level(level), True)


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"TANGTHU_SIGNING_LEVEL": "B-T"}, "TANGTHU_TSA_URL"),
        ({"TANGTHU_SIGNING_LEVEL": "B-LTA"}, "TANGTHU_TSA_URL"),
        ({"TANGTHU_SIGNING_LEVEL": "LTV", "TANGTHU_TSA_URL": TSA}, "TANGTHU_SIGNING_LEVEL"),
        ({"TANGTHU_TSA_URL": "tsa.ca.gov.vn"}, "TANGTHU_TSA_URL"),
        ({"TANGTHU_TSA_URL": "file:///etc/passwd"}, "TANGTHU_TSA_URL"),
        ({"TANGTHU_TSA_POLICY": "1.2.3"}, "TANGTHU_TSA_URL"),
        ({"TANGTHU_TSA_URL": TSA, "TANGTHU_TSA_POLICY": "rẻ nhất"}, "TANGTHU_TSA_POLICY"),
        ({"TANGTHU_REVOCATION": "sometimes"}, "TANGTHU_REVOCATION"),
        ({"TANGTHU_RENEW_DAYS": "0"}, "TANGTHU_RENEW_DAYS"),
        ({"TANGTHU_RENEW_DAYS": "soon"}, "TANGTHU_RENEW_DAYS"),
    ],
)
def test_half_a_setting_is_refused(environment: dict[str, str], named: str) -> None:
    """The sentence names the variable that is to be set."""
    with pytest.raises(SettingError, match=named):
        read_trust(environment)


def test_the_trust_folders_are_two_and_what_lies_beside(pki: LocalPki, tmp_path: Path) -> None:
    """official/, public/, and files directly in trust/, of which one may hold several."""
    folder = tmp_path / "trust"
    for name in ("official", "public"):
        (folder / name).mkdir(parents=True)
    (folder / "official" / "a.pem").write_bytes(pki.pem("root"))
    (folder / "public" / "b.pem").write_bytes(pki.pem("public-root"))
    (folder / "c.pem").write_bytes(pki.pem("sub") + pki.pem("public-sub"))
    trust = build_trust(tmp_path, (pki.certificate("tsa"),))
    assert (len(trust.official), len(trust.public), len(trust.other)) == (1, 1, 3)
    assert len(trust.roots) == 5


def test_no_trust_folder_is_no_trust(tmp_path: Path) -> None:
    """A fresh data folder trusts what is its own alone."""
    assert build_trust(tmp_path, (b"own",)) == Trust(other=(b"own",))


@pytest.mark.parametrize(
    "junk", [b"", b"no certificate", b"-----BEGIN X-----\n-----END CERTIFICATE-----"]
)
def test_a_trust_file_that_is_none_is_named(tmp_path: Path, junk: bytes) -> None:
    """Left out in silence it would make good signatures unknown."""
    folder = tmp_path / "trust" / "public"
    folder.mkdir(parents=True)
    (folder / "goc.pem").write_bytes(junk)
    with pytest.raises(TrustFileError, match="trust_file_unreadable") as caught:
        build_trust(tmp_path)
    assert "goc.pem" in caught.value.message
