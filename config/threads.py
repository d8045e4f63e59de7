"""One thread each: imported before anything that calculates.

A page is the work of one process (workers/pool.py). The threads that libraries start of their own
get in each other's way and cost fourfold (docs/ocr.md). They read this when they are loaded, so the
entries of this package import it before all else.
"""

import os

for name in ("OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")
