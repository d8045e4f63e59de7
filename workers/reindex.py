"""The index can always be built anew: an empty one beside filed papers is filled again."""

from itertools import islice

from archive import ledger
from archive.models import Document
from archive.stages import Stage
from workers.house import House


def reindex_lost(house: House) -> None:
    """Make the index entry of every document due again where the index holds nothing at all."""
    is_empty = next(islice(house.index.ids(), 1), None) is None
    if is_empty and Document.objects.exists():
        ledger.repeat_stage(Stage.INDEX)
