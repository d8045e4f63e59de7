"""The limits of signing, checked before the work."""

MAX_PDF_BYTES = 1_000_000_000
"""A file to sign; it is held in memory."""
MAX_NAME_CHARS = 200
"""A person's or an agency's name on the mark."""
MAX_KEY_FILE_BYTES = 1_000_000
"""A PKCS#12 file."""
MAX_FIELDS_LISTED = 64
"""Signature fields listed of one file."""
