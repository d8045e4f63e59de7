"""The numbers of the stores."""

CHUNK_BYTES = 1024 * 1024
"""How much is read, hashed and encrypted at a time."""
BLOB_BYTES = 16 * 1024 * 1024 * 1024
"""The largest blob: 16 GiB; a 2,000-page colour scan at 600 dpi stays below."""
ANCHOR_BYTES = 64 * 1024
"""One anchor; ours are below 300 bytes."""
KEY_BYTES = 16 * 1024
"""One wrapped key."""
NAME_CHARS = 120
"""The name of an anchor."""
BUSY_SECONDS = 2.0
"""How long the sweep waits for writers before it leaves the sweeping for another time."""
BUSY_STEP_SECONDS = 0.05
"""How often it looks."""
FOREVER_DAYS = 36_500
"""Object Lock knows no "for ever": what is kept without end is locked for this long."""
S3_CONNECT_SECONDS = 5.0
"""How long a connection to the object store may take."""
S3_READ_SECONDS = 60.0
"""How long the object store may stay silent."""
S3_PART_BYTES = 16 * 1024 * 1024
"""The part size of a multipart upload."""
S3_RETRIES = 1
"""How often a request is made again before the store counts as away."""
S3_STEP_BYTES = 64 * 1024
"""How much is read from the line at a time, so that a trickle shows."""
S3_SLOWEST_BYTES_PER_SECOND = 20_000
"""A line slower than this, on the average of a download, counts as dead."""
S3_PATIENCE_SECONDS = 30.0
"""How long a download may be slower than that."""
S3_MOST_DEFAULT_DAYS = 30
"""The longest lock that a bucket may give by itself: it holds up the destroying of wrapped keys."""
COPY_PAUSE_SECONDS = 60.0
"""How long a copy that failed is left alone: a house must not wait for it at every blob."""
