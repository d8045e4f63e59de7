"""Exported archive folders, written and checked. The layout is described in `proof.layout`."""

from proof._check import check_folder
from proof._write import write_folder
from proof.layout import FolderContent, FolderDocument, FolderFile, WrittenFolder

__all__ = [
    "FolderContent",
    "FolderDocument",
    "FolderFile",
    "WrittenFolder",
    "check_folder",
    "write_folder",
]
