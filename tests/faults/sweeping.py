"""What the sweep leaves in the work store when no grace is left."""

import datetime as dt

from archive.services.sealing import is_named_in_work
from workers.house import House


def swept_names(house: House) -> list[str]:
    """Sweep, and return what lies there all the same though no row names it.

    A store that several nodes share spares for an hour what another may be about to name; that
    hour is over here.
    """
    if hasattr(house.work, "_grace"):
        house.work._grace = dt.timedelta(0)
    house.work.sweep(is_named_in_work)
    return [name for name in house.work.names() if not is_named_in_work(name)]
