"""Rights, checked on the object before anything is counted or shown."""

from archive.errors import NotAllowedError
from archive.models import Account, Batch, Document
from archive.states import Protection


def require(account: Account, right: str) -> None:
    """Raise NotAllowedError where the account lacks the right ("confirm_document")."""
    if not account.has_perm(f"archive.{right}"):
        raise NotAllowedError(detail=f"{account.username} lacks {right}")


def access_of(account: Account) -> frozenset[str] | None:
    """Return the protection classes that the account may see; None is all."""
    if account.has_perm("archive.see_identity"):
        return None
    return frozenset({Protection.ORDINARY.value})


def may_see(account: Account, document: Document) -> bool:
    """Whether the account may look at this document."""
    allowed = access_of(account)
    return allowed is None or document.protection in allowed


BATCH_RIGHTS = ("feed_batch", "confirm_document", "sign_document", "decide_held")


def may_see_batch(account: Account, batch: Batch) -> bool:
    """Whether the account may look at a batch: it opened it, or works with papers of its unit."""
    if batch.opened_by_id == account.pk:
        return True
    works = any(account.has_perm(f"archive.{right}") for right in BATCH_RIGHTS)
    return works and account.unit in ("", batch.unit)
