"""Tools that are not ours agree on what we sign: poppler's pdfsig, openssl, veraPDF."""

import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import cms
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader

from archive.pdfa import PdfPage, build_pdfa
from archive.signing.levels import Level, renew
from tests.pki import LocalPki
from tests.unit.archive.signing.test_levels import signed
from tests.verapdf import not_pdfa


def run(tool: str, *arguments: object, folder: Path) -> str:
    """What a tool says; skips the test where it is missing."""
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed")
    done = subprocess.run(
        [tool, *map(str, arguments)], cwd=folder, capture_output=True, check=False, timeout=60
    )
    return done.stdout.decode() + done.stderr.decode()


@pytest.fixture(params=list(Level))
def made(request: pytest.FixtureRequest, pki: LocalPki, tmp_path: Path) -> Path:
    """A file signed at a level; the archived one renewed as well."""
    profile = pki.profile(request.param)
    pdf = signed(pki, profile)
    path = tmp_path / "signed.pdf"
    path.write_bytes(renew(pdf, profile) if request.param is Level.LTA else pdf)
    for label in ("root", "sub"):
        (tmp_path / f"{label}.pem").write_bytes(pki.pem(label))
    return path


def parts_of(path: Path, folder: Path, *, stamps: bool) -> list[tuple[Path, Path]]:
    """Each signature's CMS and the bytes that it covers, as files."""
    data = path.read_bytes()
    reader = PdfFileReader(BytesIO(data))
    listed = reader.embedded_timestamp_signatures if stamps else reader.embedded_regular_signatures
    found = []
    for number, one in enumerate(listed):
        first, length, second, rest = (int(part) for part in one.byte_range)
        held, covered = folder / f"{number}.der", folder / f"{number}.bin"
        whole = cms.ContentInfo({"content_type": "signed_data", "content": one.signed_data})
        held.write_bytes(whole.dump())
        covered.write_bytes(data[first : first + length] + data[second : second + rest])
        found.append((held, covered))
    return found


def test_pdfsig_finds_both_signatures_intact(made: Path) -> None:
    """Poppler calls the digitiser's and the agency's valid, at every level and after renewal."""
    told = run("pdfsig", "-nocert", made, folder=made.parent)
    assert told.count("Signature Validation: Signature is Valid.") == 2
    assert "Signature is Invalid" not in told
    assert "Digest Mismatch" not in told


def test_pdfsig_sees_a_changed_byte(made: Path) -> None:
    """Otherwise the test above would show nothing."""
    data = bytearray(made.read_bytes())
    place = data.index(b"/MediaBox")
    data[place + 14] ^= 1
    made.write_bytes(data)
    told = run("pdfsig", "-nocert", made, folder=made.parent)
    assert told.count("Signature Validation: Signature is Valid.") == 0


def test_openssl_verifies_each_signature(made: Path, tmp_path: Path) -> None:
    """The CMS over the bytes covered, the chain up to the root."""
    found = parts_of(made, tmp_path, stamps=False)
    assert len(found) == 2
    for held, covered in found:
        told = run(
            *("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", held),
            *("-content", covered, "-CAfile", "root.pem", "-purpose", "any", "-out", "out"),
            folder=tmp_path,
        )
        assert "successful" in told.lower(), told


def test_openssl_verifies_each_archive_timestamp(made: Path, tmp_path: Path) -> None:
    """RFC 3161 tokens over everything before them."""
    for held, covered in parts_of(made, tmp_path, stamps=True):
        told = run(
            *("openssl", "ts", "-verify", "-token_in", "-in", held, "-data", covered),
            *("-CAfile", "root.pem"),
            folder=tmp_path,
        )
        assert "Verification: OK" in told


@pytest.mark.slow
def test_verapdf_passes_every_level(
    pki: LocalPki,
    scan: Callable[..., tuple[Image.Image, object]],
    tmp_path: Path,
) -> None:
    """PDF/A-2b before signing, with both signatures, with evidence, renewed."""
    image, text = scan()
    source = tmp_path / "scan.jpg"
    image.save(source, dpi=(100, 100))
    created = datetime.now(UTC).replace(microsecond=0)
    pages = [PdfPage(1, text)]  # type: ignore[arg-type]  # the fixture's own type
    pdf = build_pdfa(source, "image/jpeg", pages, title="Giấy thử", created=created)
    paths = []
    for level in Level:
        profile = pki.profile(level)
        at_level = signed(pki, profile, pdf=pdf)
        files = {f"{level}": at_level}
        if level is Level.LTA:
            files["renewed"] = renew(renew(at_level, profile), profile)
        for name, data in files.items():
            paths.append(tmp_path / f"{name}.pdf")
            paths[-1].write_bytes(data)
    assert len(paths) == 5
    assert not_pdfa(paths) == {}
