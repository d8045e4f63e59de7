"""What people stood for, and what was learnt from it."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from archive.models import Account, Document, Field
from archive.permissions import require
from archive.services.audit import record_event
from archive.states import DocumentStatus
from archive.tags import Tag

MOST_LESSONS = 5_000
"""Documents that one lesson is drawn from, the newest first."""


def labelled_documents(machine: str) -> QuerySet[Document]:
    """Documents whose kind a person stood for; `machine` names the account that is nobody's word.

    In a batch with `--confirm` that account confirms by itself; elsewhere it is the person at the
    machine. A kind that a person changed counts although nobody confirmed the paper yet; a refused
    paper counts for nothing.
    """
    corrected = Q(kind_confidence=1.0) & (
        Q(machine_kind_code__isnull=True) | ~Q(machine_kind_code=F("kind_code"))
    )
    by_itself = Q(confirmed_by__username=machine, receipt__batch__confirm=True)
    confirmed = Q(confirmed_by__isnull=False) & ~by_itself
    return (
        Document.objects.filter(confirmed | corrected, kind_code__isnull=False)
        .exclude(status=DocumentStatus.REFUSED)
        .order_by("-created_at", "pk")[:MOST_LESSONS]
    )


def field_corrections() -> Mapping[str, Mapping[str, int]]:
    """Field -> how many values people looked at, and how many they changed."""
    looked = (
        Field.objects.filter(corrected_by__isnull=False)
        .values("name")
        .annotate(
            looked_at=Count("pk"),
            kept=Count("pk", filter=Q(value=F("machine_value"))),
        )
        .order_by("name")
    )
    return {
        row["name"]: {"looked_at": row["looked_at"], "changed": row["looked_at"] - row["kept"]}
        for row in looked
    }


def record_learning(account: Account, *, version: str, detail: Mapping[str, Any]) -> None:
    """Note that a model was trained and whether it is used from now on. Raises NotAllowedError."""
    require(account, "confirm_document")
    with transaction.atomic():
        record_event(
            Tag.MODEL_LEARNED, actor=account.username, subject=f"model:{version}", detail=detail
        )


def record_return(account: Account, *, version: str) -> None:
    """Note that an earlier model is used again. Raises NotAllowedError."""
    require(account, "confirm_document")
    with transaction.atomic():
        record_event(Tag.MODEL_RETURNED, actor=account.username, subject=f"model:{version}")
