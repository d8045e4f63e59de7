"""The trained model of kinds: weights, classes, calibration. Arithmetic on NumPy alone."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from classify.errors import ModelFileError
from classify.features import SHARED, SIZE, Look, Vector
from classify.limits import MAX_MODEL_BYTES
from classify.types import Kind, OwnField

FORMAT = 1
"""Of the file; raised when features change, so that an old file is refused and not misused."""
SHIPPED = "kinds.npz"


ENOUGH_LESSONS = 30
"""From so many lessons on, an added kind is as sure as its probability."""
FEW_LESSONS_SURE = 0.9
"""The most before that: under `policy.KIND`."""


@dataclass(frozen=True)
class KindModel:
    """Weights by place and class, the shared weights, and how to turn scores into confidence."""

    version: str
    """"1" is the shipped one; learning counts on: "1.3"."""
    classes: tuple[str, ...]
    """Codes of kinds, and NONE."""
    weights: Vector
    """(SIZE, classes)."""
    bias: Vector
    shared: Vector
    """(SHARED,)."""
    temperature: float
    knots: tuple[tuple[float, float], ...]
    """Calibration: confidence before -> after, rising, from held-out papers."""
    kinds: tuple[Kind, ...] = ()
    """Rows of kinds that an archivist added, as they were learnt."""
    card: Mapping[str, Any] = field(default_factory=dict)
    """What it was trained on and how well it does."""

    def scores(self, look: Look) -> Vector:
        """One number a class of the look."""
        known = look.values @ self.weights[look.places] + self.bias
        at = {code: index for index, code in enumerate(self.classes)}
        own = np.array(
            [known[at[code]] if code in at else 0.0 for code in look.classes], np.float32
        )
        total: Vector = own + look.shared @ self.shared
        return total

    def probabilities(self, look: Look) -> Vector:
        """Of the look's classes, calibrated, summing to one before calibration."""
        return softmax(self.scores(look) / self.temperature)

    def confidence(self, probability: float) -> float:
        """The share of guesses of this probability that are right."""
        before, after = zip(*self.knots, strict=True)
        return float(np.interp(probability, before, after))

    def most_sure(self, code: str) -> float:
        """The most that may be claimed for a kind: what few lessons taught, a person looks at."""
        added = any(kind.code == code for kind in self.kinds)
        few = self.card.get("counts", {}).get(code, 0) < ENOUGH_LESSONS
        return FEW_LESSONS_SURE if added and few else 1.0

    def evidence(self, look: Look, code: str, most: int = 3) -> tuple[str, ...]:
        """The words that spoke most for a class, as folded words."""
        if code not in self.classes:
            return ()
        column = self.weights[look.places, self.classes.index(code)]
        gains = look.values * (column - self.weights[look.places].mean(axis=1))
        order = np.argsort(gains)[::-1]
        said: list[str] = []
        for index in order[: 25 * most]:
            place, _, word = look.tokens[index].partition(":")
            if gains[index] > 0 and place in "labc" and len(word) > 3 and not _inside(word, said):
                said.append(word)
        return tuple(said[:most])


def _inside(word: str, said: Sequence[str]) -> bool:
    return any(word in other or other in word for other in said)


def softmax(scores: NDArray[Any]) -> Vector:
    """Scores along the last axis as shares."""
    grown = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Vector = (grown / grown.sum(axis=-1, keepdims=True)).astype(np.float32)
    return shares


def to_bytes(model: KindModel) -> bytes:
    """The model as one NPZ file: weights in eighths of a byte's range by class."""
    scale = np.maximum(np.abs(model.weights).max(axis=0), 1e-6) / 127
    head = {
        "format": FORMAT,
        "version": model.version,
        "classes": model.classes,
        "features": SHARED,
        "temperature": model.temperature,
        "knots": model.knots,
        "kinds": [_kind_json(kind) for kind in model.kinds],
        "card": model.card,
    }
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        head=np.frombuffer(json.dumps(head, ensure_ascii=False).encode(), np.uint8),
        weights=np.round(model.weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=model.bias.astype(np.float32),
        shared=model.shared.astype(np.float32),
    )
    return buffer.getvalue()


def from_bytes(content: bytes) -> KindModel:
    """What `to_bytes` wrote. Raises ModelFileError for anything else."""
    if len(content) > MAX_MODEL_BYTES:
        raise ModelFileError(detail=f"{len(content)} bytes")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            head = json.loads(arrays["head"].tobytes())
            weights = arrays["weights"].astype(np.float32) * arrays["scale"]
            bias, shared = arrays["bias"], arrays["shared"]
        classes = tuple(head["classes"])
        right = weights.shape == (SIZE, len(classes)) and shared.shape == (len(SHARED),)
        if head["format"] != FORMAT or tuple(head["features"]) != SHARED or not right:
            raise ModelFileError(detail="made for other features")
        return KindModel(
            version=head["version"],
            classes=classes,
            weights=weights,
            bias=bias,
            shared=shared,
            temperature=float(head["temperature"]),
            knots=tuple((float(a), float(b)) for a, b in head["knots"]),
            kinds=tuple(_kind_of(row) for row in head["kinds"]),
            card=head["card"],
        )
    except (ValueError, KeyError, TypeError, OSError, EOFError, BadZipFile) as error:
        raise ModelFileError(detail=str(error)) from error


def load_model(path: Path) -> KindModel:
    """Read a model's file. Raises ModelFileError."""
    try:
        return from_bytes(path.read_bytes())
    except OSError as error:
        raise ModelFileError(detail=str(error)) from error


@cache
def shipped_model() -> KindModel:
    """The model that comes with the program."""
    return from_bytes(files("classify").joinpath(SHIPPED).read_bytes())


def _kind_json(kind: Kind) -> dict[str, Any]:
    return {name: getattr(kind, name) for name in Kind.__slots__}


def _kind_of(row: Mapping[str, Any]) -> Kind:
    described = tuple(
        OwnField(name, tuple(labels), sort) for name, labels, sort in row.get("described", ())
    )
    lists = {"titles": tuple(row["titles"]), "own_fields": tuple(row["own_fields"])}
    return Kind(**{**row, **lists, "described": described})
