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
S3_BUSY = (500, 502, 503, 504)
"""Answers by which a server asks to be asked again."""
S3_BUSY_RETRIES = 2
"""How often it is."""
S3_BACKOFF_SECONDS = 0.5
"""How long to wait before the second time; twice as long before each later one."""
S3_STEP_BYTES = 64 * 1024
"""How much is read from the line at a time, so that a trickle shows."""
S3_SLOWEST_BYTES_PER_SECOND = 20_000
"""A line slower than this, on the average of a download, counts as dead."""
S3_PATIENCE_SECONDS = 30.0
"""How long a download may be slower than that."""
S3_HEAD_BYTES = 4 * 1024 * 1024
"""How much of an object the first request brings: a page is there at once."""
S3_WINDOW_BYTES = 16 * 1024 * 1024
"""How much one request brings where an object is read on from place to place."""
S3_POOL = 16
"""Connections that one process keeps: web threads beside each other."""
WORK_GRACE_SECONDS = 3600.0
"""How old bytes without a row are, before a sweep of a store that several nodes share asks."""
WORK_UPLOAD_SECONDS = 24 * 3600.0
"""How old an unfinished upload is before it counts as left by a killed process."""
WORK_SWEEP_STEP = 100
"""Suspects asked and erased while the writers of every node wait."""
S3_MOST_DEFAULT_DAYS = 30
"""The longest lock that a bucket may give by itself: it holds up the destroying of wrapped keys."""
COPY_PAUSE_SECONDS = 60.0
"""How long a copy that failed is left alone: a house must not wait for it at every blob."""
