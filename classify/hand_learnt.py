"""What an office's own crops taught about its hands: a head on the reader of digits, and its file.

The head fits the one network that it was learnt over (`network_id`); over another it is not used.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from classify.errors import HandModelFileError
from classify.limits import MAX_HAND_MODEL_BYTES
from ocr.digits import Head

FORMAT = 1


@dataclass(frozen=True)
class HandModel:
    """What was learnt about hands; the shipped one is the network alone."""

    version: str
    """"1" is the shipped one; learning counts on: "1.3"."""
    head: Head | None = None
    network: str = ""
    """The network that it was learnt over."""
    card: Mapping[str, Any] = field(default_factory=dict)
    """What it was taught and how well it did."""


@cache
def shipped_hand_model() -> HandModel:
    """The model that comes with the program: nothing learnt yet."""
    return HandModel("1")


def to_bytes(model: HandModel) -> bytes:
    """The model as a file."""
    about = {
        "format": FORMAT, "version": model.version, "network": model.network,
        "card": dict(model.card),
    }  # fmt: skip
    head = model.head or Head(np.zeros((0, 0), np.float32), np.zeros(0, np.float32))
    target = io.BytesIO()
    np.savez_compressed(
        target,
        about=np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), np.uint8),
        weights=head.weights,
        bias=head.bias,
    )
    return target.getvalue()


def from_bytes(content: bytes) -> HandModel:
    """What `to_bytes` wrote. Raises HandModelFileError for anything else."""
    if len(content) > MAX_HAND_MODEL_BYTES:
        raise HandModelFileError(detail=f"{len(content)} bytes")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as data:
            about = json.loads(data["about"].tobytes())
            weights = np.asarray(data["weights"], np.float32)
            bias = np.asarray(data["bias"], np.float32)
        if about["format"] != FORMAT or weights.ndim != 2 or weights.shape[1:] != bias.shape:
            raise HandModelFileError(detail=f"format {about['format']}")
        if not (np.isfinite(weights).all() and np.isfinite(bias).all()):
            raise HandModelFileError(detail="not finite")
        head = Head(weights, bias) if weights.size else None
        return HandModel(str(about["version"]), head, str(about["network"]), about["card"])
    except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise HandModelFileError(detail=str(error)) from error


def load_hand_model(path: Path) -> HandModel:
    """Read a model's file. Raises HandModelFileError."""
    try:
        return from_bytes(path.read_bytes())
    except OSError as error:
        raise HandModelFileError(detail=str(error)) from error
