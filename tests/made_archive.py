"""A sealed archive made quickly by the real services, over several days, with anchors and tokens.

The papers are one blank page each with its own title, really signed; what costs time and proves
nothing here (reading, drawing) is left out. Shared by the tests and `bench/archive_faults.py`.
"""

import asyncio
import datetime as dt
import hashlib
import io
import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pikepdf

from archive.ledger import supersede_runs
from archive.models import (
    Account,
    AuditEvent,
    AuditHead,
    Batch,
    Document,
    Field,
    Page,
    Receipt,
)
from archive.services import audit
from archive.services.anchoring import anchor_audit
from archive.services.documents import confirm_document
from archive.services.looking import Reader, note_look
from archive.services.sealing import Checked, record_seal, record_signatures
from archive.services.subjects import subject_for
from archive.signing import sign_agency, sign_digitiser
from archive.signing.incoming import examine
from archive.states import DocumentStatus, PageState, Protection, ReceiptState
from archive.verify import Holdings, verify_all
from imaging.types import Box
from ocr import page_text_to_bytes
from ocr.types import Line, PageText, TextSource, Word
from proof.types import Report
from tests.tsa import END, make_authority
from workers.house import House
from workers.seal import gather_files, put_files
from workers.stages.output import _row

FIRST_DAY = dt.datetime(2026, 1, 5, 1, 0, tzinfo=dt.UTC)
SIZE = (100, 140)
KINDS = (("VB02", Protection.ORDINARY), ("KQ-CC", Protection.IDENTITY), ("KQ-HN", "ordinary"))
_serial = itertools.count(1)


def blank(title: str, *, picture_bytes: int = 0) -> bytes:
    """A PDF of one blank page, different for each title; with so many bytes as a picture has."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        pdf.docinfo["/Title"] = title
        if picture_bytes:
            side = max(1, picture_bytes // 1000)
            picture = pdf.make_stream(
                os.urandom(side * 1000),
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                ColorSpace=pikepdf.Name.DeviceGray,
                BitsPerComponent=8,
                Width=1000,
                Height=side,
            )
            pdf.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=picture))
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


class Clock:
    """A clock for the audit trail that goes as it is told."""

    def __init__(self, at: dt.datetime) -> None:
        self.at = at

    def __call__(self) -> dt.datetime:
        """The time; a second later at each look."""
        self.at += dt.timedelta(seconds=1)
        return self.at


@contextmanager
def clock_of(clock: Callable[[], dt.datetime]) -> Iterator[None]:
    """Let the trail go by this clock."""
    real, audit.clock = audit.clock, clock
    try:
        yield
    finally:
        audit.clock = real


class Authority:
    """A timestamp authority of its own root, in this process."""

    def __init__(self, end: dt.datetime = END) -> None:
        self.root, self._certificate, self._key = make_authority(end)
        self.at: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)

    def token(self, digest: bytes) -> bytes:
        """A token over a digest."""
        from asn1crypto import keys, x509
        from cryptography.hazmat.primitives import serialization
        from pyhanko.sign.timestamps import DummyTimeStamper
        from pyhanko_certvalidator.registry import SimpleCertificateStore

        der = serialization.Encoding.DER
        store = SimpleCertificateStore()
        certificate = x509.Certificate.load(self._certificate.public_bytes(der))
        store.register(certificate)
        secret = self._key.private_bytes(
            der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        stamper = DummyTimeStamper(
            tsa_cert=certificate,
            tsa_key=keys.PrivateKeyInfo.load(secret),
            certs_to_embed=store,
            fixed_dt=self.at(),
        )
        return bytes(asyncio.run(stamper.async_timestamp(digest, "sha256")).dump())


@dataclass
class MadeArchive:
    """What was made, and how to check it."""

    house: House
    account: Account
    authority: Authority
    batch: Batch
    documents: list[str] = field(default_factory=list)
    picture_bytes: int = 0
    """How large the picture of a page is."""

    @property
    def trust_roots(self) -> tuple[bytes, ...]:
        """The signers' and the authority's."""
        return (*self.house.signers().trust_roots, self.authority.root)

    def verify(self) -> Report:
        """What `tangthu verify --all` says."""
        return verify_all(
            Holdings(self.house.work, self.house.archive, self.house.vault, self.trust_roots)
        )

    def anchor(self) -> None:
        """Anchor and stamp what is due."""
        anchor_audit(self.house.archive, stamp=self.authority.token)


def make_archive(
    house: House,
    account: Account,
    *,
    documents: int,
    days: int,
    picture_bytes: int = 0,
    tick: Callable[[], None] = lambda: None,
) -> MadeArchive:
    """Seal so many documents over so many days; each day ends with a stamped anchor.

    The last day is followed by one with reads alone, so that every day of the papers is over.
    """
    AuditEvent.objects.all().delete()  # the trail of this archive begins on its first day
    AuditHead.objects.all().delete()
    batch = Batch.objects.create(name="lô thử", opened_by=account)
    made = MadeArchive(house, account, Authority(), batch, picture_bytes=picture_bytes)
    clock = Clock(FIRST_DAY)
    made.authority.at = lambda: clock.at
    with clock_of(clock):
        for day in range(days):
            clock.at = FIRST_DAY + dt.timedelta(days=day)
            for number in range(day * documents // days, (day + 1) * documents // days):
                made.documents.append(_seal(made, number))
                if number % 7 == 3:
                    made.anchor()
                tick()
            made.anchor()
        clock.at = FIRST_DAY + dt.timedelta(days=days)
        for id_ in made.documents[:5]:
            reader = Reader("nguoi-xem", "giải quyết hồ sơ", "H49.1", "10.0.0.7")
            note_look(Document.objects.get(pk=id_), reader, what="xem trên trang")
        made.anchor()
    return made


def _seal(made: MadeArchive, number: int) -> str:
    """One paper from its file to its seal, by the verbs that the machine uses."""
    house = made.house
    kind, protection = KINDS[number % len(KINDS)]
    document = _document(made, number, kind, str(protection))
    confirm_document(document, made.account)
    document.refresh_from_db()
    supersede_runs(receipt=document.receipt_id)
    at = dt.datetime.now(dt.UTC).replace(microsecond=0)
    signed = _signed(house.work.read(document.pdf_sha256), house, at, both=number % 10 == 0)
    found = examine(signed, house.signers().trust, at=at)
    checked = Checked([_row(one) for one in found.signatures], at, found.proven_until)
    evidence = house.work.put(found.as_bytes()).sha256
    record_signatures(document, house.work.put(signed).sha256, evidence, checked)
    document = Document.objects.select_related("receipt__batch").get(pk=document.pk)
    files = gather_files(document, at=at, house=house)
    record_seal(document, put_files(document, files, house), at=at)
    supersede_runs(receipt=document.receipt_id)
    house.originals.forget()
    return document.pk


def _signed(pdf: bytes, house: House, at: dt.datetime, *, both: bool) -> bytes:
    signers = house.signers()
    once = sign_digitiser(pdf, signers.digitiser, name=signers.digitiser_name, at=at)
    if not both:
        return once
    return sign_agency(once, signers.agency, agency=signers.agency_name, copy_form="SAO Y", at=at)


def _document(made: MadeArchive, number: int, kind: str, protection: str) -> Document:
    house, serial, size = made.house, next(_serial), made.picture_bytes
    stored = house.work.put(blank(f"tệp nhận {number}.{serial}", picture_bytes=size))
    receipt = Receipt.objects.create(
        batch=made.batch,
        position=serial,
        untrusted_name=f"quet-{number}.pdf",
        sha256=stored.sha256,
        size=stored.size,
        media_type="application/pdf",
        page_count=1,
        state=ReceiptState.DONE,
    )
    place = Box(10, 10, 90, 20)
    line = Line((Word(f"giấy{serial}", place, 0.9),), place, 0)
    text = page_text_to_bytes(PageText(*SIZE, 100, 0, 0.0, (line,), TextSource.OCR))
    document = Document.objects.create(
        id=f"D260105{serial:08}",
        receipt=receipt,
        first_page=1,
        last_page=1,
        status=DocumentStatus.WAITING,
        kind_code=kind,
        kind_name=f"giấy {kind}",
        protection=protection,
        number=f"{number}/QĐ-UBND",
        subject=subject_for(f"0792040{number:05}"),
        pdf_sha256=house.work.put(blank(f"văn bản {number}.{serial}", picture_bytes=size)).sha256,
    )
    Page.objects.create(
        receipt=receipt,
        number=1,
        state=PageState.READ,
        verdict="pass",
        width=SIZE[0],
        height=SIZE[1],
        dpi=100,
        text_sha256=house.work.put(text).sha256,
        document=document,
    )
    for name, value in (("number", f"{number}/QĐ-UBND"), ("subject_name", f"Người {number}")):
        Field.objects.create(document=document, name=name, value=value, confidence=0.9, sure=True)
    return document


def stored_path(root: Path, sha256: str) -> Path:
    """Where a blob's bytes lie in a local archive."""
    plain = root / "blobs" / sha256[:2] / sha256
    return plain if plain.exists() else plain.with_name(f"{sha256}.enc")


def sha256_of(data: bytes) -> str:
    """In hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def row_of(made: MadeArchive, place: int) -> dict[str, Any]:
    """A document's files by role."""
    rows = Document.objects.get(pk=made.documents[place]).files.all()
    return {row.role: row.blob_id for row in rows}
