"""The two stores: `work/` for what is under way, `blobs/` for what is sealed.

Plain Python: no Django, no settings. The S3 side lies in `archive.stores.s3`, which needs `minio`.
"""

from archive.stores.cipher import DataKey
from archive.stores.copies import CopiedArchiveStore, copies_of
from archive.stores.local_archive import LocalArchiveStore
from archive.stores.local_work import LocalWorkStore
from archive.stores.types import ArchiveStore, Form, Note, Source, Stored, WorkStore

__all__ = [
    "ArchiveStore",
    "CopiedArchiveStore",
    "DataKey",
    "Form",
    "LocalArchiveStore",
    "LocalWorkStore",
    "Note",
    "Source",
    "Stored",
    "WorkStore",
    "copies_of",
]
