"""The limits of making archival PDFs, checked before the work."""

MAX_SOURCE_BYTES = 1_000_000_000
"""A source file; 2,000 pages at 0.5 MB."""
MAX_PAGES = 2_000
"""Pages of one document, as the receiving side limits a file."""
MAX_PAGE_PIXELS = 178_000_000
"""One image: A0 at 300 dpi is 140 million. Pillow itself refuses from 179 million."""
MAX_CONTENT_BYTES = 32_000_000
"""The drawing instructions of one page once expanded."""
MAX_FORM_DEPTH = 12
"""Forms drawn inside forms."""
MAX_TEXT_CHARS_PER_PAGE = 200_000
"""Characters of the text layer of one page; a page of the densest print holds about 10,000."""
