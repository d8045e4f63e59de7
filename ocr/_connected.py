"""Connected pieces of a mask, labelled in as few bits as will do."""

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

_MOST = int(np.iinfo(np.uint16).max)


class Connected(NamedTuple):
    """The pieces of a mask, the background as number 0."""

    labels: NDArray[np.integer[Any]]
    """(h, w): each pixel's piece."""
    stats: NDArray[np.int32]
    """(n, 5): x, y, width, height, area of each piece."""


def connected(mask: NDArray[Any], *, connectivity: int = 8) -> Connected:
    """The pieces of what is not 0. With 16-bit labels it takes a third of the time."""
    kind = cv2.CV_16U if _starts(mask) < _MOST else cv2.CV_32S
    _, labels, stats, _ = cv2.connectedComponentsWithStats(
        mask, connectivity=connectivity, ltype=kind
    )
    return Connected(np.asarray(labels, labels.dtype), np.asarray(stats, np.int32))


def _starts(mask: NDArray[Any]) -> int:
    """How many runs of ink the rows have: no label, of those too that are joined later, begins
    anywhere else.
    """
    inner = np.count_nonzero(mask[:, 1:] > mask[:, :-1])
    return int(inner + np.count_nonzero(mask[:, :1]))
