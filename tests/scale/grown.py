"""An archive of many documents, as rows alone: a few made by hand, the rest copied from them."""

import datetime as dt
import json

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models
from django.utils import timezone

from archive.models import (
    Account,
    ApiClient,
    ArchivedBlob,
    AuditEvent,
    AuditMention,
    Batch,
    BlobCopy,
    Document,
    Dossier,
    Field,
    Page,
    Receipt,
    ReuseRecord,
    SealedFile,
    Signature,
    StageRun,
    Subject,
)
from archive.states import BatchState, DocumentStatus, FileRole, PageState, ReceiptState, RunState
from archive.tags import Tag

DOCUMENTS = 100_000
OF_BATCH = 50
"""Files, and documents, of one batch."""
TO_CHECK, TO_SIGN = 10_000, 5_000
OPEN = 20_000
"""Runs that are due: a back-file is being read."""
UNFINISHED = 200
"""Batches."""
_LARGE = 1_000


def grow(account: Account, documents: int = DOCUMENTS) -> None:
    """Fill the records. Numbers count from 1; the newest documents are those that wait."""
    now = timezone.now()
    _numbers(documents)
    batch = Batch.objects.create(name="lô", opened_by=account, state=BatchState.FINISHED, unit="A")
    first = documents // OF_BATCH - UNFINISHED
    state = f"CASE WHEN n.i > {first} THEN 'processing' ELSE 'finished' END"
    _copy(batch, documents // OF_BATCH, id="n.i + {0}", state=state)
    receipt = Receipt.objects.create(
        batch=batch, position=0, untrusted_name="a", sha256="0" * 64, page_count=1,
        state=ReceiptState.DONE,
    )  # fmt: skip
    in_batch = f"{batch.pk} + 1 + (n.i - 1) / {OF_BATCH}"
    _copy(
        receipt, documents, id="n.i + {0}", batch_id=in_batch, position="n.i",
        sha256=_text("n.i", 64), state=f"CASE WHEN n.i % {_LARGE} = 0 THEN 'held' ELSE 'done' END",
    )  # fmt: skip
    subject = Subject.objects.create(identifier="079200000000", kind="person")
    _copy(subject, documents // 4, id="n.i + {0}", identifier=f"'0792' || {_text('n.i', 8)}")
    dossier = Dossier.objects.create(code="H0", subject=subject)
    _copy(dossier, documents // 4, id="n.i + {0}", code=f"'H' || {_text('n.i', 9)}")
    _documents(account, receipt, subject, documents, now)
    document = Document.objects.get(pk="D26112100000000")
    name = "'D261121' || " + _text("n.i", 8)
    page = Page.objects.create(receipt=receipt, number=1, state=PageState.READ, document=document)
    _copy(page, documents, id="n.i + {0}", receipt_id=f"n.i + {receipt.pk}", document_id=name)
    field = Field.objects.create(
        document=document, name="number", value="1", sure=True, machine_value="2",
        machine_sure=True, corrected_by=account, corrected_at=now,
    )  # fmt: skip
    _copy(field, documents, id="n.i + {0}", document_id=name)
    field.pk, field.name, field.corrected_by = 10 * documents, "issuer", None
    field.corrected_at = None
    field.save(force_insert=True)
    _copy(field, documents, id=f"n.i + {documents} + {{0}}", document_id=name)
    signature = Signature.objects.create(document=document, field_name="CoQuan", role="agency")
    _copy(signature, documents, id="n.i + {0}", document_id=name)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO archive_document_dossiers (document_id, dossier_id)"
            f" SELECT {name}, {dossier.pk} + 1 + (n.i - 1) / 4 FROM numbers n"
        )
    _blobs(document, name, documents, now)
    _runs(receipt, documents, name)
    _events(document, documents, name, now)
    client = ApiClient.objects.create(name="cổng", key_prefix="tt_0", key_hash="", scopes=["reuse"])
    reuse = ReuseRecord.objects.create(
        document=document, client=client, dossier_code="H", sha256=""
    )
    _copy(reuse, documents, id="n.i + {0}", document_id=name)
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
            cursor.execute(sql)
        cursor.execute("ANALYZE")


def _documents(
    account: Account, receipt: Receipt, subject: Subject, documents: int, now: dt.datetime
) -> None:
    document = Document.objects.create(
        id="D26112100000000", receipt=receipt, first_page=1, last_page=1, subject=subject,
        status=DocumentStatus.ARCHIVED, kind_code="KQ-HN", kind_name="giấy", kind_confidence=0.9,
        number="1", issuer="UBND", confirmed_by=account, confirmed_at=now, signed_sha256="1" * 64,
        signed_at=now, sealed_at=now, proven_until=now + dt.timedelta(days=4000),
    )  # fmt: skip
    first_signed = documents - TO_SIGN
    first_checked = first_signed - TO_CHECK
    _copy(
        document,
        documents,
        id="'D261121' || " + _text("n.i", 8),
        receipt_id=f"n.i + {receipt.pk}",
        subject_id=f"{subject.pk} + 1 + (n.i - 1) / 4",
        number="CAST(n.i AS text)",
        kind_code="CASE WHEN n.i % 4 = 0 THEN 'KQ-HN' ELSE 'VB02' END",
        status=f"CASE WHEN n.i > {first_checked} THEN 'waiting' ELSE 'archived' END",
        created_at=_later("created_at"),
        confirmed_at=f"CASE WHEN n.i > {first_checked} AND n.i <= {first_signed}"
        f" THEN NULL ELSE {_later('confirmed_at')} END",
        confirmed_by_id=f"CASE WHEN n.i > {first_checked} AND n.i <= {first_signed}"
        " THEN NULL ELSE t.confirmed_by_id END",
        signed_sha256=f"CASE WHEN n.i > {first_checked} THEN '' ELSE {_text('n.i', 64)} END",
    )


def _blobs(document: Document, name: str, documents: int, now: dt.datetime) -> None:
    blob = ArchivedBlob.objects.create(sha256="f" * 64, size=1, media_type="a", sealed_at=now)
    sha256 = _text("n.i", 64)
    _copy(blob, documents, sha256=sha256)
    file = SealedFile.objects.create(document=document, role=FileRole.DOCUMENT, blob=blob)
    _copy(file, documents, id="n.i + {0}", document_id=name, blob_id=sha256)
    from workers.house import current

    copy = BlobCopy.objects.create(
        blob=blob, place=current().archive.place, form="plain", state="present", checked_at=now
    )
    _copy(copy, documents, id="n.i + {0}", blob_id=sha256)


def _runs(receipt: Receipt, documents: int, name: str) -> None:
    done = StageRun.objects.create(
        stage="index", subject_type="document", subject_id="D26112100000000", receipt=receipt,
        key="0" * 64, state=RunState.DONE,
    )  # fmt: skip
    of_file = f"n.i + {receipt.pk}"
    _copy(done, documents, id="n.i + {0}", subject_id=name, receipt_id=of_file)
    _copy(
        done, documents, id=f"n.i + {documents} + {{0}}", subject_id=name, receipt_id=of_file,
        stage=f"CASE WHEN n.i > {documents - OPEN} THEN 'gate' ELSE 'seal' END",
        state=f"CASE WHEN n.i > {documents - OPEN} THEN 'ready' ELSE 'done' END",
    )  # fmt: skip


def _events(document: Document, documents: int, name: str, now: dt.datetime) -> None:
    last = AuditEvent.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    event = AuditEvent.objects.create(
        seq=last + 1, day=now.date(), at=now.isoformat(), tag=Tag.DOCUMENT_SEALED, actor="machine",
        subject=f"document:{document.pk}", detail={}, previous="", hash="",
    )  # fmt: skip
    subject = f"'document:' || {name}"
    _copy(event, documents, seq="n.i + {0}", subject=subject)
    _copy(
        event, documents, seq=f"n.i + {documents} + {{0}}", subject=subject, tag="'document:read'"
    )
    shown = json.dumps({"total": 2, "shown": [document.pk, "D26112100000001"]})
    _copy(
        event, documents, seq=f"n.i + {2 * documents} + {{0}}", subject="'index'",
        tag=f"'{Tag.SEARCH_MADE.value}'", detail=f"'{shown}'",
    )  # fmt: skip
    mention = AuditMention.objects.create(event=event, document=document.pk)
    _copy(mention, documents, id="n.i + {0}", event_id=f"n.i + {2 * documents + event.seq}",
          document=name)  # fmt: skip
    from archive.models import AuditHead

    AuditHead.objects.update_or_create(
        day=now.date(),
        defaults={"first_seq": 1, "last_seq": 3 * documents + event.seq, "hash": "0" * 64},
    )


def _numbers(documents: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE numbers (i bigint PRIMARY KEY)")
        cursor.execute(
            "WITH RECURSIVE up(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM up WHERE i < %s)"
            " INSERT INTO numbers SELECT i FROM up",
            [documents],
        )


def _copy(row: models.Model, count: int, **changes: str) -> None:
    """Copy a row so many times with what SQL says of the number `n.i`; {0} is the row's own key."""
    columns = [field.column for field in row._meta.concrete_fields]
    values = [changes.get(column, f"t.{column}").replace("{0}", str(row.pk)) for column in columns]
    key = row._meta.pk
    assert key is not None
    said = ", ".join(values).replace("%", "%%")
    table = connection.ops.quote_name(row._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {said}"
            f" FROM {table} t, numbers n WHERE t.{key.column} = %s AND n.i <= %s",
            [row.pk, count],
        )


def _text(number: str, width: int) -> str:
    """SQL: a number with leading zeros."""
    return f"substr('{'0' * width}' || CAST({number} AS text), -{width})" if _is_sqlite() else (
        f"lpad(CAST({number} AS text), {width}, '0')"
    )  # fmt: skip


def _later(column: str) -> str:
    """SQL: a time that grows with the number, as rows come."""
    if _is_sqlite():
        return f"datetime(t.{column}, '+' || n.i || ' seconds')"
    return f"t.{column} + n.i * interval '1 second'"


def _is_sqlite() -> bool:
    return connection.vendor == "sqlite"
