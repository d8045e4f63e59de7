"""A signature that was tampered with is invalid; one that cannot be known is undetermined."""

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.timestamps import DummyTimeStamper

from archive.signing import Pkcs12Key, TestCa, open_test_ca, sign_agency, sign_digitiser
from proof.errors import ProofError, UntrustedRootError
from proof.signatures import (
    Coverage,
    Reason,
    SignatureUnreadableError,
    Verdict,
    check_pdf,
)

Expected = tuple[Verdict, Reason, Coverage]
SOUND = (Verdict.VALID, Reason.SOUND)


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> TestCa:
    """A root that the tests trust."""
    return open_test_ca(tmp_path_factory.mktemp("ca") / "ca")


def _blank() -> bytes:
    with pikepdf.Pdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842))
        page.obj.Contents = pdf.make_stream(b"0 0 1 rg 100 100 50 50 re f")
        target = BytesIO()
        pdf.save(target)
        return target.getvalue()


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def once(ca: TestCa) -> bytes:
    """Signed by the digitiser."""
    return sign_digitiser(_blank(), ca.digitiser, name="Nguyễn Văn Thử", at=_now())


@pytest.fixture(scope="module")
def twice(once: bytes, ca: TestCa) -> bytes:
    """Signed by the digitiser, then by the agency."""
    return sign_agency(once, ca.agency, agency="UBND xã Thử", copy_form="SAO Y", at=_now())


def _said(data: bytes, *roots: bytes, now: datetime | None = None) -> list[Expected]:
    return [(one.verdict, one.reason, one.coverage) for one in check_pdf(data, roots, now=now)]


def test_round_trip(twice: bytes, ca: TestCa) -> None:
    """Both valid: the first was followed by a signature alone, the second covers the file."""
    expected = [(*SOUND, Coverage.LATER_SIGNATURES), (*SOUND, Coverage.WHOLE_FILE)]
    assert expected == _said(twice, ca.root)
    first, second = check_pdf(twice, [ca.root])
    assert first.signer == "Nguyễn Văn Thử (THỬ NGHIỆM)"
    assert first.issuer == second.issuer == first.trust_root == "CA THỬ NGHIỆM - Tàng Thư"
    assert first.serial != second.serial
    assert first.intact
    assert first.claimed_at is not None
    assert first.timestamped_at is None


def test_root_may_be_pem(once: bytes, ca: TestCa) -> None:
    """Administrators have roots as text."""
    root = x509.load_der_x509_certificate(ca.root)
    pem = root.public_bytes(serialization.Encoding.PEM)
    assert _said(once, pem) == [(*SOUND, Coverage.WHOLE_FILE)]


def test_evidence_is_json(twice: bytes, ca: TestCa) -> None:
    """The verdicts are kept with the document."""
    values = [one.as_json() for one in check_pdf(twice, [ca.root])]
    again = json.loads(json.dumps(values))
    assert values == again
    assert again[0]["verdict"] == "valid"
    assert again[0]["coverage"] == "later_signatures"
    assert again[0]["claimed_at"].endswith("+00:00")


def test_unsigned_file_has_none() -> None:
    """No signature is no verdict."""
    assert check_pdf(_blank(), []) == ()


@pytest.mark.parametrize("where", [0.02, 0.3, 0.9])
def test_changed_byte_is_invalid(where: float, once: bytes, ca: TestCa) -> None:
    """Any byte outside the signature itself."""
    data = bytearray(once)
    start = data.index(b"/Contents <")
    spot = int(start * where) if where < 0.9 else len(data) - 30
    data[spot] ^= 0x01
    try:
        said = _said(bytes(data), ca.root)
    except ProofError:
        return  # no longer a PDF at all: told, not passed
    assert all(verdict is Verdict.INVALID for verdict, _, _ in said)


def test_changed_drawing_is_invalid(once: bytes, ca: TestCa) -> None:
    """The classic forgery: a figure replaced in place."""
    data = once.replace(b"/MediaBox [ 0 0 595 842 ]", b"/MediaBox [ 0 0 695 842 ]")
    assert data != once
    assert [said[:2] for said in _said(data, ca.root)] == [
        (Verdict.INVALID, Reason.DOCUMENT_ALTERED)
    ]


def _update(data: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(data))
    change(writer)
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def test_later_drawing_is_invalid(once: bytes, ca: TestCa) -> None:
    """An update that draws over the page after signing, the signed bytes untouched."""

    def draw(writer: IncrementalPdfFileWriter) -> None:
        stream = generic.StreamObject(stream_data=b"1 g 0 0 600 800 re f")
        writer.add_stream_to_page(0, writer.add_object(stream))

    data = _update(once, draw)
    assert data.startswith(once)
    expected = [(Verdict.INVALID, Reason.ALTERED_AFTER, Coverage.PAGES_CHANGED)]
    assert expected == _said(data, ca.root)


def test_later_page_is_invalid(once: bytes, ca: TestCa) -> None:
    """A page added after signing."""

    def add(writer: IncrementalPdfFileWriter) -> None:
        from pyhanko.pdf_utils.content import RawContent
        from pyhanko.pdf_utils.writer import PageObject

        content = writer.add_object(generic.StreamObject(stream_data=RawContent(b"").render()))
        writer.insert_page(PageObject(contents=content, media_box=(0, 0, 100, 100)))

    assert _said(_update(once, add), ca.root)[0][:2] == (Verdict.INVALID, Reason.ALTERED_AFTER)


def test_later_note_is_for_a_person(once: bytes, ca: TestCa) -> None:
    """An update that adds more than signatures but leaves the pages: neither valid nor invalid."""

    def note(writer: IncrementalPdfFileWriter) -> None:
        page = writer.root["/Pages"]["/Kids"][0]
        annotation = generic.DictionaryObject(
            {
                generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
                generic.pdf_name("/Subtype"): generic.pdf_name("/Text"),
                generic.pdf_name("/Rect"): generic.ArrayObject(
                    [generic.NumberObject(side) for side in (0, 0, 20, 20)]
                ),
            }
        )
        page["/Annots"].append(writer.add_object(annotation))
        writer.update_container(page["/Annots"])

    expected = [(Verdict.UNDETERMINED, Reason.CHANGED_AFTER, Coverage.LATER_CHANGES)]
    assert expected == _said(_update(once, note), ca.root)


def test_unknown_issuer_is_undetermined(once: bytes, tmp_path: Path) -> None:
    """A self-made authority nobody trusts here: intact, not to be shown as invalid."""
    other = open_test_ca(tmp_path / "other")
    for roots in ((), (other.root,)):
        (verdict,) = check_pdf(once, roots)
        assert (verdict.verdict, verdict.reason) == (Verdict.UNDETERMINED, Reason.UNKNOWN_ISSUER)
        assert verdict.intact


def test_namesake_authority_is_not_trusted(once: bytes, tmp_path: Path) -> None:
    """Every test authority bears one name: the key decides, not the name."""
    other = open_test_ca(tmp_path / "other")
    (verdict,) = check_pdf(once, [other.root])
    assert verdict.verdict is not Verdict.VALID


def test_ended_certificate_without_timestamp(once: bytes, ca: TestCa) -> None:
    """Years later nothing proves that it was signed while the certificate was good."""
    later = datetime.now(UTC) + timedelta(days=4_000)
    (said,) = _said(once, ca.root, now=later)
    assert said[:2] == (Verdict.UNDETERMINED, Reason.TIME_UNPROVEN)


def test_signed_before_the_certificate_was(ca: TestCa) -> None:
    """A claimed time outside the certificate's validity."""
    data = sign_digitiser(_blank(), ca.digitiser, name="A", at=_now() - timedelta(days=400))
    (said,) = _said(data, ca.root)
    assert said[:2] == (Verdict.UNDETERMINED, Reason.NOT_VALID_THEN)


class _Authority:
    """An elliptic-curve authority for certificates of the tests' own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CA khác (THỬ NGHIỆM)")])
        self.certificate = self.issue(self.name, self.key, is_ca=True)
        self.root = self.certificate.public_bytes(serialization.Encoding.DER)

    def issue(
        self,
        name: x509.Name,
        key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
        *extra: x509.ExtensionType,
        is_ca: bool = False,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        usage = x509.KeyUsage(
            digital_signature=True,
            content_commitment=not is_ca,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=is_ca,
            crl_sign=is_ca,
            encipher_only=False,
            decipher_only=False,
        )
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(usage, critical=True)
        )
        for one in extra:
            builder = builder.add_extension(one, critical=isinstance(one, x509.ExtendedKeyUsage))
        return builder.sign(self.key, hashes.SHA256())

    def signing_key(self, common: str, *extra: x509.ExtensionType) -> Pkcs12Key:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
        packed = pkcs12.serialize_key_and_certificates(
            b"k",
            key,
            self.issue(name, key, *extra),
            [self.certificate],
            serialization.NoEncryption(),
        )
        path = self.folder / "key.p12"
        path.write_bytes(packed)
        return Pkcs12Key(path, is_test=True)

    def timestamper(self) -> DummyTimeStamper:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "TSA thử")])
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        certificate = self.issue(name, key, usage)
        der = key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return DummyTimeStamper(
            asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
            asn1_keys.PrivateKeyInfo.load(der),
        )


def test_revocation_that_cannot_be_looked_up(tmp_path: Path) -> None:
    """The issuer publishes a list, nothing is fetched: undetermined."""
    authority = _Authority(tmp_path)
    uri = x509.UniformResourceIdentifier("http://crl.invalid/x.crl")
    point = x509.DistributionPoint([uri], None, None, None)
    key = authority.signing_key("Cán bộ", x509.CRLDistributionPoints([point]))
    data = sign_digitiser(_blank(), key, name="Cán bộ", at=_now())
    (said,) = _said(data, authority.root)
    assert said[:2] == (Verdict.UNDETERMINED, Reason.REVOCATION_UNKNOWN)


def test_certificate_for_another_purpose(tmp_path: Path) -> None:
    """A certificate for enciphering keys does not sign documents."""
    authority = _Authority(tmp_path)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=True,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(authority.name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime.now(UTC) - timedelta(hours=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=3))
        .add_extension(usage, critical=True)
    )
    packed = pkcs12.serialize_key_and_certificates(
        b"k", key, builder.sign(authority.key, hashes.SHA256()), None, serialization.NoEncryption()
    )
    path = tmp_path / "unfit.p12"
    path.write_bytes(packed)
    data = sign_digitiser(_blank(), Pkcs12Key(path), name="x", at=_now())
    (said,) = _said(data, authority.root)
    assert said[:2] == (Verdict.UNDETERMINED, Reason.UNFIT)


def test_timestamp_proves_the_time(tmp_path: Path) -> None:
    """With a timestamp (B-T) the signature outlives its certificate."""
    authority = _Authority(tmp_path)
    key = authority.signing_key("Cán bộ")
    data = sign_digitiser(
        _blank(), key, name="Cán bộ", at=_now(), timestamper=authority.timestamper()
    )
    (verdict,) = check_pdf(data, [authority.root])
    assert verdict.timestamped_at is not None
    assert abs(verdict.timestamped_at - _now()) < timedelta(minutes=1)
    assert verdict.verdict is Verdict.VALID
    (later,) = check_pdf(data, [authority.root], now=datetime.now(UTC) + timedelta(days=60))
    assert later.reason is not Reason.TIME_UNPROVEN


@pytest.mark.parametrize("junk", [b"", b"%PDF-1.7", b"\xff" * 4_096, b"PK\x03\x04" + b"\0" * 99])
def test_what_is_no_pdf_is_told(junk: bytes) -> None:
    """Nothing can be said of it, in a coded error."""
    with pytest.raises(SignatureUnreadableError):
        check_pdf(junk, [])


def test_bad_root_is_told(once: bytes) -> None:
    """The administrator's mistake has its own code."""
    with pytest.raises(UntrustedRootError):
        check_pdf(once, [b"no certificate"])


def test_forged_files_never_raise_anything_else(twice: bytes, ca: TestCa) -> None:
    """Files changed at random places: verdicts or a coded error, and never a false "valid"."""
    chance = random.Random(20_260_203)  # noqa: S311  no secret
    holes = [
        (one, twice.index(b">", one))
        for one in (twice.index(b"/Contents <"), twice.rindex(b"/Contents <"))
    ]
    for _ in range(60):
        data = bytearray(twice)
        first = len(data)
        for _ in range(chance.choice((1, 4, 40))):
            spot = chance.randrange(len(data))
            first = min(first, spot)
            data[spot] = chance.randrange(256)
        if chance.random() < 0.3:
            data = data[: chance.randrange(len(data))]
        try:
            said = check_pdf(bytes(data), [ca.root])
        except ProofError:
            continue
        touched = [spot for spot in range(min(len(data), len(twice))) if data[spot] != twice[spot]]
        outside = [spot for spot in touched if not any(low < spot < up for low, up in holes)]
        if any(spot < holes[0][0] for spot in outside):
            assert all(one.verdict is not Verdict.VALID for one in said)
