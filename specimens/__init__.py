"""Sample papers of the project's own: drawn, spoiled and filed by seed, all people invented.

Used by script/run's demonstration, the tests and the benches; the product never imports it.
"""

from specimens._vector import write_digital_pdf
from specimens.bad_files import BadFile, bad_files
from specimens.batch import write_demo_batch
from specimens.blocks import NumberStyle
from specimens.clean import clean_pages, write_clean_pages
from specimens.degrade import CLEAN, OFFICE, POOR, Faults, Light, degrade
from specimens.draw import line_box, render
from specimens.errors import SpecimenError
from specimens.files import write_jpeg, write_png, write_scan_pdf, write_tiff
from specimens.manifest import (
    ExpectedDocument,
    ExpectedFile,
    Manifest,
    Outcome,
    ReuseQuestion,
    SearchQuestion,
    Status,
)
from specimens.page import BLANK, Page, Stamp, StampKind
from specimens.paper import LineTruth, Paper, PaperOptions, StampRequest
from specimens.papers import TEMPLATES, make_paper
from specimens.people import Person, Place, Sex, invent_person
from specimens.reading import Condition, ReadingPage, Region, TruthLine, reading_pages
from specimens.sheets import separator_sheet, sheet_payload
from specimens.signed import sign_pdf
from specimens.typeface import Typeface, set_in

__all__ = [
    "BLANK",
    "CLEAN",
    "OFFICE",
    "POOR",
    "TEMPLATES",
    "BadFile",
    "Condition",
    "ExpectedDocument",
    "ExpectedFile",
    "Faults",
    "Light",
    "LineTruth",
    "Manifest",
    "NumberStyle",
    "Outcome",
    "Page",
    "Paper",
    "PaperOptions",
    "Person",
    "Place",
    "ReadingPage",
    "Region",
    "ReuseQuestion",
    "SearchQuestion",
    "Sex",
    "SpecimenError",
    "Stamp",
    "StampKind",
    "StampRequest",
    "Status",
    "TruthLine",
    "Typeface",
    "bad_files",
    "clean_pages",
    "degrade",
    "invent_person",
    "line_box",
    "make_paper",
    "reading_pages",
    "render",
    "separator_sheet",
    "set_in",
    "sheet_payload",
    "sign_pdf",
    "write_clean_pages",
    "write_demo_batch",
    "write_digital_pdf",
    "write_jpeg",
    "write_png",
    "write_scan_pdf",
    "write_tiff",
]
