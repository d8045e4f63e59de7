"""The names of the stages, in the order in which a paper walks through them.

Only names and order: what each does stands in workers/stages. Later stages go first when runs
are claimed, so that papers leave `work/` as early as they can.
"""

from enum import StrEnum


class Stage(StrEnum):
    """One step of the way."""

    OPEN = "open"
    """Count the file's pages under the limits."""
    GATE = "gate"
    """Measure one page; look for a secrecy mark."""
    CLEAN = "clean"
    """Make one page ready to read."""
    RECOGNISE = "recognise"
    """Read one page."""
    SEPARATE = "separate"
    """Cut the file into documents."""
    CLASSIFY = "classify"
    """Say what a document is."""
    EXTRACT = "extract"
    """Read its fields."""
    WEIGH = "weigh"
    """Weigh what a pen wrote again, with what has become known since."""
    LESSON = "lesson"
    """Keep what a person typed for a pen's digits, with the place on the page, to learn from."""
    COMPARE = "compare"
    """Compare a dossier with its table of contents."""
    INDEX = "index"
    """Make it findable, with its state."""
    RENDER = "render"
    """Make the PDF/A with its text layer and compare it with its input."""
    CHECK = "check"
    """Confirm what is sure, where the batch asked so; else wait for a person."""
    SIGN = "sign"
    """The digitiser's signature, then the agency's."""
    SEAL = "seal"
    """Write the archive."""
    KEEP = "keep"
    """Seal the file as received, where no seal after its last document did."""
    RENEW = "renew"
    """Make new proof of a sealed document before the old one weakens."""
    RESEAL = "reseal"
    """Write the new proof into the archive, beside the old."""


ALONE = frozenset({Stage.SEAL.value})
"""Stages that the documents of a file go through one after the other: the last to be sealed seals
the file as received with it, and two at once would each take the other for the last."""
ORDER = {stage.value: place for place, stage in enumerate(Stage)}


UPKEEP = frozenset({Stage.RENEW.value, Stage.RESEAL.value})
"""Stages of papers that are sealed already: nobody at the counter waits for them."""


ASIDE = frozenset({Stage.WEIGH.value, Stage.LESSON.value, Stage.COMPARE.value, Stage.INDEX.value})
"""Stages beside a paper's way: a person need not wait for them, and nothing stops where they do."""


def priority_of(stage: str) -> int:
    """Later stages first; upkeep after everything else."""
    return ORDER[stage] - len(ORDER) * (stage in UPKEEP)
