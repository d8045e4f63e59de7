"""What this library takes on: every limit is checked before the work it bounds."""

MAX_FILE_BYTES = 2 * 1024**3
"""A file of the longest dossier (2,000 pages of 300 dpi colour at 1 MB) fits."""

MAX_PAGES = 2_000
"""Pages of one file; a longer one is a bundle that should be cut before it is fed."""

MAX_PAGE_PIXELS = 80_000_000
"""Pixels of one page: A3 at 600 dpi (69.6 million) fits, a 40,000-pixel bomb does not."""

MAX_SIDE_PIXELS = 30_000
"""Pixels of one side; catches pictures that are absurdly long and thin."""

MAX_RENDER_PIXELS = 36_000_000
"""Pixels of a rendered page: A2 at 300 dpi fits, a larger sheet gets a lower dpi."""

MAX_STREAM_BYTES = 64 * 1024**2
"""Bytes to which one compressed PDF stream that is no picture may expand."""

MAX_IMAGE_STREAM_BYTES = 512 * 1024**2
"""Bytes to which one compressed picture of a PDF may expand (80 million pixels, 6 bytes each)."""

MAX_ARCHIVE_RATIO = 200
"""How many times its size a ZIP may claim to hold before it is called a bomb."""

RENDER_DPI = 300
"""Dots per inch of a page that is not one picture."""

MIN_DPI = 50
"""Below this a picture that covers a page is a background, and a dpi entry is not believed."""

MAX_DPI = 2_400
"""Above this a dpi entry is not believed."""

A4_WIDTH_INCHES = 8.27
"""The sheet assumed where a picture does not say its dpi."""

MAX_FACTOR_EXPANSION = 1_032
"""The most that DEFLATE can expand one byte to (RFC 1951: 258 bytes from 2 bits)."""

PROGRAM_TIMEOUT_SECONDS = 120.0
"""How long an external program may run where the caller names no time."""

COMPARE_DPI = 100
"""The resolution at which an archived page is compared with its input."""

CODES_MAX_SIDE = 2_000
"""The longer side, in pixels, of the reduced picture in which codes are looked for first."""
