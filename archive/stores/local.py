"""The local side of both stores."""

from archive.stores.local_archive import LocalArchiveStore
from archive.stores.local_work import LocalWorkStore

__all__ = ["LocalArchiveStore", "LocalWorkStore"]
