"""Every limit of the search library, checked before the work it bounds."""

MAX_QUERY_CHARS = 500
"""A question longer than this is a pasted page; the clerk is asked to shorten it."""
MAX_QUERY_WORDS = 32
"""Words of one question; each costs a few lookups in the index."""
MAX_LIMIT = 200
"""Hits of one answer; more are asked for with `offset`."""

BUSY_SECONDS = 10.0
"""How long one attempt waits for another process's write."""
WRITE_ATTEMPTS = 3
"""Attempts at a write before the backend counts as out of reach."""
PUT_CHUNK = 64
"""Documents of one transaction: one fsync each, and readers never wait for long."""

SNIPPET_CHARS = 180
"""Length of the text around the found words."""
LOOSE_BELOW = 3
"""Fewer documents than this, and words one edit away are looked for too."""
LOOSE_WORD_CHARS = 4
"""Shorter syllables are one edit from half the language."""
LOOSE_TERMS = 50
"""Words one edit away that are followed."""
NEIGHBOURS = 6
"""Words of a question up to which each pair side by side is looked for; longer ones as a whole."""
NEIGHBOURS_ROWS = 2000
"""More answers than these have all words near each other often enough; pairs tell little."""
MAX_WINDOW = 10_000
"""As deep as Elasticsearch counts; whoever pages further asks something else."""
OPENING_CLAUSES = 12
"""Words or phrases of a question that are looked for in the opening of its answers."""

IDS_AT_ONCE = 1_000
"""Ids of one slice: an index is never listed whole in memory."""
OLD_SECONDS = 600.0
"""How long an index that is no longer in use stays for searches that began in it."""
