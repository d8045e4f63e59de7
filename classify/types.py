"""The values of the classifying library: pages in, documents with kinds and fields out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from imaging.types import Box, Code, Pixels
from ocr.types import Mark, PageText


@dataclass(frozen=True, slots=True)
class PageView:
    """One page as this library looks at it."""

    number: int
    """1-based place in the file."""
    text: PageText
    is_blank: bool = False
    codes: tuple[Code, ...] = ()
    marks: tuple[Mark, ...] = ()
    is_born_digital: bool = False


class OwnField(NamedTuple):
    """What the catalogue says of one own field, so that it is read without a rule of ours."""

    name: str
    labels: tuple[str, ...]
    """The words printed before its value: "Số đàn được phép đặt"."""
    sort: str = ""
    """What its value is: text, date, number, code, person, id; empty leaves it to the name."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One entry of the dated catalogue, as handed in by the caller."""

    code: str
    """`VB02`, `KQ-KS` ..."""
    name: str
    """Giấy khai sinh."""
    form: str
    """The plain form in lower case as a clerk says it: "quyết định"."""
    abbreviation: str
    """As it stands in số/ký hiệu ("QĐ"), or empty."""
    group: str
    """The catalogue's group letter: A administrative, B copies, C normative, D one-stop ..."""
    titles: tuple[str, ...]
    """Phrases that its title or body prints, in capitals where printed so."""
    own_fields: tuple[str, ...] = ()
    """Names of the fields this kind has beside the common ones."""
    described: tuple[OwnField, ...] = ()
    """Those of them for which the catalogue gives the label."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What the catalogue knows that reading needs."""

    kinds: tuple[Kind, ...]
    issuers: tuple[str, ...] = ()
    """Full names of bodies in ordinary case: "Ủy ban nhân dân tỉnh Quảng Ngãi"."""
    provinces: tuple[str, ...] = ()
    """Names of provinces, old and new: "Quảng Ngãi"."""
    today: date | None = None
    """A date after which no paper can have been issued; None leaves it unchecked."""
    communes: tuple[str, ...] = ()
    """Names of communes, wards, districts, old and new, without their word: "Bình Sơn"."""


@dataclass(frozen=True, slots=True)
class SheetData:
    """What a separator sheet's QR or a receipt's barcode says of the papers behind it."""

    dossier: str | None = None
    procedure: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """One document: pages first to last, both inclusive, blank backs inside it or at its end."""

    first_page: int
    last_page: int
    sheet: SheetData | None
    """The separator sheet in force."""
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class Separation:
    """How a file falls into documents."""

    spans: tuple[Span, ...]
    sheets: tuple[int, ...]
    """Page numbers of separator sheets, which belong to no document."""
    blanks: tuple[int, ...]
    """Page numbers of blank pages."""


@dataclass(frozen=True, slots=True)
class KindGuess:
    """What a document is. `code` None is "không rõ"; "KHAC" is a document of no catalogued kind."""

    code: str | None
    name: str
    form: str | None
    confidence: float
    reasons: tuple[str, ...]
    """Vietnamese, for the person who checks."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another reading of a field."""

    value: str
    confidence: float


class Evidence(NamedTuple):
    """What speaks for a value, each larger the more it speaks; calibration weighs it."""

    words: float
    """Mean confidence of its words, weighed by length, 0 to 1."""
    weakest: float
    """Of its least certain word, 0 to 1."""
    every: float
    """That all of its words are right: the sum of the logarithms of their confidences, to 0."""
    rule: float = 1.0
    """How strong the rule is that found or mended it, 0 to 1."""
    known: float = 0.0
    """Whether a closed list knows it (body, notation, office, name), 0 to 1."""
    agreed: float = 0.0
    """Whether another part of the paper says the same, 0 to 1."""
    regular: float = 0.0
    """How much of the head stands where NĐ 30/2020 puts it, 0 to 1."""


class Slot(NamedTuple):
    """One place that a pen filled, and what the reader of digits makes of it."""

    name: str
    """number, day or month."""
    box: Box
    """Columns between the print on both sides, rows of that print's capitals; page pixels."""
    readings: tuple[tuple[str, float], ...]
    """Strings and their chances, best first, before anything is known of the paper."""


@dataclass(frozen=True, slots=True)
class Hand:
    """What a pen wrote into a field, kept so that it can be weighed again when more is known."""

    slots: tuple[Slot, ...]
    shape: str
    """Of a number "{}/QĐ-UBND", of a date its printed year."""
    letters: str
    """The notation in a number's shape; empty for a date."""
    printed: str
    """What the reader of print saw: digits, or a day as ISO; empty where nothing."""
    cites: str
    """The latest day of a paper that this one cites, ISO; empty where none."""
    told: str
    """How the reason begins."""
    certain: bool
    """Whether place and printed part are certain; without them nothing is sure."""
    alone: str = ""
    """The value that is sure whatever stands beside the paper; empty where none is."""
    evidence: tuple[str, ...] = ()
    """What each piece of context says, Vietnamese sentences, in the reason as well."""


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One field as read, with where and why. What was not read has value None."""

    value: str | bool | None
    """Normalised; dates ISO 8601."""
    as_printed: str | None
    confidence: float
    sure: bool
    """The policy applied to the confidence: what a person need not look at."""
    page: int | None
    """1-based number in the file."""
    box: Box | None
    reason: str
    """Vietnamese: where it was found and by which rule."""
    handwritten: bool = False
    alternatives: tuple[Alternative, ...] = ()
    evidence: Evidence | None = None
    """What the confidence was weighed from; None where it is not made of words."""
    hand: Hand | None = None
    """What was read of a pen's digits; None for every other field."""


Pictures = Callable[[int], Pixels | None]
"""A page's number to its upright picture, (h, w) or (h, w, 3) uint8 in the size that its text
says, or None where there is none; asked for only where a pen is to be told from print."""

Strips = Callable[[Pixels, Box], tuple[str, ...]]
"""Reads one line cut from a page, (h, w) uint8 dark on white with the box of its ink, by every
reader at hand: `ocr.read_strip`."""


class Listed(NamedTuple):
    """A paper as a dossier's table of contents or a register names it; empty where not read."""

    number: str
    """123/QĐ-UBND."""
    issued_on: str
    """ISO 8601."""


class Mention(NamedTuple):
    """A paper as another paper names it; empty where not read."""

    number: str
    issued_on: str
    """ISO 8601."""
    issuer: str
    how: str
    """cites: in its grounds ("Căn cứ ..."); register: a register of papers lists it."""
    by: str
    """How a person calls the paper that says so."""


class Neighbour(NamedTuple):
    """A paper scanned near another; number and day are given only where they are sure."""

    place: int
    """How many papers before (below 0) or after it; 0 where no order is meant."""
    number: str
    issued_on: str
    issuer: str


@dataclass(frozen=True, slots=True)
class Around:
    """What is known of a paper outside its own pages, asked of the records by the caller."""

    today: date | None = None
    """The day of the scan: nothing was issued after it."""
    contents: tuple[Listed, ...] = ()
    """What the tables of contents over it name."""
    mentions: tuple[Mention, ...] = ()
    """Sure namings by other papers that may mean it."""
    orders: tuple[tuple[Neighbour, ...], ...] = ()
    """Its neighbours in the batch, and those in the dossier, each in order."""


Fields = Mapping[str, FieldValue]
