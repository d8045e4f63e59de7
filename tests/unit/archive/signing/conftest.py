"""The invented pages of the PDF tests serve here too."""

from tests.unit.archive.pdf.conftest import scan

__all__ = ["scan"]
