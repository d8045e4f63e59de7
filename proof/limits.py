"""What the verifier reads at most, so that a forged folder cannot fill the memory."""

JSON_BYTES = 64 * 1024 * 1024
"""One manifest or record: 64 MiB, the manifest of some 400,000 files (60,000 papers)."""
LINE_BYTES = 1024 * 1024
"""One line of the audit trail."""
ANCHOR_BYTES = 16 * 1024
"""One anchor; ours are below 300 bytes."""
SIGNED_PDF_BYTES = 1024 * 1024 * 1024
"""A PDF whose signatures are checked in memory."""
CHUNK_BYTES = 1024 * 1024
"""How much is read at a time while hashing."""
NESTING = 32
"""How deep a value may nest before it has no canonical form."""
TOKEN_BYTES = 256 * 1024
"""One timestamp token with its certificates; real ones are 2 to 10 KiB."""
EVIDENCE_ITEMS = 400
"""Certificates, revocation lists or OCSP answers taken from one file."""
EVIDENCE_BYTES = 64 * 1024 * 1024
"""Their size together, of each kind."""
CMS_BYTES = 8 * 1024 * 1024
"""One signature with its certificates; real ones are 2 to 40 KiB, with lists a few MiB."""
KEPT_ENTRIES = 200
"""Timestamps kept beside one file; renewed every few years, a century holds some twenty."""
