"""The limits of signing, checked before the work."""

MAX_PDF_BYTES = 1_000_000_000
"""A file to sign; it is held in memory."""
MAX_NAME_CHARS = 200
"""A person's or an agency's name on the mark."""
MAX_KEY_FILE_BYTES = 1_000_000
"""A PKCS#12 file."""
MAX_SECRET_FILE_BYTES = 10_000
"""A file with a PIN, a passphrase or an access token."""
MAX_SECRET_CHARS = 256
"""A PIN or passphrase."""
MAX_FIELDS_LISTED = 64
"""Signature fields listed of one file."""
FETCH_SECONDS = 15.0
"""One request to a timestamp or revocation service, from looking up its name to the last byte."""
MAX_TOKEN_BYTES = 256 * 1024
"""The answer of a timestamp service."""
MAX_CLOCK_SECONDS = 300.0
"""How far a timestamp service's clock may be from ours: Kerberos' customary five minutes."""
MAX_OCSP_BYTES = 64 * 1024
"""An OCSP answer; real ones are 1 to 4 KiB."""
MAX_CRL_BYTES = 32 * 1024 * 1024
"""A revocation list; those of large public authorities reach several MB."""
MAX_FETCHES = 40
"""Questions asked of revocation services for one file."""
REVOCATION_KEPT_SECONDS = 600.0
"""How long an answer on revocation serves further files."""
PROBE_SECONDS = 60.0
"""How long a timestamp service that answered counts as there."""
MAX_TOKEN_OBJECTS = 256
"""Certificates looked at on one token."""
REMOTE_SECONDS = 30.0
"""One request to a remote signing service."""
MAX_REMOTE_BYTES = 1_000_000
"""One answer of a remote signing service."""
MAX_REMOTE_CREDENTIALS = 100
"""Credentials that a remote service may list."""
MAX_REMOTE_BATCH = 1_000
"""Signatures asked for under one authorisation, whatever the service allows."""
MAX_REMOTE_TOGETHER = 16
"""Papers held in memory at once while their digests are authorised together."""
