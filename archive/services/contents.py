"""Verbs of tables of contents: read, compared with the dossier's papers, compared again."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from archive.ledger import Plan, plan_runs
from archive.models import ContentsList, Document, Receipt, StageRun
from archive.services.audit import record_event
from archive.stages import Stage, priority_of
from archive.states import DocumentStatus, RunState
from archive.tags import Tag

REMARK = "check_contents"
"""How the codes of warnings begin that a comparison gives."""
Reasons = Sequence[Mapping[str, Any]]


def record_contents(document: Document, entries: Iterable[Mapping[str, Any]]) -> None:
    """Write what a table of contents names, and plan its comparison; no entries, no list."""
    rows = [dict(entry) for entry in entries]
    if not rows:
        ContentsList.objects.filter(document=document).delete()
        return
    ContentsList.objects.update_or_create(document=document, defaults={"entries": rows})
    record_event(
        Tag.CONTENTS_READ,
        actor="machine",
        subject=f"document:{document.pk}",
        detail={"entries": len(rows)},
    )
    plan_comparison(document.receipt, document.dossiers.values_list("pk", flat=True))


def plan_comparison(receipt: Receipt, dossiers: Iterable[int]) -> None:
    """Plan to compare anew every list that a paper of this file, or of these dossiers, counts for.

    Cheap where there is none. Runs wait until what is cut already has been read; of several that
    wait for one list only the last does anything (`is_outdated`).
    """
    found = list(_lists_over(receipt, list(dossiers)))
    ContentsList.objects.filter(pk__in=[row.pk for row in found]).update(revision=F("revision") + 1)
    plan_runs(
        Plan(
            stage=Stage.COMPARE,
            subject_type="document",
            subject_id=row.document_id,
            receipt_id=row.document.receipt_id,
            inputs=(row.document_id, str(row.revision + 1)),
            priority=priority_of(Stage.SEPARATE),
        )
        for row in found
    )


def plan_comparison_of(document: Document) -> None:
    """Plan it for what one paper counts for: the paper was read, corrected or refused."""
    plan_comparison(document.receipt, document.dossiers.values_list("pk", flat=True))


def _lists_over(receipt: Receipt, dossiers: Collection[int]) -> Iterable[ContentsList]:
    return (
        ContentsList.objects.select_for_update(of=("self",))
        .select_related("document")
        .filter(pk__in=_keys_over(receipt, dossiers))
    )


def lists_over(document: Document) -> Iterable[ContentsList]:
    """Return the lists that a document may count for."""
    dossiers = document.dossiers.values_list("pk", flat=True)
    return ContentsList.objects.filter(pk__in=_keys_over(document.receipt, list(dossiers)))


def _keys_over(receipt: Receipt, dossiers: Collection[int]) -> set[int]:
    """The lists of these dossiers, of the file, and the batch's one that is a file of its own.

    Where a second of that sort comes both are taken, so that the first is put right.
    """
    if not ContentsList.objects.exists():
        return set()
    near = Q(document__dossiers__in=dossiers) | Q(
        document__dossiers=None, document__receipt=receipt
    )
    alone = list(_files_of_their_own(receipt.batch_id).values_list("pk", flat=True)[:3])
    found = set(ContentsList.objects.filter(near).values_list("pk", flat=True))
    return found | set(alone if len(alone) <= 2 else ())


def _files_of_their_own(batch_id: int) -> "QuerySet[ContentsList]":
    loose = ContentsList.objects.filter(document__receipt__batch=batch_id, document__dossiers=None)
    return loose.annotate(papers=Count("document__receipt__documents")).filter(papers=1)


def is_outdated(run: StageRun) -> bool:
    """Whether a later comparison of the same list waits: this one would be for nothing."""
    return StageRun.objects.filter(
        stage=Stage.COMPARE, subject_id=run.subject_id, state=RunState.READY, pk__gt=run.pk
    ).exists()


def papers_of(contents: ContentsList) -> list[Document]:
    """Return what a list is compared with, in the order of files and pages; refused ones are not.

    The papers of its dossiers; where it has none, of its file; where it is the file's one
    document and the batch's one such list, of the batch, as far as they have no dossier.
    """
    document = contents.document
    dossiers = list(document.dossiers.values_list("pk", flat=True))
    rows = Document.objects.exclude(status=DocumentStatus.REFUSED)
    rows = rows.select_related("receipt").order_by(
        "receipt__batch", "receipt__position", "first_page"
    )
    if dossiers:
        return list(rows.filter(pk__in=Document.objects.filter(dossiers__in=dossiers).values("pk")))
    if Document.objects.filter(receipt=document.receipt_id).count() > 1 or not _is_alone(contents):
        return list(rows.filter(receipt=document.receipt_id))
    return list(rows.filter(receipt__batch=document.receipt.batch_id, dossiers=None))


def _is_alone(contents: ContentsList) -> bool:
    """Whether the batch has no other list that is a file of its own."""
    others = _files_of_their_own(contents.document.receipt.batch_id)
    return not others.exclude(pk=contents.pk).exists()


def record_comparison(
    contents: ContentsList, result: Mapping[str, Any], remarks: Mapping[str, Reasons]
) -> None:
    """Write how a list fits its dossier; `remarks` are warnings by document, which never block."""
    ContentsList.objects.filter(pk=contents.pk).update(
        result=dict(result), compared_at=dt.datetime.now(dt.UTC)
    )
    record_event(
        Tag.CONTENTS_COMPARED,
        actor="machine",
        subject=f"document:{contents.document_id}",
        detail={name: len(result[name]) for name in ("found", "missing", "unlisted")},
    )
    waiting = Document.objects.select_for_update().filter(
        pk__in=list(remarks), status=DocumentStatus.WAITING, confirmed_at=None
    )
    for document in waiting.order_by("receipt", "first_page"):
        _warn(document, remarks[document.pk])


def _warn(document: Document, reasons: Reasons) -> None:
    """Put a comparison's warnings in the place of those before; other reasons stay."""
    others = [reason for reason in document.waiting if not reason["code"].startswith(REMARK)]
    fresh = [*others, *(dict(reason) for reason in reasons)]
    if fresh != document.waiting:
        document.waiting = fresh
        document.save(update_fields=["waiting"])
