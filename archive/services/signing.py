"""Verbs of signing by a person: what waits for them, and taking one paper in hand."""

from collections.abc import Collection

from django.db.models import QuerySet

from archive import ledger
from archive.errors import NotFoundError, WrongStateError
from archive.models import Account, Document, StageRun
from archive.permissions import access_of, may_see, require
from archive.services.documents import plan_signature
from archive.stages import Stage
from archive.states import DocumentStatus, RunState
from archive.writing import writing

OWNER_MARK = ":sign"
"""How the owner's name ends of a run that a person's signing holds."""


def waiting_for_signature_of(
    account: Account, ids: Collection[str] | None = None
) -> QuerySet[Document]:
    """Confirmed papers that the account may sign, oldest first; `ids` narrows them down.

    Raises NotAllowedError.
    """
    require(account, "sign_document")
    found = Document.objects.filter(
        status=DocumentStatus.WAITING, confirmed_at__isnull=False, signed_sha256=""
    )
    allowed = access_of(account)
    if allowed is not None:
        found = found.filter(protection__in=allowed)
    if ids is not None:
        found = found.filter(pk__in=list(ids))
    return found.order_by("confirmed_at", "pk")


def take_for_signing(document_id: str, account: Account, owner: str) -> StageRun | None:
    """Claim the signing of one paper for a person; None where the machine has it in hand.

    Rights are checked on the paper as it is now. Raises NotAllowedError, NotFoundError,
    WrongStateError (signed already, not confirmed any more, or refused).
    """
    require(account, "sign_document")
    with writing():
        document = Document.objects.select_for_update().filter(pk=document_id).first()
        if document is None or not may_see(account, document):
            raise NotFoundError(detail=document_id)
        if document.confirmed_at is None or document.status != DocumentStatus.WAITING:
            raise WrongStateError(detail=f"{document.pk} is {document.status}")
        if plan_signature(document) is not Stage.SIGN:
            return None
        states = (RunState.READY, RunState.WAITING)
        run = (
            StageRun.objects.filter(
                stage=Stage.SIGN, subject_type="document", subject_id=document.pk, state__in=states
            )
            .order_by("-pk")
            .first()
        )
        return ledger.claim_this(run, owner) if run else None


def release_signing() -> None:
    """Give back what a signing that was killed held; only for who holds the signing lock."""
    held = StageRun.objects.filter(state=RunState.RUNNING, owner__endswith=OWNER_MARK)
    ledger.release_runs(list(held.values_list("owner", flat=True)))
