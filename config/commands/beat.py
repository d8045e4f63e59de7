"""`tangthu beat`: the clock of the scaled side."""

from config.broker import need_broker
from config.cli import Answer, Arguments
from config.options import read_options
from config.scaled import beat_here
from config.start import start


def run(_arguments: Arguments) -> Answer:
    """Send chores and sweeps until told to stop."""
    need_broker(read_options().broker)
    beat_here(start())
    return Answer({"stopped": "beat"}, "Đã dừng.")
