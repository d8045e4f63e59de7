"""Clients for each role, and documents at each step, made by the verbs that the machine uses."""

import datetime as dt
import hashlib
import io
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from PIL import Image, ImageDraw

from archive.ledger import supersede_runs
from archive.models import Account, Batch, Document, Page, Receipt
from archive.services import documents, intake, people, sealing
from archive.services.pages import Opened, record_opened, record_text
from archive.states import FileRole, PageState, Protection, Role
from imaging.types import Box
from ocr.jsonio import page_text_to_bytes, page_text_to_json
from ocr.types import Line, PageText, TextSource, Word
from workers.house import House
from workers.seal import FileToSeal, _canonical, put_files

WIDTH, HEIGHT = 310, 438
LINES = (
    ("ỦY", "BAN", "NHÂN", "DÂN"),
    ("Số:", "15/QĐ-UBND"),
    ("Về", "việc", "cấp", "phép", "xây", "dựng"),
)
SECRET_CODE = "secret_mark"
_serial = itertools.count(1)

AsRole = Callable[..., Client]
MakeDocument = Callable[..., Document]


@pytest.fixture(autouse=True)
def forget_tries() -> None:
    """Failures to sign in are counted across requests, not across tests."""
    cache.clear()


@pytest.fixture
def as_role(account: Account) -> AsRole:
    """A signed-in client of a fresh account with these roles."""

    def sign_in(*roles: Role, unit: str = "") -> Client:
        name = f"nguoi-{next(_serial)}"
        made = people.add_account(
            name, full_name=f"Người {name}", unit=unit, roles=roles, actor="machine"
        )
        client = Client()
        client.force_login(made)
        return client

    return sign_in


def picture(text: str = "", form: str = "PNG") -> bytes:
    """A small page, different for each text."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    ImageDraw.Draw(image).text((20, 20), f"page {text}", fill="black")
    target = io.BytesIO()
    image.save(target, form)
    return target.getvalue()


def page_text() -> PageText:
    """The words of a page, a line under the other."""
    lines = []
    for row, words in enumerate(LINES):
        placed = tuple(
            Word(text, Box(20 + 45 * at, 20 + 30 * row, 60 + 45 * at, 40 + 30 * row), 0.9)
            for at, text in enumerate(words)
        )
        lines.append(Line(placed, Box(20, 20 + 30 * row, 300, 40 + 30 * row), 0))
    return PageText(WIDTH, HEIGHT, 100, 0, 0.0, tuple(lines), TextSource.OCR)


def field(name: str, value: Any, *, sure: bool = True, **more: Any) -> dict[str, Any]:
    """One field as the machine reads it."""
    base = {"confidence": 0.9 if sure else 0.4, "page": 1, "box": [20, 50, 110, 70]}
    return {"name": name, "value": value, "as_printed": value, "sure": sure, **base, **more}


@pytest.fixture
def batch(account: Account) -> Batch:
    """An open batch of the local account."""
    return intake.open_batch(intake.Intake(name="Lô thử"), account)


@pytest.fixture
def waiting(house: House, batch: Batch) -> MakeDocument:
    """Make a document that was read and waits for a person."""

    def make(
        *,
        kind: str = "VB02",
        protection: Protection = Protection.ORDINARY,
        fields: tuple[dict[str, Any], ...] | None = None,
    ) -> Document:
        receipt = _receive(house, batch)
        page = receipt.pages.get()
        with house.work.writing():
            stored = house.work.put(page_text_to_bytes(page_text()))
            record_text(page, stored.sha256)
        [document] = documents.make_documents(receipt, [documents.Cut(1, 1)])
        entry = house.catalogue().kind(kind)
        documents.record_kind(
            document,
            protection=protection,
            kind_code=kind,
            kind_name=entry.name if entry else "không rõ",
            form=None,
            kind_confidence=0.9,
            kind_reasons=[],
        )
        documents.record_fields(document, FIELDS if fields is None else fields)
        documents.wait_for_person(
            document, [{"code": "check_due", "message": "Chờ người kiểm tra trước khi ký."}]
        )
        supersede_runs(receipt=receipt)
        document.refresh_from_db()
        return document

    return make


FIELDS = (
    field("number", "15/QĐ-UBND"),
    field("issued_on", "2024-03-05"),
    field("issuer", "Ủy ban nhân dân xã Mẫu"),
    field("abstract", "Về việc cấp phép xây dựng", sure=False, reason="chữ mờ"),
    field("has_seal", value=True),
)


def _receive(house: House, batch: Batch) -> Receipt:
    data = picture(str(next(_serial)))
    with house.work.writing():
        stored = house.work.put(data)
        receipt = intake.accept_file(batch, f"quet-{next(_serial)}.png", stored.sha256, len(data))
    record_opened(receipt, Opened("image/png", 1, is_signed=False))
    Page.objects.filter(receipt=receipt).update(
        width=WIDTH, height=HEIGHT, dpi=100, state=PageState.PENDING
    )
    receipt.refresh_from_db()
    return receipt


@pytest.fixture
def archived(house: House, account: Account, waiting: MakeDocument) -> MakeDocument:
    """Make a document that is confirmed, signed and sealed; its PDF is a picture."""

    def make(*, verdict: str = "valid", signer: str = "UBND xã Mẫu", **of: Any) -> Document:
        document = waiting(**of)
        documents.confirm_document(document, account)
        document.refresh_from_db()
        now = dt.datetime.now(dt.UTC)
        pdf = picture(document.pk, "PDF")
        found = sealing.SignatureFound("CoQuan", "agency", signer, "01", now, verdict, "sound")
        checked = sealing.Checked([found], now)
        sealing.record_signatures(document, _sha256(pdf), "", checked)
        texts = {"format": "tangthu-text/1", "pages": {"1": page_text_to_json(page_text())}}
        blobs = [
            _seal(house, document, role, data)
            for role, data in (
                (FileRole.DOCUMENT, pdf),
                (FileRole.TEXT, _canonical(texts)),
                (FileRole.METADATA, document.pk.encode()),
            )
        ]
        sealing.record_seal(document, blobs, at=now)
        supersede_runs(receipt=document.receipt_id)
        return document

    return make


def _seal(house: House, document: Document, role: FileRole, data: bytes) -> sealing.SealedBlob:
    media_type = "application/pdf" if role == FileRole.DOCUMENT else "application/json"
    file = FileToSeal(role, data, media_type, Protection(document.protection))
    [blob] = put_files(document, [file], house)
    return blob


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def held(house: House, batch: Batch) -> Receipt:
    """A file that bears a secrecy mark."""
    receipt = _receive(house, batch)
    intake.hold_file(receipt, page=1, level="MẬT")
    return receipt
