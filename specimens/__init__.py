"""Sample papers of the project's own: drawn, spoiled and filed by seed, all people invented.

Used by script/run's demonstration, the tests and the benches; the product never imports it.
"""

from specimens.blocks import NumberStyle
from specimens.degrade import CLEAN, OFFICE, POOR, Faults, Light, degrade
from specimens.draw import line_box, render
from specimens.errors import SpecimenError
from specimens.files import write_jpeg, write_png, write_scan_pdf, write_tiff
from specimens.page import BLANK, Page, Stamp, StampKind
from specimens.paper import LineTruth, Paper, PaperOptions, StampRequest
from specimens.papers import TEMPLATES, make_paper
from specimens.people import Person, Place, Sex, invent_person
from specimens.sheets import separator_sheet, sheet_payload

__all__ = [
    "BLANK",
    "CLEAN",
    "OFFICE",
    "POOR",
    "TEMPLATES",
    "Faults",
    "Light",
    "LineTruth",
    "NumberStyle",
    "Page",
    "Paper",
    "PaperOptions",
    "Person",
    "Place",
    "Sex",
    "SpecimenError",
    "Stamp",
    "StampKind",
    "StampRequest",
    "degrade",
    "invent_person",
    "line_box",
    "make_paper",
    "render",
    "separator_sheet",
    "sheet_payload",
    "write_jpeg",
    "write_png",
    "write_scan_pdf",
    "write_tiff",
]
