"""What becomes of a subject when a stage gives up on it: it keeps its place, a person sees it."""

from archive.models import Document, Page, Receipt, StageRun
from archive.services.audit import record_event
from archive.services.documents import plan_document, wait_for_person
from archive.services.intake import stop_file
from archive.services.pages import fail_page
from archive.stages import ASIDE, UPKEEP, Stage
from archive.tags import Tag


def give_up(run: StageRun, *, code: str, message: str) -> None:
    """Move the subject on, in the caller's transaction: partial success is a state."""
    record_event(
        Tag.STAGE_FAILED,
        actor="machine",
        subject=f"{run.subject_type}:{run.subject_id}",
        detail={"stage": run.stage, "code": code},
    )
    if run.subject_type == "receipt":
        stop_file(Receipt.objects.get(pk=run.subject_id), code=code, message=message)
    elif run.subject_type == "page":
        fail_page(Page.objects.get(pk=run.subject_id), code)
    else:
        _document(Document.objects.get(pk=run.subject_id), run.stage, code, message)


def _document(document: Document, stage: str, code: str, message: str) -> None:
    if stage in ASIDE:
        # The record stands; the next change, or `doctor` for the index, does it again.
        return
    if stage in UPKEEP:
        return  # it is sealed and stays so; `tangthu renew` says what failed
    if stage == Stage.CLASSIFY:
        plan_document(Stage.EXTRACT, document)
    wait_for_person(document, [{"code": code, "message": message}])
