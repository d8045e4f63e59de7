"""What people's corrections taught about fields: values, and their file.

Three things are learnt, each switched on by itself and only where it was better on papers that it
had not seen (`classify/training/refield.py`): how far each field may be believed at this office
(`Layer`), the office's own vocabulary (`Agency`), and the labels of fields that the program knows
no label of. Names of owners are never among them: see `classify/training/vocabulary.py`.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from classify._calibration import fingerprint
from classify._text import fold
from classify.errors import FieldModelFileError
from classify.limits import MAX_FIELD_MODEL_BYTES
from classify.types import OwnField

FORMAT = 1
"""Of the file; raised when the evidence of fields changes its meaning."""
_HIGHEST, _LOWEST = 0.999, 0.001


@dataclass(frozen=True, slots=True)
class Layer:
    """How far one field is believed beside what calibration says: shifts of the log-odds.

    Each shift was drawn towards 0 when it was learnt, so that a handful of papers moves little.
    """

    bias: float = 0.0
    seen: float = 0.0
    """Added where the value stands in the agency's vocabulary, letter for letter."""
    by_form: Mapping[str, float] = field(default_factory=dict)
    """Form of the kind -> shift."""
    by_issuer: Mapping[str, float] = field(default_factory=dict)
    """Folded name of the issuer as read -> shift."""

    def chance(self, before: float, place: "Place", *, seen: bool) -> float:
        """The chance that a value is right, of the chance that the shipped calibration gives."""
        kept = min(_HIGHEST, max(_LOWEST, before))
        score = math.log(kept / (1 - kept)) + self.bias + self.seen * seen
        score += self.by_form.get(place.form, 0.0) + self.by_issuer.get(place.issuer, 0.0)
        return min(_HIGHEST, max(_LOWEST, 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))))


@dataclass(frozen=True, slots=True)
class Place:
    """Of which sort of paper a value was read."""

    form: str
    """The kind's form, or empty."""
    issuer: str
    """The issuer as read, folded, or empty."""


@dataclass(frozen=True, slots=True)
class Official:
    """Who signed papers of an agency."""

    name: str
    papers: int
    titles: Mapping[str, int]
    """Signing block as confirmed -> papers."""


@dataclass(frozen=True, slots=True)
class Agency:
    """One body's own vocabulary, from papers that people stood for."""

    name: str
    papers: int
    notations: Mapping[str, int]
    """What stands after the slash -> papers."""
    officials: tuple[Official, ...]


@dataclass(frozen=True, slots=True)
class Habit:
    """A spelling that people here always put another in place of."""

    field: str
    read: str
    meant: str
    papers: int


@dataclass(frozen=True)
class FieldModel:
    """Everything that was learnt about fields; the shipped one knows nothing."""

    version: str
    """"1" is the shipped one; learning counts on: "1.3"."""
    layers: Mapping[str, Layer] = field(default_factory=dict)
    """Field -> how far it is believed."""
    agencies: tuple[Agency, ...] = ()
    habits: tuple[Habit, ...] = ()
    mends: frozenset[str] = frozenset()
    """Fields whose doubtful values the vocabulary may mend."""
    proposes: frozenset[str] = frozenset()
    """Fields for which it may offer other readings."""
    calibration: str = ""
    """Fingerprint of the shipped calibration over which the layers were learnt."""
    labels: Mapping[str, tuple[OwnField, ...]] = field(default_factory=dict)
    """Kind -> its own fields with the words that were found before their values."""
    card: Mapping[str, Any] = field(default_factory=dict)
    """What it was taught and how well it did."""

    @cached_property
    def by_name(self) -> Mapping[str, Agency]:
        """Agencies by their names, whatever the case."""
        return {agency.name.casefold(): agency for agency in self.agencies}

    @property
    def trust(self) -> Mapping[str, Layer]:
        """The layers, none where the program's calibration changed since they were learnt."""
        return self.layers if self.calibration == fingerprint() else {}

    def of_kind(self, code: str | None) -> Mapping[str, OwnField]:
        """The learnt labels of one kind's own fields."""
        return {one.name: one for one in self.labels.get(code or "", ())}


@cache
def shipped_field_model() -> FieldModel:
    """The model that comes with the program: nothing learnt yet."""
    return FieldModel("1")


def place_of(form: str | None, issuer: object) -> Place:
    """The groups that a paper's values belong to."""
    return Place(form or "", fold(str(issuer or "")))


def to_bytes(model: FieldModel) -> bytes:
    """The model as a JSON file."""
    layers = {name: asdict(layer) for name, layer in model.layers.items()}
    data = {
        "format": FORMAT,
        "version": model.version,
        "layers": layers,
        "agencies": [asdict(agency) for agency in model.agencies],
        "habits": [asdict(habit) for habit in model.habits],
        "calibration": model.calibration,
        "mends": sorted(model.mends),
        "proposes": sorted(model.proposes),
        "labels": model.labels,
        "card": model.card,
    }
    return json.dumps(data, ensure_ascii=False, indent=1).encode()


def from_bytes(content: bytes) -> FieldModel:
    """What `to_bytes` wrote. Raises FieldModelFileError for anything else."""
    if len(content) > MAX_FIELD_MODEL_BYTES:
        raise FieldModelFileError(detail=f"{len(content)} bytes")
    try:
        data = json.loads(content)
        if data["format"] != FORMAT:
            raise FieldModelFileError(detail=f"format {data['format']}")
        return FieldModel(
            version=str(data["version"]),
            layers={name: Layer(**row) for name, row in data["layers"].items()},
            agencies=tuple(_agency(row) for row in data["agencies"]),
            habits=tuple(Habit(**row) for row in data["habits"]),
            calibration=str(data["calibration"]),
            mends=frozenset(data["mends"]),
            proposes=frozenset(data["proposes"]),
            labels={
                code: tuple(OwnField(name, tuple(words), sort) for name, words, sort in fields)
                for code, fields in data["labels"].items()
            },
            card=data["card"],
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FieldModelFileError(detail=str(error)) from error


def _agency(row: Mapping[str, Any]) -> Agency:
    officials = tuple(Official(**official) for official in row["officials"])
    return Agency(row["name"], int(row["papers"]), dict(row["notations"]), officials)


def load_field_model(path: Path) -> FieldModel:
    """Read a model's file. Raises FieldModelFileError."""
    try:
        return from_bytes(path.read_bytes())
    except OSError as error:
        raise FieldModelFileError(detail=str(error)) from error
