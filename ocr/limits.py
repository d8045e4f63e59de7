"""What the reader takes on, and the measured numbers it goes by."""

MAX_SKEW_DEGREES = 10.0
"""Skew beyond this is not sought: a page lying so must be scanned again."""

TARGET_X_HEIGHT = 19.0
"""Height of a small letter, in pixels, at which Tesseract reads best (17 to 21, docs/ocr.md)."""

FAST_X_HEIGHT = 17.0
"""The same in fast mode: fewer pixels, a few more errors."""

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

MIN_RESCUED_CONFIDENCE = 0.10
"""What the first reading takes for noise stays where all readings together are this sure of it."""

PRINT_MIDDLE = 0.70
"""Half of the words of printed Vietnamese, of a line or of a page, are at least this sure after all
readings; no word is surer than the middle one where they are not: foreign script, drawings."""

MIN_MARK_CONFIDENCE = 0.60
"""Below this a word without a letter or a digit is noise."""

SURE_LINE = 0.8
"""A line whose middle word is at least this sure is print: no word of it is dropped."""

BULLETS = frozenset("-–—+*•")
"""Marks that begin an item of a list."""

MIN_LAYER_LETTERS = 15
"""A text layer with fewer letters says nothing about itself."""

MIN_VIETNAMESE_SHARE = 0.08
"""The least share of letters with Vietnamese marks in a text layer that is believed."""

MIN_SYLLABLE_SHARE = 0.6
"""The least share of words that could be Vietnamese syllables."""

MAX_STRANGE_SHARE = 0.03
"""The greatest share of signs from no Vietnamese text; bullets of symbol fonts are such."""

MAX_SPOTS = 25_000
"""Connected spots of ink on a page without rows above which it is noise; dense print has 6,000."""

MIN_CONTRAST = 32
"""An image whose darkest and lightest pixel differ by less holds no print."""

MIN_ENGINE_DPI = 70
"""Tesseract takes a lower resolution for a mistake and guesses one of its own."""

MIN_PICTURE_SHARE = 0.2
"""The least side of a picture on a page of text that is read, in page widths: 42 mm, so that an
identity card is (54 mm), a seal (36 mm) or a logo is not."""

MAX_WORDS_ON_PICTURE = 3
"""Words of the page's own text that may lie on a picture that is read; more make it a ground."""

MIN_PICTURE_LETTERS = 15
"""Letters that must be sure for a picture to count as print."""

SURE_OF_PICTURE = 0.8
"""The confidence from which a word read in a picture speaks for it being print."""
