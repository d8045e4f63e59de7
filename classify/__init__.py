"""Pages to documents, kinds and fields with evidence: layout, wording, a trained model of kinds."""

from classify._outside import CONTENTS
from classify.checks import Named, Remark, check_fields, check_names
from classify.contents import Entry, read_contents
from classify.extraction import COMMON, extract
from classify.kinds import OTHER, UNKNOWN, classify
from classify.policy import is_sure
from classify.separation import separate
from classify.types import (
    Alternative,
    Fields,
    FieldValue,
    Kind,
    KindGuess,
    PageView,
    Pictures,
    Reference,
    Separation,
    SheetData,
    Span,
)

__all__ = [
    "COMMON",
    "CONTENTS",
    "OTHER",
    "UNKNOWN",
    "Alternative",
    "Entry",
    "FieldValue",
    "Fields",
    "Kind",
    "KindGuess",
    "Named",
    "PageView",
    "Pictures",
    "Reference",
    "Remark",
    "Separation",
    "SheetData",
    "Span",
    "check_fields",
    "check_names",
    "classify",
    "extract",
    "is_sure",
    "read_contents",
    "separate",
]
