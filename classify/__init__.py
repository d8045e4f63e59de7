"""Pages to documents, kinds and fields with evidence: layout, wording, a trained model of kinds."""

from classify._outside import CONTENTS, COVER
from classify.checks import Named, Remark, check_fields, check_names
from classify.contents import Entry, read_contents
from classify.contents_check import Comparison, Difference, Found, Paper, compare_contents
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
    Listed,
    PageView,
    Pictures,
    Reference,
    Separation,
    SheetData,
    Span,
    Strips,
)

__all__ = [
    "COMMON",
    "CONTENTS",
    "COVER",
    "OTHER",
    "UNKNOWN",
    "Alternative",
    "Comparison",
    "Difference",
    "Entry",
    "FieldValue",
    "Fields",
    "Found",
    "Kind",
    "KindGuess",
    "Listed",
    "Named",
    "PageView",
    "Paper",
    "Pictures",
    "Reference",
    "Remark",
    "Separation",
    "SheetData",
    "Span",
    "Strips",
    "check_fields",
    "check_names",
    "classify",
    "compare_contents",
    "extract",
    "is_sure",
    "read_contents",
    "separate",
]
