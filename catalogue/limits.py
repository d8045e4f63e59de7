"""How much reference data is taken from one file, checked before it is read."""

MAX_FILE_BYTES = 32 * 1024 * 1024
"""The communes of 63 provinces take 1.5 MB; twenty times that is no catalogue."""
MAX_ROWS = 200_000
"""Rows in one file."""
MAX_CELL_CHARS = 2_000
"""Characters in one cell; the longest of ours has 300."""
MAX_CODE_CHARS = 120
"""Characters in a code."""
CACHED_DAYS = 16
"""Days of which a process keeps the catalogue in memory."""
