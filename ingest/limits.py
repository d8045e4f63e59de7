"""What one batch may hold; checked before any work."""

MAX_FILES = 100_000
"""Files of one batch: a year of a district's dossiers in one back-file folder."""
MAX_FILE_BYTES = 2 * 1024**3
"""Bytes of one file: 2,000 pages at 1 MB each."""
