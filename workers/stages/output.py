"""Stages at the end of the way: PDF/A, signatures, the seal. The order is forced (FACTS c3)."""

from datetime import datetime

from archive.compare import compare_with_input
from archive.models import Document, Page, StageRun
from archive.pdfa import PdfPage, build_pdfa
from archive.services.audit import archive_now
from archive.services.documents import record_pdf
from archive.services.sealing import (
    Checked,
    SignatureFound,
    record_kept,
    record_seal,
    record_signatures,
)
from archive.signing import (
    AGENCY_FIELD,
    DIGITISER_FIELD,
    look_at,
    sign_agency,
    sign_digitiser,
)
from archive.signing.incoming import examine
from archive.signing.keys import check_period
from archive.signing.levels import complete, make_ready
from archive.states import DocumentStatus
from archive.textlayer import PixelBox, TextLine, TextPage, TextWord
from imaging.errors import Category, CodedError
from ocr.types import PageText
from proof.signatures import SignatureVerdict, Verdict
from workers.house import House, Signers
from workers.outcome import Outcome
from workers.seal import file_as_received, gather_files, put_files
from workers.views import document_pages, page_text

COPY_FORM = "SAO Y"
"""Form of copy shown in the agency's mark (ND 30/2020 Điều 25)."""
OUR_FIELDS = {DIGITISER_FIELD: "digitiser", AGENCY_FIELD: "agency"}


class SignatureBrokenError(CodedError):
    """A file whose signature does not hold was about to be sealed."""

    code = "signature_invalid"
    category = Category.BAD_INPUT
    message = "Chữ ký số trên tệp không còn đúng. Hãy xin lại tệp gốc từ cơ quan đã ký."


def render(run: StageRun, house: House) -> Outcome:
    """Make the PDF/A with its text layer, and compare it with its input before it may go on."""
    document = _document(run)
    pages = document_pages(document)
    parts = [PdfPage(source_page_number=page.number, text=_layer(page, house)) for page in pages]
    receipt = document.receipt
    path = house.originals.path(receipt.sha256)
    with house.work.writing():
        pdf = build_pdfa(
            path,
            receipt.media_type,
            parts,
            title=title_of(document),
            created=receipt.received_at,
        )
        with house.work.path(house.work.put(pdf).sha256) as made:
            compare_with_input(made, path, parts)
    return Outcome(lambda kept: record_pdf(document, kept[0]), blobs=(pdf,))


def title_of(document: Document) -> str:
    """Return what a viewer shows as the document's title."""
    parts = [document.kind_name.capitalize(), document.number, document.abstract]
    return " ".join(part for part in parts if part)[:500]


def _layer(page: Page, house: House) -> TextPage:
    text = page_text(page, house)
    return TextPage(
        width=page.width,
        height=page.height,
        rotation=page.rotation,
        lines=_lines(text),
    )


def _lines(text: PageText) -> tuple[TextLine, ...]:
    return tuple(
        TextLine(tuple(TextWord(text=word.text, box=PixelBox(*word.box)) for word in line.words))
        for line in text.lines
    )


def sign(run: StageRun, house: House, *, actor: str = "machine") -> Outcome:
    """Sign: the digitiser, then the agency, each an incremental update.

    A file that came signed is left as it came; what its signatures are worth is recorded. `actor`
    is the person who opened the keys for it.
    """
    document = _document(run)
    signers = house.signers()
    at = archive_now().replace(microsecond=0)
    if document.is_born_digital:
        data = house.work.read(document.receipt.sha256)
    else:
        data = house.work.read(document.pdf_sha256)
    if not document.receipt.is_signed:
        data = _signed(data, signers, at)
    found = examine(data, signers.trust, at=at, source=signers.revocation)
    if any(verdict.verdict is Verdict.INVALID for verdict in found.signatures):
        raise SignatureBrokenError(detail=document.pk)
    checked = Checked([_row(one) for one in found.signatures], at, found.proven_until)
    return Outcome(
        lambda kept: record_signatures(document, kept[0], kept[1], checked, actor=actor),
        blobs=(data, found.as_bytes()),
    )


def _signed(pdf: bytes, signers: Signers, at: datetime) -> bytes:
    """Both signatures at the level set; a service that is away is found before a key is used."""
    profile = signers.profile
    for key in (signers.digitiser, signers.agency):
        key.open()
        check_period(key, at)
    make_ready(profile, (signers.digitiser, signers.agency))
    look = look_at(pdf)
    once = sign_digitiser(
        pdf,
        signers.digitiser,
        name=signers.digitiser_shown,
        at=at,
        timestamper=profile.timestamper(),
        look=look,
    )
    twice = sign_agency(
        once,
        signers.agency,
        agency=signers.agency_name,
        copy_form=COPY_FORM,
        at=at,
        timestamper=profile.timestamper(),
        look=look,
    )
    return complete(twice, profile)


def _row(verdict: SignatureVerdict) -> SignatureFound:
    return SignatureFound(
        field_name=verdict.field,
        role=OUR_FIELDS.get(verdict.field, "received"),
        signer=verdict.signer,
        serial=verdict.serial,
        claimed_at=verdict.claimed_at,
        verdict=str(verdict.verdict),
        reason=str(verdict.reason),
        issuer=verdict.issuer,
        timestamped_at=verdict.timestamped_at,
        trust_store=verdict.trust_store,
        holder=verdict.holder,
    )


def seal(run: StageRun, house: House) -> Outcome:
    """Write the archive: bytes first (writing them again is writing them once), then the rows."""
    document = _document(run)
    # Planned after it was signed, whatever a clock that was put back says.
    at = max(run.created_at, document.signed_at or run.created_at)
    files = gather_files(document, at=at, house=house)
    blobs = put_files(document, files, house)
    return Outcome(lambda _: record_seal(document, blobs, at=at))


def keep(run: StageRun, house: House) -> Outcome:
    """Seal the file as received beside the last of its documents that was sealed."""
    papers = Document.objects.select_related("receipt").filter(receipt=int(run.subject_id))
    document = papers.filter(status=DocumentStatus.ARCHIVED).latest("sealed_at")
    (blob,) = put_files(document, [file_as_received(document, house)], house)
    return Outcome(lambda _: record_kept(document, blob, at=run.created_at))


def _document(run: StageRun) -> Document:
    return Document.objects.select_related("receipt__batch", "subject").get(pk=run.subject_id)
