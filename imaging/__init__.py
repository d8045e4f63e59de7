"""Files to page images under limits; codes, external programs, colour, scale, comparison."""

from imaging._pdf import has_signatures
from imaging.colour import to_grey, to_rgb
from imaging.scale import resize, rotate_quarter, shrink_to
from imaging.source import Source, open_source
from imaging.types import Box, Code, Depth, PageImage, Pixels

__all__ = [
    "Box",
    "Code",
    "Depth",
    "PageImage",
    "Pixels",
    "Source",
    "has_signatures",
    "open_source",
    "resize",
    "rotate_quarter",
    "shrink_to",
    "to_grey",
    "to_rgb",
]
