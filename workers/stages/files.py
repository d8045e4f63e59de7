"""Stages of a whole file: opened, and cut into documents."""

from archive.models import Page, Receipt, StageRun
from archive.services.cuts import Proposal, propose_cuts
from archive.services.documents import Cut
from archive.services.pages import Opened, record_opened
from archive.states import PageState
from classify import separate
from classify.types import Separation, Span
from imaging import has_signatures
from imaging.errors import CorruptFileError
from workers.house import House
from workers.outcome import Outcome
from workers.views import page_views

WHOLE = "Tệp điện tử giữ nguyên là một giấy tờ."


def open_file(run: StageRun, house: House) -> Outcome:
    """Count the pages of a file under the limits."""
    receipt = Receipt.objects.get(pk=run.subject_id)
    source = house.originals.source(receipt.sha256)
    path = house.originals.path(receipt.sha256)
    opened = Opened(
        media_type=source.media_type,
        page_count=source.page_count,
        is_signed=source.media_type == "application/pdf" and has_signatures(path),
    )
    return Outcome(lambda _: record_opened(receipt, opened))


def separate_file(run: StageRun, house: House) -> Outcome:
    """Cut a file into documents. A born-digital file is one document: it is kept as it came."""
    receipt = Receipt.objects.get(pk=run.subject_id)
    pages = list(receipt.pages.all())
    if not any(page.width for page in pages):
        raise CorruptFileError(detail="no page of it could be opened")
    digital = [page for page in pages if page.state == PageState.READ and is_digital(page)]
    read = [page for page in pages if page.state == PageState.READ]
    receipt.is_born_digital = bool(receipt.is_signed or (read and len(digital) == len(read)))
    if receipt.is_born_digital:
        cuts = (Cut(1, len(pages), reason=WHOLE),) if read else ()
        proposal = Proposal(cuts)
    else:
        proposal = proposal_of(separate(page_views(pages, house)))

    def apply(_: tuple[str, ...]) -> None:
        receipt.save(update_fields=["is_born_digital"])
        propose_cuts(receipt, proposal)

    return Outcome(apply)


def proposal_of(separation: Separation) -> Proposal:
    """Turn the library's separation into the record's proposal."""
    return Proposal(
        tuple(cut_of(span) for span in separation.spans), separation.sheets, separation.blanks
    )


def is_digital(page: Page) -> bool:
    """Whether the page's text is its own."""
    return bool(page.clean_facts and page.clean_facts.get("is_born_digital"))


def cut_of(span: Span) -> Cut:
    """Turn the library's span into the record's cut."""
    sheet = span.sheet
    return Cut(
        first_page=span.first_page,
        last_page=span.last_page,
        dossier=(sheet and sheet.dossier) or "",
        procedure=(sheet and sheet.procedure) or "",
        subject=(sheet and sheet.subject) or "",
        confidence=span.confidence,
        reason=span.reason,
    )
