"""Signatures add to the file and never change it; marks stand where the rules want them."""

import shutil
import stat
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from pikepdf import pdfa
from PIL import Image, ImageDraw

from archive.pdf_render import open_pages, render
from archive.pdfa import PdfPage, build_pdfa
from archive.signing import (
    AGENCY_FIELD,
    DIGITISER_FIELD,
    AlreadySignedError,
    FontMissingError,
    KeyUnreadableError,
    PdfUnsignableError,
    Pkcs12Key,
    TestCa,
    _font,
    open_test_ca,
    sign_agency,
    sign_digitiser,
    signatures_in,
)
from archive.textlayer import TextPage
from proof.signatures import Verdict, check_pdf

Scan = Callable[..., tuple[Image.Image, TextPage]]
NAME = "Nguyễn Văn Thử"
AGENCY = "Ủy ban nhân dân xã Thử Nghiệm"


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def unsigned(scan: Scan, scan_pdf: Callable[..., Path], created: datetime) -> Callable[..., bytes]:
    """An archival PDF whose page lies so that it must be turned by `rotation`."""

    def make(*, rotation: int = 0, image: Image.Image | None = None) -> bytes:
        drawn = image or scan()[0]
        source = scan_pdf(drawn.rotate(rotation, expand=True))
        text = TextPage(drawn.width, drawn.height, rotation, ())
        return build_pdfa(
            source, "application/pdf", [PdfPage(1, text)], title="Thử", created=created
        )

    return make


def _both(pdf: bytes, ca: TestCa) -> bytes:
    first = sign_digitiser(pdf, ca.digitiser, name=NAME, at=_now())
    return sign_agency(first, ca.agency, agency=AGENCY, copy_form="SAO Y", at=_now())


def _seen(pdf: bytes) -> np.ndarray:
    with open_pages(pdf) as document:
        return render(document[0], 144).astype(np.int16)


def _changed(before: bytes, after: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Where the page looks different, and where there was print before."""
    was, now = _seen(before), _seen(after)
    return np.abs(was - now).max(axis=2) > 40, was.min(axis=2) < 180


def test_signing_only_adds(unsigned: Callable[..., bytes], test_ca: TestCa) -> None:
    """Each signature is an incremental update: the bytes before it are a prefix of the result."""
    pdf = unsigned()
    first = sign_digitiser(pdf, test_ca.digitiser, name=NAME, at=_now())
    second = sign_agency(first, test_ca.agency, agency=AGENCY, copy_form="SAO Y", at=_now())
    assert first.startswith(pdf)
    assert second.startswith(first)
    assert len(second) - len(pdf) < 60_000


def test_signatures_are_listed(unsigned: Callable[..., bytes], test_ca: TestCa) -> None:
    """Field, signer and claimed time in the order of signing: what a repeated run looks for."""
    at = _now()
    pdf = sign_digitiser(unsigned(), test_ca.digitiser, name=NAME, at=at)
    pdf = sign_agency(pdf, test_ca.agency, agency=AGENCY, copy_form="SAO Y", at=at)
    expected = [
        (DIGITISER_FIELD, "Nguyễn Văn Thử (THỬ NGHIỆM)", at),
        (AGENCY_FIELD, "CƠ QUAN THỬ NGHIỆM", at),
    ]
    assert expected == [tuple(one) for one in signatures_in(pdf)]
    assert signatures_in(unsigned()) == ()


def test_a_field_is_signed_once(unsigned: Callable[..., bytes], test_ca: TestCa) -> None:
    """A second signature of the same kind is refused, not added."""
    pdf = sign_digitiser(unsigned(), test_ca.digitiser, name=NAME, at=_now())
    with pytest.raises(AlreadySignedError):
        sign_digitiser(pdf, test_ca.digitiser, name=NAME, at=_now())


def test_profile_is_pades(unsigned: Callable[..., bytes], test_ca: TestCa) -> None:
    """CAdES in PDF, SHA-256, the certificate bound into what is signed."""
    pdf = _both(unsigned(), test_ca)
    assert pdf.count(b"/ETSI.CAdES.detached") == 2
    from pyhanko.pdf_utils.reader import PdfFileReader

    for signature in PdfFileReader(BytesIO(pdf)).embedded_signatures:
        names = {one["type"].native for one in signature.signer_info["signed_attrs"]}
        assert {"message_digest", "signing_certificate_v2"} <= names
        assert "signing_time" not in names  # PAdES keeps it in the dictionary (ETSI 319 142-1)
        assert signature.signer_info["digest_algorithm"]["algorithm"].native == "sha256"


def test_other_software_finds_them_valid(
    unsigned: Callable[..., bytes], test_ca: TestCa, tmp_path: Path
) -> None:
    """Poppler's own check of both signatures."""
    pdfsig = shutil.which("pdfsig")
    if not pdfsig:
        pytest.skip("pdfsig is missing: sudo apt-get install poppler-utils")
    path = tmp_path / "signed.pdf"
    path.write_bytes(_both(unsigned(), test_ca))
    out = subprocess.run([pdfsig, "-nocert", path], capture_output=True, check=False).stdout
    assert out.count(b"Signature is Valid") == 2
    assert out.count(b"ETSI.CAdES.detached") == 2


def test_signed_file_is_still_pdfa(unsigned: Callable[..., bytes], test_ca: TestCa) -> None:
    """The check finds nothing but what it does not know: the form and the signatures."""
    report = pdfa.validate_written(BytesIO(_both(unsigned(), test_ca)), "2b")
    assert report.violations == ()
    assert {finding.rule for finding in report.findings} <= {
        "pikepdf:schema-Catalog",
        "pikepdf:schema-AcroForm",
        "pikepdf:schema-Annot",
        "pikepdf:schema-Page",
        "pikepdf:role",
    }


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_marks_stand_upright_in_their_corners(
    rotation: int, unsigned: Callable[..., bytes], test_ca: TestCa
) -> None:
    """Digitiser top left, agency top right of page 1 as shown, whichever way the paper lay."""
    pdf = unsigned(rotation=rotation)
    first = sign_digitiser(pdf, test_ca.digitiser, name=NAME, at=_now())
    second = sign_agency(first, test_ca.agency, agency=AGENCY, copy_form="SAO Y", at=_now())
    for before, after, is_left in ((pdf, first, True), (first, second, False)):
        changed, _ = _changed(before, after)
        rows, columns = np.nonzero(changed)
        assert rows.size > 300
        height, width = changed.shape
        assert rows.max() < height * 0.14
        assert columns.max() < width / 2 if is_left else columns.min() > width / 2
        # lines of print are wide and low when upright
        assert np.ptp(columns) > 1.5 * np.ptp(rows)


def test_mark_reads_as_the_rule_wants(
    unsigned: Callable[..., bytes], test_ca: TestCa, pdftotext: str, tmp_path: Path
) -> None:
    """Form of copy, agency, time to the second with the zone; everything of a test key says so."""
    at = datetime.now(UTC).replace(microsecond=123)
    pdf = sign_digitiser(unsigned(), test_ca.digitiser, name=NAME, at=at)
    path = tmp_path / "signed.pdf"
    path.write_bytes(sign_agency(pdf, test_ca.agency, agency=AGENCY, copy_form="SAO Y", at=at))
    out = subprocess.run([pdftotext, path, "-"], capture_output=True, check=True).stdout.decode()
    local = (at + timedelta(hours=7)).strftime("%Y-%m-%dT%H:%M:%S+07:00")
    for line in (f"Người số hóa: {NAME}", "SAO Y", AGENCY):
        assert line in out
    assert out.count(local) == 2
    assert out.count("THỬ NGHIỆM") == 2


def _crowded(image: Image.Image, free: str) -> Image.Image:
    """Print over the whole upper half but for one place, and a code top left."""
    pen = ImageDraw.Draw(image)
    for y in range(10, 500, 9):
        pen.line((0, y, image.width, y), fill="black", width=3)
    if free == "strip":
        pen.rectangle((20, 70, 800, 110), fill="white")
    pen.rectangle((20, 20, 110, 110), fill="black")
    return image


@pytest.mark.parametrize("free", ["all", "strip", "nothing above"])
def test_marks_never_cover_print(
    free: str, scan: Scan, unsigned: Callable[..., bytes], test_ca: TestCa
) -> None:
    """Beside the code, in a strip between the lines, or lower down: never over anything."""
    image = scan(top=700)[0]
    if free != "all":
        image = _crowded(image, free)
    else:
        ImageDraw.Draw(image).rectangle((20, 20, 150, 150), fill="black")
    pdf = unsigned(image=image)
    changed, printed = _changed(pdf, _both(pdf, test_ca))
    assert changed.sum() > 600
    assert not (changed & printed).any()


def test_full_page_is_signed_all_the_same(unsigned: Callable[..., bytes], test_ca: TestCa) -> None:
    """Where nothing is free the mark takes the least inked place of its upper margin."""
    image = Image.effect_noise((827, 1169), 90).convert("RGB")
    pdf = unsigned(image=image)
    changed, _ = _changed(pdf, _both(pdf, test_ca))
    assert np.nonzero(changed)[0].max() < changed.shape[0] * 0.2


def test_cropped_page(unsigned: Callable[..., bytes], test_ca: TestCa) -> None:
    """The corners are those of the crop box."""
    with pikepdf.open(BytesIO(unsigned())) as pdf:
        pdf.pages[0].obj.CropBox = pikepdf.Array([100, 150, 500, 700])
        target = BytesIO()
        pdf.save(target)
    before = target.getvalue()
    changed, _ = _changed(before, sign_digitiser(before, test_ca.digitiser, name=NAME, at=_now()))
    rows, columns = np.nonzero(changed)
    assert rows.size > 300
    assert columns.min() < 60


def test_long_and_odd_names_fit(unsigned: Callable[..., bytes], test_ca: TestCa) -> None:
    """Names that are too long are wrapped and cut, letters the font lacks become "?"."""
    name = "漢字 " + "Nguyễn-Phước-Vĩnh-" * 3 + " dài " * 60
    pdf = unsigned()
    changed, _ = _changed(pdf, sign_digitiser(pdf, test_ca.digitiser, name=name, at=_now()))
    assert np.nonzero(changed)[1].max() < changed.shape[1] / 2 + 5


@pytest.mark.parametrize("junk", [b"", b"%PDF-1.7\nnothing", b"\x00" * 2_000])
def test_broken_file_is_refused(junk: bytes, test_ca: TestCa) -> None:
    """A file that is no PDF ends in a coded error."""
    with pytest.raises(PdfUnsignableError):
        sign_digitiser(junk, test_ca.digitiser, name=NAME, at=_now())


def test_encrypted_file_is_refused(unsigned: Callable[..., bytes], test_ca: TestCa) -> None:
    """A file with a password cannot be signed."""
    with pikepdf.open(BytesIO(unsigned())) as pdf:
        target = BytesIO()
        pdf.save(target, encryption=pikepdf.Encryption(owner="a", user="b"))
    with pytest.raises(PdfUnsignableError):
        sign_digitiser(target.getvalue(), test_ca.digitiser, name=NAME, at=_now())


def _by_hand(*, fields: bytes = b"") -> bytes:
    """A file whose page refers to objects that it lacks, and whose table ends at 3."""
    form = b"/AcroForm << /Fields [ " + fields + b" ] >>"
    names = b" ".join(b"/Im%d %d 0 R" % (number, number) for number in range(4, 40))
    lost = b"/Resources << /XObject << " + names + b" >> >>"
    bodies = [
        b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R " + form + b" >>\nendobj\n",
        b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n",
        b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] " + lost + b" >>\nendobj\n",
    ]
    out, offsets = b"%PDF-1.7\n", []
    for body in bodies:
        offsets.append(len(out))
        out += body
    table = b"xref\n0 4\n0000000000 65535 f \n"
    table += b"".join(b"%010d 00000 n \n" % at for at in offsets)
    return out + table + b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(out)


@pytest.mark.parametrize("fields", [b"", b"null", b"9 0 R"])
def test_lost_objects_stay_lost(fields: bytes, test_ca: TestCa) -> None:
    """A file cut out of a larger one refers to objects it lacks: no new one takes their number.

    Else the second signature would change what the first one's page means, which is a forgery.
    """
    signed = _both(_by_hand(fields=fields), test_ca)
    first, second = check_pdf(signed, [test_ca.root])
    assert first.intact
    assert first.verdict is not Verdict.INVALID
    assert second.verdict is Verdict.VALID
    with pikepdf.open(BytesIO(signed)) as opened:
        assert list(opened.pages[0].get_images()) == []


def test_time_needs_a_zone(unsigned: Callable[..., bytes], test_ca: TestCa) -> None:
    """A time without its zone would be a guess."""
    with pytest.raises(ValueError, match="zone"):
        sign_digitiser(
            unsigned(),
            test_ca.digitiser,
            name=NAME,
            at=datetime.now(),  # noqa: DTZ005  the point of the test
        )


def test_missing_font_says_what_to_install(
    unsigned: Callable[..., bytes], test_ca: TestCa, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the font there is no mark, so no signature, and the message names the package."""
    monkeypatch.setattr(_font, "_PLACES", ("/nonexistent.ttf",))
    for cached in (_font._latin, _font._advances, _font.cut):
        cached.cache_clear()
    with pytest.raises(FontMissingError, match="LiberationSerif") as caught:
        sign_digitiser(unsigned(), test_ca.digitiser, name=NAME, at=_now())
    assert "apt-get install fonts-liberation" in caught.value.message


def test_key_with_a_passphrase(
    tmp_path: Path, test_ca: TestCa, unsigned: Callable[..., bytes]
) -> None:
    """A real PKCS#12 has a passphrase; the right one signs, without saying THỬ NGHIỆM."""
    opened = pkcs12.load_pkcs12(test_ca.agency._path.read_bytes(), None)
    path = tmp_path / "key.p12"
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"k",
            opened.key,
            opened.cert.certificate,
            None,
            BestAvailableEncryption(b"m\xe1\xba\xadt"),
        )
    )
    key = Pkcs12Key(path, "mật")
    pdf = sign_agency(unsigned(), key, agency=AGENCY, copy_form="SAO Y", at=_now())
    assert signatures_in(pdf)[0].field == AGENCY_FIELD
    for wrong in (Pkcs12Key(path, "sai"), Pkcs12Key(path), Pkcs12Key(tmp_path / "none.p12")):
        with pytest.raises(KeyUnreadableError):
            wrong.signer()


def test_test_authority_is_private_and_says_so(test_ca: TestCa) -> None:
    """Keys only their owner reads; every name says THỬ NGHIỆM; fit for signing documents alone."""
    folder = test_ca.agency._path.parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()} == {0o600}
    root = x509.load_der_x509_certificate(test_ca.root)
    for key in (test_ca.digitiser, test_ca.agency):
        certificate = x509.load_der_x509_certificate(key.certificate)
        certificate.verify_directly_issued_by(root)
        assert "THỬ NGHIỆM" in certificate.subject.rfc4514_string()
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        assert usage.content_commitment
        assert not usage.key_cert_sign
        assert certificate.public_key().key_size >= 2048
        assert key.is_test


def test_several_workers_make_one_authority(tmp_path: Path) -> None:
    """At the first start workers ask at once: one makes it, all read the same.

    The lock is held by an open file, so threads stand for processes here.
    """
    folder = tmp_path / "home" / "test-ca"
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: open_test_ca(folder), range(8)))
    assert len({(one.root, one.agency.certificate) for one in opened}) == 1
    assert sorted(one.name for one in folder.parent.iterdir()) == ["test-ca", "test-ca.lock"]


def test_unfinished_authority_is_not_used(tmp_path: Path) -> None:
    """A folder without a root certificate is set aside, never overwritten."""
    folder = tmp_path / "test-ca"
    folder.mkdir()
    (folder / "ghi chu.txt").write_text("giữ lại")
    open_test_ca(folder, person="Trần Thị Mẫu")
    kept = next(tmp_path.glob("test-ca.*.old"))
    assert (kept / "ghi chu.txt").read_text() == "giữ lại"
    again = open_test_ca(folder)
    name = x509.load_der_x509_certificate(again.digitiser.certificate).subject.rfc4514_string()
    assert "Trần Thị Mẫu (THỬ NGHIỆM)" in name
