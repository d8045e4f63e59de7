"""The records. Every write is a verb in archive.services."""

from archive.models.audit import AuditEvent, AuditHead, AuditMention
from archive.models.contents import ContentsList
from archive.models.custody import BlobCopy, FixityRound, LegalHold
from archive.models.cuts import CutPlan
from archive.models.hands import HandCrop, Mention, OpenHand
from archive.models.intake import Batch, Page, Receipt
from archive.models.ledger import StageRun, UnitTurn
from archive.models.nodes import HouseKey, HouseMark, SharedFile, TryCount
from archive.models.paper import (
    ArchivedBlob,
    Document,
    Dossier,
    Field,
    Renewal,
    SealedFile,
    Signature,
    Subject,
)
from archive.models.people import Account, ApiClient, ReuseRecord, SignInTicket
from archive.models.seeing import IndexPass, WorkerSeen

__all__ = [
    "Account",
    "ApiClient",
    "ArchivedBlob",
    "AuditEvent",
    "AuditHead",
    "AuditMention",
    "Batch",
    "BlobCopy",
    "ContentsList",
    "CutPlan",
    "Document",
    "Dossier",
    "Field",
    "FixityRound",
    "HandCrop",
    "HouseKey",
    "HouseMark",
    "IndexPass",
    "LegalHold",
    "Mention",
    "OpenHand",
    "Page",
    "Receipt",
    "Renewal",
    "ReuseRecord",
    "SealedFile",
    "SharedFile",
    "SignInTicket",
    "Signature",
    "StageRun",
    "Subject",
    "TryCount",
    "UnitTurn",
    "WorkerSeen",
]
