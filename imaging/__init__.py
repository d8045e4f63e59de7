"""Files to page images under limits; codes, external programs, colour, scale, comparison.

Names are loaded when first used: whoever needs only `imaging.errors` must not wait for OpenCV.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imaging._heif import know_heif
    from imaging._pdf import has_signatures
    from imaging._raster import with_true_ink
    from imaging.codes import read_codes
    from imaging.colour import to_grey, to_rgb
    from imaging.compare import correlation
    from imaging.programs import Completed, run, version_of
    from imaging.scale import resize, rotate_quarter, shrink_to
    from imaging.source import Source, open_source
    from imaging.types import Box, Code, Depth, PageImage, PageSheet, Pixels

_HOME = {
    "has_signatures": "_pdf",
    "know_heif": "_heif",
    "with_true_ink": "_raster",
    "read_codes": "codes",
    "to_grey": "colour",
    "to_rgb": "colour",
    "correlation": "compare",
    "Completed": "programs",
    "run": "programs",
    "version_of": "programs",
    "resize": "scale",
    "rotate_quarter": "scale",
    "shrink_to": "scale",
    "Source": "source",
    "open_source": "source",
    "Box": "types",
    "Code": "types",
    "Depth": "types",
    "PageImage": "types",
    "PageSheet": "types",
    "Pixels": "types",
}

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
    "know_heif",
    "open_source",
    "read_codes",
    "resize",
    "rotate_quarter",
    "run",
    "shrink_to",
    "to_grey",
    "to_rgb",
    "version_of",
    "with_true_ink",
]


def __getattr__(name: str) -> object:
    """Load a public name from its module, once."""
    if name not in _HOME:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(f"imaging.{_HOME[name]}"), name)
    globals()[name] = value
    return value
