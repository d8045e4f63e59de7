"""Anchors: the audit chain's head, written beside the archive where no row can change it."""

from django.db import transaction

from archive.models import AuditEvent, AuditHead
from archive.stores import ArchiveStore
from proof.chain import Anchor, anchor_bytes


def anchor_audit(store: ArchiveStore) -> bool:
    """Write the newest head to the store, unless it is there; return whether one was written.

    Bytes first, row second: an anchor whose row was lost is simply written again, the same.
    """
    head = AuditHead.objects.order_by("-day").first()
    if head is None or head.anchored_seq >= head.last_seq:
        return False
    event = AuditEvent.objects.get(seq=head.last_seq)
    anchor = Anchor(
        seq=event.seq,
        hash=event.hash,
        at=event.at,
        day=event.day.isoformat(),
        events_of_day=event.seq - head.first_seq + 1,
    )
    store.put_anchor(anchor.name, anchor_bytes(anchor))
    with transaction.atomic():
        AuditHead.objects.filter(day=head.day, anchored_seq__lt=event.seq).update(
            anchored_seq=event.seq
        )
    return True
