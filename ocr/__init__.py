"""A page image to lines and words with boxes and confidences; text layers."""

from ocr.born_digital import read_text_layer
from ocr.clean import clean_page
from ocr.engine import Engine, Recogniser, Segmentation
from ocr.engines import Backend, best_engine, best_recogniser
from ocr.gate import inspect_page
from ocr.jsonio import (
    page_text_from_bytes,
    page_text_from_json,
    page_text_to_bytes,
    page_text_to_json,
)
from ocr.marks import find_marks
from ocr.orient import quarter_turn
from ocr.read import read_page, recognise_page
from ocr.reader import PageReader
from ocr.second import Review, load_review, read_strip, second_readers_found
from ocr.secret import find_secret_mark, secret_in_text
from ocr.types import (
    CleanPage,
    GateReport,
    Line,
    LineRole,
    Mark,
    MarkKind,
    Mode,
    PageText,
    Problem,
    SecretMark,
    TextSource,
    Verdict,
    Word,
)

__all__ = [
    "Backend",
    "CleanPage",
    "Engine",
    "GateReport",
    "Line",
    "LineRole",
    "Mark",
    "MarkKind",
    "Mode",
    "PageReader",
    "PageText",
    "Problem",
    "Recogniser",
    "Review",
    "SecretMark",
    "Segmentation",
    "TextSource",
    "Verdict",
    "Word",
    "best_engine",
    "best_recogniser",
    "clean_page",
    "find_marks",
    "find_secret_mark",
    "inspect_page",
    "load_review",
    "page_text_from_bytes",
    "page_text_from_json",
    "page_text_to_bytes",
    "page_text_to_json",
    "quarter_turn",
    "read_page",
    "read_strip",
    "read_text_layer",
    "recognise_page",
    "second_readers_found",
    "secret_in_text",
]
