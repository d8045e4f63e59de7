"""An exported folder of two documents by invented people, one of them truly signed."""

import datetime as dt
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from proof.chain import GENESIS, Anchor, anchor_bytes, event_hash
from proof.folder import FolderContent, FolderDocument, FolderFile, WrittenFolder, write_folder
from proof.record import RECORD_KEY, SEALED_TAG, record_bytes, record_hash

ONE, TWO = "D261120AAAAAAAA", "D261121BBBBBBBB"
KINDS = {"document": "application/pdf", "scan": "image/tiff", "text": "application/json"}
KINDS |= {"evidence": "application/json", "received": "image/tiff"}


def certificate(name: str = "THỬ NGHIỆM Phòng Lưu trữ") -> tuple[Any, Any]:
    """A test root that signs by itself, and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509.oid import NameOID

    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    return made, key


def plain_pdf(text: str) -> bytes:
    """A PDF of one page."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.docinfo["/Title"] = text
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def signed_pdf(data: bytes, root: Any, key: Any) -> bytes:
    """The same, signed."""
    from asn1crypto import keys, x509
    from cryptography.hazmat.primitives import serialization
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import PdfSignatureMetadata, SimpleSigner, sign_pdf
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    der = serialization.Encoding.DER
    store = SimpleCertificateStore()
    signer = SimpleSigner(
        signing_cert=x509.Certificate.load(root.public_bytes(der)),
        signing_key=keys.PrivateKeyInfo.load(
            key.private_bytes(der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        ),
        cert_registry=store,
    )
    out = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    sign_pdf(writer, PdfSignatureMetadata(field_name="So hoa"), signer=signer, output=out)
    return out.getvalue()


@pytest.fixture(scope="session")
def material() -> dict[str, Any]:
    """What takes long to make: a root, a signed PDF, a plain one."""
    from cryptography.hazmat.primitives.serialization import Encoding

    root, key = certificate()
    return {
        "root": root.public_bytes(Encoding.PEM),
        "signed": signed_pdf(plain_pdf("Quyết định"), root, key),
        "plain": plain_pdf("Công văn"),
    }


@pytest.fixture(scope="session")
def material_two() -> bytes:
    """Another root, PEM."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return bytes(certificate("THỬ NGHIỆM gốc khác")[0].public_bytes(Encoding.PEM))


def a_document(
    name: str, pdf: bytes, *, leave_out: frozenset[str] = frozenset(), signed: bool | None = None
) -> FolderDocument:
    """A document with every file a seal writes; `signed`: whether its evidence names one."""
    signed = b"/ByteRange" in pdf if signed is None else signed
    signatures = [{"field": "So hoa"}] if signed else []
    data = {
        "document": pdf,
        "scan": f"II*\0 {name}".encode(),
        "text": json.dumps({"pages": {"1": name}}).encode(),
        "evidence": json.dumps({"signatures": signatures}).encode(),
        "received": f"II*\0 as received {name}".encode(),
    }
    files = {
        role: {
            "sha256": hashlib.sha256(one).hexdigest(),
            "size": len(one),
            "media_type": KINDS[role],
        }
        for role, one in data.items()
    }
    record = {"id": name, "kind": {"code": "VB02"}, "fields": {}, "pages": 1, "files": files}
    opened = [
        FolderFile(
            role,
            files[role]["sha256"],
            len(one),
            KINDS[role],
            lambda one=one: io.BytesIO(one),  # type: ignore[misc]
        )
        for role, one in data.items()
        if role not in leave_out
    ]
    return FolderDocument(name, record_bytes(record), opened)


def trail(documents: list[FolderDocument]) -> tuple[list[Any], list[Any], list[Any]]:
    """Events with a seal for each document on a day of its own, their heads and anchors."""
    events: list[dict[str, Any]] = []
    for number, document in enumerate(documents):
        for tag, detail in (
            ("document:confirmed", {}),
            (SEALED_TAG, {RECORD_KEY: record_hash(document.record)}),
        ):
            seq = len(events) + 1
            event: dict[str, Any] = {
                "seq": seq,
                "day": f"2026-11-{20 + number}",
                "at": f"2026-11-{20 + number}T01:00:{seq:02d}Z",
                "tag": tag,
                "actor": "máy",
                "subject": f"document:{document.id}",
                "detail": detail,
                "previous": events[-1]["hash"] if events else GENESIS,
            }
            events.append({**event, "hash": event_hash(event["previous"], event)})
    heads, anchors = [], []
    for first in range(0, len(events), 2):
        last = events[first + 1]
        heads.append(
            {
                "day": last["day"],
                "first_seq": first + 1,
                "last_seq": last["seq"],
                "hash": last["hash"],
                "anchored_seq": last["seq"],
            }
        )
        anchor = Anchor(last["seq"], last["hash"], last["at"], last["day"], 2)
        anchors.append((anchor.name, anchor_bytes(anchor)))
    return events, heads, anchors


def content_of(documents: list[FolderDocument], root: bytes) -> FolderContent:
    """Everything that an export of these holds."""
    events, heads, anchors = trail(documents)
    return FolderContent(
        documents=documents,
        events=events,
        heads=heads,
        anchors=anchors,
        trust_roots=[root],
        made_at="2026-11-21T02:00:00Z",
        made_by="Ủy ban nhân dân xã Thử Nghiệm",
    )


@pytest.fixture
def export_of(tmp_path: Path, material: dict[str, Any]) -> Callable[..., WrittenFolder]:
    """Writes a folder of one document with this PDF."""

    def write(pdf: bytes, **options: Any) -> WrittenFolder:
        documents = [a_document(ONE, pdf, **options)]
        return write_folder(tmp_path / "kho", content_of(documents, material["root"]))

    return write


@pytest.fixture
def content_for(material: dict[str, Any]) -> Callable[[list[FolderDocument]], FolderContent]:
    """Everything that an export of these documents holds."""
    return lambda documents: content_of(documents, material["root"])


@pytest.fixture
def two_documents(material: dict[str, Any]) -> list[FolderDocument]:
    """One signed, one not; the second leaves out the file as received."""
    out = frozenset({"received"})
    return [a_document(ONE, material["signed"]), a_document(TWO, material["plain"], leave_out=out)]


@pytest.fixture
def export(
    tmp_path: Path, material: dict[str, Any], two_documents: list[FolderDocument]
) -> Callable[[], WrittenFolder]:
    """Writes the folder anew."""
    return lambda: write_folder(tmp_path / "kho", content_of(two_documents, material["root"]))
