"""A paper and the truth about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from specimens.blocks import NumberStyle
from specimens.draw import line_box
from specimens.page import Box, Ink, Modules, Page, Point, Seal, Stamp, StampKind
from specimens.people import Person, Place

FieldTruth = str | bool | None


@dataclass(frozen=True, slots=True)
class LineTruth:
    """One printed line and where it lies on the page as drawn, in pixels."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Paper:
    """One document: what it is, what its fields are, its pages."""

    kind: str
    """Code of the catalogue ("VB02"), or KHAC."""
    form: str
    """The plain form in lower case: "quyết định"."""
    fields: Mapping[str, FieldTruth]
    """By the names of the command line: number, notation, issued_on (ISO), issuer, abstract,
    signer_name, signer_title, subject_id, subject_name, expires_on, secrecy, urgency, has_seal,
    has_signature ... A field that the paper does not bear is absent; one that it bears but
    that was left open is None."""
    pages: tuple[Page, ...]
    handwritten: tuple[str, ...] = ()
    """Names of the fields filled in by hand."""

    def truth(self, page: int, dpi: int) -> tuple[LineTruth, ...]:
        """Return the printed lines of page `page` (from 1) with their boxes at `dpi`."""
        return tuple(
            LineTruth(line.text, line_box(line, dpi)) for line in self.pages[page - 1].lines
        )

    def page_text(self, page: int) -> str:
        """Return the printed lines of page `page` (from 1), one a line, as they were set."""
        return "\n".join(line.text for line in self.pages[page - 1].lines)

    @property
    def marks(self) -> tuple[tuple[int, Seal | Stamp | Ink | Modules], ...]:
        """What lies over the print, with its page from 1."""
        return tuple(
            (number, item)
            for number, page in enumerate(self.pages, 1)
            for item in page.items
            if isinstance(item, (Seal, Stamp, Ink, Modules))
        )


@dataclass(frozen=True, slots=True)
class StampRequest:
    """A rubber stamp to be put on the first page."""

    kind: StampKind
    angle: float = 0.0
    """Degrees clockwise."""
    strength: float = 0.9
    centre: Point | None = None
    """None puts it where the rule does: secrecy under the number, urgency beneath that."""
    size: float = 15.0


@dataclass(frozen=True, slots=True)
class PaperOptions:
    """What the caller fixes; the seed decides the rest."""

    subject: Person | None = None
    place: Place | None = None
    issued_on: date | None = None
    digits: str | None = None
    """The number before its slash."""
    number_style: NumberStyle = NumberStyle.PRINTED
    hand_day: bool = False
    stamps: tuple[StampRequest, ...] = ()
    sealed: bool = True
    signed: bool = True
    seal_strength: float = 0.9
    dossier: str | None = None
    """Dossier code, for papers that print it (MC01)."""
    procedure: str | None = None
    """Procedure code, for papers that print it (MC01)."""
    procedure_name: str | None = None
    """What the procedure is called, for papers that print it (MC01, TP-TK)."""


DEFAULT_OPTIONS = PaperOptions()
