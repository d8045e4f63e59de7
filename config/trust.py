"""Whom this installation believes, and how its own signatures are made."""

from pathlib import Path

from archive.services.anchoring import Stamp
from archive.signing.levels import Level, Profile
from archive.signing.revocation import RevocationSource
from archive.signing.timestamping import HttpTimestampService
from config.errors import TrustFileError
from config.options_trust import TrustOptions
from proof.certificates import read_certificate
from proof.errors import UntrustedRootError
from proof.trust import Trust

_END = b"-----END CERTIFICATE-----"


def build_trust(home: Path, own: tuple[bytes, ...] = ()) -> Trust:
    """Return the certificates that the operator put into the trust folders, and `own` roots."""
    folder = home / "trust"
    return Trust(
        official=_certificates(folder / "official"),
        public=_certificates(folder / "public"),
        other=(*own, *_certificates(folder)),
    )


def build_profile(options: TrustOptions, trust: Trust) -> Profile:
    """Return how signatures are made: the level set, and the services that it needs."""
    level = Level(options.level)
    if not options.tsa_url:
        return Profile(level)
    return Profile(
        level,
        timestamps=HttpTimestampService(
            options.tsa_url, lambda: trust.roots, policy=options.tsa_policy
        ),
        revocation=RevocationSource(),
        trust_roots=lambda: trust.roots,
    )


def build_stamp(options: TrustOptions, home: Path) -> Stamp | None:
    """Return what gives the audit trail's anchors their time; None where no service is set.

    Apart from the signers: whoever anchors need not open their keys.
    """
    if not options.tsa_url:
        return None
    roots = build_trust(home).roots
    return HttpTimestampService(options.tsa_url, lambda: roots, policy=options.tsa_policy).token


def _certificates(folder: Path) -> tuple[bytes, ...]:
    """Every certificate of a folder's PEM files; a file may hold several.

    Raises TrustFileError: a root that is silently left out would make good signatures unknown.
    """
    found: list[bytes] = []
    for path in sorted(folder.glob("*.pem")):
        parts = path.read_bytes().split(_END)
        held = [part.strip() + b"\n" + _END + b"\n" for part in parts[:-1]]
        try:
            for certificate in held:
                read_certificate(certificate)
        except UntrustedRootError as error:
            raise TrustFileError.of(path.name) from error
        if not held:
            raise TrustFileError.of(path.name)
        found += held
    return tuple(found)
