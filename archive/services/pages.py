"""Verbs of pages: what each stage found, written in its finishing transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from archive.ledger import Plan, plan_runs
from archive.models import Page, Receipt
from archive.services.audit import record_event
from archive.stages import Stage, priority_of
from archive.states import PageState
from archive.tags import Tag


@dataclass(frozen=True, slots=True)
class Opened:
    """What opening a file told."""

    media_type: str
    page_count: int
    is_signed: bool


def record_opened(receipt: Receipt, opened: Opened) -> None:
    """Write the pages of a file and plan the gate for each."""
    receipt.media_type = opened.media_type
    receipt.page_count = opened.page_count
    receipt.is_signed = opened.is_signed
    receipt.save(update_fields=["media_type", "page_count", "is_signed"])
    Page.objects.bulk_create(
        [Page(receipt=receipt, number=number) for number in range(1, opened.page_count + 1)],
        ignore_conflicts=True,
    )
    record_event(
        Tag.FILE_OPENED,
        actor="machine",
        subject=f"file:{receipt.pk}",
        detail={"pages": opened.page_count, "media_type": opened.media_type},
    )
    plan_pages(Stage.GATE, receipt, receipt.pages.all())


def record_gate(page: Page, measured: Mapping[str, Any], *, is_blank: bool) -> None:
    """Write what the gate measured; when every page of the file has passed it, plan what follows.

    The barrier is a rule: no page of a file is read before all were looked at for secrecy marks.
    """
    for name, value in measured.items():
        setattr(page, name, value)
    page.state = PageState.BLANK if is_blank else PageState.PENDING
    page.save(update_fields=[*measured, "state"])
    _page_event(Tag.PAGE_GATED, page, {"verdict": page.verdict})
    plan_after_gate(page.receipt)


def plan_after_gate(receipt: Receipt) -> None:
    """Go on from the gate once no page is left there."""
    pages = Page.objects.filter(receipt=receipt)
    if pages.filter(state=PageState.PENDING, verdict="").exists():
        return
    readable = pages.filter(state=PageState.PENDING)
    if readable.exists():
        plan_pages(Stage.CLEAN, receipt, readable)
    else:
        plan_after_reading(receipt)


def record_clean(page: Page, sha256: str, facts: Mapping[str, Any]) -> None:
    """Write where the cleaned page lies; `sha256` is empty for a page with its own right text."""
    page.clean_sha256 = sha256
    page.clean_facts = dict(facts)
    page.skew = float(facts.get("skew", 0.0))
    page.save(update_fields=["clean_sha256", "clean_facts", "skew"])
    _page_event(Tag.PAGE_CLEANED, page, {})
    plan_pages(Stage.RECOGNISE, page.receipt, [page])


def record_text(page: Page, sha256: str) -> None:
    """Write where the page's text lies; the cleaned picture is needed no more."""
    page.text_sha256 = sha256
    page.clean_sha256 = ""
    page.state = PageState.READ
    page.save(update_fields=["text_sha256", "clean_sha256", "state"])
    _page_event(Tag.PAGE_READ, page, {"sha256": sha256})
    plan_after_reading(page.receipt)


def fail_page(page: Page, code: str) -> None:
    """Keep the place of a page that could not be read; its document will go to a person."""
    page.state = PageState.FAILED
    page.error_code = code
    page.clean_sha256 = ""
    page.verdict = page.verdict or "warn"
    page.save(update_fields=["state", "error_code", "clean_sha256", "verdict"])
    _page_event(Tag.PAGE_FAILED, page, {"code": code})
    plan_after_gate(page.receipt)


def plan_after_reading(receipt: Receipt) -> None:
    """Fan in: when no page waits to be read, cut the file into documents."""
    if Page.objects.filter(receipt=receipt, state=PageState.PENDING).exists():
        return
    plan_runs(
        [
            Plan(
                stage=Stage.SEPARATE,
                subject_type="receipt",
                subject_id=str(receipt.pk),
                receipt_id=receipt.pk,
                inputs=(receipt.sha256,),
                priority=priority_of(Stage.SEPARATE),
            )
        ]
    )


def plan_pages(stage: Stage, receipt: Receipt, pages: Iterable[Page]) -> None:
    """Plan one stage for each page."""
    plan_runs(
        Plan(
            stage=stage,
            subject_type="page",
            subject_id=str(page.pk),
            receipt_id=receipt.pk,
            inputs=(receipt.sha256, str(page.number)),
            priority=priority_of(stage),
        )
        for page in pages
    )


def _page_event(tag: Tag, page: Page, detail: dict[str, Any]) -> None:
    record_event(
        tag,
        actor="machine",
        subject=f"file:{page.receipt_id}",
        detail={"page": page.number} | detail,
    )
