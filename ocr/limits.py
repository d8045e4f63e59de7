"""What the reader takes on, and the measured numbers it goes by."""

MAX_SKEW_DEGREES = 10.0
"""Skew beyond this is not sought: a page lying so must be scanned again."""

TARGET_X_HEIGHT = 19.0
"""Height of a small letter, in pixels, at which Tesseract reads best (17 to 21, docs/ocr.md)."""

MAX_CLEAN_PIXELS = 24_000_000
"""Pixels of a page handed to the engine; bounds its time."""

MIN_SCALE, MAX_SCALE = 0.15, 3.5
"""How far a page is shrunk or grown for the reader."""

DESK_BRIGHTNESS = 0.6
"""What lies around the sheet is cut off only where darker than this share of the paper."""

OCR_TIMEOUT_SECONDS = 120.0
"""How long one page may take."""

MIN_WORD_CONFIDENCE = 0.10
"""Below this a word is noise."""

MIN_MARK_CONFIDENCE = 0.60
"""Below this a word without a letter or a digit is noise."""
