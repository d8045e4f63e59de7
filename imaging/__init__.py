"""Files to page images under limits; codes, external programs, colour, scale, comparison."""

from imaging._pdf import has_signatures
from imaging.codes import read_codes
from imaging.colour import to_grey, to_rgb
from imaging.compare import correlation
from imaging.programs import Completed, run, version_of
from imaging.scale import resize, rotate_quarter, shrink_to
from imaging.source import Source, open_source
from imaging.types import Box, Code, Depth, PageImage, PageSheet, Pixels

__all__ = [
    "Box",
    "Code",
    "Completed",
    "Depth",
    "PageImage",
    "PageSheet",
    "Pixels",
    "Source",
    "correlation",
    "has_signatures",
    "open_source",
    "read_codes",
    "resize",
    "rotate_quarter",
    "run",
    "shrink_to",
    "to_grey",
    "to_rgb",
    "version_of",
]
