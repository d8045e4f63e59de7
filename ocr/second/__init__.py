"""Second readers, a model of syllables, and what they make of a page read once."""

from ocr.second.language import Language, load_language
from ocr.second.reader import LineReader, LineReading
from ocr.second.review import Found, Review, load_review, second_readers_found
from ocr.second.strip import read_strip

__all__ = [
    "Found",
    "Language",
    "LineReader",
    "LineReading",
    "Review",
    "load_language",
    "load_review",
    "read_strip",
    "second_readers_found",
]
