"""The values of the catalogue: kinds, procedures, components, places, bodies, retention.

Every entry is one dated version. `valid_from` None means "since before our records", `valid_to`
None means "still"; both days are inclusive. An entry's `code` names it through all its versions.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Protocol


class Certainty(StrEnum):
    """How a row came to be known; a province replaces what is not READ by its own."""

    READ = "READ"
    """The instrument's own passage was read."""
    READ_2 = "READ-2"
    """Second hand: a transcription, a public data set, a portal's page."""
    RECALL = "RECALL"
    """From memory and practice; nobody has compared it with the instrument."""
    DESIGN = "DESIGN"
    """The software's own convention; no instrument says it."""


class Protection(StrEnum):
    """How the archive keeps a kind at the seal."""

    ORDINARY = "ordinary"
    """Plain files, which an archivist can read without this software."""
    IDENTITY = "identity"
    """Encrypted: images of identity papers and other sensitive data (NĐ 356/2025)."""


class ValidityRule(StrEnum):
    """How long a paper of a kind is good."""

    UNLIMITED = "unlimited"
    """Until it is replaced or revoked."""
    DATED = "dated"
    """Until the day printed on it; when that was not read, a person must look."""
    MONTHS = "months"
    """So many months from its date of issue, unless the paper prints another day."""
    UNTIL = "until"
    """Until a day set by law for all papers of the kind."""
    ONCE = "once"
    """Made for one dossier; the person states it anew for the next."""


class PaperForm(StrEnum):
    """In which form a paper was handed in (TT 01/2023/TT-VPCP Điều 4)."""

    ORIGINAL = "original"
    """The original itself."""
    REGISTER_COPY = "register_copy"
    """A copy issued from the register."""
    CERTIFIED_COPY = "certified_copy"
    """A copy certified against the original."""
    PHOTOCOPY_COMPARED = "photocopy_compared"
    """A photocopy which the officer compared with the original."""


class Dated(Protocol):
    """What every entry of the catalogue has."""

    @property
    def code(self) -> str:
        """Names the entry through all its versions."""

    @property
    def valid_from(self) -> date | None:
        """First day; None is "since before our records"."""

    @property
    def valid_to(self) -> date | None:
        """Last day; None is "still"."""


def holds_on(entry: Dated, on: date) -> bool:
    """Whether this version holds on that day, both ends inclusive."""
    return (entry.valid_from is None or entry.valid_from <= on) and (
        entry.valid_to is None or on <= entry.valid_to
    )


@dataclass(frozen=True, slots=True)
class Validity:
    """A kind's rule of validity."""

    rule: ValidityRule
    months: int | None = None
    until: date | None = None

    def last_day(self, issued_on: date | None, expires_on: date | None) -> date | None:
        """The last day on which a paper is good; None when unlimited or not to be known.

        A day printed on the paper goes before the rule, except before a day set by law.
        """
        if self.rule is ValidityRule.UNTIL:
            return min(self.until, expires_on) if self.until and expires_on else self.until
        if expires_on is not None:
            return expires_on
        if self.rule is ValidityRule.MONTHS and issued_on is not None:
            return _months_later(issued_on, self.months or 0)
        return None

    def __str__(self) -> str:
        if self.rule is ValidityRule.MONTHS:
            return f"{self.rule}:{self.months}"
        if self.rule is ValidityRule.UNTIL and self.until is not None:
            return f"{self.rule}:{self.until.isoformat()}"
        return str(self.rule)


def _months_later(start: date, months: int) -> date:
    """The same day so many months later, or that month's last day (Civil Code, Điều 148)."""
    year, month0 = divmod(start.year * 12 + start.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month0 + 1, min(start.day, monthrange(year, month0 + 1)[1]))


class FieldWords(NamedTuple):
    """An own field of which the catalogue says how it is printed."""

    name: str
    labels: tuple[str, ...]
    """The words before its value, the usual ones first."""
    sort: str = ""
    """text, date, number, code, person, id; empty is by the name."""


@dataclass(frozen=True, slots=True)
class KindEntry:
    """A kind of paper. The first seven attributes are what reading needs of it."""

    code: str
    name: str
    form: str
    """The plain form in lower case as a clerk says it: "quyết định"."""
    abbreviation: str
    """As it stands in số/ký hiệu ("QĐ"), or empty."""
    group: str
    """A administrative, B copies, C normative, D one-stop, E-G results, H components, I work
    papers, Z the paper of no kind."""
    titles: tuple[str, ...]
    """Phrases that its title or body prints."""
    own_fields: tuple[str, ...]
    """Names of the fields it has beside the common ones."""
    tt05_type: str
    """typeName of TT 05/2025/TT-BNV, "01" to "32"."""
    qcvn_type: str
    """Type of QCVN 102:2016/BTTTT, or empty."""
    national_code: str
    """Component or result type in the national TTHC database; empty until a province fills it."""
    protection: Protection
    retention: str
    """The default retention code; a procedure's own table goes before it."""
    required_fields: tuple[str, ...]
    """What must be sure before a paper may pass without a person's look (TT 01/2023 Điều 9)."""
    validity: Validity
    is_single: bool
    """Whether a subject has at most one in force, so that a newer one calls an older in doubt."""
    note: str
    valid_from: date | None
    valid_to: date | None
    source: str
    certainty: Certainty
    described: tuple[FieldWords, ...] = ()
    """Own fields that the catalogue gives labels for."""


@dataclass(frozen=True, slots=True)
class Component:
    """What a procedure asks for."""

    procedure: str
    code: str
    """Unique within its procedure."""
    name: str
    ordinal: int
    is_required: bool
    kinds: tuple[str, ...]
    """Kind codes that are what is asked for."""
    substitutes: tuple[str, ...]
    """Kind codes that are accepted in their place."""
    forms: tuple[PaperForm, ...]
    """Forms in which it is accepted."""
    valid_from: date | None
    valid_to: date | None
    source: str
    certainty: Certainty

    @property
    def accepted(self) -> tuple[str, ...]:
        """Every kind that may serve, what is asked for first."""
        return self.kinds + self.substitutes


@dataclass(frozen=True, slots=True)
class Procedure:
    """An administrative procedure with its components, in the order of its form."""

    code: str
    """As d.dddddd."""
    name: str
    sector: str
    level: str
    """Who decides: commune, province or ministry."""
    results: tuple[str, ...]
    """Kind codes of what it issues."""
    components: tuple[Component, ...]
    note: str
    valid_from: date | None
    valid_to: date | None
    source: str
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Province:
    """A province or a city under the centre."""

    code: str
    """Two digits; 29 of the 63 codes closed on 30 June 2025, several others changed owner."""
    name: str
    """"Tỉnh Quảng Ngãi"."""
    short_name: str
    """"Quảng Ngãi"."""
    level: str
    """city or province."""
    successors: tuple[str, ...]
    """Codes of the provinces that took its place the day after `valid_to`."""
    note: str
    valid_from: date | None
    valid_to: date | None
    source: str
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune, ward, township or special zone."""

    code: str
    """Five digits; reused after 1 July 2025, so never without a date."""
    name: str
    level: str
    """xã, phường, thị trấn or đặc khu."""
    province: str
    district: str
    """Empty since districts are gone."""
    successors: tuple[str, ...]
    main_successor: str
    """The one that took most of it, where it was divided."""
    valid_from: date | None
    valid_to: date | None
    source: str
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Agency:
    """A body that issues papers."""

    code: str
    """Ours: the name without tone marks."""
    name: str
    """In ordinary case: "Ủy ban nhân dân tỉnh Quảng Ngãi"."""
    level: str
    """central, ministry, province or department."""
    abbreviation: str
    """As it stands in số/ký hiệu: "UBND", "SGDĐT"."""
    province: str
    """The code its province has or had last, or empty."""
    parent: str
    """Code of the body above it, or empty."""
    successors: tuple[str, ...]
    note: str
    valid_from: date | None
    valid_to: date | None
    source: str
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Retention:
    """A term of keeping by TT 05/2025/TT-BNV."""

    code: str
    """01 permanent ... 07 other."""
    name: str
    years: int | None
    """None: for ever (01), or set for each dossier (07)."""
    note: str
    valid_from: date | None
    valid_to: date | None
    source: str
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The reference data of one day, or of every day when `on` is None.

    Without a day, kinds, procedures and retention are the newest version of each code, while
    places and bodies are all versions: a paper names the body of its own day.
    """

    on: date | None
    version: str
    """Names the content: equal versions hold equal data."""
    kinds: tuple[KindEntry, ...]
    procedures: tuple[Procedure, ...]
    issuers: tuple[Agency, ...]
    provinces: tuple[Province, ...]
    retention: tuple[Retention, ...]

    def kind(self, code: str) -> KindEntry | None:
        """The kind of this code, or None."""
        return next((kind for kind in self.kinds if kind.code == code), None)

    def procedure(self, code: str) -> Procedure | None:
        """The procedure of this code, or None."""
        return next((entry for entry in self.procedures if entry.code == code), None)

    @property
    def issuer_names(self) -> tuple[str, ...]:
        """Names of bodies, each once, in the order of the catalogue."""
        return tuple(dict.fromkeys(agency.name for agency in self.issuers))

    @property
    def province_names(self) -> tuple[str, ...]:
        """Short names of provinces, each once: "Quảng Ngãi"."""
        return tuple(dict.fromkeys(province.short_name for province in self.provinces))
