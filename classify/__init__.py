"""Pages to documents, kinds and fields with evidence: layout, wording, a trained model of kinds."""

from classify._cited import Citation, citations
from classify._outside import CONTENTS, COVER, REGISTER
from classify.checks import Named, Remark, check_fields, check_names
from classify.contents import Entry, read_contents
from classify.contents_check import Comparison, Difference, Found, Paper, compare_contents
from classify.extraction import COMMON, extract
from classify.kinds import OTHER, UNKNOWN, classify
from classify.policy import is_sure
from classify.register import read_register
from classify.separation import separate
from classify.types import (
    Alternative,
    Around,
    Fields,
    FieldValue,
    Kind,
    KindGuess,
    Listed,
    Mention,
    Neighbour,
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
    "REGISTER",
    "UNKNOWN",
    "Alternative",
    "Around",
    "Citation",
    "Comparison",
    "Difference",
    "Entry",
    "FieldValue",
    "Fields",
    "Found",
    "Kind",
    "KindGuess",
    "Listed",
    "Mention",
    "Named",
    "Neighbour",
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
    "citations",
    "classify",
    "compare_contents",
    "extract",
    "is_sure",
    "read_contents",
    "read_register",
    "separate",
]
