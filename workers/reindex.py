"""The index can always be built anew: an empty one beside filed papers is filled again."""

import logging
from itertools import islice

from archive import ledger
from archive.models import Document
from archive.stages import Stage
from search import IndexDamagedError, IndexUnavailableError
from workers.house import House

log = logging.getLogger(__name__)


def reindex_lost(house: House) -> None:
    """Make the index entry of every document due again where the index holds nothing at all.

    One that is damaged or of another version is begun anew; one that is away is left for later.
    """
    try:
        is_empty = _is_empty(house)
    except IndexUnavailableError as error:
        log.warning("index away", extra={"detail": error.detail})
        return
    if is_empty and Document.objects.exists():
        ledger.repeat_stage(Stage.INDEX)


def _is_empty(house: House) -> bool:
    try:
        return next(islice(house.index.ids(), 1), None) is None
    except IndexDamagedError as error:
        log.warning("index begun anew", extra={"detail": error.detail})
        house.index.clear()
        return True
