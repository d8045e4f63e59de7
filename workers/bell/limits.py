"""How long things may take on the scaled side. Each number stands above the one before it."""

import datetime as dt

SOFT_SECONDS = 55 * 60
"""A run that takes longer is told to stop: a fault of its own, with a code."""
HARD_SECONDS = 60 * 60
"""A worker process that does not listen is killed."""
LEASE_CEILING = dt.timedelta(minutes=65)
"""The heartbeat keeps no run longer than this, so that one that hangs comes free."""
VISIBILITY_SECONDS = 120 * 60
"""Redis gives a message out again that was not acknowledged for so long; sooner, and a long run
would be started beside itself."""

RESTORE_SECONDS = 30
"""How often Redis' clients look for such messages."""
CONNECT_SECONDS = 0.8
"""How long a ring may take to reach the broker, and again to be taken."""
QUIET_SECONDS = 5.0
"""How long no ring is tried after one that was not heard."""
PROBE_SECONDS = 5.0
SWEEP_SECONDS = 10.0
"""How late a run may be taken up whose message was lost."""
MOST_TOKENS = 1_000
"""The sweep fills no queue above this."""
REST_SECONDS = 30.0
"""How long a worker process rests after a fault of its machine."""
BUSY_SECONDS = 2.0
"""How long it rests where the records cannot be reached."""
IDLE_SECONDS = 5.0
"""After so long without work a process closes the file that it looked at."""
OTHER_END = 10
"""Each so-many-th claim of a process begins with its least urgent lane, so that none starves."""
LOOK_SECONDS = 2.0
"""How often a process looks whether its connection to the records still stands."""
