"""The two stores: `work/` for what is under way, `blobs/` for what is sealed.

Plain Python: no Django, no settings. The S3 side lies in `archive.stores.s3`, which needs `minio`.
"""

from archive.stores.cipher import DataKey
from archive.stores.local_archive import LocalArchiveStore
from archive.stores.local_work import LocalWorkStore
from archive.stores.types import ArchiveStore, Form, Source, Stored, WorkStore

__all__ = [
    "ArchiveStore",
    "DataKey",
    "Form",
    "LocalArchiveStore",
    "LocalWorkStore",
    "Source",
    "Stored",
    "WorkStore",
]
